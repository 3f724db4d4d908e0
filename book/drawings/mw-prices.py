"""Energies of memory accesses and of arithmetic as areas, to one scale."""

from math import sqrt

from style import (
    BIT_LINE,
    BIT_LINE_FILL,
    DIGITAL,
    DIGITAL_FILL,
    WORD_LINE,
    WORD_LINE_FILL,
    box,
    label,
    svg_document,
)

from aimc.published import fact

WIDTH, HEIGHT = 446, 254
UNIT, BASE = 6.4, 186  # px for the root of a picojoule, floor of the squares
PRICES = (
    (14, "DRAM\naccess", fact("D001").number, BIT_LINE_FILL, BIT_LINE),
    (206, "SRAM\naccess", fact("D003").number, WORD_LINE_FILL, WORD_LINE),
    (286, "FP32\nMAC", sum(fact("D004").numbers), DIGITAL_FILL, DIGITAL),
    (360, "INT8\nMAC", sum(fact("D005").numbers), DIGITAL_FILL, DIGITAL),
)


def svg() -> str:
    """Return the drawing."""
    parts = []
    for x, words, energy, fill, colour in PRICES:
        side = UNIT * sqrt(energy)
        parts += [
            box(x, BASE - side, side, side, fill=fill, colour=colour, stroke=1.2),
            label(x, BASE + 20, words),
            label(x, BASE + 58, f"{energy:g} pJ", colour=colour),
        ]
    return svg_document(WIDTH, HEIGHT, *parts)
