"""Independent errors add like the sides of a right triangle."""

from style import GLASS, GLASS_FILL, HEATER, WORD_LINE, label, line, svg_document

WIDTH, HEIGHT = 440, 220
A, B, C = (60, 176), (258, 176), (258, 30)


def svg() -> str:
    body = [
        line(A, B, C, closed=True, fill=GLASS_FILL, colour="none"),
        line((246, 176), (246, 164), (258, 164), width=1.2),
        line(A, B, colour=GLASS, width=3),
        line(B, C, colour=WORD_LINE, width=3),
        line(A, C, colour=HEATER, width=3),
        label(159, 200, "spread of the devices", anchor="middle", colour=GLASS, bold=True),
        label(268, 100, "error of one fit", colour=WORD_LINE, bold=True),
        label(146, 74, "spread that\nyou find", anchor="end", colour=HEATER, bold=True),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
