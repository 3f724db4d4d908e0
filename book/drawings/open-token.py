"""Where one token goes in both machines, and what the two have in common."""

from style import (
    BIT_LINE,
    DIGITAL,
    DIGITAL_FILL,
    FAINT,
    GLASS,
    GLASS_FILL,
    METAL,
    METAL_FILL,
    OXIDE_FILL,
    WORD_LINE,
    WORD_LINE_FILL,
    arrow,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 446, 372
ARRAYS, AT_WORK = 10, 3


def arrays() -> list[str]:
    made = []
    for k in range(ARRAYS):
        x, busy = 18 + 41 * k, k == AT_WORK
        fill, colour = (WORD_LINE_FILL, WORD_LINE) if busy else (OXIDE_FILL, FAINT)
        made.append(box(x, 50, 32, 44, fill=fill, colour=colour))
        for n in range(1, 4):
            made.append(line((x + 8 * n, 54), (x + 8 * n, 90), colour=colour, width=1))
            made.append(line((x + 4, 50 + 11 * n), (x + 28, 50 + 11 * n), colour=colour, width=1))
        if k:
            made.append(arrow((x - 9, 72), (x - 1, 72)))
    return made


def memory(x: float, y: float, width: float, text: str) -> list[str]:
    return [
        box(x, y, width, 58, fill=GLASS_FILL, colour=GLASS),
        label(x + width / 2, y + 25, text, anchor="middle", colour=GLASS),
        label(x + width / 2, y + 44, "of all users", anchor="middle", colour=GLASS),
    ]


def svg() -> str:
    """Return the drawing."""
    body = [
        label(18, 26, "Analog: weights stay", bold=True),
        *arrays(),
        label(18 + 41 * AT_WORK + 16, 114, "at work", anchor="middle", colour=WORD_LINE),
        label(214, 114, "all others wait, and draw power", colour=METAL),
        box(18, 134, 120, 58, fill=DIGITAL_FILL, colour=DIGITAL),
        label(78, 159, "a unit for", anchor="middle", colour=DIGITAL),
        label(78, 178, "attention", anchor="middle", colour=DIGITAL),
        arrow((262, 163), (142, 163), colour=GLASS, width=5, head=15),
        *memory(266, 134, 162, "keys and values"),
        line((18, 214), (428, 214), colour=FAINT, width=1, dashed=True),
        label(18, 242, "Digital: weights come", bold=True),
        box(18, 262, 120, 92, fill=DIGITAL_FILL, colour=DIGITAL),
        label(78, 304, "one large", anchor="middle", colour=DIGITAL),
        label(78, 323, "processor", anchor="middle", colour=DIGITAL),
        arrow((262, 276), (142, 276), colour=BIT_LINE, width=5, head=15),
        label(202, 262, "once a batch", anchor="middle", colour=BIT_LINE),
        arrow((262, 325), (142, 325), colour=GLASS, width=5, head=15),
        box(266, 258, 162, 34, fill=METAL_FILL, colour=METAL),
        label(347, 280, "all weights", anchor="middle", colour=METAL),
        *memory(266, 296, 162, "keys and values"),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
