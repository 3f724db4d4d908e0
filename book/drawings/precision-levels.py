"""A digital engine with 3-bit weights: its levels, a weight that moves to one, and the errors."""

from style import (
    BIT_LINE,
    BIT_LINE_FILL,
    CRYSTAL,
    DIGITAL,
    FAINT,
    INK,
    arrow,
    box,
    dot,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 446, 250
STEP, MIDDLE, AXIS = 62, 223, 96
WEIGHT = 1.34  # steps from zero


def svg() -> str:
    """Return the drawing."""
    at = MIDDLE + STEP * WEIGHT
    level = MIDDLE + STEP * round(WEIGHT)
    parts = [line((MIDDLE - 3.4 * STEP, AXIS), (MIDDLE + 3.4 * STEP, AXIS), colour=INK)]
    for k in range(-3, 4):
        x = MIDDLE + STEP * k
        parts.append(line((x, AXIS - 9), (x, AXIS + 9), colour=DIGITAL, width=3))
    for k, words in ((-3, "−w_{max}"), (0, "0"), (3, "w_{max}")):
        parts.append(label(MIDDLE + STEP * k, AXIS + 30, words, anchor="middle"))
    left = MIDDLE - 2 * STEP
    parts += [
        label(8, 22, "seven levels", colour=DIGITAL, bold=True),
        arrow((left, AXIS - 20), (left + STEP, AXIS - 20), both=True, width=1.2, head=7),
        label(left + STEP / 2, AXIS - 28, "Δ", anchor="middle", italic=True),
        dot(at, AXIS - 34, 5, CRYSTAL),
        label(at, AXIS - 48, "a weight", anchor="middle", colour=CRYSTAL, bold=True),
        line((at, AXIS - 28), (at, AXIS), colour=CRYSTAL, dashed=True, width=1.2),
        arrow((at, AXIS - 16), (level, AXIS - 16), colour=BIT_LINE, width=2.2),
    ]
    low, top = 214, 164
    parts += [
        label(8, 160, "its error", colour=BIT_LINE, bold=True),
        line((MIDDLE - 1.6 * STEP, low), (MIDDLE + 1.6 * STEP, low), colour=FAINT),
        box(MIDDLE - STEP / 2, top, STEP, low - top, fill=BIT_LINE_FILL, colour=BIT_LINE),
        label(MIDDLE - STEP / 2 - 4, low + 22, "−Δ/2", anchor="middle"),
        label(MIDDLE + STEP / 2 + 4, low + 22, "Δ/2", anchor="middle"),
        label(MIDDLE + 0.7 * STEP, 184, "each one equally likely,"),
        label(MIDDLE + 0.7 * STEP, 202, "mean square Δ^2/12"),
    ]
    return svg_document(WIDTH, HEIGHT, *parts)
