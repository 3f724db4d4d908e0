"""Sixty years: when weights in crossing wires and switching glass were first shown, to scale."""

import style as s

WIDTH, HEIGHT = 420, 276
AXIS, LABELS, TOP, BOTTOM = 66, 150, 22, 262
FIRST, LAST = 1960, 2025
ARRAY, GLASS = (s.WORD_LINE, s.WORD_LINE_FILL), (s.GLASS, s.GLASS_FILL)
STEPS = (  # year, what was shown, kind, place of its words
    (1961, "wires that cross learn weights", ARRAY, 26),
    (1968, "a glass switches, and switches back", GLASS, 56),
    (2016, "phase-change cells as neurons", GLASS, 118),
    (2017, "a million of them find correlations", ARRAY, 146),
    (2018, "equations solved, residual in digital", ARRAY, 174),
    (2022, "a core with a converter for each line", ARRAY, 202),
    (2023, "64 cores on one chip", ARRAY, 230),
)


def height(year: float) -> float:
    """Return the place of a year on the axis, px."""
    return TOP + (BOTTOM - TOP) * (year - FIRST) / (LAST - FIRST)


def svg() -> str:
    """Return the drawing."""
    parts = [s.line((AXIS, TOP - 6), (AXIS, BOTTOM + 6), colour=s.INK, width=1.4)]
    for year in range(FIRST, LAST, 10):
        y = height(year)
        parts.append(s.line((AXIS - 5, y), (AXIS, y), colour=s.INK))
        parts.append(s.label(AXIS - 10, y + 5, str(year), "end", colour=s.FAINT))
    for year, words, (colour, fill), place in STEPS:
        y = height(year)
        parts.append(s.line((AXIS + 5, y), (LABELS - 52, place), colour=colour, width=1))
        parts.append(s.box(AXIS - 4, y - 4, 8, 8, colour=colour, fill=fill, radius=4))
        parts.append(s.label(LABELS - 48, place + 5, str(year), colour=colour, bold=True))
        parts.append(s.label(LABELS - 8, place + 5, words))
    return s.svg_document(WIDTH, HEIGHT, *parts)
