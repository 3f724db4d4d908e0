"""Iterative refinement: an exact digital half, a rough analog half, and what goes between."""

from style import (
    BIT_LINE,
    DIGITAL,
    DIGITAL_FILL,
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

WIDTH, HEIGHT = 448, 322


def svg() -> str:
    """Return the drawing."""
    left, right, top = 12, 250, 36
    parts = [
        box(left, top, 176, 236, fill=DIGITAL_FILL, colour=DIGITAL, radius=8),
        label(left + 88, 24, "digital, 16 digits", anchor="middle", bold=True, colour=DIGITAL),
        box(right, top, 186, 236, fill=METAL_FILL, colour=METAL, radius=8),
        label(right + 93, 24, "analog, 1 digit", anchor="middle", bold=True, colour=BIT_LINE),
        box(left + 14, top + 20, 148, 52, fill=PAPER, colour=DIGITAL, radius=4),
        label(left + 88, top + 42, "residual", anchor="middle"),
        label(left + 88, top + 62, "r = b − A x", anchor="middle", italic=True),
        box(left + 14, top + 104, 148, 30, fill=PAPER, colour=DIGITAL, radius=4),
        label(left + 88, top + 124, "A, b, x in memory", anchor="middle"),
        box(left + 14, top + 166, 148, 52, fill=PAPER, colour=DIGITAL, radius=4),
        label(left + 88, top + 188, "correction", anchor="middle"),
        label(left + 88, top + 208, "x ← x + z", anchor="middle", italic=True),
        arrow((left + 88, top + 166), (left + 88, top + 136), colour=DIGITAL, width=2),
        arrow((left + 88, top + 104), (left + 88, top + 74), colour=DIGITAL, width=2),
    ]
    # the way over, and back
    parts += [
        arrow((left + 162, top + 46), (right + 14, top + 46), colour=WORD_LINE, width=2.2),
        label(219, top + 38, "r", anchor="middle", italic=True, colour=WORD_LINE),
        arrow((right + 14, top + 192), (left + 164, top + 192), colour=BIT_LINE, width=2.2),
        label(219, top + 184, "z", anchor="middle", italic=True, colour=BIT_LINE),
    ]
    x, y, side = right + 78, top + 80, 80
    parts += [
        label(right + 93, top + 46, "solve A z ≈ r", anchor="middle"),
        label(right + 93, top + 64, "inner loop", anchor="middle"),
        label(right + 93, top + 196, "stop early", anchor="middle"),
        label(right + 93, top + 216, "A with errors", anchor="middle"),
        box(x, y, side, side, fill=PAPER, colour=METAL),
    ]
    for k in range(1, 5):
        step = k * side / 5
        parts.append(line((x, y + step), (x + side, y + step), colour=WORD_LINE, width=1))
        parts.append(line((x + step, y), (x + step, y + side), colour=BIT_LINE, width=1))
    # the inner loop goes round the array
    parts += [
        arrow(
            (x + side / 2, y + side),
            (x + side / 2, y + side + 12),
            (right + 24, y + side + 12),
            (right + 24, y + side / 2),
            (x - 2, y + side / 2),
            colour=BIT_LINE,
            width=1.8,
        ),
        label(right + 30, y + side / 2 - 8, "p", italic=True, colour=WORD_LINE),
        label(right + 30, y + side + 6, "A p", italic=True, colour=BIT_LINE),
        label(WIDTH / 2, HEIGHT - 26, "one outer step: one exact product,", anchor="middle"),
        label(WIDTH / 2, HEIGHT - 8, "a few analog ones, one more digit", anchor="middle"),
    ]
    return svg_document(WIDTH, HEIGHT, *parts)
