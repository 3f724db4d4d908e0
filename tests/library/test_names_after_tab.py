"""How much the tab key shows: what a researcher looks for, and neither helpers nor files."""

from types import ModuleType

import pytest

import aimc

# 943 names were shown in edition 0.8.0, of which a tenth was what a researcher needs; a third of
# them is what one can read. A name that comes above the bound is worth more than one that is here,
# which then leaves `__all__`: a helper stays importable.
MOST = 315

pytestmark = pytest.mark.torch


def shown(module: ModuleType) -> list[str]:
    return [name for name in dir(module) if not name.startswith("_")]


def name_spaces() -> dict[str, list[str]]:
    """Return the names after ``aimc.``, after each room, and after each package of `recovery`."""
    pytest.importorskip("torch")
    found = {"aimc": shown(aimc)}
    for owner in (aimc, aimc.recovery):
        for name in shown(owner):
            room = getattr(owner, name)
            if isinstance(room, ModuleType) and (owner is aimc or hasattr(room, "__path__")):
                found[room.__name__] = shown(room)
    return found


def test_no_more_is_shown_than_one_can_read() -> None:
    counts = {place: len(names) for place, names in name_spaces().items()}
    assert len(counts) >= 20
    assert sum(counts.values()) <= MOST, counts
