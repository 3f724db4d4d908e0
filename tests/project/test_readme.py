"""The README's examples run as they stand, from a wheel, and its promises about files hold."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
YOURS = """
import aimc, torch
torch.manual_seed(0)
x = torch.randn(64, 12)
labels = (x[:, 0] > 0).long()
data = test = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, labels), batch_size=32)
model = torch.nn.Sequential(torch.nn.Linear(12, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
"""
"""What examples for torch models speak of as yours."""
WALK = """
analog = aimc.convert(model, "hermes", serial=7)
aimc.train(analog, data, recipe="rasch2023", epochs=1)
aimc.calibrate(analog, data)
aimc.program(analog)
later = aimc.at(analog, "1 d")(x)
report = aimc.evaluate(analog, test, chips=range(2), times=("1 h", "1 d"), cost=aimc.Chip())
plan = aimc.Chip(serial=7).map(analog, x)
print(report, plan, tuple(later.shape), *aimc.citations(analog), sep="\\n")
"""
"""What a researcher writes, from a model to its accuracy and its cost."""

pytestmark = [
    pytest.mark.xdist_group("readme"),  # one wheel for all
    pytest.mark.native("it builds a wheel and starts other processes"),
]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what the wheel of the library installs; it needs no index."""
    tree, place = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("installed")
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-TEXT"):
        shutil.copy(ROOT / name, tree)
    no_caches = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "src" / "aimc", tree / "src" / "aimc", ignore=no_caches)
    build = "import setuptools.build_meta as b; b.build_wheel('.')"
    subprocess.run([sys.executable, "-c", build], cwd=tree, check=True, capture_output=True)
    (wheel,) = tree.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(place)
    return place


def run(code: str, installed: Path, folder: Path) -> str:
    """Return what code prints in an empty folder, where the library is the installed one."""
    assert not list(folder.iterdir())
    ask = f"import aimc; assert aimc.__file__.startswith({str(installed)!r}), aimc.__file__\n"
    done = subprocess.run(
        [sys.executable, "-c", ask + code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_one_minute_example_runs(installed: Path, tmp_path: Path) -> None:
    error, *papers = run(EXAMPLES[0], installed, tmp_path).strip().splitlines()
    assert 0.07 < float(error) < 0.13
    assert "10.1038/s41928-023-01010-1" in papers[0]


@pytest.mark.torch
@pytest.mark.parametrize("number", range(1, len(EXAMPLES)))
def test_examples_run_on_a_model_of_yours(number: int, installed: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    example = EXAMPLES[number]
    quick = re.sub(r"\bchips=(range\(10\)|10)", "chips=range(2)", example)
    quick = quick.replace('recipe="rasch2023")', 'recipe="rasch2023", epochs=1)')
    said = run(YOURS + quick, installed, tmp_path)
    assert "2 chips" in said
    # what the report advises holds for the cores that it speaks of
    if '"rasch2023", weight' in example:
        assert "pass cost=aimc.chip.Chip()" not in said
        assert "512 x 512" in said


@pytest.mark.torch
def test_a_model_takes_eight_names_that_stand_at_the_top(installed: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    said = run(YOURS + WALK, installed, tmp_path)
    for part in ("energy per inference", "1 d", "(64, 2)", "legallo2023hermes"):
        assert part in said


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


def test_families_that_agree_are_as_many_as_were_tried() -> None:
    tried = json.loads((ROOT / "book" / "model-families.json").read_text(encoding="utf-8"))
    agree, refused = len(tried["families"]), len(tried["refused"])
    assert f"{agree} of {agree + refused} families" in README
