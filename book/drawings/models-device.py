"""One device of the model: three random numbers make its course."""

from style import (
    BIT_LINE,
    DIGITAL,
    FAINT,
    GLASS,
    HEATER,
    arrow,
    dot,
    label,
    line,
    svg_document,
)

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
        arrow((LEFT, FLOOR), (LEFT, 20), colour=FAINT),
        arrow((LEFT, FLOOR), (RIGHT, FLOOR), colour=FAINT),
        label(LEFT + 8, 24, "log G"),
        label(RIGHT, FLOOR + 18, "log time", anchor="end"),
        label(FIRST, FLOOR + 18, "first read", anchor="middle"),
        line((FIRST, FLOOR), (FIRST, FLOOR - 6)),
        line((LEFT, TARGET), (end, TARGET), colour=DIGITAL, dashed=True),
        label(end, TARGET - 8, "target G_T", anchor="end", colour=DIGITAL),
        arrow((FIRST, TARGET + 2), (FIRST, START - 5), colour=HEATER, width=2),
        label(FIRST + 10, TARGET + 27, "1. error σ_P ξ", colour=HEATER),
        line((FIRST, START), (end, _course(end, MEAN)), colour=GLASS, dashed=True),
        label(end, _course(end, MEAN) - 34, "mean slope μ_ν", anchor="end", colour=GLASS),
        line((FIRST, START), (end, _course(end, OWN)), colour=GLASS, width=2.4),
        label(FIRST + 6, START + 84, "2. own slope", colour=GLASS),
        label(FIRST + 6, START + 103, "μ_ν + σ_ν ξ′", colour=GLASS),
        arrow(
            (FIRST + 104, START + 76),
            (FIRST + 142, _course(FIRST + 142, OWN) + 5),
            colour=GLASS,
            width=1.2,
        ),
        label(end, FLOOR - 10, "3. noise of each read", anchor="end", colour=BIT_LINE),
    ]
    for x, shift in READS:
        y = _course(x, OWN)
        body += [line((x, y), (x, y + shift), colour=BIT_LINE), dot(x, y + shift, 4, BIT_LINE)]
    return svg_document(WIDTH, HEIGHT, *body)
