"""Whoever is asked to explain has a place to do so, and learns what is looked for."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LABS = sorted(path.stem for path in (ROOT / "labs").glob("[0-9]*.ipynb"))


def cells_of(path: Path) -> list[tuple[str, list[str]]]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [("".join(c["source"]), c["metadata"].get("tags", [])) for c in cells]


@pytest.mark.parametrize("name", LABS)
def test_students_get_the_place_and_not_the_answer(name):
    cells = cells_of(ROOT / "labs" / "student" / f"{name}.ipynb")
    places = [text for text, _ in cells if text.startswith("*Your explanation")]
    assert len(places) == sum("**Explain" in text for text, _ in cells)
    assert not any("Model answer" in text for text, _ in cells)
