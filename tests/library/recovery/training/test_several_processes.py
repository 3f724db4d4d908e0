"""Two processes train one model through torch's own launcher: same weights, different noise."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import torch

WORKER = textwrap.dedent(
    """
    import sys
    import torch
    import torch.distributed as dist
    import aimc, aimc.nn
    from aimc.recovery.training import noisy_training

    torch.set_num_threads(1)
    dist.init_process_group("gloo")
    rank = dist.get_rank()
    torch.manual_seed(0)
    digital = torch.nn.Sequential(torch.nn.Linear(12, 16), torch.nn.ReLU(), torch.nn.Linear(16, 3))
    model = aimc.nn.convert(digital, aimc.presets.rasch2023)
    x, y = torch.randn(64, 12), torch.randint(3, (64,))
    training = noisy_training(model, "rasch2023", x, rng=rank)
    mine = slice(32 * rank, 32 * rank + 32)
    wrapped = torch.nn.parallel.DistributedDataParallel(model)
    optimiser = torch.optim.SGD(wrapped.parameters(), 0.1)
    for _ in range(5):
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(wrapped(x[mine]), y[mine])
        loss.backward()
        optimiser.step()
        training.step()
    with torch.no_grad():
        noisy = model(x)
    torch.save({"weights": model.state_dict(), "noisy": noisy}, f"{sys.argv[1]}/{rank}.pt")
    dist.destroy_process_group()
    """
)


@pytest.mark.slow
def test_two_processes_keep_one_model(tmp_path: Path) -> None:
    script = tmp_path / "worker.py"
    script.write_text(WORKER)
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    subprocess.run(
        [*launch, str(script), str(tmp_path)],
        check=True,
        timeout=240,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    a, b = (torch.load(tmp_path / f"{rank}.pt", weights_only=True) for rank in (0, 1))
    assert set(a["weights"]) >= {"0.weight", "0.input_range_of_weight"}
    for name, values in a["weights"].items():
        assert torch.equal(values, b["weights"][name])
    assert not torch.equal(a["noisy"], b["noisy"])
