"""The oscillator of a converter: two capacitors take turns, a latch decides whose turn it is."""

import schemdraw.elements as elm
from style import (
    BIT_LINE,
    BIT_LINE_FILL,
    DIGITAL,
    DIGITAL_FILL,
    GLASS,
    GLASS_FILL,
    METAL_FILL,
    PAPER,
    Board,
    arrow,
    box,
    dot,
    label,
    line,
    svg_document,
)

SIZE = 15


def _inverter(x: float, y: float, way: int) -> str:
    """Return an inverter centred at (x, y) that points right (1) or left (-1)."""
    tip = x + way * 14
    corners = ((x - way * 14, y - 12), (x - way * 14, y + 12), (tip, y))
    circle = f'<circle cx="{tip + way * 4}" cy="{y}" r="4" fill="{PAPER}" stroke="currentColor"/>'
    return line(*corners, fill=PAPER, closed=True) + circle


def _latch() -> str:
    return "".join(
        (
            box(180, 174, 130, 108, fill=METAL_FILL, colour="currentColor", radius=5),
            label(245, 194, "latch", anchor="middle", size=SIZE, bold=True),
            line((205, 216), (285, 216)),
            line((205, 254), (285, 254)),
            line((205, 216), (205, 254)),
            line((285, 216), (285, 254)),
            _inverter(243, 216, 1),
            _inverter(247, 254, -1),
            dot(205, 235, 3),
            dot(285, 235, 3),
        )
    )


def svg() -> str:
    """Return the drawing."""
    board = Board(lw=2)
    for x in (104, 386):
        board.between(elm.Capacitor(), (x, 176), (x, 236))
        board.place(elm.Ground(), (x, 236))
    parts = [
        box(180, 14, 130, 36, fill=BIT_LINE_FILL, colour=BIT_LINE, radius=5),
        label(245, 37, "main mirror", anchor="middle", size=SIZE, bold=True),
        arrow((120, 32), (179, 32), colour=BIT_LINE),
        label(116, 29, "current I of", anchor="end", size=SIZE, colour=BIT_LINE),
        label(116, 47, "the line", anchor="end", size=SIZE, colour=BIT_LINE),
        arrow((245, 50), (245, 92), colour=BIT_LINE),
        label(255, 78, "a copy, αI", size=SIZE, colour=BIT_LINE),
        # the switch, now on the left
        dot(245, 96, 4),
        line((245, 96), (202, 122), width=2.4),
        dot(198, 124, 4),
        dot(292, 124, 4),
        line((198, 124), (104, 124), (104, 176)),
        line((292, 124), (386, 124), (386, 176)),
        label(150, 116, "fills C_1", anchor="middle", size=SIZE),
        label(345, 116, "C_2 waits", anchor="middle", size=SIZE),
        label(82, 210, "C_1", anchor="end", size=SIZE, bold=True),
        label(408, 210, "C_2", size=SIZE, bold=True),
        dot(104, 158, 3.4),
        dot(386, 158, 3.4),
        arrow((104, 158), (160, 158), (160, 235), (179, 235)),
        arrow((386, 158), (330, 158), (330, 235), (311, 235)),
        _latch(),
        # the latch throws the switch
        line((245, 174), (245, 128), dashed=True),
        arrow((245, 140), (245, 112)),
        label(251, 150, "throws the switch", size=SIZE),
        # output
        arrow((285, 282), (285, 318), colour=DIGITAL),
        label(294, 305, "one flip, one count", size=SIZE, colour=DIGITAL),
        box(220, 319, 130, 36, fill=DIGITAL_FILL, colour=DIGITAL, radius=5),
        label(285, 342, "12-bit counter", anchor="middle", size=SIZE),
        # feed-forward
        line((210, 50), (210, 64), (22, 64), (22, 319), colour=GLASS, width=2),
        arrow((22, 300), (22, 318), colour=GLASS, width=2),
        box(8, 319, 150, 36, fill=GLASS_FILL, colour=GLASS, radius=5),
        label(83, 342, "second mirror, βI", anchor="middle", size=SIZE),
        arrow((158, 337), (198, 337), (198, 283), colour=GLASS, width=2),
        label(34, 288, "feed-forward:", size=SIZE, colour=GLASS),
        label(34, 306, "lowers the threshold", size=SIZE, colour=GLASS),
    ]
    return svg_document(444, 368, board.svg(), *parts, left=4, size=SIZE)
