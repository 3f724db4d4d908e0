"""The way of an image through a network on the chip, and where errors come in."""

import style as s

WIDTH, HEIGHT = 446, 392
MIDDLE, WIDE, TALL, STEP, TOP = 130, 172, 40, 76, 62


def svg() -> str:
    """Return the drawing."""
    left = MIDDLE - WIDE / 2
    parts = [
        s.label(MIDDLE, 22, "image", "middle", colour=s.WORD_LINE, bold=True),
        s.arrow((MIDDLE, 28), (MIDDLE, TOP - 1), colour=s.WORD_LINE, width=2),
    ]
    rows = (
        ("8-bit inputs", s.WORD_LINE_FILL, s.WORD_LINE),
        ("core: weights W + errors", s.WORD_LINE_FILL, s.WORD_LINE),
        ("ADC, then 8 bits", s.BIT_LINE_FILL, s.BIT_LINE),
    )
    for k, (words, fill, colour) in enumerate(rows):
        y = TOP + k * 54
        parts.append(s.box(left, y, WIDE, TALL, fill=fill, colour=colour, radius=4))
        parts.append(s.label(MIDDLE, y + 25, words, "middle"))
        if k:
            parts.append(s.arrow((MIDDLE, y - 14), (MIDDLE, y - 1), width=2))
    bottom = TOP + 2 * 54 + TALL
    parts += [
        s.box(left, bottom + 16, WIDE, TALL, fill=s.DIGITAL_FILL, colour=s.DIGITAL, radius=4),
        s.label(MIDDLE, bottom + 41, "scale, offset, ReLU", "middle"),
        s.arrow((MIDDLE, bottom), (MIDDLE, bottom + 15), width=2),
    ]
    end = bottom + 16 + TALL
    # the next layers
    parts += [
        s.line((left, end - 20), (left - 26, end - 20), (left - 26, TOP + 20), colour=s.DIGITAL),
        s.arrow((left - 26, TOP + 20), (left - 1, TOP + 20), colour=s.DIGITAL),
        s.label(left - 32, (TOP + end) / 2, "next layer", "middle", colour=s.DIGITAL, turn=-90),
        s.arrow((MIDDLE, end), (MIDDLE, end + 26), width=2),
        s.box(left, end + 28, WIDE, 44, fill=s.METAL_FILL, colour=s.METAL, radius=4),
        s.label(MIDDLE, end + 48, "scores:", "middle"),
        s.label(MIDDLE, end + 65, "the largest one wins", "middle"),
    ]
    side = left + WIDE + 24
    notes = (
        (1, TOP + 20, "rounding, and inputs\nbeyond the range"),
        (2, TOP + 74, "programming, drift and\nslow read noise: same\nfor all images"),
        (3, TOP + 128 + 20, "rounding, saturation;\nfast noise: always new"),
        (4, end + 50, "lost if the error is\nbeyond the margin"),
    )
    for number, y, words in notes:
        parts.append(s.flag(side, y, number))
        lines = words.count("\n")
        parts.append(s.label(side + 17, y + 5 - 8 * lines, words))
        start = left + WIDE
        parts.append(s.line((start, y), (side - 11, y), colour=s.FAINT, width=1))
    return s.svg_document(WIDTH, end + 88, *parts)
