"""A convolution unrolled into a matrix, cut into four parts and put on four cores, to scale."""

import style as s

WIDTH, HEIGHT = 446, 404
OUTPUTS, PART, PARTS, SIDE = 112, 252, 4, 256  # of the convolution, and of a core
SCALE = 84 / SIDE  # px for one row or column
LEFT, PITCH, TOP = 22, 106, 196  # px: first core, distance of cores, their upper edge


def _filters() -> str:
    """Return the stack of filters, each a box of three by three pixels and many channels."""
    parts = []
    for k in range(3, -1, -1):
        x, y = 26 + 9 * k, 82 - 9 * k
        parts.append(s.box(x, y, 42, 42, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL))
    for k in (1, 2):
        parts.append(s.line((26 + 14 * k, 82), (26 + 14 * k, 124), colour=s.CRYSTAL, width=1))
        parts.append(s.line((26, 82 + 14 * k), (68, 82 + 14 * k), colour=s.CRYSTAL, width=1))
    parts.append(s.label(10, 18, "112 filters of\n3 × 3 × 112"))
    return "".join(parts)


def _matrix() -> str:
    """Return the unrolled matrix with its cuts."""
    x, y, width, height = 146, 74, PARTS * PART * 0.275, OUTPUTS * 0.275
    parts = [
        s.arrow((106, 90), (138, 90)),
        s.box(x, y, width, height, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL),
        s.label(x + width / 2, y - 12, "the matrix: 112 outputs × 1008 inputs", "middle"),
    ]
    for k in range(PARTS):
        middle = x + (k + 0.5) * width / PARTS
        parts.append(s.label(middle, y + 20, f"part {k + 1}", "middle"))
        if k:
            cut = x + k * width / PARTS
            parts.append(s.line((cut, y - 6), (cut, y + height + 6), width=2, dashed=True))
        core = LEFT + k * PITCH + 18
        parts.append(
            s.arrow((middle, y + height + 8), (core + 10, TOP - 24), colour=s.CRYSTAL, width=1.4)
        )
    return "".join(parts)


def _core(k: int) -> str:
    x, side = LEFT + k * PITCH, SIDE * SCALE
    used, filled = PART * SCALE, OUTPUTS * SCALE
    parts = [
        s.box(x, TOP, side, side, fill=s.OXIDE_FILL, colour=s.FAINT),
        s.box(x, TOP, filled, used, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL),
        s.label(x, TOP - 8, f"core {k + 1}"),
    ]
    for m in range(5):
        y = TOP + 9 + 16 * m
        parts.append(s.arrow((x - 14, y), (x, y), colour=s.WORD_LINE, head=6))
    parts.append(s.box(x, TOP + side + 30, 64, 26, fill=s.DIGITAL_FILL, colour=s.DIGITAL, radius=4))
    parts.append(s.label(x + 32, TOP + side + 48, "LDPU", "middle"))
    for m in range(3):
        column = x + 7 + 12 * m
        start, end = TOP + side, TOP + side + 29
        parts.append(s.arrow((column, start), (column, end), colour=s.DIGITAL, head=6))
    ends = (x + 64, x + PITCH) if k < PARTS - 1 else (x + 64, x + 88)
    height = TOP + side + 43
    parts.append(s.arrow((ends[0], height), (ends[1], height), colour=s.DIGITAL, width=2.4))
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    foot = TOP + SIDE * SCALE + 82
    parts = [_filters(), _matrix()]
    parts += [_core(k) for k in range(PARTS)]
    parts += [
        s.box(10, foot - 12, 14, 14, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL),
        s.label(30, foot, "weights"),
        s.box(96, foot - 12, 14, 14, fill=s.OXIDE_FILL, colour=s.FAINT),
        s.label(116, foot, "empty cells"),
        s.label(WIDTH - 10, foot, "112 complete sums", "end", colour=s.DIGITAL),
        s.label(
            10, foot + 24, "Links hand the partial sums on, from core to core.", colour=s.DIGITAL
        ),
    ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
