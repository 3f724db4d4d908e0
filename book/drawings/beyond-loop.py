"""A resonator: one factor's way through a core and back, and where noise comes in."""

import style as s

WIDTH, HEIGHT = 440, 458
LEFT, TOP, CELL, ROWS, COLUMNS = 164, 118, 20, 6, 7
BARS = (0.3, 0.12, 0.5, 0.22, 1.0, 0.08, 0.36)
CUT = 0.42


def svg() -> str:
    right, floor = LEFT + CELL * COLUMNS, TOP + CELL * ROWS
    body = [
        s.box(10, 14, 130, 34, colour=s.DIGITAL, fill=s.DIGITAL_FILL, radius=6),
        s.label(75, 36, "product s", "middle", colour=s.DIGITAL),
        s.box(10, 84, 130, 62, colour=s.DIGITAL, fill=s.DIGITAL_FILL, radius=6),
        s.label(75, 110, "divide out the", "middle", colour=s.DIGITAL),
        s.label(75, 130, "other estimates", "middle", colour=s.DIGITAL),
        s.arrow((75, 48), (75, 82), colour=s.DIGITAL),
        s.arrow((75, 146), (75, 178), (LEFT - 4, 178), colour=s.WORD_LINE, width=2),
        s.label(12, 198, "a guess of factor 1", colour=s.WORD_LINE),
        s.label(LEFT, TOP - 12, "codebook of factor 1", bold=True, colour=s.CRYSTAL),
    ]
    for i in range(ROWS):
        for j in range(COLUMNS):
            dark = (3 * i + 5 * j + i * j) % 7 < 3
            fill = s.CRYSTAL if dark else s.CRYSTAL_FILL
            x, y = LEFT + CELL * j, TOP + CELL * i
            body.append(s.box(x, y, CELL, CELL, colour=s.CRYSTAL, stroke=1, fill=fill))
    tall, base = 76, floor + 112
    for j, share in enumerate(BARS):
        x = LEFT + CELL * j + 4
        active = share > CUT
        body.append(s.arrow((x + 6, floor + 2), (x + 6, floor + 24), colour=s.BIT_LINE, head=6))
        body.append(
            s.box(
                x,
                base - tall * share,
                12,
                tall * share,
                colour=s.BIT_LINE,
                fill=s.BIT_LINE if active else "none",
            )
        )
    body += [
        s.line((LEFT - 4, base), (right + 4, base), colour=s.INK),
        s.line((LEFT - 4, base - CUT * tall), (right + 4, base - CUT * tall), dashed=True),
        s.label(LEFT - 8, base - CUT * tall + 5, "threshold", "end"),
        s.label(LEFT - 8, base - 66, "similarities", "end", colour=s.BIT_LINE),
        s.label(LEFT - 8, base - 48, "and noise", "end", bold=True),
        s.arrow(
            (LEFT + CELL * 4 + 10, base + 4),
            (LEFT + CELL * 4 + 10, base + 30),
            (right + 26, base + 30),
            (right + 26, TOP + 60),
            (right + 6, TOP + 60),
            colour=s.BIT_LINE,
            width=2,
        ),
        s.label(12, base + 35, "what exceeds it goes back", colour=s.BIT_LINE),
        s.label(right + 34, floor + 40, "read from the", colour=s.BIT_LINE),
        s.label(right + 34, floor + 58, "other side:", colour=s.BIT_LINE),
        s.label(right + 34, floor + 76, "noise again", bold=True),
        s.arrow((LEFT + 70, TOP - 28), (LEFT + 70, 31), (144, 31), colour=s.DIGITAL, width=2),
        s.label(LEFT + 78, 36, "sign: the next estimate,", colour=s.DIGITAL),
        s.label(LEFT + 78, 54, "for the turns of", colour=s.DIGITAL),
        s.label(LEFT + 78, 72, "factors 2 and 3", colour=s.DIGITAL),
        s.line((10, base + 54), (WIDTH - 10, base + 54), colour=s.FAINT, width=1),
        s.label(
            10, base + 76, "Solved as soon as the product of the most similar", colour=s.DIGITAL
        ),
        s.label(10, base + 94, "entries is s, which digital logic checks.", colour=s.DIGITAL),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
