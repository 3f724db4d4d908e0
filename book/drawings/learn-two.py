"""Tiki-Taka: a fast matrix, sums in digital memory, and the slow matrix that holds the weights."""

import style as s

WIDTH, HEIGHT = 440, 396
SIDE, CELL = 96, 24


def grid(x: float, y: float, colour: str, fill: str, column: int | None = None) -> list[str]:
    parts = []
    for i in range(4):
        for j in range(4):
            parts.append(
                s.box(
                    x + CELL * j,
                    y + CELL * i,
                    CELL,
                    CELL,
                    colour=colour,
                    stroke=1.2,
                    fill=fill if j != column else "none",
                )
            )
    if column is not None:
        parts.append(s.box(x + CELL * column, y, CELL, SIDE, colour=s.HEATER, stroke=3))
    return parts


def svg() -> str:
    left, right = 60, 300
    body = [
        s.label(left, 22, "fast matrix A", bold=True, colour=s.CRYSTAL),
        *grid(left, 58, s.CRYSTAL, s.CRYSTAL_FILL, column=1),
        s.label(left - 10, 106, "d", "end", italic=True, colour=s.BIT_LINE),
        s.arrow((left - 30, 118), (left - 4, 118), colour=s.BIT_LINE),
        s.label(left + SIDE + 6, 50, "x", italic=True, colour=s.WORD_LINE),
        s.arrow((left + SIDE - 12, 34), (left + SIDE - 12, 56), colour=s.WORD_LINE),
        s.label(left, 176, "pulsed by every gradient,", colour=s.CRYSTAL),
        s.label(left, 194, "pulled back to its", colour=s.CRYSTAL),
        s.label(left, 212, "symmetry point: it forgets", colour=s.CRYSTAL),
        s.label(right, 22, "sums H", bold=True, colour=s.DIGITAL),
        *grid(right, 58, s.DIGITAL, s.DIGITAL_FILL, column=1),
        s.label(right - 36, 176, "digital: adds up what", colour=s.DIGITAL),
        s.label(right - 36, 194, "was read from A", colour=s.DIGITAL),
        s.arrow((left + SIDE + 12, 106), (right - 12, 106), colour=s.HEATER, width=2.2),
        s.label(228, 92, "reads one", "middle", colour=s.HEATER),
        s.label(228, 128, "column", "middle", colour=s.HEATER),
        s.label(right, 262, "slow matrix W", bold=True, colour=s.CRYSTAL),
        *grid(right, 274, s.CRYSTAL, s.CRYSTAL_FILL, column=1),
        s.arrow(
            (right + SIDE + 14, 110),
            (right + SIDE + 28, 110),
            (right + SIDE + 28, 320),
            (right + SIDE + 6, 320),
            colour=s.HEATER,
            width=2.2,
        ),
        s.label(right - 14, 300, "one pulse where", "end", colour=s.HEATER),
        s.label(right - 14, 318, "|H| reached a whole step", "end", colour=s.HEATER),
        s.label(right - 14, 350, "multiplies, forward", "end", colour=s.INK),
        s.label(right - 14, 368, "and backward", "end", colour=s.INK),
        s.line((left - 34, 232), (left + 168, 232), colour=s.GLASS, width=1),
        s.label(left - 34, 252, "chopper: the sign of a column", colour=s.GLASS),
        s.label(left - 34, 270, "of x turns now and then,", colour=s.GLASS),
        s.label(left - 34, 288, "and its read turns back", colour=s.GLASS),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
