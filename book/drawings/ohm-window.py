"""One read window: four pulses of four lengths, or heights, and the current that they add up to."""

import itertools

import style as s

WINDOW = 128.0  # ns
FULL = 0.2  # V, the full read voltage
VOLTS = (0.2, 0.1, -0.1, 0.05)  # V, the inputs of the table in the chapter
CONDUCTANCES = (5.0, 10.0, 0.0, 20.0)  # uS, the devices of bit line 2
LEFT, WIDTH = 66.0, 342.0  # px, of the window
ROW, HIGH = 34.0, 26.0  # px: distance of rows, and a full pulse
MICROAMPERE = 15.0  # px


def svg() -> str:
    """Return the drawing: pulse widths above, pulse heights below."""
    widths = [(WINDOW * abs(v) / FULL, FULL if v > 0 else -FULL) for v in VOLTS]
    heights = [(WINDOW, v) for v in VOLTS]
    return s.svg_document(
        440,
        616,
        s.label(4, 20, "(a) Pulse widths", size=16, bold=True),
        _pulses(widths, 30),
        _current(widths, 296),
        s.label(4, 358, "(b) Pulse heights", size=16, bold=True),
        _pulses(heights, 368),
        _current(heights, 586),
    )


def _x(time: float) -> float:
    return LEFT + WIDTH * time / WINDOW


def _pulses(pulses: list[tuple[float, float]], top: float) -> str:
    body = []
    for j, (length, volts) in enumerate(pulses):
        zero = top + ROW * j + (HIGH + 3 if volts > 0 else 3)
        level = zero - HIGH * volts / FULL
        body += [
            s.line((LEFT - 8, zero), (_x(WINDOW) + 8, zero), colour=s.FAINT, width=1),
            s.line(
                (_x(0), zero), (_x(0), level), (_x(length), level), (_x(length), zero),
                colour=s.WORD_LINE, width=2, fill=s.WORD_LINE_FILL,
            ),
            s.label(LEFT - 16, top + ROW * j + 21, f"V_{j + 1}", "end", size=16,
                  colour=s.WORD_LINE),
        ]  # fmt: skip
    return "".join(body)


def _current(pulses: list[tuple[float, float]], zero: float) -> str:
    times = sorted({0.0, WINDOW, *(length for length, _ in pulses)})
    path, charge, body = [(_x(0), zero)], 0.0, []
    for start, end in itertools.pairwise(times):
        current = sum(
            g * v for g, (length, v) in zip(CONDUCTANCES, pulses, strict=True) if length > start
        )
        charge += current * (end - start)
        y = zero - MICROAMPERE * current
        path += [(_x(start), y), (_x(end), y)]
        middle = (_x(start) + _x(end)) / 2
        body.append(s.label(middle, y - 8, f"{current:g} µA", "middle", size=16, colour=s.BIT_LINE))
    mean = zero - MICROAMPERE * charge / WINDOW
    body += [
        s.line(*path, (_x(WINDOW), zero), colour=s.BIT_LINE, width=3, fill=s.BIT_LINE_FILL),
        s.arrow((LEFT - 8, zero), (_x(WINDOW) + 22, zero)),
        s.label(LEFT - 16, zero - 18, "I_2", "end", size=16, colour=s.BIT_LINE),
        s.label(_x(WINDOW), zero + 22, "128 ns", "middle", size=15),
        *(s.label(_x(t), zero + 22, f"{t:g}", "middle", size=15) for t in times[:-1]),
    ]
    if len(times) > 2:
        words = f"mean {charge / WINDOW:g} µA"
        body += [
            s.line((_x(0), mean), (_x(WINDOW), mean), dashed=True),
            s.label(_x(WINDOW), mean - 8, words, "end", size=16),
        ]
    return "".join(body)
