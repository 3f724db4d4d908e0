"""A model cut over a row of chips, and tokens of several readers on their way through it."""

from style import (
    BIT_LINE,
    BIT_LINE_FILL,
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    FAINT,
    GLASS,
    GLASS_FILL,
    HEATER,
    INK,
    PAPER,
    arrow,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 446, 318
MATRICES = ((12, "q, k, v"), (4, "out"), (16, "expand"), (16, "contract"))


def svg() -> str:
    """Return the drawing."""
    left, wide, top = 16, 414, 54
    unit = wide / 96
    body = [label(left, 24, "two blocks, in the order of their matrices", bold=True)]
    x = left
    for block in range(2):
        for size, name in MATRICES:
            body.append(box(x, top, size * unit, 44, fill=CRYSTAL_FILL, colour=CRYSTAL, stroke=1.2))
            if size > 4:
                body.append(
                    label(x + size * unit / 2, top + 27, name, anchor="middle", colour=CRYSTAL)
                )
            x += size * unit
        body.append(
            label(
                left + wide * (0.25 + 0.5 * block), top - 8, f"block {block + 1}", anchor="middle"
            )
        )
    chips, low = 4, 136
    for k in range(chips):
        start = left + k * wide / chips
        body += [
            box(start + 5, low, wide / chips - 10, 52, fill=PAPER, colour=INK, radius=5),
            label(start + wide / chips / 2, low + 31, f"chip {k + 1}", anchor="middle", bold=True),
        ]
        if k:
            body.append(line((start, top + 48), (start, low + 52), colour=FAINT, dashed=True))
            body.append(
                arrow((start - 8, low + 12), (start + 8, low + 12), colour=HEATER, width=2.6)
            )
    body += [
        label(left, low + 78, "inside a block: residual, inputs, outputs so far", colour=HEATER),
        label(left, low + 96, "between blocks: the residual stream alone", colour=HEATER),
    ]
    y = 262
    tokens = (
        (0.1, "A", BIT_LINE, BIT_LINE_FILL),
        (0.36, "B", DIGITAL, DIGITAL_FILL),
        (0.61, "C", GLASS, GLASS_FILL),
        (0.86, "D", CRYSTAL, CRYSTAL_FILL),
    )
    body.append(arrow((left, y + 14), (left + wide, y + 14), colour=FAINT))
    for share, name, colour, fill in tokens:
        x = left + share * wide
        body += [
            box(x - 14, y, 28, 28, fill=fill, colour=colour, radius=14),
            label(x, y + 19, name, anchor="middle", colour=colour, bold=True),
        ]
    body.append(label(left, y + 50, "Four readers fill the row; one alone leaves most of it idle."))
    return svg_document(WIDTH, HEIGHT, *body)
