"""One core, read from both sides: it compresses a sparse signal, and helps to recover it."""

import style as s

WIDTH, HEIGHT = 440, 356
LEFT, TOP, CELL, ROWS, COLUMNS = 150, 40, 19, 10, 5
SIGNAL = (0, 0, 0.8, 0, 0, -0.6, 0, 0, 0, 1.0)
SUMS = (0.5, -0.8, 0.3, 0.9, -0.4)


def svg() -> str:
    floor, right = TOP + CELL * ROWS, LEFT + CELL * COLUMNS
    body = [
        s.label(14, 20, "sparse signal x", colour=s.WORD_LINE),
        s.label(LEFT, 20, "core holds A", bold=True, colour=s.CRYSTAL),
        s.line((60, TOP), (60, floor), colour=s.FAINT, width=1),
    ]
    for i, value in enumerate(SIGNAL):
        y = TOP + CELL * i + CELL / 2
        if value:
            body.append(s.line((60, y), (60 + 36 * value, y), colour=s.WORD_LINE, width=2.5))
        body.append(s.dot(60 + 36 * value, y, 3, s.WORD_LINE))
    body.append(s.arrow((104, TOP + 60), (LEFT - 6, TOP + 60), colour=s.WORD_LINE, width=2))
    for i in range(ROWS):
        for j in range(COLUMNS):
            dark = (5 * i + 3 * j + i * j * j) % 7 < 3
            body.append(
                s.box(
                    LEFT + CELL * j,
                    TOP + CELL * i,
                    CELL,
                    CELL,
                    colour=s.CRYSTAL,
                    stroke=1,
                    fill=s.CRYSTAL if dark else s.CRYSTAL_FILL,
                )
            )
    base = floor + 58
    body += [
        s.arrow((LEFT + 24, floor + 3), (LEFT + 24, floor + 26), colour=s.BIT_LINE, width=2),
        s.line((LEFT - 4, base), (right + 4, base), colour=s.FAINT, width=1),
    ]
    for j, value in enumerate(SUMS):
        x = LEFT + CELL * j + CELL / 2
        body.append(s.line((x, base), (x, base - 22 * value), colour=s.BIT_LINE, width=2.5))
        body.append(s.dot(x, base - 22 * value, 3, s.BIT_LINE))
    body += [
        s.label(LEFT - 12, base - 2, "few sums", "end", colour=s.BIT_LINE),
        s.label(LEFT - 12, base + 16, "y = A x", "end", colour=s.BIT_LINE),
        s.box(294, TOP + 20, 136, 150, colour=s.DIGITAL, fill=s.DIGITAL_FILL, radius=6),
        s.label(362, TOP + 44, "recovery", "middle", bold=True, colour=s.DIGITAL),
        s.label(362, TOP + 70, "add A^T r", "middle", colour=s.DIGITAL),
        s.label(362, TOP + 94, "drop what is small", "middle", colour=s.DIGITAL),
        s.label(362, TOP + 118, "r = y − A x,", "middle", colour=s.DIGITAL),
        s.label(362, TOP + 138, "with a memory", "middle", colour=s.DIGITAL),
        s.arrow((right + 6, TOP + 60), (290, TOP + 60), both=True, colour=s.INK, width=2),
        s.arrow(
            (right + 12, base - 4), (362, base - 4), (362, TOP + 174), colour=s.BIT_LINE, width=2
        ),
        s.label(
            10,
            HEIGHT - 30,
            "The core is read twice in each round, once from its rows",
            colour=s.INK,
        ),
        s.label(
            10,
            HEIGHT - 12,
            "and once from its columns, and is never programmed again.",
            colour=s.INK,
        ),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
