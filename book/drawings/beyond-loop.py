"""A resonator: one factor's way through a core and back, and where noise comes in."""

import style as s

WIDTH, HEIGHT = 440, 452
LEFT, TOP, CELL, ROWS, COLUMNS = 152, 122, 20, 6, 7
BARS = (0.3, 0.12, 0.5, 0.22, 1.0, 0.08, 0.36)
CUT = 0.42


def svg() -> str:
    right, floor = LEFT + CELL * COLUMNS, TOP + CELL * ROWS
    body = [
        s.box(10, 12, 130, 30, colour=s.DIGITAL, fill=s.DIGITAL_FILL, radius=6),
        s.label(75, 32, "product x_⊙", "middle", colour=s.DIGITAL),
        s.box(10, 72, 130, 50, colour=s.DIGITAL, fill=s.DIGITAL_FILL, radius=6),
        s.label(75, 93, "divide out the", "middle", colour=s.DIGITAL),
        s.label(75, 111, "other estimates", "middle", colour=s.DIGITAL),
        s.arrow((75, 42), (75, 70), colour=s.DIGITAL),
        s.line((75, 122), (75, TOP + CELL * 3), (LEFT - 26, TOP + CELL * 3), colour=s.WORD_LINE),
        s.line((LEFT - 26, TOP + 10), (LEFT - 26, floor - 10), colour=s.WORD_LINE),
        s.label(10, TOP + 82, "a guess", colour=s.WORD_LINE),
        s.label(10, TOP + 100, "of factor 1", colour=s.WORD_LINE),
        s.label(LEFT, TOP - 10, "codebook of factor 1", bold=True, colour=s.CRYSTAL),
    ]
    for i in range(ROWS):
        y = TOP + CELL * i
        for j in range(COLUMNS):
            dark = (3 * i + 5 * j + i * j) % 7 < 3
            fill = s.CRYSTAL if dark else s.CRYSTAL_FILL
            x = LEFT + CELL * j
            body.append(s.box(x, y, CELL, CELL, colour=s.CRYSTAL, stroke=1, fill=fill))
        middle = y + CELL / 2
        row = (LEFT - 26, middle), (LEFT - 3, middle)
        body.append(s.arrow(*row, colour=s.WORD_LINE, head=6))
        row = (right + 3, middle), (right + 25, middle)
        body.append(s.arrow(*row, colour=s.DIGITAL, head=6))
    tall, base = 76, floor + 116
    for j, share in enumerate(BARS):
        x = LEFT + CELL * j + 4
        active = share > CUT
        top = base - tall * share
        body.append(s.arrow((x + 2, floor + 3), (x + 2, floor + 26), colour=s.BIT_LINE, head=6))
        fill = s.BIT_LINE if active else "none"
        body.append(s.box(x, top, 12, tall * share, colour=s.BIT_LINE, fill=fill))
        if active:  # back into its column, from below
            back = (x + 11, top - 3), (x + 11, floor + 3)
            body.append(s.arrow(*back, colour=s.DIGITAL, width=2.4, head=7))
    body += [
        s.line((LEFT - 4, base), (right + 4, base), colour=s.INK),
        s.line((LEFT - 4, base - CUT * tall), (right + 4, base - CUT * tall), dashed=True),
        s.label(LEFT - 8, base - CUT * tall + 5, "threshold", "end"),
        s.label(LEFT - 8, base - 82, "similarities", "end", colour=s.BIT_LINE),
        s.label(LEFT - 8, base - 64, "and noise", "end", bold=True),
        s.label(right + 12, base - 62, "what exceeds it", colour=s.DIGITAL),
        s.label(right + 12, base - 44, "goes back up", colour=s.DIGITAL),
        s.label(right + 12, base - 26, "into its column", colour=s.DIGITAL),
        s.line((right + 26, TOP + 10), (right + 26, floor - 10), colour=s.DIGITAL),
        s.label(right + 36, TOP + 52, "read along", colour=s.DIGITAL),
        s.label(right + 36, TOP + 70, "the rows:", colour=s.DIGITAL),
        s.label(right + 36, TOP + 88, "noise again", bold=True),
        s.arrow((right + 26, TOP + 10), (right + 26, 82), colour=s.DIGITAL, width=2),
        s.label(right + 36, 104, "sign: the next", colour=s.DIGITAL),
        s.label(right + 36, 122, "estimate", colour=s.DIGITAL),
        s.box(right - 50, 30, 188, 50, colour=s.DIGITAL, fill=s.DIGITAL_FILL, radius=6),
        s.label(right + 44, 51, "divided out in the turns", "middle", colour=s.DIGITAL),
        s.label(right + 44, 69, "of factors 2 and 3", "middle", colour=s.DIGITAL),
        s.line((10, base + 22), (WIDTH - 10, base + 22), colour=s.FAINT, width=1),
        s.label(
            10, base + 44, "Solved as soon as the product of the most similar", colour=s.DIGITAL
        ),
        s.label(10, base + 62, "entries is x_⊙, which digital logic checks.", colour=s.DIGITAL),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
