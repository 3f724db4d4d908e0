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


def test_what_was_measured_is_a_square_in_part_2() -> None:
    """As its first chart says: circles are reads of simulated devices."""
    pages = sorted((BOOK / "2-devices").glob("*.md"))
    assert "squares were measured on real ones" in pages[0].read_text(encoding="utf-8")
    found = []
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for label in re.finditer(
            r'f?"(?:measured[^"]*|eight devices|baked cells|accepted {name})"', text
        ):
            after = text[label.end() : label.end() + 60]
            assert re.match(r',\s+shape="square"', after), f"{page.name}: {label[0]}"
            found.append(label[0])
    assert len(found) >= 6
