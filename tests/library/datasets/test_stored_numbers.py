"""Stored numbers are JSON that every reader takes: no NaN, which only Python writes and reads."""

import json
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[3] / "src"
STORED = sorted(SOURCES.rglob("*.json"))


def refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.name)
def test_what_is_not_known_is_null(path: Path) -> None:
    assert json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
