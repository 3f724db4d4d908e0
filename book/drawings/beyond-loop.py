"""A resonator: one factor's way through a core and back, and where noise comes in."""

from style import (
    BIT_LINE,
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    FAINT,
    HEATER,
    INK,
    WORD_LINE,
    arrow,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 440, 458
LEFT, TOP, CELL, ROWS, COLUMNS = 164, 118, 20, 6, 7
BARS = (0.3, 0.12, 0.5, 0.22, 1.0, 0.08, 0.36)
CUT = 0.42


def svg() -> str:
    right, floor = LEFT + CELL * COLUMNS, TOP + CELL * ROWS
    body = [
        box(10, 14, 130, 34, colour=DIGITAL, fill=DIGITAL_FILL, radius=6),
        label(75, 36, "product s", anchor="middle", colour=DIGITAL),
        box(10, 84, 130, 62, colour=DIGITAL, fill=DIGITAL_FILL, radius=6),
        label(75, 110, "divide out the", anchor="middle", colour=DIGITAL),
        label(75, 130, "other estimates", anchor="middle", colour=DIGITAL),
        arrow((75, 48), (75, 82), colour=DIGITAL),
        arrow((75, 146), (75, 178), (LEFT - 4, 178), colour=WORD_LINE, width=2),
        label(12, 198, "a guess of factor 1", colour=WORD_LINE),
        label(LEFT, TOP - 12, "codebook of factor 1", bold=True, colour=CRYSTAL),
    ]
    for i in range(ROWS):
        for j in range(COLUMNS):
            dark = (3 * i + 5 * j + i * j) % 7 < 3
            fill = CRYSTAL if dark else CRYSTAL_FILL
            x, y = LEFT + CELL * j, TOP + CELL * i
            body.append(box(x, y, CELL, CELL, colour=CRYSTAL, stroke=1, fill=fill))
    tall, base = 76, floor + 112
    for j, share in enumerate(BARS):
        x = LEFT + CELL * j + 4
        active = share > CUT
        body.append(arrow((x + 6, floor + 2), (x + 6, floor + 24), colour=BIT_LINE, head=6))
        body.append(
            box(
                x,
                base - tall * share,
                12,
                tall * share,
                colour=BIT_LINE,
                fill=BIT_LINE if active else "none",
            )
        )
    body += [
        line((LEFT - 4, base), (right + 4, base), colour=INK),
        line((LEFT - 4, base - CUT * tall), (right + 4, base - CUT * tall), dashed=True),
        label(LEFT - 8, base - CUT * tall + 5, "threshold", anchor="end"),
        label(LEFT - 8, base - 66, "similarities", anchor="end", colour=BIT_LINE),
        label(LEFT - 8, base - 48, "and noise", anchor="end", colour=HEATER),
        arrow(
            (LEFT + CELL * 4 + 10, base + 4),
            (LEFT + CELL * 4 + 10, base + 30),
            (right + 26, base + 30),
            (right + 26, TOP + 60),
            (right + 6, TOP + 60),
            colour=BIT_LINE,
            width=2,
        ),
        label(12, base + 35, "what exceeds it goes back", colour=BIT_LINE),
        label(right + 34, floor + 40, "read from the", colour=BIT_LINE),
        label(right + 34, floor + 58, "other side:", colour=BIT_LINE),
        label(right + 34, floor + 76, "noise again", colour=HEATER),
        arrow((LEFT + 70, TOP - 28), (LEFT + 70, 31), (144, 31), colour=DIGITAL, width=2),
        label(LEFT + 78, 36, "sign: the next estimate,", colour=DIGITAL),
        label(LEFT + 78, 54, "for the turns of", colour=DIGITAL),
        label(LEFT + 78, 72, "factors 2 and 3", colour=DIGITAL),
        line((10, base + 54), (WIDTH - 10, base + 54), colour=FAINT, width=1),
        label(10, base + 76, "Solved as soon as the product of the most similar", colour=DIGITAL),
        label(10, base + 94, "entries is s, which digital logic checks.", colour=DIGITAL),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
