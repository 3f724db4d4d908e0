"""A bit line as a ladder: what flows in its pieces, and what each device still sees."""

import schemdraw.elements as elm
import style as s

WIDTH, HEIGHT = 446, 232
LINE, TOP, FIRST, STEP, COUNT = 158, 56, 128, 78, 4  # px; crossings


def svg() -> str:
    """Return the drawing."""
    board = s.Board(lw=2)
    body = [
        s.box(8, LINE - 22, 64, 44, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE, radius=4),
        s.label(40, LINE - 3, "read-out", "middle"),
        s.label(40, LINE + 14, "0 V", "middle"),
    ]
    for k in range(COUNT):
        x = FIRST + 22 + k * STEP
        board.wire((x - 78 + (14 if k else 0), LINE), (x - 58, LINE), colour=s.BIT_LINE, width=3)
        board.between(elm.Resistor().color(s.BIT_LINE), (x - 58, LINE), (x - 12, LINE))
        board.wire((x - 12, LINE), (x + 14, LINE), colour=s.BIT_LINE, width=3)
        board.wire((x, TOP), (x, 78))
        board.wire((x, 118), (x, LINE))
        many = COUNT - k
        body += [
            s.box(x - 9, 78, 18, 40, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL, stroke=1.8),
            s.label(x + 16, 103, "G"),
            s.line((x - 24, TOP), (x + 24, TOP), colour=s.WORD_LINE, width=3),
            s.label(x, TOP - 10, "V", "middle", colour=s.WORD_LINE),
            s.dot(x, LINE, 4, s.BIT_LINE),
            s.label(x - 35, LINE - 16, "r", "middle", colour=s.BIT_LINE),
            s.label(x, LINE + 24, f"k = {k + 1}", "middle"),
            s.arrow(
                (x - 22, LINE + 42), (x - 62, LINE + 42), colour=s.BIT_LINE,
                width=1.6 * many, head=7 + 2 * many,
            ),
        ]  # fmt: skip
    body.append(
        s.label(WIDTH / 2, HEIGHT - 8, "current in each piece", "middle", colour=s.BIT_LINE)
    )
    return s.svg_document(WIDTH, HEIGHT, board.svg(), *body)
