"""A chip's first year as a timeline: what is done when, and what it takes."""

from math import log10

import style as s

WIDTH, HEIGHT = 440, 250
LEFT, RIGHT, Y = 40, 404, 128
TIMES = (
    ("1 s", 1.0),
    ("1 min", 60.0),
    ("1 h", 3600.0),
    ("1 day", 86400.0),
    ("1 month", 2.6e6),
    ("1 year", 3.156e7),
)


def place(t: float) -> float:
    return LEFT + (RIGHT - LEFT) * log10(t) / 7.6


def svg() -> str:
    body = [s.arrow((12, Y), (WIDTH - 6, Y), width=2)]
    for name, t in TIMES:
        body += [
            s.line((place(t), Y - 6), (place(t), Y + 6)),
            s.label(place(t), Y + 26, name, "middle"),
        ]
    body += [
        s.dot(22, Y, 6, s.CRYSTAL),
        s.label(10, 30, "programmed, references read", colour=s.CRYSTAL, bold=True),
        s.line((22, 38), (22, Y - 8), colour=s.CRYSTAL, width=1.2),
    ]
    for k, t in enumerate((3600.0, 86400.0, 2.6e6, 3.156e7)):
        body += [
            s.arrow((place(t), 74), (place(t), Y - 8), colour=s.BIT_LINE),
            s.label(place(t), 66, str(k + 1), "middle", colour=s.BIT_LINE, bold=True),
        ]
    body += [
        s.label(WIDTH - 8, 48, "recalibrated: read, compare, new factors", "end", colour=s.BIT_LINE)
    ]
    for k, t in enumerate((1.0, 10.0, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7)):
        high = 20 - 2 * k
        body.append(s.line((place(t), Y + 72), (place(t), Y + 72 - high), colour=s.GLASS, width=8))
    body += [
        s.label(
            10,
            Y + 96,
            "what drift takes in each decade: the same share of the rest,",
            colour=s.GLASS,
        ),
        s.label(
            10, Y + 114, "so half of the recalibrations fall into the first day.", colour=s.GLASS
        ),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
