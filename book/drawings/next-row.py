"""A model cut over a row of chips, and tokens of several users on their way through it."""

import style as s

WIDTH, HEIGHT = 446, 318
MATRICES = ((12, "q, k, v"), (4, "o"), (16, "expand"), (16, "contract"))


def svg() -> str:
    """Return the drawing."""
    left, wide, top = 16, 414, 54
    unit = wide / 96
    body = [s.label(left, 24, "two blocks, in the order of their matrices", bold=True)]
    x = left
    for block in range(2):
        for size, name in MATRICES:
            body.append(
                s.box(x, top, size * unit, 44, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL, stroke=1.2)
            )
            body.append(s.label(x + size * unit / 2, top + 27, name, "middle", colour=s.CRYSTAL))
            x += size * unit
        body.append(
            s.label(left + wide * (0.25 + 0.5 * block), top - 8, f"block {block + 1}", "middle")
        )
    chips, low = 4, 136
    for k in range(chips):
        start = left + k * wide / chips
        body += [
            s.box(start + 5, low, wide / chips - 10, 52, fill=s.PAPER, colour=s.INK, radius=5),
            s.label(start + wide / chips / 2, low + 31, f"chip {k + 1}", "middle", bold=True),
        ]
        if k:
            body.append(s.line((start, top + 48), (start, low + 52), colour=s.FAINT, dashed=True))
            body.append(
                s.arrow((start - 8, low + 12), (start + 8, low + 12), colour=s.INK, width=2.6)
            )
    body += [
        s.label(left, low + 78, "inside a block: residual, inputs, outputs so far", colour=s.INK),
        s.label(left, low + 96, "between blocks: the residual stream alone", colour=s.INK),
    ]
    y = 262
    tokens = (
        (0.1, "A", s.INK, s.PAPER),
        (0.36, "B", s.INK, s.PAPER),
        (0.61, "C", s.INK, s.PAPER),
        (0.86, "D", s.INK, s.PAPER),
    )
    body.append(s.arrow((left, y + 14), (left + wide, y + 14), colour=s.FAINT))
    for share, name, colour, fill in tokens:
        x = left + share * wide
        body += [
            s.box(x - 14, y, 28, 28, fill=fill, colour=colour, radius=14),
            s.label(x, y + 19, name, "middle", colour=colour, bold=True),
        ]
    body.append(s.label(left, y + 50, "Four users fill the row; one alone leaves most of it idle."))
    return s.svg_document(WIDTH, HEIGHT, *body)
