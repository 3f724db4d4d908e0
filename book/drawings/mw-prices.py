"""Energies of memory accesses and of arithmetic as areas, to one scale."""

from math import sqrt

import style as s

from aimc.published import fact

WIDTH, HEIGHT = 446, 254
UNIT, BASE = 6.4, 186  # px for the root of a picojoule, floor of the squares
PRICES = (
    (14, "DRAM\naccess", fact("D001").number, s.DRAM_FILL, s.DRAM),
    (206, "SRAM\naccess", fact("D003").number, s.SRAM_FILL, s.SRAM),
    (286, "FP32\nMAC", sum(fact("D004").numbers), s.DIGITAL_FILL, s.DIGITAL),
    (360, "INT8\nMAC", sum(fact("D005").numbers), s.DIGITAL_FILL, s.DIGITAL),
)


def svg() -> str:
    """Return the drawing."""
    parts = []
    for x, words, energy, fill, colour in PRICES:
        side = UNIT * sqrt(energy)
        parts += [
            s.box(x, BASE - side, side, side, fill=fill, colour=colour, stroke=1.2),
            s.label(x, BASE + 20, words),
            s.label(x, BASE + 58, f"{energy:g} pJ", colour=colour),
        ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
