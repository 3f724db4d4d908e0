"""A neuron in a cell: pulses crystallise it step by step, at the threshold it fires and melts."""

import random

import style as s

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
    parts.append(s.line(*points, colour=s.CRYSTAL, width=2.2))
    parts.append(s.line((LEFT, base), (LEFT + STEP * PULSES, base)))
    parts.append(s.line((LEFT, base - TALL), (LEFT + STEP * PULSES, base - TALL), dashed=True))
    for x in spikes:
        parts.append(s.line((x, base + 8), (x, base + 24), width=3))
    return parts


def svg() -> str:
    body = [
        s.label(LEFT, 18, "the same pulses for both", colour=s.WORD_LINE),
        *[
            s.line((LEFT + STEP * k, 44), (LEFT + STEP * k, 28), colour=s.WORD_LINE, width=2.5)
            for k in range(PULSES)
        ],
        *course(5, 170),
        *course(11, 316),
        s.label(LEFT + 2, 70, "threshold", halo=True),
        s.label(LEFT - 12, 130, "conductance", "middle", turn=-90, colour=s.CRYSTAL),
        s.label(LEFT - 12, 276, "conductance", "middle", turn=-90, colour=s.CRYSTAL),
        s.label(LEFT - 4, 192, "fires", "end"),
        s.label(LEFT - 4, 338, "fires", "end"),
    ]
    x, y = 118, 370
    for k, share in enumerate((0.0, 0.4, 0.75, 1.0)):
        left = x + 62 * k
        body += [
            s.box(left, y - 10, 40, 18, colour=s.GLASS, fill=s.GLASS_FILL),
            s.box(left, y - 10, 40 * share, 18, colour=s.CRYSTAL, fill=s.CRYSTAL),
        ]
        if k:
            body.append(s.arrow((left - 20, y - 1), (left - 3, y - 1), head=6))
    body += [
        s.label(x - 8, y + 4, "one round", "end"),
        s.label(x + 240, y + 4, "then melt", colour=s.HEATER),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
