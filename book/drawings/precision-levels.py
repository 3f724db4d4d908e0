"""A digital engine with 3-bit weights: its levels, a weight that moves to one, and the errors."""

import style as s

WIDTH, HEIGHT = 446, 250
STEP, MIDDLE, AXIS = 62, 223, 96
WEIGHT = 1.34  # steps from zero


def svg() -> str:
    """Return the drawing."""
    at = MIDDLE + STEP * WEIGHT
    level = MIDDLE + STEP * round(WEIGHT)
    parts = [s.line((MIDDLE - 3.4 * STEP, AXIS), (MIDDLE + 3.4 * STEP, AXIS), colour=s.INK)]
    for k in range(-3, 4):
        x = MIDDLE + STEP * k
        parts.append(s.line((x, AXIS - 9), (x, AXIS + 9), colour=s.DIGITAL, width=3))
    for k, words in ((-3, "−w_{max}"), (0, "0"), (3, "w_{max}")):
        parts.append(s.label(MIDDLE + STEP * k, AXIS + 30, words, "middle"))
    left = MIDDLE - 2 * STEP
    parts += [
        s.label(8, 22, "seven levels", colour=s.DIGITAL, bold=True),
        s.arrow((left, AXIS - 20), (left + STEP, AXIS - 20), both=True, width=1.2, head=7),
        s.label(left + STEP / 2, AXIS - 28, "Δ", "middle", italic=True),
        s.dot(at, AXIS - 34, 5, s.WORD_LINE),
        s.label(at, AXIS - 48, "a weight", "middle", colour=s.WORD_LINE, bold=True),
        s.line((at, AXIS - 28), (at, AXIS), colour=s.WORD_LINE, dashed=True, width=1.2),
        s.arrow((at, AXIS - 16), (level, AXIS - 16), colour=s.BIT_LINE, width=2.2),
    ]
    low, top = 214, 164
    parts += [
        s.label(8, 160, "its error", colour=s.BIT_LINE, bold=True),
        s.line((MIDDLE - 1.6 * STEP, low), (MIDDLE + 1.6 * STEP, low), colour=s.FAINT),
        s.box(MIDDLE - STEP / 2, top, STEP, low - top, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE),
        s.label(MIDDLE - STEP / 2 - 4, low + 22, "−Δ/2", "middle"),
        s.label(MIDDLE + STEP / 2 + 4, low + 22, "Δ/2", "middle"),
        s.label(MIDDLE + 0.7 * STEP, 184, "each one equally likely,"),
        s.label(MIDDLE + 0.7 * STEP, 202, "mean square Δ^2/12"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
