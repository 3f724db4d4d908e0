"""A crossbar of four word lines and four bit lines, with the devices of one bit line marked."""

from style import (
    BIT_LINE,
    BIT_LINE_FILL,
    DIGITAL,
    DIGITAL_FILL,
    INK,
    PAPER,
    WORD_LINE,
    arrow,
    box,
    dot,
    label,
    line,
    svg_document,
    tag,
)

ROWS = (46, 126, 206, 286)
COLUMNS = (187, 263, 339, 415)
MARKED = 1
END = 372


def svg() -> str:
    """Return the drawing."""
    body = [box(COLUMNS[MARKED] - 58, 24, 76, END - 8, fill=BIT_LINE_FILL, colour="none", radius=4)]
    for j, y in enumerate(ROWS, start=1):
        body += [
            label(4, y + 5, f"x_{j}", size=16, colour=DIGITAL),
            arrow((24, y), (44, y), colour=DIGITAL),
            box(44, y - 15, 50, 30, fill=DIGITAL_FILL, colour=DIGITAL, radius=4),
            label(69, y + 6, "DAC", size=16, anchor="middle"),
            line((94, y), (436, y), colour=WORD_LINE, width=3),
            label(106, y - 9, f"V_{j}", size=16, colour=WORD_LINE),
        ]
    for i, x in enumerate(COLUMNS, start=1):
        body += [
            line((x, 24), (x, END - 4), colour=BIT_LINE, width=3),
            arrow((x, END - 6), (x, END + 24), colour=BIT_LINE, width=3, head=10),
            label(x + 8, END + 8, f"I_{i}", size=16, colour=BIT_LINE),
            box(x - 26, END + 24, 52, 30, fill=DIGITAL_FILL, colour=DIGITAL, radius=4),
            label(x, END + 45, "ADC", size=16, anchor="middle"),
            arrow((x, END + 54), (x, END + 76), colour=DIGITAL),
            label(x, END + 94, f"y_{i}", size=16, anchor="middle", colour=DIGITAL),
            *(_device(x, y, f"G_{{{i}{j}}}") for j, y in enumerate(ROWS, start=1)),
        ]
    return svg_document(444, 476, *body)


def _device(x: float, y: float, name: str) -> str:
    """Return a device between the word line at y and the bit line at x."""
    a, b = x - 38, y + 38
    cx, cy = (a + x) / 2, (y + b) / 2
    body = tag(
        "rect",
        x=cx - 13,
        y=cy - 7.5,
        width=26,
        height=15,
        rx=2,
        fill=PAPER,
        stroke=INK,
        stroke_width=2,
        transform=f"rotate(45 {cx:g} {cy:g})",
    )
    return (
        line((a, y), (x, b), width=2)
        + body
        + dot(a, y, 4, WORD_LINE)
        + dot(x, b, 4, BIT_LINE)
        + label(a - 3, b - 6, name, size=15, anchor="middle")
    )
