"""A chip's first year on two axes of time, with calibrations at equal ratios."""

import math

import style as s

from aimc.published import fact

WIDTH, HEIGHT = 440, 312
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
    return s.line(*points, colour=s.BIT_LINE, width=2)


def svg() -> str:
    planned = times()
    body = [
        s.label(4, 22, "size of the outputs", colour=s.BIT_LINE),
        s.label(RIGHT + 14, 22, f"{len(planned)} calibrations", "end", colour=s.DIGITAL),
        s.line((LEFT, 62), (RIGHT, 62), colour=s.FAINT, dashed=True),
        s.label(LEFT, 54, "as programmed", colour=s.FAINT),
        saw(planned),
        s.arrow((LEFT, 150), (RIGHT + 14, 150), width=2),
        s.arrow((LEFT, 248), (RIGHT + 14, 248), width=2),
        s.label(WIDTH / 2, 302, "days of the same year, all of equal length", "middle"),
        s.label(log_place(planned[1]), 114, f"−{TOLERANCE:.0%}", "middle", colour=s.BIT_LINE),
    ]
    for days in (0, 90, 180, 270, 360):
        x = even_place(days * DAY)
        body += [s.line((x, 243), (x, 253), width=2), s.label(x, 274, str(days), "middle")]
    for t in planned:
        body.append(s.line((log_place(t), 150), (even_place(t), 248), colour=s.FAINT, width=1))
    for t in planned:
        body += [s.dot(log_place(t), 150, 5, s.DIGITAL), s.dot(even_place(t), 248, 5, s.DIGITAL)]
        words = f"{t / HOUR:.0f} h" if t < 2 * DAY else f"{t / DAY:.0f} d"
        body.append(s.label(log_place(t), 48, words, "middle", colour=s.DIGITAL))
    for name, t in (("1 min", 60.0), ("1 h", HOUR), ("1 day", DAY), ("1 month", 30 * DAY)):
        x = log_place(t)
        body += [s.line((x, 145), (x, 155), width=2)]
        place, anchor = (x + 8, "start") if t == HOUR else (x, "middle")
        body += [s.label(place, 138, name, anchor, halo=True)]
    body += [s.line((RIGHT, 145), (RIGHT, 155), width=2)]
    body.append(s.label(RIGHT + 14, 138, "1 year", "end", halo=True))
    return s.svg_document(WIDTH, HEIGHT, *body)
