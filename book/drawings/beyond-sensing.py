"""One core, read from both sides: it compresses a sparse signal, and helps to recover it."""

from style import (
    BIT_LINE,
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    FAINT,
    INK,
    WORD_LINE,
    arrow,
    box,
    dot,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 440, 356
LEFT, TOP, CELL, ROWS, COLUMNS = 150, 40, 19, 10, 5
SIGNAL = (0, 0, 0.8, 0, 0, -0.6, 0, 0, 0, 1.0)
SUMS = (0.5, -0.8, 0.3, 0.9, -0.4)


def svg() -> str:
    floor, right = TOP + CELL * ROWS, LEFT + CELL * COLUMNS
    body = [
        label(14, 20, "sparse signal x", colour=WORD_LINE),
        label(LEFT, 20, "core holds A", bold=True, colour=CRYSTAL),
        line((60, TOP), (60, floor), colour=FAINT, width=1),
    ]
    for i, value in enumerate(SIGNAL):
        y = TOP + CELL * i + CELL / 2
        if value:
            body.append(line((60, y), (60 + 36 * value, y), colour=WORD_LINE, width=2.5))
        body.append(dot(60 + 36 * value, y, 3, WORD_LINE))
    body.append(arrow((104, TOP + 60), (LEFT - 6, TOP + 60), colour=WORD_LINE, width=2))
    for i in range(ROWS):
        for j in range(COLUMNS):
            dark = (5 * i + 3 * j + i * j * j) % 7 < 3
            body.append(
                box(
                    LEFT + CELL * j,
                    TOP + CELL * i,
                    CELL,
                    CELL,
                    colour=CRYSTAL,
                    stroke=1,
                    fill=CRYSTAL if dark else CRYSTAL_FILL,
                )
            )
    base = floor + 58
    body += [
        arrow((LEFT + 24, floor + 3), (LEFT + 24, floor + 26), colour=BIT_LINE, width=2),
        line((LEFT - 4, base), (right + 4, base), colour=FAINT, width=1),
    ]
    for j, value in enumerate(SUMS):
        x = LEFT + CELL * j + CELL / 2
        body.append(line((x, base), (x, base - 22 * value), colour=BIT_LINE, width=2.5))
        body.append(dot(x, base - 22 * value, 3, BIT_LINE))
    body += [
        label(LEFT - 12, base - 2, "few sums", anchor="end", colour=BIT_LINE),
        label(LEFT - 12, base + 16, "y = A x", anchor="end", colour=BIT_LINE),
        box(294, TOP + 20, 136, 150, colour=DIGITAL, fill=DIGITAL_FILL, radius=6),
        label(362, TOP + 44, "recovery", anchor="middle", bold=True, colour=DIGITAL),
        label(362, TOP + 70, "add A^T r", anchor="middle", colour=DIGITAL),
        label(362, TOP + 94, "drop what is small", anchor="middle", colour=DIGITAL),
        label(362, TOP + 118, "r = y − A x,", anchor="middle", colour=DIGITAL),
        label(362, TOP + 138, "with a memory", anchor="middle", colour=DIGITAL),
        arrow((right + 6, TOP + 60), (290, TOP + 60), both=True, colour=INK, width=2),
        arrow((right + 12, base - 4), (362, base - 4), (362, TOP + 174), colour=BIT_LINE, width=2),
        label(
            10, HEIGHT - 30, "The core is read twice in each round, once from its rows", colour=INK
        ),
        label(
            10, HEIGHT - 12, "and once from its columns, and is never programmed again.", colour=INK
        ),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
