"""The oscillator of a converter: two capacitors take turns, a latch decides whose turn it is."""

import schemdraw.elements as elm
import style as s

SIZE = 15


def _inverter(x: float, y: float, way: int) -> str:
    """Return an inverter centred at (x, y) that points right (1) or left (-1)."""
    tip = x + way * 14
    corners = ((x - way * 14, y - 12), (x - way * 14, y + 12), (tip, y))
    circle = f'<circle cx="{tip + way * 4}" cy="{y}" r="4" fill="{s.PAPER}" stroke="currentColor"/>'
    return s.line(*corners, fill=s.PAPER, closed=True) + circle


def _latch() -> str:
    return "".join(
        (
            s.box(180, 174, 130, 108, fill=s.METAL_FILL, colour="currentColor", radius=5),
            s.label(245, 194, "latch", "middle", size=SIZE, bold=True),
            s.line((205, 216), (285, 216)),
            s.line((205, 254), (285, 254)),
            s.line((205, 216), (205, 254)),
            s.line((285, 216), (285, 254)),
            _inverter(243, 216, 1),
            _inverter(247, 254, -1),
            s.dot(205, 235, 3),
            s.dot(285, 235, 3),
        )
    )


def svg() -> str:
    """Return the drawing."""
    board = s.Board(lw=2)
    for x in (104, 386):
        board.between(elm.Capacitor(), (x, 176), (x, 236))
        board.place(elm.Ground(), (x, 236))
    parts = [
        s.box(180, 14, 130, 36, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE, radius=5),
        s.label(245, 37, "main mirror", "middle", size=SIZE, bold=True),
        s.arrow((120, 32), (179, 32), colour=s.BIT_LINE),
        s.label(116, 29, "current I of", "end", size=SIZE, colour=s.BIT_LINE),
        s.label(116, 47, "the line", "end", size=SIZE, colour=s.BIT_LINE),
        s.arrow((245, 50), (245, 92), colour=s.BIT_LINE),
        s.label(255, 78, "a copy, αI", size=SIZE, colour=s.BIT_LINE),
        # the switch, now on the left
        s.dot(245, 96, 4),
        s.line((245, 96), (202, 122), width=2.4),
        s.dot(198, 124, 4),
        s.dot(292, 124, 4),
        s.line((198, 124), (104, 124), (104, 176)),
        s.line((292, 124), (386, 124), (386, 176)),
        s.label(150, 116, "fills C_1", "middle", size=SIZE),
        s.label(345, 116, "C_2 waits", "middle", size=SIZE),
        s.label(82, 210, "C_1", "end", size=SIZE, bold=True),
        s.label(408, 210, "C_2", size=SIZE, bold=True),
        s.dot(104, 158, 3.4),
        s.dot(386, 158, 3.4),
        s.arrow((104, 158), (160, 158), (160, 235), (179, 235)),
        s.arrow((386, 158), (330, 158), (330, 235), (311, 235)),
        _latch(),
        # the latch throws the switch
        s.line((245, 174), (245, 128), dashed=True),
        s.arrow((245, 140), (245, 112)),
        s.label(251, 150, "throws the switch", size=SIZE),
        # output
        s.arrow((285, 282), (285, 318), colour=s.DIGITAL),
        s.label(294, 305, "one flip, one count", size=SIZE, colour=s.DIGITAL),
        s.box(220, 319, 130, 36, fill=s.DIGITAL_FILL, colour=s.DIGITAL, radius=5),
        s.label(285, 342, "12-bit counter", "middle", size=SIZE),
        # feed-forward
        s.line((210, 50), (210, 64), (22, 64), (22, 319), colour=s.BIT_LINE, width=2),
        s.arrow((22, 300), (22, 318), colour=s.BIT_LINE, width=2),
        s.box(8, 319, 150, 36, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE, radius=5),
        s.label(83, 342, "second mirror, βI", "middle", size=SIZE),
        s.arrow((158, 337), (198, 337), (198, 283), colour=s.BIT_LINE, width=2),
        s.label(34, 288, "feed-forward:", size=SIZE, colour=s.BIT_LINE),
        s.label(34, 306, "lowers the threshold", size=SIZE, colour=s.BIT_LINE),
    ]
    return s.svg_document(444, 368, board.svg(), *parts, left=4, size=SIZE)
