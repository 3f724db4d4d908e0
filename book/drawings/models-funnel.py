"""From a measurement to a compact model, and what each step loses."""

import math
import random

import style as s

WIDTH, HEIGHT = 440, 230
SIDE, GAP, TOP, TALL = 98, 14, 34, 96
STEPS = ("measure", "condense", "fit", "draw")
LOST = (
    "conditions\nnot measured",
    "who is who,\nshapes, tails,\ncorrelations",
    "what the\ncurve cannot\nbend to",
)


def _law(u: float) -> float:
    return 18 + 46 * (2.3 * u - 1.35 * u * u)


def svg() -> str:
    """Return the drawing."""
    body, rng, floor = [], random.Random(5), TOP + TALL - 8
    for k, words in enumerate(STEPS):
        x = 3 + k * (SIDE + GAP)
        body += [
            s.label(x + SIDE / 2, TOP - 10, words, "middle", bold=True),
            s.box(x, TOP, SIDE, TALL, colour=s.FAINT),
        ]
        if k < 3:
            body += [
                s.arrow((x + SIDE, TOP + TALL / 2), (x + SIDE + GAP, TOP + TALL / 2)),
                s.arrow(
                    (x + SIDE / 2, TOP + TALL + 4), (x + SIDE / 2, TOP + TALL + 34), colour=s.HEATER
                ),
                s.label(
                    x + SIDE / 2,
                    TOP + TALL + 54,
                    LOST[k],
                    "middle",
                    colour=s.HEATER,
                ),
            ]
    for level in range(9):
        start = floor - 76 + 8 * level
        points = [
            (9 + u, start + (4 + 0.6 * level) * math.log(1 + u) / 2.2 + rng.uniform(-2, 2))
            for u in range(0, 87, 5)
        ]
        body.append(s.line(*points, colour=s.GLASS, width=1.1))
    places = [0.06 + 0.88 * k / 6 for k in range(7)]
    for u in places:
        x, y = 3 + SIDE + GAP + 8 + u * (SIDE - 16), floor - _law(u)
        body += [s.line((x, y - 9), (x, y + 9), colour=s.GLASS), s.dot(x, y, 3.2, s.GLASS)]
        body.append(s.dot(x + SIDE + GAP, y + rng.uniform(-3, 3), 3.2, s.GLASS))
    for k in (2, 3):
        left = 3 + k * (SIDE + GAP) + 8
        curve = [(left + u / 20 * (SIDE - 16), floor - _law(u / 20)) for u in range(21)]
        body.append(s.line(*curve, colour=s.DIGITAL, width=2))
    left = 3 + 3 * (SIDE + GAP) + 8
    for _ in range(70):
        u = rng.random()
        body.append(
            s.dot(left + u * (SIDE - 16), floor - _law(u) + rng.gauss(0, 6), 1.7, s.DIGITAL)
        )
    return s.svg_document(WIDTH, HEIGHT, *body)
