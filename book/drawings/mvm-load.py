"""The current of a bit line during the pulses, and what a converter with a limit loses."""

from style import (
    BIT_LINE,
    BIT_LINE_FILL,
    FAINT,
    HEATER,
    HEATER_FILL,
    INK,
    WORD_LINE,
    WORD_LINE_FILL,
    arrow,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 446, 340
PULSES = (0.95, 0.78, 0.62, 0.5, 0.36, 0.22)  # of the longest
CURRENTS = (19.0, 27.0, 16.0, 30.0, 24.0, 34.0)  # µA, while the pulse lasts
LIMIT = 100.0
LEFT, LONG, TOP, STEP = 74, 330, 30, 18
BASE, UNIT = 292, 0.84  # px: floor of the current, px for a microampere


def svg() -> str:
    """Return the drawing."""
    parts = [label(8, 18, "pulses of the inputs", colour=WORD_LINE, bold=True)]
    for k, share in enumerate(PULSES):
        y = TOP + k * STEP
        parts.append(label(LEFT - 8, y + 12, f"row {k + 1}", anchor="end", size=13))
        parts.append(box(LEFT, y, LONG * share, 12, fill=WORD_LINE_FILL, colour=WORD_LINE))
    ends = sorted((share, current) for share, current in zip(PULSES, CURRENTS, strict=True))
    level, start, steps = sum(CURRENTS), 0.0, []
    for share, current in ends:
        steps.append((start, share, level))
        start, level = share, level - current
    for begin, end, height in steps:
        x, wide = LEFT + LONG * begin, LONG * (end - begin)
        kept = min(height, LIMIT)
        parts.append(
            box(x, BASE - UNIT * kept, wide, UNIT * kept, fill=BIT_LINE_FILL, colour="none")
        )
        if height > LIMIT:
            over = UNIT * (height - LIMIT)
            parts.append(box(x, BASE - UNIT * height, wide, over, fill=HEATER_FILL, colour="none"))
    path = [(LEFT, BASE)]
    for begin, end, height in steps:
        y = BASE - UNIT * height
        path += [(LEFT + LONG * begin, y), (LEFT + LONG * end, y)]
    path.append((LEFT + LONG * steps[-1][1], BASE))
    limit = BASE - UNIT * LIMIT
    parts += [
        line(*path, colour=BIT_LINE, width=2.4),
        line((LEFT - 6, limit), (LEFT + LONG + 12, limit), colour=HEATER, dashed=True, width=2),
        label(LEFT - 10, limit + 5, "100 µA", anchor="end", colour=HEATER),
        arrow((LEFT, BASE), (LEFT + LONG + 20, BASE), colour=INK, head=6, width=1.2),
        label(LEFT + LONG, BASE + 20, "time", anchor="end"),
        label(8, BASE - UNIT * sum(CURRENTS) - 2, "current", colour=BIT_LINE, bold=True),
        label(LEFT + 150, limit - 12, "lost to saturation", colour=HEATER),
        label(LEFT + 62, BASE - 30, "the sum that is counted", colour=BIT_LINE),
        line((LEFT, TOP - 4), (LEFT, BASE), colour=FAINT, dashed=True, width=1),
        label(LEFT, BASE + 20, "start: all rows are on", colour=INK),
    ]
    return svg_document(WIDTH, HEIGHT - 20, *parts)
