"""Independent errors add like the sides of a right triangle."""

import style as s

WIDTH, HEIGHT = 440, 220
A, B, C = (92, 178), (258, 178), (258, 20)  # the ratio of the two errors on the page


def svg() -> str:
    body = [
        s.line(A, B, C, closed=True, fill=s.GLASS_FILL, colour="none"),
        s.line((246, 178), (246, 166), (258, 166), width=1.2),
        s.line(A, B, colour=s.GLASS, width=3),
        s.line(B, C, colour=s.WORD_LINE, width=3),
        s.line(A, C, colour=s.HEATER, width=3),
        s.label(175, 202, "spread of the devices", "middle", colour=s.GLASS, bold=True),
        s.label(268, 100, "error of one fit", colour=s.WORD_LINE, bold=True),
        s.label(160, 74, "spread that\nyou find", "end", colour=s.HEATER, bold=True),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
