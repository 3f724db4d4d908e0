"""Energies of memory accesses and of arithmetic as areas, to one scale."""

from math import sqrt

import style as s

from aimc.published import fact

WIDTH, HEIGHT = 446, 268
UNIT, BASE = 7.6, 204  # px for the root of a picojoule, floor of the squares
PRICES = (
    (12, "DRAM access", fact("D001").number, s.DRAM_FILL, s.DRAM),
    (232, "SRAM\naccess", fact("D003").number, s.SRAM_FILL, s.SRAM),
    (306, "FP32\nMAC", sum(fact("D004").numbers), s.DIGITAL_FILL, s.DIGITAL),
    (378, "INT8\nMAC", sum(fact("D005").numbers), s.DIGITAL_FILL, s.DIGITAL),
)


def svg() -> str:
    """Return the drawing."""
    parts = []
    for k, (x, words, energy, fill, colour) in enumerate(PRICES):
        side = UNIT * sqrt(energy)
        parts.append(s.box(x, BASE - side, side, side, fill=fill, colour=colour, stroke=1.2))
        if k == 0:
            parts += [
                s.label(x + side / 2, BASE - side / 2 - 6, words, "middle", bold=True),
                s.label(
                    x + side / 2, BASE - side / 2 + 16, f"{energy:g} pJ", "middle", colour=colour
                ),
            ]
            continue
        times = PRICES[0][2] / energy
        shown = f"{times:.0f}" if times < 1000 else f"{round(times, -2):,.0f}"
        parts += [
            s.label(x, BASE + 20, words),
            s.label(x, BASE + 56, f"{energy:g} pJ", colour=colour),
            s.label(x, BASE - 54, f"× {shown}", colour=s.DRAM, bold=True),
            s.arrow((x + 8, BASE - 46), (x + 8, BASE - side - 5), colour=s.DRAM, width=1.2),
        ]
    parts += [
        s.label(232, 40, "One DRAM access pays for", colour=s.DRAM),
        s.label(232, 60, "this many of the others:", colour=s.DRAM),
    ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
