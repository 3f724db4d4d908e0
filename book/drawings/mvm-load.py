"""The current of a bit line during the pulses, and what a converter with a limit loses."""

import style as s

WIDTH, HEIGHT = 446, 340
PULSES = (0.95, 0.78, 0.62, 0.5, 0.36, 0.22)  # of the longest
CURRENTS = (19.0, 27.0, 16.0, 30.0, 24.0, 34.0)  # µA, while the pulse lasts
LIMIT = 100.0
LEFT, LONG, TOP, STEP = 74, 330, 30, 18
BASE, UNIT = 292, 0.84  # px: floor of the current, px for a microampere


def svg() -> str:
    """Return the drawing."""
    parts = [s.label(8, 18, "pulses of the inputs", colour=s.WORD_LINE, bold=True)]
    for k, share in enumerate(PULSES):
        y = TOP + k * STEP
        parts.append(s.label(LEFT - 8, y + 12, f"row {k + 1}", "end"))
        parts.append(s.box(LEFT, y, LONG * share, 12, fill=s.WORD_LINE_FILL, colour=s.WORD_LINE))
    ends = sorted((share, current) for share, current in zip(PULSES, CURRENTS, strict=True))
    level, start, steps = sum(CURRENTS), 0.0, []
    for share, current in ends:
        steps.append((start, share, level))
        start, level = share, level - current
    for begin, end, height in steps:
        x, wide = LEFT + LONG * begin, LONG * (end - begin)
        kept = min(height, LIMIT)
        parts.append(
            s.box(x, BASE - UNIT * kept, wide, UNIT * kept, fill=s.BIT_LINE_FILL, colour="none")
        )
        if height > LIMIT:
            over = UNIT * (height - LIMIT)
            parts.append(
                s.box(x, BASE - UNIT * height, wide, over, fill=s.METAL_FILL, colour="none")
            )
    path = [(LEFT, BASE)]
    for begin, end, height in steps:
        y = BASE - UNIT * height
        path += [(LEFT + LONG * begin, y), (LEFT + LONG * end, y)]
    path.append((LEFT + LONG * steps[-1][1], BASE))
    limit = BASE - UNIT * LIMIT
    parts += [
        s.line(*path, colour=s.BIT_LINE, width=2.4),
        s.line((LEFT - 6, limit), (LEFT + LONG + 12, limit), colour=s.INK, dashed=True, width=2),
        s.label(LEFT - 10, limit + 5, "100 µA", "end"),
        s.arrow((LEFT, BASE), (LEFT + LONG + 20, BASE), colour=s.INK, head=6, width=1.2),
        s.label(LEFT + LONG, BASE + 20, "time", "end"),
        s.label(8, BASE - UNIT * sum(CURRENTS) - 2, "current", colour=s.BIT_LINE, bold=True),
        s.label(LEFT + 150, limit - 12, "lost to saturation", colour=s.METAL),
        s.label(LEFT + 24, BASE - 30, "the sum that is counted", colour=s.BIT_LINE),
        s.line((LEFT, TOP - 4), (LEFT, BASE), colour=s.FAINT, dashed=True, width=1),
        s.label(LEFT, BASE + 20, "start: all rows are on", colour=s.INK),
    ]
    return s.svg_document(WIDTH, HEIGHT - 20, *parts)
