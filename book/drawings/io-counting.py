"""Pulse widths and counting: an oscillator's periods count the area under the current."""

from itertools import pairwise

import style as s

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
        parts.append(s.line(*path, colour=s.WORD_LINE, width=2.2))
        parts.append(s.label(LEFT - 12, low - 2, f"x_{k + 1}", "end", italic=True))
    edges = sorted({0.0, *(end for end, _ in PULSES), 1.0})
    steps, unit = [(_x(0), CURRENT)], 15
    for left, right in pairwise(edges):
        height = CURRENT - unit * _current(left)
        steps += [(_x(left), height), (_x(right), height)]
    parts += [
        s.line(*steps, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE, width=2.2, closed=True),
        s.label(LEFT - 12, CURRENT - 50, "current of", "end", colour=s.BIT_LINE, bold=True),
        s.label(LEFT - 12, CURRENT - 32, "the bit line", "end", colour=s.BIT_LINE, bold=True),
        s.label(_x(0.17), CURRENT - 34, "charge", "middle", colour=s.BIT_LINE),
        s.line((_x(0), CURRENT), (_x(1), CURRENT), colour=s.FAINT),
        s.label(6, 16, "pulses on three word lines", colour=s.WORD_LINE, bold=True),
    ]
    charge, count, fine = 0.0, 0, 20_000
    for k in range(fine):
        charge += PER_CHARGE * _current(k / fine) / fine
        if charge >= count + 1 - 1e-9:
            count += 1
            x = _x(k / fine)
            parts.append(s.line((x, TICKS), (x, TICKS - 22), colour=s.DIGITAL, width=2))
            if count in (1, 5, 10):
                parts.append(s.label(x, TICKS + 18, str(count), "middle", colour=s.DIGITAL))
    parts += [
        s.line((_x(0), TICKS), (_x(1), TICKS), colour=s.FAINT),
        s.label(LEFT - 12, TICKS - 4, "count", "end", colour=s.DIGITAL, bold=True),
        s.label(_x(1), TICKS + 18, f"{count} in all", "end", colour=s.DIGITAL, bold=True),
        s.label(_x(0), HEIGHT - 8, "time →"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
