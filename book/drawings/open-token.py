"""Where one token goes in both machines, and what the two have in common."""

import style as s

WIDTH, HEIGHT = 446, 372
ARRAYS, AT_WORK = 10, 3


def arrays() -> list[str]:
    made = []
    for k in range(ARRAYS):
        x, busy = 18 + 41 * k, k == AT_WORK
        fill, colour = (s.WORD_LINE_FILL, s.WORD_LINE) if busy else (s.OXIDE_FILL, s.FAINT)
        made.append(s.box(x, 50, 32, 44, fill=fill, colour=colour))
        for n in range(1, 4):
            made.append(s.line((x + 8 * n, 54), (x + 8 * n, 90), colour=colour, width=1))
            made.append(s.line((x + 4, 50 + 11 * n), (x + 28, 50 + 11 * n), colour=colour, width=1))
        if k:
            made.append(s.arrow((x - 9, 72), (x - 1, 72)))
    return made


def memory(x: float, y: float, width: float, text: str) -> list[str]:
    return [
        s.box(x, y, width, 58, fill=s.GLASS_FILL, colour=s.GLASS),
        s.label(x + width / 2, y + 25, text, "middle", colour=s.GLASS),
        s.label(x + width / 2, y + 44, "of all users", "middle", colour=s.GLASS),
    ]


def svg() -> str:
    """Return the drawing."""
    body = [
        s.label(18, 26, "Analog: weights stay", bold=True),
        *arrays(),
        s.label(18 + 41 * AT_WORK + 16, 114, "at work", "middle", colour=s.WORD_LINE),
        s.label(214, 114, "all others wait, and draw power", colour=s.METAL),
        s.box(18, 134, 120, 58, fill=s.DIGITAL_FILL, colour=s.DIGITAL),
        s.label(78, 159, "a unit for", "middle", colour=s.DIGITAL),
        s.label(78, 178, "attention", "middle", colour=s.DIGITAL),
        s.arrow((262, 163), (142, 163), colour=s.GLASS, width=5, head=15),
        *memory(266, 134, 162, "keys and values"),
        s.line((18, 214), (428, 214), colour=s.FAINT, width=1, dashed=True),
        s.label(18, 242, "Digital: weights come", bold=True),
        s.box(18, 262, 120, 92, fill=s.DIGITAL_FILL, colour=s.DIGITAL),
        s.label(78, 304, "one large", "middle", colour=s.DIGITAL),
        s.label(78, 323, "processor", "middle", colour=s.DIGITAL),
        s.arrow((262, 276), (142, 276), colour=s.BIT_LINE, width=5, head=15),
        s.label(202, 262, "once a batch", "middle", colour=s.BIT_LINE),
        s.arrow((262, 325), (142, 325), colour=s.GLASS, width=5, head=15),
        s.box(266, 258, 162, 34, fill=s.METAL_FILL, colour=s.METAL),
        s.label(347, 280, "all weights", "middle", colour=s.METAL),
        *memory(266, 296, 162, "keys and values"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
