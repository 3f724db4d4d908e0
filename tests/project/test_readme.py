"""The README's example runs as it stands, and its promises about files hold."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_one_minute_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    block = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert block is not None
    exec(compile(block.group(1), "README.md", "exec"), {})
    error, *papers = capsys.readouterr().out.strip().splitlines()
    assert 0.07 < float(error) < 0.13
    assert "10.1038/s41928-023-01010-1" in papers[0]


def test_recovery_example_runs_on_a_model_of_yours(tmp_path: Path) -> None:
    """In an empty folder; what it speaks of as yours is made before it."""
    yours = """
import aimc, torch
torch.manual_seed(0)
x = torch.randn(64, 12)
labels = (x[:, 0] > 0).long()
data = test = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, labels), batch_size=32)
model = torch.nn.Sequential(torch.nn.Linear(12, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
"""
    (block,) = (b for b in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "train(" in b)
    quick = block.replace("range(10)", "range(2)").replace('"rasch2023")', '"rasch2023", epochs=1)')
    assert quick.count("range(2)") == quick.count("epochs=1") == 1
    run = [sys.executable, "-c", yours + quick]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "2 chips" in done.stdout
    # what the report advises holds for the cores that it speaks of
    assert "pass cost=aimc.chip.Chip()" not in done.stdout
    assert "512 x 512" in done.stdout


def test_files_that_it_names_exist() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    named = re.findall(r"`((?:src|tests|scripts|book)/[\w./-]+)`", README)
    assert links
    assert named
    for path in [*links, *named]:
        assert (ROOT / path).exists(), path


def test_targets_that_it_names_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:^|[`\w] )make ([a-z-]+)", README, re.MULTILINE))
    named |= set(re.findall(r"`make ([a-z-]+)`", README))
    assert {"book", "test"} <= named <= targets
