"""A convolution on a crossbar: a patch of the image becomes one vector, a filter one column."""

import style as s

WIDTH, HEIGHT = 446, 336
CELL, LEFT, TOP = 20, 8, 40  # of the image
PATCH, CROSSBAR, STEP = 176, 228, 28  # where patch and crossbar begin; from column to column
SLOT = 24  # px, from one row of the crossbar to the next
WINDOW = "The 3 × 3 window\nmoves; each stop is\none output pixel and\none read."
OUTPUTS = "one output per filter, to the\nsame pixel of all four maps"
RADII = ((4, 7, 7, 4, 5, 7, 6, 7, 3), (7, 3, 6, 5, 7, 4, 4, 6, 7))
RADII += ((7, 6, 6, 4, 4, 4, 7, 6, 3), (3, 4, 7, 5, 6, 3, 7, 4, 5))


def _image() -> list[str]:
    parts = []
    for k in range(36):
        row, column = divmod(k, 6)
        seen = 1 <= row <= 3 and 2 <= column <= 4
        x, y = LEFT + CELL * column, TOP + CELL * row
        fill = s.WORD_LINE_FILL if seen else s.PAPER
        parts.append(s.box(x, y, CELL, CELL, fill=fill, colour=s.FAINT, stroke=1))
        if seen:
            number = str(3 * (row - 1) + column - 1)
            parts.append(s.label(x + CELL / 2, y + 15, number, "middle"))
    window = s.box(LEFT + 2 * CELL, TOP + CELL, 3 * CELL, 3 * CELL, colour=s.WORD_LINE, stroke=2.6)
    return [*parts, window]


def svg() -> str:
    """Return the drawing."""
    rows = [TOP + SLOT * (k + 0.5) for k in range(9)]
    columns = [CROSSBAR + 14 + STEP * k for k in range(4)]
    foot = TOP + 9 * SLOT
    parts = [
        s.label(LEFT, 24, "input, one channel", bold=True),
        s.label(CROSSBAR, 24, "one filter per column", bold=True),
        *_image(),
        s.label(LEFT, 196, WINDOW),
        s.arrow((LEFT + 6 * CELL + 4, 110), (PATCH - 4, 110)),
        s.label(152, 100, "flatten", "middle"),
        s.label(PATCH + 12, foot + 22, "patch", "middle", bold=True),
    ]
    for k, y in enumerate(rows):
        parts += [
            s.box(PATCH, y - 12, 24, SLOT, fill=s.WORD_LINE_FILL, colour=s.WORD_LINE, stroke=1),
            s.label(PATCH + 12, y + 5, str(k + 1), "middle"),
            s.line((PATCH + 24, y), (columns[-1] + 12, y), colour=s.WORD_LINE, width=1.2),
        ]
    for x, radii in zip(columns, RADII, strict=True):
        parts.append(s.arrow((x, TOP), (x, foot + 14), colour=s.BIT_LINE, width=1.2, head=7))
        parts += [s.dot(x, y, radius) for y, radius in zip(rows, radii, strict=True)]
    for k in range(4):
        shift = 7 * (3 - k)
        parts.append(s.box(366 + shift, 150 - shift, 50, 50, fill=s.PAPER, colour=s.DIGITAL))
    parts += [
        s.box(391, 163, 12, 12, fill=s.DIGITAL_FILL, colour=s.DIGITAL, stroke=1),
        s.label(438, 116, "output maps", "end", bold=True),
        s.arrow((columns[-1] + 14, foot + 2), (386, foot + 2), (386, 202), colour=s.DIGITAL),
        s.label(322, foot + 40, OUTPUTS, "middle"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
