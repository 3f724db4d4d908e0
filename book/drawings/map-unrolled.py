"""A convolution unrolled into a matrix, cut into four parts and put on four cores, to scale."""

from style import (
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    FAINT,
    OXIDE_FILL,
    WORD_LINE,
    arrow,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 446, 404
OUTPUTS, PART, PARTS, SIDE = 112, 252, 4, 256  # of the convolution, and of a core
SCALE = 84 / SIDE  # px for one row or column
LEFT, PITCH, TOP = 22, 106, 196  # px: first core, distance of cores, their upper edge


def _filters() -> str:
    """Return the stack of filters, each a box of three by three pixels and many channels."""
    parts = []
    for k in range(3, -1, -1):
        x, y = 26 + 9 * k, 82 - 9 * k
        parts.append(box(x, y, 42, 42, fill=CRYSTAL_FILL, colour=CRYSTAL))
    for k in (1, 2):
        parts.append(line((26 + 14 * k, 82), (26 + 14 * k, 124), colour=CRYSTAL, width=1))
        parts.append(line((26, 82 + 14 * k), (68, 82 + 14 * k), colour=CRYSTAL, width=1))
    parts.append(label(10, 18, "112 filters of\n3 × 3 × 112"))
    return "".join(parts)


def _matrix() -> str:
    """Return the unrolled matrix with its cuts."""
    x, y, width, height = 146, 74, PARTS * PART * 0.275, OUTPUTS * 0.275
    parts = [
        arrow((106, 90), (138, 90)),
        box(x, y, width, height, fill=CRYSTAL_FILL, colour=CRYSTAL),
        label(x + width / 2, y - 12, "the matrix: 112 outputs × 1008 inputs", anchor="middle"),
    ]
    for k in range(PARTS):
        middle = x + (k + 0.5) * width / PARTS
        parts.append(label(middle, y + 20, f"part {k + 1}", anchor="middle"))
        if k:
            cut = x + k * width / PARTS
            parts.append(line((cut, y - 6), (cut, y + height + 6), width=2, dashed=True))
        core = LEFT + k * PITCH + 18
        parts.append(
            arrow((middle, y + height + 8), (core + 10, TOP - 24), colour=CRYSTAL, width=1.4)
        )
    return "".join(parts)


def _core(k: int) -> str:
    x, side = LEFT + k * PITCH, SIDE * SCALE
    used, filled = PART * SCALE, OUTPUTS * SCALE
    parts = [
        box(x, TOP, side, side, fill=OXIDE_FILL, colour=FAINT),
        box(x, TOP, filled, used, fill=CRYSTAL_FILL, colour=CRYSTAL),
        label(x, TOP - 8, f"core {k + 1}"),
    ]
    for m in range(5):
        y = TOP + 9 + 16 * m
        parts.append(arrow((x - 14, y), (x, y), colour=WORD_LINE, head=6))
    parts.append(box(x, TOP + side + 30, 64, 26, fill=DIGITAL_FILL, colour=DIGITAL, radius=4))
    parts.append(label(x + 32, TOP + side + 48, "LDPU", anchor="middle"))
    for m in range(3):
        column = x + 7 + 12 * m
        start, end = TOP + side, TOP + side + 29
        parts.append(arrow((column, start), (column, end), colour=DIGITAL, head=6))
    ends = (x + 64, x + PITCH) if k < PARTS - 1 else (x + 64, x + 88)
    height = TOP + side + 43
    parts.append(arrow((ends[0], height), (ends[1], height), colour=DIGITAL, width=2.4))
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    foot = TOP + SIDE * SCALE + 82
    parts = [_filters(), _matrix()]
    parts += [_core(k) for k in range(PARTS)]
    parts += [
        box(10, foot - 12, 14, 14, fill=CRYSTAL_FILL, colour=CRYSTAL),
        label(30, foot, "weights"),
        box(96, foot - 12, 14, 14, fill=OXIDE_FILL, colour=FAINT),
        label(116, foot, "empty cells"),
        label(WIDTH - 10, foot, "112 complete sums", anchor="end", colour=DIGITAL),
        label(10, foot + 24, "Links hand the partial sums on, from core to core.", colour=DIGITAL),
    ]
    return svg_document(WIDTH, HEIGHT, *parts)
