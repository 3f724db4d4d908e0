"""A crossbar of four word lines and four bit lines, with the devices of one bit line marked."""

import style as s

ROWS = (46, 126, 206, 286)
COLUMNS = (187, 263, 339, 415)
MARKED = 1
END = 372


def svg() -> str:
    """Return the drawing."""
    body = [
        s.box(COLUMNS[MARKED] - 58, 24, 76, END - 8, fill=s.BIT_LINE_FILL, colour="none", radius=4)
    ]
    for j, y in enumerate(ROWS, start=1):
        body += [
            s.label(4, y + 5, f"x_{j}", size=16, colour=s.DIGITAL),
            s.arrow((24, y), (44, y), colour=s.DIGITAL),
            s.box(44, y - 15, 50, 30, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE, radius=4),
            s.label(69, y + 6, "DAC", "middle", size=16),
            s.line((94, y), (436, y), colour=s.WORD_LINE, width=3),
            s.label(106, y - 9, f"V_{j}", size=16, colour=s.WORD_LINE),
        ]
    for i, x in enumerate(COLUMNS, start=1):
        body += [
            s.line((x, 24), (x, END - 4), colour=s.BIT_LINE, width=3),
            s.arrow((x, END - 6), (x, END + 24), colour=s.BIT_LINE, width=3, head=10),
            s.label(x + 8, END + 8, f"I_{i}", size=16, colour=s.BIT_LINE),
            s.box(x - 26, END + 24, 52, 30, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE, radius=4),
            s.label(x, END + 45, "ADC", "middle", size=16),
            s.arrow((x, END + 54), (x, END + 76), colour=s.DIGITAL),
            s.label(x, END + 94, f"y_{i}", "middle", size=16, colour=s.DIGITAL),
            *(_device(x, y, f"G_{{{i}{j}}}") for j, y in enumerate(ROWS, start=1)),
        ]
    return s.svg_document(444, 476, *body)


def _device(x: float, y: float, name: str) -> str:
    """Return a device between the word line at y and the bit line at x."""
    a, b = x - 38, y + 38
    cx, cy = (a + x) / 2, (y + b) / 2
    body = s.tag(
        "rect",
        x=cx - 13,
        y=cy - 7.5,
        width=26,
        height=15,
        rx=2,
        fill=s.PAPER,
        stroke=s.INK,
        stroke_width=2,
        transform=f"rotate(45 {cx:g} {cy:g})",
    )
    return (
        s.line((a, y), (x, b), width=2)
        + body
        + s.dot(a, y, 4, s.WORD_LINE)
        + s.dot(x, b, 4, s.BIT_LINE)
        + s.label(a - 3, b - 6, name, "middle", size=15)
    )
