"""Every room of the library says what belongs there, and its line of use runs."""

from __future__ import annotations

import doctest
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "src" / "aimc"
ROOMS = sorted(path.parent for path in LIBRARY.rglob("__init__.py"))


def name_of(room: Path) -> str:
    return ".".join(("aimc", *room.relative_to(LIBRARY).parts))


@pytest.mark.parametrize("room", ROOMS, ids=name_of)
def test_a_room_has_a_short_readme_whose_example_runs(room: Path) -> None:
    path = room / "README.md"
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# {name_of(room)}\n")
    assert len(text.splitlines()) <= 30
    if "import torch" in text:
        pytest.importorskip("torch")
    failed, tried = doctest.testfile(str(path), module_relative=False)
    assert tried > 0
    assert failed == 0


@pytest.mark.parametrize("room", [room for room in ROOMS if room.parent == LIBRARY], ids=name_of)
def test_readmes_and_the_import_contract_name_the_same_floors(room: Path) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    floors = contracts["tool"]["importlinter"]["contracts"][0]["layers"]
    levels = [{name.strip() for name in floor.split("|")} for floor in floors]
    (level,) = [names for names in levels if name_of(room) in names]
    said = re.search(r"\*\*Floor (\d)\.\*\*", (room / "README.md").read_text(encoding="utf-8"))
    assert said is not None
    for other in level:
        beside = LIBRARY / other.removeprefix("aimc.") / "README.md"
        if beside.exists():
            assert f"**Floor {said[1]}.**" in beside.read_text(encoding="utf-8")


def test_readmes_stay_out_of_the_book() -> None:
    config = (ROOT / "_config.yml").read_text(encoding="utf-8")
    assert '  - "src/**"' in config
