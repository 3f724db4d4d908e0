"""Noise on every weight against noise on every output: two places for the same distribution."""

from style import (
    BIT_LINE,
    BIT_LINE_FILL,
    CRYSTAL,
    CRYSTAL_FILL,
    HEATER,
    WORD_LINE,
    arrow,
    box,
    dot,
    label,
    svg_document,
)

WIDTH, HEIGHT = 440, 330
ROWS, COLUMNS, CELL = 4, 5, 26


def die(x: float, y: float, size: float = 16) -> list[str]:
    """Return a small die: one draw of a random number."""
    a, b = x - size / 4, x + size / 4
    return [
        box(x - size / 2, y - size / 2, size, size, colour=HEATER, radius=3),
        *(dot(u, v, 1.8, HEATER) for u, v in ((a, y - size / 4), (x, y), (b, y + size / 4))),
    ]


def matrix(x: float, y: float, dice: bool) -> list[str]:
    body = []
    for row in range(ROWS):
        for column in range(COLUMNS):
            left, top = x + CELL * column, y + CELL * row
            body.append(box(left, top, CELL, CELL, fill=CRYSTAL_FILL, colour=CRYSTAL, stroke=1))
            if dice:
                body += die(left + CELL / 2, top + CELL / 2)
    return body


def outputs(x: float, y: float) -> list[str]:
    return [
        box(x, y + CELL * row, CELL, CELL, fill=BIT_LINE_FILL, colour=BIT_LINE, stroke=1)
        for row in range(ROWS)
    ]


def svg() -> str:
    body = []
    for top, dice, title, count in (
        (48, True, "noise on the weights", "one draw per weight,\nshared by the batch"),
        (206, False, "noise on the outputs", "one draw per output,\nnew for each sample"),
    ):
        x, end = 64, 64 + CELL * COLUMNS
        middle = top + CELL * ROWS / 2
        body += [
            label(10, top - 18, title, bold=True),
            label(WIDTH - 8, top - 18, "ŷ = Wx + ε", anchor="end", bold=True),
            label(18, middle + 5, "x", colour=WORD_LINE, bold=True),
            arrow((32, middle), (x - 4, middle), colour=WORD_LINE),
            *matrix(x, top, dice),
            arrow((end + 4, middle), (end + 30, middle), colour=BIT_LINE),
            *outputs(end + 34, top),
            label(end + 78, middle - 4, count),
        ]
        if not dice:
            for row in range(ROWS):
                y = top + CELL * (row + 0.5)
                body += die(end + 34 + CELL / 2, y)
    return svg_document(WIDTH, HEIGHT, *body)
