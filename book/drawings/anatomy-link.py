"""A link: eight wires, one number per clock, and a queue of finished results."""

from style import (
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    METAL,
    arrow,
    box,
    dot,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 446, 244
WIRES, PITCH, TOP = 8, 15, 62
# Three numbers on their way, each a column of bits, the most recent at the left.
NUMBERS = ((178, 0b01101001), (226, 0b11010110), (274, 0b00101101))


def svg() -> str:
    """Return the drawing."""
    low = TOP + PITCH * (WIRES - 1)
    parts = [
        box(8, TOP - 16, 118, low - TOP + 32, fill=CRYSTAL_FILL, colour=CRYSTAL, radius=4),
        label(67, 30, "a core", anchor="middle", bold=True),
        box(320, TOP - 16, 118, low - TOP + 32, fill=DIGITAL_FILL, colour=DIGITAL, radius=4),
        label(379, 30, "the next core", anchor="middle", bold=True),
        label(379, 108, "adds them", anchor="middle"),
        label(379, 126, "to its own", anchor="middle"),
        label(67, 96, "256 results,", anchor="middle"),
        label(67, 114, "finished", anchor="middle"),
        label(67, 132, "all at once", anchor="middle"),
    ]
    for k in range(WIRES):
        y = TOP + PITCH * k
        parts.append(line((126, y), (320, y), colour=METAL, width=1.2))
    for x, value in NUMBERS:
        parts.append(box(x - 9, TOP - 10, 18, low - TOP + 20, colour=DIGITAL, stroke=1.2, radius=8))
        for k in range(WIRES):
            if value >> k & 1:
                parts.append(dot(x, TOP + PITCH * k, 4.6, DIGITAL))
    parts += [
        label(223, 44, "8 wires", anchor="middle", colour=METAL, bold=True),
        arrow((178, low + 36), (226, low + 36), both=True, width=1.4),
        label(202, low + 56, "one clock", anchor="middle"),
        label(240, low + 42, "one number of 8 bits each", colour=DIGITAL),
    ]
    return svg_document(WIDTH, HEIGHT, *parts)
