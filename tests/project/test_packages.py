"""Every package says in its docstring what belongs there, and on which floor the library has it."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src"
PACKAGES = {".".join(path.parent.relative_to(SRC).parts): path for path in SRC.rglob("__init__.py")}


def said(name: str) -> str:
    """Return the docstring of a package; nothing is imported."""
    return ast.get_docstring(ast.parse(PACKAGES[name].read_text(encoding="utf-8"))) or ""


@pytest.mark.parametrize("name", sorted(PACKAGES))
def test_a_package_says_what_belongs_there(name: str) -> None:
    first = said(name).split("\n\n")[0]
    assert len(first.split()) >= 3, f"{name} has no docstring that says what belongs there"


def test_packages_of_the_library_name_the_floors_of_the_import_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = contracts["tool"]["importlinter"]["contracts"][0]["layers"]
    levels = [[name.strip() for name in layer.split("|")] for layer in layers]
    floors = []
    for level in reversed(levels):
        told = {
            re.match(r"Floor (\d): ", said(name))
            for name in level
            if name in PACKAGES and name != "aimc_course"
        }
        if not told:
            continue  # modules alone
        assert None not in told, f"one of {level} does not begin with its floor"
        (floor,) = {int(found[1]) for found in told if found}
        floors.append(floor)
    assert floors == sorted(set(floors))
