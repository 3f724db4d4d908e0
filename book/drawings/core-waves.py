"""Waveforms of the oscillator: a staircase of current, the capacitors, the count, feed-forward."""

import style as s

SIZE = 15
X0, X1 = 20, 470
STEPS = ((1.0, 150), (2.0, 150), (3.0, 150))  # current in units, length in px
RISE = 0.55  # height px that one unit of current gains per px of time
THRESHOLD, DELAY = 52.0, 5.0  # px of height, px of time


def _ramps() -> tuple[list[tuple[float, float]], list[tuple[float, float]], list[float]]:
    """Return the two capacitors' voltages and the times of the flips, by small steps of time."""
    first, second, flips = [], [], []
    height, turn, late, x = 0.0, 0, 0.0, 0.0
    while x < X1 - X0:
        current = STEPS[min(int(x // 150), 2)][0]
        height += RISE * current * 0.5
        if height >= THRESHOLD:
            late += 0.5
        (first if turn == 0 else second).append((x, height))
        (second if turn == 0 else first).append((x, 0.0))
        if late >= DELAY:
            flips.append(x)
            height, late, turn = 0.0, 0.0, 1 - turn
        x += 0.5
    return first, second, flips


def _staircase() -> str:
    base, unit = 96, 20
    points, x = [(X0, base)], float(X0)
    for current, length in STEPS:
        points += [(x, base - unit * current), (x + length, base - unit * current)]
        x += length
    parts = [
        s.label(8, 18, "(a) More current, more flips", size=SIZE, bold=True),
        s.line((X0, base), (X1, base), colour=s.FAINT, width=1.2),
        s.line(*points, colour=s.BIT_LINE, width=2.6),
    ]
    for k, words in enumerate(("I", "2I", "3I")):
        x = X0 + 150 * k + 75
        parts.append(
            s.label(x, base - unit * (k + 1) - 7, words, "middle", size=SIZE, colour=s.BIT_LINE)
        )
    parts.append(s.label(X0, 44, "current", size=SIZE, colour=s.BIT_LINE))
    return "".join(parts)


def _capacitors() -> str:
    base = 190
    first, second, flips = _ramps()
    parts = [
        s.line((X0, base), (X1, base), colour=s.FAINT, width=1.2),
        s.line(
            (X0, base - THRESHOLD), (X1, base - THRESHOLD), colour=s.INK, width=1.4, dashed=True
        ),
    ]
    for points, colour in ((first, s.INK), (second, s.METAL)):
        shown = [(X0 + x, base - y) for x, y in points]
        parts.append(s.line(*shown, colour=colour, width=2 if colour == s.INK else 1.5))
    parts += [
        s.label(X0, 120, "voltages of the capacitors", size=SIZE, halo=True),
        s.label(X0 + 34, base - 10, "C_1", size=SIZE, colour=s.INK, halo=True),
        s.label(X0 + 136, base - 10, "C_2", size=SIZE, colour=s.METAL, halo=True),
        s.label(X1, 120, "threshold", "end", size=SIZE, colour=s.INK, halo=True),
    ]
    low, step = 288, 64 / len(flips)
    points, height = [(float(X0), float(low))], 0.0
    for x in flips:
        points.append((X0 + x, low - height))
        height += step
        points.append((X0 + x, low - height))
    points.append((X1, low - height))
    parts += [
        s.line((X0, low), (X1, low), colour=s.FAINT, width=1.2),
        s.line(*points, colour=s.DIGITAL, width=2.4),
        s.label(X0, 226, "count", size=SIZE, colour=s.DIGITAL),
        s.label(X1, 308, "time", "end", size=SIZE),
    ]
    return "".join(parts)


def _period(left: float, forward: bool) -> str:
    """Return one period at a large current, the latch with its delay."""
    base, top, fill, delay = 470.0, 390.0, 96.0, 44.0
    slope = (base - top) / fill
    low = base - slope * (fill - delay)
    end = left + (fill if forward else fill + delay)
    peak = base - slope * (end - left)
    level = low if forward else top
    parts = [
        s.line((left - 6, base), (left + 196, base), colour=s.FAINT, width=1.2),
        s.line((left, base), (end, peak), (end, base), colour=s.INK, width=2.4),
        s.line(
            (end, base), (left + 192, base - slope * (left + 192 - end)), colour=s.METAL, width=2
        ),
        s.line((left - 6, level), (left + 196, level), colour=s.INK, width=1.4, dashed=True),
    ]
    met = left + (fill - delay if forward else fill)
    parts.append(s.arrow((met, base + 16), (end, base + 16), both=True, width=1.3, head=6))
    parts.append(s.label((met + end) / 2, base + 34, "t_d", "middle", size=SIZE))
    if not forward:
        parts.append(s.arrow((left, base + 16), (met, base + 16), both=True, width=1.3, head=6))
        parts.append(s.label((left + met) / 2, base + 34, "Q/I", "middle", size=SIZE))
    else:
        parts.append(s.arrow((left, base + 44), (end, base + 44), both=True, width=1.3, head=6))
        parts.append(s.label((left + end) / 2, base + 62, "Q/I", "middle", size=SIZE))
        parts.append(
            s.line((left - 6, top), (left + 196, top), colour=s.FAINT, width=1, dashed=True)
        )
        parts.append(s.arrow((left + 18, top), (left + 18, low - 1), colour=s.BIT_LINE, width=1.8))
        parts.append(s.label(left + 25, top + 22, "βI", size=SIZE, colour=s.BIT_LINE))
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    below = [
        s.label(8, 342, "(b) Without feed-forward", size=SIZE, bold=True),
        s.label(256, 342, "(c) With feed-forward", size=SIZE, bold=True),
        _period(20, forward=False),
        _period(268, forward=True),
    ]
    return s.svg_document(468, 540, _staircase(), _capacitors(), *below, left=6, size=SIZE)
