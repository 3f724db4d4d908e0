"""The examples in docstrings do what they say."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path
from typing import Any

import pytest

SRC = Path(__file__).resolve().parents[2] / "src"
SLOW = {"aimc.networks.char_lstm"}  # a whole network is programmed


def modules_with_examples() -> list[Any]:
    found = []
    for path in sorted(SRC.glob("aimc*/**/*.py")):
        source = path.read_text(encoding="utf-8")
        if ">>> " not in source:
            continue
        name = ".".join(path.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__")
        marks = [pytest.mark.slow] if name in SLOW else []
        if name.startswith("aimc.nn") or "import torch" in source:
            marks.append(pytest.mark.torch)
        found.append(pytest.param(name, marks=marks))
    return found


@pytest.mark.parametrize("name", modules_with_examples())
def test_examples_hold(name: str) -> None:
    outcome = doctest.testmod(importlib.import_module(name))
    assert outcome.attempted > 0
    assert outcome.failed == 0
