"""One colour is one thing: the same in drawings and in charts, on light pages and on dark ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aimc.plots.palette import COLOURS, THINGS
from aimc_course.teaching.book import module_at

BOOK = Path(__file__).parents[2] / "book"
DRAWN = {
    "array": "WORD_LINE",
    "bit line": "BIT_LINE",
    "digital": "DIGITAL",
    "DRAM": "DRAM",
    "SRAM": "SRAM",
    "glass": "GLASS",
    "crystal": "CRYSTAL",
    "heater": "HEATER",
}
style = module_at(BOOK / "drawings" / "style.py")


def variables(sheet: str) -> list[dict[str, str]]:
    """Return the variables of the light and of the dark theme."""
    text = (BOOK / "_static" / sheet).read_text()
    found = re.findall(r"(--aimc-[\w-]+): *(#[0-9a-f]{6});", text)
    light: dict[str, str] = {}
    dark: dict[str, str] = {}
    for name, colour in found:
        (dark if name in light else light).setdefault(name, colour)
    return [light, dark]


@pytest.mark.parametrize("thing", DRAWN)
def test_drawings_and_charts_agree(thing: str) -> None:
    name, fallback = re.findall(r"var\((--[\w-]+), (#\w+)\)", getattr(style, DRAWN[thing]))[0]
    number = THINGS[thing]
    assert fallback == COLOURS[number]
    for drawings, charts in zip(variables("custom.css"), variables("live/live.css"), strict=True):
        assert drawings[name] == charts[f"--aimc-series-{number}"]
