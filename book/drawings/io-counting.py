"""Pulse widths and counting: an oscillator's periods count the area under the current."""

from itertools import pairwise

from style import (
    BIT_LINE,
    BIT_LINE_FILL,
    DIGITAL,
    FAINT,
    WORD_LINE,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 446, 352
LEFT, RIGHT = 118, 436
# Ends of the pulses (share of the window) and conductances (units) of three devices.
PULSES = ((0.9, 1.0), (0.35, 3.0), (0.6, 2.0))
PER_CHARGE = 5.0  # counts per unit of current and window
TOP, CURRENT, TICKS = 24, 252, 300


def _x(time: float) -> float:
    return LEFT + (RIGHT - LEFT) * time


def _current(time: float) -> float:
    return sum(g for end, g in PULSES if time < end)


def svg() -> str:
    """Return the drawing."""
    parts = []
    for k, (end, _) in enumerate(PULSES):
        low = TOP + 16 + 34 * k
        path = ((_x(0), low), (_x(0), low - 18), (_x(end), low - 18), (_x(end), low), (_x(1), low))
        parts.append(line(*path, colour=WORD_LINE, width=2.2))
        parts.append(label(LEFT - 12, low - 2, f"x_{k + 1}", anchor="end", italic=True))
    edges = sorted({0.0, *(end for end, _ in PULSES), 1.0})
    steps, unit = [(_x(0), CURRENT)], 15
    for left, right in pairwise(edges):
        height = CURRENT - unit * _current(left)
        steps += [(_x(left), height), (_x(right), height)]
    parts += [
        line(*steps, fill=BIT_LINE_FILL, colour=BIT_LINE, width=2.2, closed=True),
        label(LEFT - 12, CURRENT - 50, "current of", anchor="end", colour=BIT_LINE, bold=True),
        label(LEFT - 12, CURRENT - 32, "the bit line", anchor="end", colour=BIT_LINE, bold=True),
        label(_x(0.17), CURRENT - 34, "charge", anchor="middle", colour=BIT_LINE),
        line((_x(0), CURRENT), (_x(1), CURRENT), colour=FAINT),
        label(6, 16, "pulses on three word lines", colour=WORD_LINE, bold=True),
    ]
    charge, count, fine = 0.0, 0, 20_000
    for k in range(fine):
        charge += PER_CHARGE * _current(k / fine) / fine
        if charge >= count + 1 - 1e-9:
            count += 1
            x = _x(k / fine)
            parts.append(line((x, TICKS), (x, TICKS - 22), colour=DIGITAL, width=2))
            if count in (1, 5, 10):
                parts.append(label(x, TICKS + 18, str(count), anchor="middle", colour=DIGITAL))
    parts += [
        line((_x(0), TICKS), (_x(1), TICKS), colour=FAINT),
        label(LEFT - 12, TICKS - 4, "count", anchor="end", colour=DIGITAL, bold=True),
        label(_x(1), TICKS + 18, f"{count} in all", anchor="end", colour=DIGITAL, bold=True),
        label(_x(0), HEIGHT - 8, "time →"),
    ]
    return svg_document(WIDTH, HEIGHT, *parts)
