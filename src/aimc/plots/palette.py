"""Colours that stay apart for colour-blind readers, on light and on dark pages.

The order is that of Okabe and Ito's palette, darkened where a colour would fall under a contrast of
3:1 against white. Figures bring their own white background, so one set serves both modes.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = [
    "BACKGROUND",
    "CATEGORICAL",
    "COLOURS",
    "FURTHER",
    "GRID",
    "INK",
    "SEQUENTIAL",
    "SIGNED",
    "THINGS",
    "colour_numbers",
]

CATEGORICAL = ("#0072b2", "#c44e00", "#007f5f", "#a6467d", "#8a6d00", "#3a7ca5", "#5f5f5f")
"""Colours for series, in order of use."""
COLOURS = (
    *CATEGORICAL,
    *("#a3401c", "#4b3f99", "#94609c", "#6b7f00"),
    *("#00402f", "#3f9a7d", "#d6336c", "#1d2f6f", "#2f8f9d"),
    *("#8d7bd0", "#7a4a21"),
)
"""Those and further ones, for things that have a colour of their own."""
THINGS = {
    "array": 0,
    "bit line": 1,
    "converter": 1,
    "digital": 2,
    "DRAM": 3,
    "glass": 4,
    "crystal": 5,
    "exact": 6,
    "one of many": 6,
    "heater": 7,
    "standing": 7,
    "fresh": 8,
    "aged": 9,
    "SRAM": 10,
    "HERMES": 16,
    "HERMES, two devices": 8,
    "PCM 2019": 17,
    "ReRAM": 3,
    "link": 11,
    "GDPU": 12,
    "core of 2022": 13,
    "64-core chip": 14,
    "other chips": 15,
}
"""What has the same colour in all drawings and charts, and its place in `COLOURS`."""
FURTHER = (8, 13, 15, 10)
"""Places in `COLOURS` for a chart of more marks than `CATEGORICAL` has colours."""
INK = "#1a1a1a"
"""Text and axes."""
GRID = "#d9d9d9"
"""Grid lines."""
BACKGROUND = "#ffffff"
"""Figure background."""
SEQUENTIAL = "viridis"
"""Colour map for magnitudes."""
SIGNED = "RdBu_r"
"""Colour map for values around zero."""


def colour_numbers(things: Sequence[str]) -> list[int]:
    """Return the place in `COLOURS` for each mark of a chart.

    Parameters
    ----------
    things : sequence of str
        What each mark stands for, a key of `THINGS` or empty. Marks that stand for nothing in
        particular take the colours in order of use, without those that a thing of the chart has.
    """
    taken = {THINGS[thing] for thing in things if thing}
    free = [k for k in (*range(len(CATEGORICAL)), *FURTHER) if k not in taken]
    return [THINGS[thing] if thing else free[k % len(free)] for k, thing in enumerate(things)]
