"""A neuron in a cell: pulses crystallise it step by step, at the threshold it fires and melts."""

import random

from style import (
    CRYSTAL,
    GLASS,
    GLASS_FILL,
    HEATER,
    WORD_LINE,
    arrow,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 440, 386
LEFT, STEP, PULSES, TALL = 46, 15, 25, 78


def course(seed: int, base: float) -> list[str]:
    draw = random.Random(seed)
    level, points, parts, spikes = 0.04, [], [], []
    for k in range(PULSES):
        x = LEFT + STEP * k
        points.append((x, base - TALL * level))
        level += draw.uniform(0.1, 0.34)
        points.append((x, base - TALL * min(level, 1.12)))
        points.append((x + STEP * 0.72, base - TALL * min(level, 1.12)))
        if level >= 1:
            spikes.append(x + STEP * 0.72)
            level = draw.uniform(0.0, 0.16)
    parts.append(line(*points, colour=CRYSTAL, width=2.2))
    parts.append(line((LEFT, base), (LEFT + STEP * PULSES, base)))
    parts.append(
        line((LEFT, base - TALL), (LEFT + STEP * PULSES, base - TALL), colour=HEATER, dashed=True)
    )
    for x in spikes:
        parts.append(line((x, base + 8), (x, base + 24), colour=HEATER, width=3))
    return parts


def svg() -> str:
    body = [
        label(LEFT, 18, "the same pulses for both", colour=WORD_LINE),
        *[
            line((LEFT + STEP * k, 44), (LEFT + STEP * k, 28), colour=WORD_LINE, width=2.5)
            for k in range(PULSES)
        ],
        *course(5, 170),
        *course(11, 316),
        label(LEFT + 2, 70, "threshold", colour=HEATER, halo=True),
        label(LEFT - 12, 130, "conductance", anchor="middle", turn=-90, colour=CRYSTAL),
        label(LEFT - 12, 276, "conductance", anchor="middle", turn=-90, colour=CRYSTAL),
        label(LEFT - 4, 192, "fires", anchor="end", colour=HEATER),
        label(LEFT - 4, 338, "fires", anchor="end", colour=HEATER),
    ]
    x, y = 118, 370
    for k, share in enumerate((0.0, 0.4, 0.75, 1.0)):
        left = x + 62 * k
        body += [
            box(left, y - 10, 40, 18, colour=GLASS, fill=GLASS_FILL),
            box(left, y - 10, 40 * share, 18, colour=CRYSTAL, fill=CRYSTAL),
        ]
        if k:
            body.append(arrow((left - 20, y - 1), (left - 3, y - 1), head=6))
    body += [
        label(x - 8, y + 4, "one round", anchor="end"),
        label(x + 240, y + 4, "then melt", colour=HEATER),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
