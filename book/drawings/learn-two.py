"""Tiki-Taka: a fast matrix, sums in digital memory, and the slow matrix that holds the weights."""

from style import (
    BIT_LINE,
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    GLASS,
    HEATER,
    INK,
    WORD_LINE,
    arrow,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 440, 396
SIDE, CELL = 96, 24


def grid(x: float, y: float, colour: str, fill: str, column: int | None = None) -> list[str]:
    parts = []
    for i in range(4):
        for j in range(4):
            parts.append(
                box(
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
        parts.append(box(x + CELL * column, y, CELL, SIDE, colour=HEATER, stroke=3))
    return parts


def svg() -> str:
    left, right = 60, 300
    body = [
        label(left, 22, "fast matrix A", bold=True, colour=CRYSTAL),
        *grid(left, 58, CRYSTAL, CRYSTAL_FILL, column=1),
        label(left - 10, 106, "d", italic=True, anchor="end", colour=BIT_LINE),
        arrow((left - 30, 118), (left - 4, 118), colour=BIT_LINE),
        label(left + SIDE + 6, 50, "x", italic=True, colour=WORD_LINE),
        arrow((left + SIDE - 12, 34), (left + SIDE - 12, 56), colour=WORD_LINE),
        label(left, 176, "pulsed by every gradient,", colour=CRYSTAL),
        label(left, 194, "pulled back to its", colour=CRYSTAL),
        label(left, 212, "symmetry point: it forgets", colour=CRYSTAL),
        label(right, 22, "sums H", bold=True, colour=DIGITAL),
        *grid(right, 58, DIGITAL, DIGITAL_FILL, column=1),
        label(right - 36, 176, "digital: adds up what", colour=DIGITAL),
        label(right - 36, 194, "was read from A", colour=DIGITAL),
        arrow((left + SIDE + 12, 106), (right - 12, 106), colour=HEATER, width=2.2),
        label(228, 92, "reads one", anchor="middle", colour=HEATER),
        label(228, 128, "column", anchor="middle", colour=HEATER),
        label(right, 262, "slow matrix W", bold=True, colour=CRYSTAL),
        *grid(right, 274, CRYSTAL, CRYSTAL_FILL, column=1),
        arrow(
            (right + SIDE + 14, 110),
            (right + SIDE + 28, 110),
            (right + SIDE + 28, 320),
            (right + SIDE + 6, 320),
            colour=HEATER,
            width=2.2,
        ),
        label(right - 14, 300, "one pulse where", anchor="end", colour=HEATER),
        label(right - 14, 318, "|H| reached a whole step", anchor="end", colour=HEATER),
        label(right - 14, 350, "multiplies, forward", anchor="end", colour=INK),
        label(right - 14, 368, "and backward", anchor="end", colour=INK),
        line((left - 34, 232), (left + 168, 232), colour=GLASS, width=1),
        label(left - 34, 252, "chopper: the sign of a column", colour=GLASS),
        label(left - 34, 270, "of x turns now and then,", colour=GLASS),
        label(left - 34, 288, "and its read turns back", colour=GLASS),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
