"""Three things a programming loop may look at: a device, a cell, or a whole product."""

import style as s

WIDTH, HEIGHT = 445, 262
COLUMN = 148


def _device(x: float, y: float, size: float) -> str:
    return s.box(x, y, size, size, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL, radius=3)


def _head(k: int, title: str, compared: str) -> list[str]:
    x = 4 + k * COLUMN + COLUMN / 2 - 4
    return [
        s.label(x, 22, title, "middle", bold=True),
        s.label(x, 196, "compares", "middle", colour=s.FAINT),
        s.label(x, 216, compared, "middle", colour=s.DIGITAL),
    ]


def _array(x: float, y: float, side: float) -> str:
    parts = [s.box(x, y, side, side, colour=s.CRYSTAL)]
    cell = side / 5
    for row in range(5):
        for column in range(5):
            parts.append(_device(x + column * cell + 4, y + row * cell + 4, cell - 8))
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    parts = []
    parts += _head(0, "a device", "G with its target")
    parts += _head(1, "a cell", "a sum with its target")
    parts += _head(2, "a product", "y with W x")
    for k in (1, 2):
        parts.append(s.line((k * COLUMN + 2, 34), (k * COLUMN + 2, 226), colour=s.FAINT, width=1))
    # a device, read alone
    parts.append(_device(56, 80, 34))
    parts.append(s.arrow((73, 114), (73, 152), colour=s.BIT_LINE, width=2))
    parts.append(s.label(73, 172, "read", "middle", colour=s.BIT_LINE))
    # a cell: two devices of each polarity
    parts += [
        *(_device(x, y, 28) for x in (186, 222) for y in (62, 104)),
        s.label(172, 82, "+", "middle"),
        s.label(172, 124, "−", "middle"),
        s.arrow((218, 134), (218, 152), colour=s.BIT_LINE, width=2),
        s.label(218, 172, "four reads", "middle", colour=s.BIT_LINE),
    ]
    # a whole product, over all rows and columns
    parts += [
        _array(330, 54, 90),
        s.arrow((304, 99), (328, 99), colour=s.WORD_LINE, width=2.2),
        s.label(306, 90, "x", italic=True, colour=s.WORD_LINE),
        s.arrow((375, 144), (375, 158), colour=s.BIT_LINE, width=2),
        s.label(375, 175, "y", "middle", italic=True, colour=s.BIT_LINE),
        s.box(314, 40, 122, 110, fill="none", colour=s.PAPER, stroke=0.1),
        s.label(
            WIDTH / 2, 248, "the farther out, the more of the circuit is inside the loop", "middle"
        ),
    ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
