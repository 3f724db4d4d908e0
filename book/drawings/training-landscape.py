"""A loss surface with a sharp and a flat minimum, and what noise on the weights makes of it."""

import math

import style as s

WIDTH, HEIGHT = 440, 364
LEFT, FLOOR, PER_LOSS = 20, 276, 180  # px
SHARP, FLAT, SPREAD = 0.24, 0.66, 0.055  # places along the weight axis, and the noise
STEPS = 200


def loss(w: float) -> float:
    narrow = 0.95 * math.exp(-(((w - SHARP) / 0.035) ** 2) / 2)
    wide = 0.88 * math.exp(-(((w - FLAT) / 0.14) ** 2) / 2)
    return 1.02 - narrow - wide


def average(w: float) -> float:
    """Return the mean loss of weights that are scattered about w."""
    steps = [k / 10 for k in range(-35, 36)]
    shares = [math.exp(-(z**2) / 2) for z in steps]
    return sum(p * loss(w + SPREAD * z) for p, z in zip(shares, steps, strict=True)) / sum(shares)


def place(w: float, value: float) -> tuple[float, float]:
    return LEFT + 410 * w, FLOOR - PER_LOSS * value


def cloud(w: float) -> list[str]:
    """Return the weights that chips programmed to w may hold, as a bell under the axis."""
    bell = [(k / 20, math.exp(-((k / 20) ** 2) / 2)) for k in range(-60, 61)]
    points = [(LEFT + 410 * (w + SPREAD * z), FLOOR + 42 - 30 * p) for z, p in bell]
    return [s.line(*points, colour=s.WORD_LINE, width=1.2, fill=s.WORD_LINE_FILL, closed=True)]


def svg() -> str:
    grid = [k / STEPS for k in range(STEPS + 1)]
    body = [
        s.arrow((LEFT, FLOOR), (WIDTH - 6, FLOOR)),
        s.arrow((LEFT, FLOOR), (LEFT, 34)),
        s.label(LEFT - 10, 24, "loss"),
        s.label(WIDTH - 8, FLOOR - 8, "a weight", "end"),
        *cloud(SHARP),
        *cloud(FLAT),
        s.line(*(place(w, loss(w)) for w in grid), colour=s.INK, width=2.2),
        s.line(*(place(w, average(w)) for w in grid), colour=s.WORD_LINE, width=2.2, dashed=True),
    ]
    for w, name in ((SHARP, "sharp"), (FLAT, "flat")):
        x, low = place(w, loss(w))
        high = place(w, average(w))[1]
        body += [
            s.line((x, low), (x, high), colour=s.FAINT, width=1.2),
            s.dot(x, low, 4),
            s.dot(x, high, 4, s.WORD_LINE),
            s.label(x, FLOOR + 60, name, "middle", bold=True),
        ]
    body += [
        s.line((150, 26), (180, 26), width=2.2),
        s.label(188, 31, "loss of exact weights"),
        s.line((150, 50), (180, 50), colour=s.WORD_LINE, width=2.2, dashed=True),
        s.label(188, 55, "its mean over chips", colour=s.WORD_LINE),
        s.label(
            LEFT + 410 * (SHARP + FLAT) / 2,
            FLOOR + 80,
            "bells: the weights that chips hold",
            "middle",
            colour=s.WORD_LINE,
        ),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
