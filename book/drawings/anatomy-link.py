"""A link: eight wires, one number per clock, and a queue of finished results."""

import style as s

WIDTH, HEIGHT = 446, 244
WIRES, PITCH, TOP = 8, 15, 62
# Three numbers on their way, each a column of bits, the most recent at the left.
NUMBERS = ((178, 0b01101001), (226, 0b11010110), (274, 0b00101101))


def svg() -> str:
    """Return the drawing."""
    low = TOP + PITCH * (WIRES - 1)
    parts = [
        s.box(8, TOP - 16, 118, low - TOP + 32, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL, radius=4),
        s.label(67, 30, "a core", "middle", bold=True),
        s.box(320, TOP - 16, 118, low - TOP + 32, fill=s.DIGITAL_FILL, colour=s.DIGITAL, radius=4),
        s.label(379, 30, "the next core", "middle", bold=True),
        s.label(379, 108, "adds them", "middle"),
        s.label(379, 126, "to its own", "middle"),
        s.label(67, 96, "256 results,", "middle"),
        s.label(67, 114, "finished", "middle"),
        s.label(67, 132, "all at once", "middle"),
    ]
    for k in range(WIRES):
        y = TOP + PITCH * k
        parts.append(s.line((126, y), (320, y), colour=s.METAL, width=1.2))
    for x, value in NUMBERS:
        parts.append(
            s.box(x - 9, TOP - 10, 18, low - TOP + 20, colour=s.DIGITAL, stroke=1.2, radius=8)
        )
        for k in range(WIRES):
            if value >> k & 1:
                parts.append(s.dot(x, TOP + PITCH * k, 4.6, s.DIGITAL))
    parts += [
        s.label(223, 44, "8 wires", "middle", colour=s.METAL, bold=True),
        s.arrow((178, low + 36), (226, low + 36), both=True, width=1.4),
        s.label(202, low + 56, "one clock", "middle"),
        s.label(240, low + 42, "one number of 8 bits each", colour=s.DIGITAL),
    ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
