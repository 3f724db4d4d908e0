"""One device of the model: three random numbers make its course."""

import style as s

WIDTH, HEIGHT = 440, 284
LEFT, RIGHT, FLOOR = 44, 424, 254
FIRST, TARGET, START = 92, 62, 104
MEAN, OWN = 0.16, 0.34  # slopes, px per px
READS = ((92, -7), (150, 9), (208, -5), (266, -12), (324, 11), (382, 6))


def _course(x: float, slope: float) -> float:
    return START + slope * (x - FIRST)


def svg() -> str:
    """Return the drawing."""
    end = RIGHT - 14
    body = [
        s.arrow((LEFT, FLOOR), (LEFT, 20), colour=s.FAINT),
        s.arrow((LEFT, FLOOR), (RIGHT, FLOOR), colour=s.FAINT),
        s.label(LEFT + 8, 24, "log G"),
        s.label(RIGHT, FLOOR + 18, "log of the time since the pulse", "end"),
        s.label(FIRST, FLOOR + 18, "first read", "middle"),
        s.line((FIRST, FLOOR), (FIRST, FLOOR - 6)),
        s.line((LEFT, TARGET), (end, TARGET), colour=s.DIGITAL, dashed=True),
        s.label(end, TARGET - 8, "target G_T", "end", colour=s.DIGITAL),
        s.arrow((FIRST, TARGET + 2), (FIRST, START - 5), colour=s.HEATER, width=2),
        s.label(FIRST + 10, TARGET + 27, "1. error σ_P ξ", colour=s.HEATER),
        s.line((FIRST, START), (end, _course(end, MEAN)), colour=s.GLASS, dashed=True),
        s.label(end, _course(end, MEAN) - 34, "mean slope μ_ν", "end", colour=s.GLASS),
        s.line((FIRST, START), (end, _course(end, OWN)), colour=s.GLASS, width=2.4),
        s.label(FIRST + 6, START + 84, "2. own slope", colour=s.GLASS),
        s.label(FIRST + 6, START + 103, "μ_ν + σ_ν ξ′", colour=s.GLASS),
        s.arrow(
            (FIRST + 104, START + 76),
            (FIRST + 142, _course(FIRST + 142, OWN) + 5),
            colour=s.GLASS,
            width=1.2,
        ),
        s.label(end, FLOOR - 10, "3. noise of each read", "end", colour=s.BIT_LINE),
    ]
    for x, shift in READS:
        y = _course(x, OWN)
        body += [
            s.line((x, y), (x, y + shift), colour=s.BIT_LINE),
            s.dot(x, y + shift, 4, s.BIT_LINE),
        ]
    return s.svg_document(WIDTH, HEIGHT, *body)
