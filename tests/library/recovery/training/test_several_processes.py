"""Two processes train one model through torch's own launcher: same weights, different noise."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import aimc  # noqa: E402
import aimc.nn  # noqa: E402
from aimc.recovery.training import noisy_training  # noqa: E402
from aimc.recovery.training.preparation import Preparation  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.slow, pytest.mark.native("it starts processes")]

WORKER = textwrap.dedent(
    """
    import sys
    import torch
    import torch.distributed as dist
    import aimc, aimc.nn
    from aimc.recovery.training import noisy_training

    torch.set_num_threads(1)
    dist.init_process_group("gloo")
    rank, folder = dist.get_rank(), sys.argv[1]
    digital = torch.load(f"{folder}/digital.pt", weights_only=False)
    x, y = torch.load(f"{folder}/data.pt")
    model = aimc.nn.convert(digital, aimc.presets.rasch2023)
    training = noisy_training(model, "rasch2023", x, rng=rank)
    mine = slice(32 * rank, 32 * rank + 32)
    wrapped = torch.nn.parallel.DistributedDataParallel(model)
    optimiser = torch.optim.SGD(wrapped.parameters(), 0.1)
    for step in range(5):
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(wrapped(x[mine]), y[mine])
        loss.backward()
        if step == 0:
            gradients = {name: each.grad.clone() for name, each in model.named_parameters()}
        optimiser.step()
        training.step()
    saved = {"model": model.state_dict(), "training": training.state_dict()}
    torch.save(saved, f"{folder}/checkpoint-{rank}.pt")
    with torch.no_grad():
        noisy = model(x)
    torch.save({"gradients": gradients, "noisy": noisy}, f"{folder}/{rank}.pt")
    dist.destroy_process_group()
    """
)


def converted(digital: torch.nn.Module, x: torch.Tensor, rng: int) -> tuple[Any, Preparation]:
    model: Any = aimc.nn.convert(digital, aimc.presets.rasch2023)
    return model, noisy_training(model, "rasch2023", x, rng=rng)


def test_two_processes_train_one_model_with_two_noises(tmp_path: Path) -> None:
    torch.manual_seed(0)
    digital = torch.nn.Sequential(torch.nn.Linear(12, 16), torch.nn.ReLU(), torch.nn.Linear(16, 3))
    x, y = torch.randn(64, 12), torch.randint(3, (64,))
    torch.save(digital, tmp_path / "digital.pt")
    torch.save((x, y), tmp_path / "data.pt")
    script = tmp_path / "worker.py"
    script.write_text(WORKER)
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    subprocess.run(
        [*launch, str(script), str(tmp_path)],
        check=True,
        timeout=240,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    a, b = (torch.load(tmp_path / f"{rank}.pt") for rank in (0, 1))
    assert not torch.equal(a["noisy"], b["noisy"])

    # one process computes the gradients of both halves, each with the noise of its rank
    alone: dict[str, torch.Tensor] = {}
    for rank in (0, 1):
        model, _ = converted(digital, x, rank)
        mine = slice(32 * rank, 32 * rank + 32)
        torch.nn.functional.cross_entropy(model(x[mine]), y[mine]).backward()
        for name, each in model.named_parameters():
            alone[name] = alone.get(name, 0.0) + 0.5 * each.grad
    assert "0.input_range_of_weight" in alone
    for name, gradient in alone.items():
        assert torch.equal(a["gradients"][name], b["gradients"][name])
        torch.testing.assert_close(a["gradients"][name], gradient)

    # and what a process has saved goes on in one that is alone, with the noise that it had
    checkpoints = [torch.load(tmp_path / f"checkpoint-{rank}.pt") for rank in (0, 1)]
    for name, values in checkpoints[0]["model"].items():
        assert torch.equal(values, checkpoints[1]["model"][name])
    for rank, (saved, process) in enumerate(zip(checkpoints, (a, b), strict=True)):
        model, training = converted(digital, x, 5 + rank)
        model.load_state_dict(saved["model"])
        training.load_state_dict(saved["training"])
        with torch.no_grad():
            assert torch.equal(model(x), process["noisy"])
