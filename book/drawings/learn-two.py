"""Tiki-Taka as a round: gradients into a fast matrix, its reads into sums, whole steps into W."""

import style as s

WIDTH, HEIGHT = 440, 392
SIDE, CELL = 88, 22
LEFT, RIGHT, TOP, LOW = 102, 300, 56, 250  # of the grids


def grid(x: float, y: float, colour: str, fill: str, column: int | None = None) -> list[str]:
    parts = [
        s.box(x + CELL * j, y + CELL * i, CELL, CELL, colour=colour, stroke=1.2, fill=fill)
        for i in range(4)
        for j in range(4)
    ]
    if column is not None:
        parts.append(s.box(x + CELL * column, y, CELL, SIDE, colour=s.INK, stroke=3))
    return parts


def step(x: float, y: float, number: int, words: str, anchor: str = "start") -> str:
    """Return a numbered step of the round; the number stands before its words."""
    return s.label(x, y, f"{number}  {words}", anchor)


def svg() -> str:
    middle = TOP + SIDE / 2
    way = LEFT - 34  # of the gradients, up to the fast matrix
    body = [
        s.label(LEFT, 20, "fast matrix W_{fast}", bold=True, colour=s.CRYSTAL),
        s.label(LEFT, 40, "forgets", colour=s.CRYSTAL),
        *grid(LEFT, TOP, s.CRYSTAL, s.CRYSTAL_FILL, column=1),
        s.label(RIGHT, 20, "sums H", bold=True, colour=s.DIGITAL),
        s.label(RIGHT, 40, "digital", colour=s.DIGITAL),
        *grid(RIGHT, TOP, s.DIGITAL, s.DIGITAL_FILL, column=1),
        s.label(RIGHT, LOW - 30, "slow matrix W", bold=True, colour=s.CRYSTAL),
        s.label(RIGHT, LOW - 10, "remembers", colour=s.CRYSTAL),
        *grid(RIGHT, LOW, s.CRYSTAL, s.CRYSTAL_FILL),
        s.box(RIGHT + CELL, LOW + CELL, CELL, CELL, colour=s.INK, stroke=3, fill=s.CRYSTAL),
        # round the four steps
        s.arrow((LEFT + SIDE + 8, middle), (RIGHT - 8, middle), colour=s.BIT_LINE, width=2.2),
        step(LEFT + SIDE + 12, middle - 12, 2, "read one"),
        s.label(LEFT + SIDE + 12, middle + 20, "column, × χ"),
        s.arrow(
            (RIGHT + SIDE + 4, middle),
            (RIGHT + SIDE + 26, middle),
            (RIGHT + SIDE + 26, LOW + SIDE / 2),
            (RIGHT + SIDE + 4, LOW + SIDE / 2),
            width=2.2,
        ),
        step(RIGHT + SIDE + 14, 172, 3, "a whole step: one pulse", "end"),
        s.arrow((RIGHT - 6, LOW + SIDE / 2), (LEFT + 84, LOW + SIDE / 2), width=2.2),
        step(LEFT + 100, LOW + SIDE / 2 - 10, 4, "multiply"),
        s.box(LEFT - 92, LOW + 12, 174, 64, radius=6),
        s.label(LEFT - 5, LOW + 40, "inputs x, errors δ", "middle"),
        s.label(LEFT - 5, LOW + 60, "of the next sample", "middle"),
        s.arrow((way, LOW + 10), (way, middle), (LEFT - 4, middle), colour=s.WORD_LINE, width=2.2),
        step(way + 12, 192, 1, "pulses of δ and x,"),
        s.label(way + 12, 210, "columns × χ"),
        s.label(14, HEIGHT - 12, "χ = ±1, the chopper: turned now and then, so that a wrong"),
        s.label(14, HEIGHT + 6, "zero of W_{fast} enters H with both signs"),
    ]
    return s.svg_document(WIDTH, HEIGHT + 16, *body)
