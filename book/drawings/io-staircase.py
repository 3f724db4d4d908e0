"""A quantiser of three bits: its staircase, and the sawtooth of its error."""

import style as s

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
            s.line((_x(-END), y), (_x(END), y), colour=s.FAINT, width=1.2),
            s.label(6, y - (96 if words == "output" else 52), words, bold=True),
        ]
    parts += [
        s.line((_x(0), 12), (_x(0), 212), colour=s.FAINT, width=1.2),
        s.line(
            (_x(-3.7), FLAT + 3.7 * RISE), (_x(3.7), FLAT - 3.7 * RISE), colour=s.FAINT, dashed=True
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
        s.line(*stairs, colour=s.WORD_LINE, width=2.4),
        s.line(*teeth, colour=s.BIT_LINE, width=2.2),
    ]
    for level in (-LEVELS, LEVELS):
        edge = _x(level)  # r = LΔ: the range ends at its last level, where the error is zero
        parts.append(
            s.line((edge, 22), (edge, HEIGHT - 30), colour=s.DIGITAL, dashed=True, width=1.2)
        )
    parts += [
        s.label(_x(1) + 8, FLAT - RISE + 22, "one step, Δ", colour=s.WORD_LINE, bold=True),
        s.label(_x(-2.9), 40, "the range ends", colour=s.DIGITAL),
        s.label(_x(0), ERROR - 26, "at most half a step", "middle", colour=s.BIT_LINE),
        s.label(_x(END) - 2, HEIGHT - 8, "beyond the range it grows", "end", colour=s.BIT_LINE),
        s.label(6, HEIGHT - 8, "input →", colour=s.INK),
    ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
