from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

DRAWINGS = Path(__file__).parents[2] / "book" / "drawings"


@pytest.fixture
def drawing(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Return a function that returns the module that makes a drawing."""

    def module(name: str) -> ModuleType:
        monkeypatch.syspath_prepend(str(DRAWINGS))
        made = importlib.import_module(name)
        sys.modules.pop("style", None)  # a name that other modules may have
        return made

    return module
