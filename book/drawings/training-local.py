"""Noise on every weight against noise on every output: two places for the same distribution."""

import style as s

WIDTH, HEIGHT = 440, 330
ROWS, COLUMNS, CELL = 4, 5, 26


def die(x: float, y: float, size: float = 16) -> list[str]:
    """Return a small die: one draw of a random number."""
    a, b = x - size / 4, x + size / 4
    return [
        s.box(x - size / 2, y - size / 2, size, size, colour=s.HEATER, radius=3),
        *(s.dot(u, v, 1.8, s.HEATER) for u, v in ((a, y - size / 4), (x, y), (b, y + size / 4))),
    ]


def matrix(x: float, y: float, dice: bool) -> list[str]:
    body = []
    for row in range(ROWS):
        for column in range(COLUMNS):
            left, top = x + CELL * column, y + CELL * row
            body.append(
                s.box(left, top, CELL, CELL, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL, stroke=1)
            )
            if dice:
                body += die(left + CELL / 2, top + CELL / 2)
    return body


def outputs(x: float, y: float) -> list[str]:
    return [
        s.box(x, y + CELL * row, CELL, CELL, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE, stroke=1)
        for row in range(ROWS)
    ]


def svg() -> str:
    body = []
    for top, dice, title, law, count in (
        (
            48,
            True,
            "noise on the weights",
            "ŷ = (W + σ ξ) x",
            "one draw per weight,\nshared by the batch",
        ),
        (
            206,
            False,
            "noise on the outputs",
            "ŷ = W x + v ξ",
            "one draw per output,\nnew for each sample",
        ),
    ):
        x, end = 64, 64 + CELL * COLUMNS
        middle = top + CELL * ROWS / 2
        body += [
            s.label(10, top - 18, title, bold=True),
            s.label(WIDTH - 8, top - 18, law, "end", bold=True),
            s.label(18, middle + 5, "x", colour=s.WORD_LINE, bold=True),
            s.arrow((32, middle), (x - 4, middle), colour=s.WORD_LINE),
            *matrix(x, top, dice),
            s.arrow((end + 4, middle), (end + 30, middle), colour=s.BIT_LINE),
            *outputs(end + 34, top),
            s.label(end + 78, middle - 4, count),
        ]
        if not dice:
            for row in range(ROWS):
                y = top + CELL * (row + 0.5)
                body += die(end + 34 + CELL / 2, y)
    return s.svg_document(WIDTH, HEIGHT, *body)
