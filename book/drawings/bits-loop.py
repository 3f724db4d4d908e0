"""Iterative refinement: an exact digital half, a rough analog half, and what goes between."""

import style as s

WIDTH, HEIGHT = 445, 322


def svg() -> str:
    """Return the drawing."""
    left, right, top = 12, 250, 36
    parts = [
        s.box(left, top, 176, 236, fill=s.DIGITAL_FILL, colour=s.DIGITAL, radius=8),
        s.label(left + 88, 24, "digital, 16 digits", "middle", bold=True, colour=s.DIGITAL),
        s.box(right, top, 186, 236, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL, radius=8),
        s.label(right + 93, 24, "analog, 1 digit", "middle", bold=True, colour=s.CRYSTAL),
        s.box(left + 14, top + 20, 148, 52, fill=s.PAPER, colour=s.DIGITAL, radius=4),
        s.label(left + 88, top + 42, "residual", "middle"),
        s.label(left + 88, top + 62, "r = b − A x", "middle", bold=True),
        s.box(left + 14, top + 104, 148, 30, fill=s.PAPER, colour=s.DIGITAL, radius=4),
        s.label(left + 88, top + 124, "A, b, x in memory", "middle"),
        s.box(left + 14, top + 166, 148, 52, fill=s.PAPER, colour=s.DIGITAL, radius=4),
        s.label(left + 88, top + 188, "correction", "middle"),
        s.label(left + 88, top + 208, "x ← x + z", "middle", bold=True),
        s.arrow((left + 88, top + 166), (left + 88, top + 136), colour=s.DIGITAL, width=2),
        s.arrow((left + 88, top + 104), (left + 88, top + 74), colour=s.DIGITAL, width=2),
    ]
    # the way over, and back
    parts += [
        s.arrow((left + 162, top + 46), (right + 14, top + 46), colour=s.WORD_LINE, width=2.2),
        s.label(219, top + 38, "r", "middle", bold=True, colour=s.WORD_LINE),
        s.arrow((right + 14, top + 192), (left + 164, top + 192), colour=s.BIT_LINE, width=2.2),
        s.label(219, top + 184, "z", "middle", bold=True, colour=s.BIT_LINE),
    ]
    x, y, side = right + 78, top + 80, 80
    parts += [
        s.label(right + 93, top + 46, "solve A z ≈ r", "middle"),
        s.label(right + 93, top + 64, "inner loop", "middle"),
        s.label(right + 93, top + 196, "stop early", "middle"),
        s.label(right + 93, top + 216, "A with errors", "middle"),
        s.box(x, y, side, side, fill=s.PAPER, colour=s.CRYSTAL),
    ]
    for k in range(1, 5):
        step = k * side / 5
        parts.append(s.line((x, y + step), (x + side, y + step), colour=s.WORD_LINE, width=1))
        parts.append(s.line((x + step, y), (x + step, y + side), colour=s.BIT_LINE, width=1))
    # the inner loop goes round the array
    parts += [
        s.arrow(
            (x + side / 2, y + side),
            (x + side / 2, y + side + 12),
            (right + 24, y + side + 12),
            (right + 24, y + side / 2),
            (x - 2, y + side / 2),
            colour=s.BIT_LINE,
            width=1.8,
        ),
        s.label(right + 30, y + side / 2 - 8, "p", bold=True, colour=s.WORD_LINE),
        s.label(right + 30, y + side + 6, "A p", bold=True, colour=s.BIT_LINE),
        s.label(WIDTH / 2, HEIGHT - 26, "one outer step: one exact product,", "middle"),
        s.label(WIDTH / 2, HEIGHT - 8, "a few analog ones, one more digit", "middle"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
