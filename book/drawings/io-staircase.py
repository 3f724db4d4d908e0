"""A quantiser of three bits: its staircase, and the sawtooth of its error."""

from style import BIT_LINE, DIGITAL, FAINT, INK, WORD_LINE, label, line, svg_document

WIDTH, HEIGHT = 446, 372
MIDDLE, UNIT = 223, 46  # px: the zero of the input, one step
FLAT, ERROR = 112, 304  # px: the zeros of both diagrams
RISE = 27  # px for a step of the output
END, LEVELS = 4.4, 3


def _x(steps: float) -> float:
    return MIDDLE + UNIT * steps


def svg() -> str:
    """Return the drawing."""
    parts = []
    for y, words in ((FLAT, "output"), (ERROR, "error")):
        parts += [
            line((_x(-END), y), (_x(END), y), colour=FAINT, width=1.2),
            label(6, y - (96 if words == "output" else 52), words, bold=True),
        ]
    parts += [
        line((_x(0), 12), (_x(0), 212), colour=FAINT, width=1.2),
        line(
            (_x(-3.7), FLAT + 3.7 * RISE), (_x(3.7), FLAT - 3.7 * RISE), colour=FAINT, dashed=True
        ),
    ]
    stairs, teeth = [(_x(-END), FLAT + LEVELS * RISE)], []
    for level in range(-LEVELS, LEVELS + 1):
        left = -END if level == -LEVELS else level - 0.5
        right = END if level == LEVELS else level + 0.5
        y = FLAT - RISE * level
        stairs += [(_x(left), y), (_x(right), y)]
        teeth += [
            (_x(left), ERROR + RISE * (left - level)),
            (_x(right), ERROR + RISE * (right - level)),
        ]
    parts += [
        line(*stairs, colour=WORD_LINE, width=2.4),
        line(*teeth, colour=BIT_LINE, width=2.2),
    ]
    for level in (-LEVELS, LEVELS):
        edge = _x(level)  # r = LΔ: the range ends at its last level, where the error is zero
        parts.append(line((edge, 22), (edge, HEIGHT - 30), colour=DIGITAL, dashed=True, width=1.2))
    parts += [
        label(_x(1) + 8, FLAT - RISE + 22, "one step, Δ", colour=WORD_LINE, bold=True),
        label(_x(-2.9), 40, "the range ends", colour=DIGITAL),
        label(_x(0), ERROR - 26, "at most half a step", anchor="middle", colour=BIT_LINE),
        label(_x(END) - 2, HEIGHT - 8, "beyond the range it grows", anchor="end", colour=BIT_LINE),
        label(6, HEIGHT - 8, "input →", colour=INK),
    ]
    return svg_document(WIDTH, HEIGHT, *parts)
