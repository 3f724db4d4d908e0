"""The way of an image through a network on the chip, and where errors come in."""

from style import (
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    FAINT,
    HEATER,
    HEATER_FILL,
    PAPER,
    WORD_LINE,
    WORD_LINE_FILL,
    arrow,
    box,
    label,
    line,
    svg_document,
    tag,
)

WIDTH, HEIGHT = 446, 392
MIDDLE, WIDE, TALL, STEP, TOP = 130, 172, 40, 76, 62


def _flag(x: float, y: float, number: int) -> str:
    return tag("circle", cx=x, cy=y, r=11, fill=HEATER) + label(
        x, y + 5, str(number), anchor="middle", colour=PAPER, bold=True
    )


def svg() -> str:
    """Return the drawing."""
    left = MIDDLE - WIDE / 2
    parts = [
        label(MIDDLE, 22, "image", anchor="middle", colour=WORD_LINE, bold=True),
        arrow((MIDDLE, 28), (MIDDLE, TOP - 1), colour=WORD_LINE, width=2),
    ]
    rows = (
        ("8-bit inputs", WORD_LINE_FILL, WORD_LINE),
        ("core: weights W + errors", CRYSTAL_FILL, CRYSTAL),
        ("ADC, then 8 bits", DIGITAL_FILL, DIGITAL),
    )
    for k, (words, fill, colour) in enumerate(rows):
        y = TOP + k * 54
        parts.append(box(left, y, WIDE, TALL, fill=fill, colour=colour, radius=4))
        parts.append(label(MIDDLE, y + 25, words, anchor="middle"))
        if k:
            parts.append(arrow((MIDDLE, y - 14), (MIDDLE, y - 1), width=2))
    bottom = TOP + 2 * 54 + TALL
    parts += [
        box(left, bottom + 16, WIDE, TALL, fill=DIGITAL_FILL, colour=DIGITAL, radius=4),
        label(MIDDLE, bottom + 41, "scale, offset, ReLU", anchor="middle"),
        arrow((MIDDLE, bottom), (MIDDLE, bottom + 15), width=2),
    ]
    end = bottom + 16 + TALL
    # the next layers
    parts += [
        line((left, end - 20), (left - 26, end - 20), (left - 26, TOP + 20), colour=DIGITAL),
        arrow((left - 26, TOP + 20), (left - 1, TOP + 20), colour=DIGITAL),
        label(left - 32, (TOP + end) / 2, "next layer", anchor="middle", colour=DIGITAL, turn=-90),
        arrow((MIDDLE, end), (MIDDLE, end + 26), width=2),
        box(left, end + 28, WIDE, 44, fill=HEATER_FILL, colour=HEATER, radius=4),
        label(MIDDLE, end + 48, "scores:", anchor="middle"),
        label(MIDDLE, end + 65, "the largest one wins", anchor="middle"),
    ]
    side = left + WIDE + 24
    notes = (
        (1, TOP + 20, "rounding, and inputs\nbeyond the range"),
        (2, TOP + 74, "programming, drift and\nslow read noise: same\nfor all images"),
        (3, TOP + 128 + 20, "rounding, saturation;\nfast noise: always new"),
        (4, end + 50, "lost if the error is\nbeyond the margin"),
    )
    for number, y, words in notes:
        parts.append(_flag(side, y, number))
        lines = words.count("\n")
        parts.append(label(side + 17, y + 5 - 8 * lines, words))
        start = left + WIDE
        parts.append(line((start, y), (side - 11, y), colour=FAINT, width=1))
    return svg_document(WIDTH, end + 88, *parts)
