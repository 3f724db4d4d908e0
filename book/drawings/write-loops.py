"""Three things a programming loop may look at: a device, a cell, or a whole product."""

from style import (
    BIT_LINE,
    BIT_LINE_FILL,
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    FAINT,
    METAL,
    METAL_FILL,
    PAPER,
    WORD_LINE,
    arrow,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 448, 262
COLUMN = 148


def _device(
    x: float, y: float, size: float, fill: str = CRYSTAL_FILL, colour: str = CRYSTAL
) -> str:
    return box(x, y, size, size, fill=fill, colour=colour, radius=3)


def _head(k: int, title: str, compared: str) -> list[str]:
    x = 4 + k * COLUMN + COLUMN / 2 - 4
    return [
        label(x, 22, title, anchor="middle", bold=True),
        label(x, 196, "compares", anchor="middle", colour=FAINT),
        label(x, 216, compared, anchor="middle", colour=DIGITAL),
    ]


def _array(x: float, y: float, side: float) -> str:
    parts = [box(x, y, side, side, fill=METAL_FILL, colour=METAL)]
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
        parts.append(line((k * COLUMN + 2, 34), (k * COLUMN + 2, 226), colour=FAINT, width=1))
    # a device, read alone
    parts.append(_device(56, 80, 34))
    parts.append(arrow((73, 114), (73, 152), colour=BIT_LINE, width=2))
    parts.append(label(73, 172, "read", anchor="middle", colour=BIT_LINE))
    # a cell: two devices of each polarity
    for j, (x, y) in enumerate(((186, 62), (222, 62), (186, 104), (222, 104))):
        low = j > 1
        parts.append(
            _device(x, y, 28, BIT_LINE_FILL if low else CRYSTAL_FILL, BIT_LINE if low else CRYSTAL)
        )
    parts += [
        label(172, 82, "+", anchor="middle"),
        label(172, 124, "−", anchor="middle"),
        arrow((218, 134), (218, 152), colour=BIT_LINE, width=2),
        label(218, 172, "four reads", anchor="middle", colour=BIT_LINE),
    ]
    # a whole product, over all rows and columns
    parts += [
        _array(330, 54, 90),
        arrow((304, 99), (328, 99), colour=WORD_LINE, width=2.2),
        label(306, 90, "x", italic=True, colour=WORD_LINE),
        arrow((375, 144), (375, 158), colour=BIT_LINE, width=2),
        label(375, 175, "y", anchor="middle", italic=True, colour=BIT_LINE),
        box(314, 40, 122, 110, fill="none", colour=PAPER, stroke=0.1),
        label(
            WIDTH / 2,
            248,
            "the farther out, the more of the circuit is inside the loop",
            anchor="middle",
        ),
    ]
    return svg_document(WIDTH, HEIGHT, *parts)
