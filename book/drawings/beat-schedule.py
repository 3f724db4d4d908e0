"""A chip's first year on two axes of time, with calibrations at equal ratios."""

import math

from style import BIT_LINE, DIGITAL, FAINT, WORD_LINE, arrow, dot, label, line, svg_document

from aimc.published import fact

WIDTH, HEIGHT = 440, 292
LEFT, RIGHT = 30, 416
HOUR, DAY, YEAR = 3600.0, 86400.0, 365.25 * 86400.0
TOLERANCE = 0.1  # of the outputs' size
FIRST = HOUR


def times() -> list[float]:
    """Return calibrations: whenever the scale has moved by the tolerance."""
    ratio = (1 - TOLERANCE) ** (-1 / fact("B008").number)
    found = [FIRST]
    while found[-1] * ratio < YEAR:
        found.append(found[-1] * ratio)
    return found


def log_place(t: float) -> float:
    return LEFT + (RIGHT - LEFT) * math.log(t / 60) / math.log(YEAR / 60)


def even_place(t: float) -> float:
    return LEFT + (RIGHT - LEFT) * t / YEAR


def saw(planned: list[float]) -> str:
    """Return how the scale of the outputs falls and is put right."""
    nu, top, per = fact("B008").number, 62, 34 / TOLERANCE
    points, last = [], 60.0
    for t in [*planned, YEAR]:
        for k in range(9):
            now = last * (t / last) ** (k / 8)
            points.append((log_place(now), top + per * (1 - (now / last) ** -nu)))
        if t < YEAR:
            points.append((log_place(t), top))
        last = t
    return line(*points, colour=BIT_LINE, width=2)


def svg() -> str:
    planned = times()
    body = [
        label(4, 22, "size of the outputs", colour=BIT_LINE),
        line((LEFT, 62), (RIGHT, 62), colour=FAINT, dashed=True),
        label(RIGHT, 54, "as programmed", anchor="end", colour=FAINT),
        saw(planned),
        arrow((LEFT, 150), (RIGHT + 14, 150), colour=WORD_LINE, width=2),
        arrow((LEFT, 248), (RIGHT + 14, 248), colour=WORD_LINE, width=2),
        label(4, 282, "the same year, days of equal length", colour=WORD_LINE),
    ]
    for t in planned:
        body.append(line((log_place(t), 150), (even_place(t), 248), colour=FAINT, width=1))
    for t in planned:
        body += [dot(log_place(t), 150, 5, DIGITAL), dot(even_place(t), 248, 5, DIGITAL)]
    for name, t in (("1 min", 60.0), ("1 h", HOUR), ("1 day", DAY), ("1 month", 30 * DAY)):
        x = log_place(t)
        body += [line((x, 145), (x, 155), colour=WORD_LINE, width=2)]
        body += [label(x, 174, name, anchor="middle", colour=WORD_LINE, halo=True)]
    body.append(label(RIGHT + 12, 174, "1 year", anchor="end", colour=WORD_LINE, halo=True))
    body.append(label(LEFT + 150, 226, f"{len(planned)} calibrations", colour=DIGITAL, halo=True))
    return svg_document(WIDTH, HEIGHT, *body)
