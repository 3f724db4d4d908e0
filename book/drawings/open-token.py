"""Where one token goes in both machines, and what the two have in common."""

import style as s

WIDTH, HEIGHT = 446, 388
ARRAYS, AT_WORK = 10, 3


def arrays() -> list[str]:
    made = []
    for k in range(ARRAYS):
        x, busy = 18 + 41 * k, k == AT_WORK
        fill, colour = (s.CRYSTAL_FILL, s.CRYSTAL) if busy else (s.HEATER_FILL, s.HEATER)
        made.append(s.box(x, 50, 32, 44, fill=fill, colour=colour))
        for n in range(1, 4):
            made.append(s.line((x + 8 * n, 54), (x + 8 * n, 90), colour=colour, width=1))
            made.append(s.line((x + 4, 50 + 11 * n), (x + 28, 50 + 11 * n), colour=colour, width=1))
        if k:
            made.append(s.arrow((x - 9, 72), (x - 1, 72)))
    return made


def memory(x: float, y: float, width: float, text: str) -> list[str]:
    return [
        s.box(x, y, width, 58, fill=s.DRAM_FILL, colour=s.DRAM),
        s.label(x + width / 2, y + 25, text, "middle", colour=s.DRAM),
        s.label(x + width / 2, y + 44, "of all users", "middle", colour=s.DRAM),
    ]


def svg() -> str:
    """Return the drawing."""
    body = [
        s.label(18, 26, "Analog: weights stay", bold=True),
        *arrays(),
        s.label(18 + 41 * AT_WORK + 16, 114, "at work", "middle", colour=s.CRYSTAL),
        s.label(214, 114, "all others wait, and draw power", colour=s.HEATER),
        s.box(18, 134, 120, 58, fill=s.DIGITAL_FILL, colour=s.DIGITAL),
        s.label(78, 159, "a unit for", "middle", colour=s.DIGITAL),
        s.label(78, 178, "attention", "middle", colour=s.DIGITAL),
        s.arrow((262, 163), (142, 163), colour=s.DRAM, width=5, head=15),
        *memory(266, 134, 162, "keys and values"),
        s.label(18, 212, "waits most of the time, and draws power as well", colour=s.HEATER),
        s.line((18, 230), (428, 230), colour=s.FAINT, width=1, dashed=True),
        s.label(18, 258, "Digital: weights come", bold=True),
        s.box(18, 278, 120, 92, fill=s.DIGITAL_FILL, colour=s.DIGITAL),
        s.label(78, 320, "one large", "middle", colour=s.DIGITAL),
        s.label(78, 339, "processor", "middle", colour=s.DIGITAL),
        s.arrow((262, 292), (142, 292), colour=s.METAL, width=5, head=15),
        s.label(202, 278, "once a batch", "middle", colour=s.METAL),
        s.arrow((262, 341), (142, 341), colour=s.DRAM, width=5, head=15),
        s.box(266, 274, 162, 34, fill=s.METAL_FILL, colour=s.METAL),
        s.label(347, 296, "all weights", "middle", colour=s.METAL),
        *memory(266, 312, 162, "keys and values"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
