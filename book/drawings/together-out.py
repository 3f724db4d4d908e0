"""Where the points go in a year: the chain taken apart step by step, and each step out alone."""

import style as s

from aimc.networks.hardware_aware import one_year
from aimc.statistics import Interval, mean_interval

WIDTH = 440
LEFT, SCALE = 196.0, 13.0  # px: floating point, and the length of a point of accuracy
ROW, BAR = 27.0, 18.0  # px: the distance of rows, and the height of a bar
FULL = "aware, batch norm"
IN_ORDER = (  # what goes, and the way that is left
    ("adapted batch norms", "aware"),
    ("noise and clipping", "longer"),
    ("training for longer", "direct"),
    ("a scale for each output", "naive"),
)
ALONE = (
    ("adapted batch norms", "aware"),
    ("noise and clipping", "longer, batch norm"),
    ("all training", "direct, batch norm"),
    ("a scale for each output", "aware, one scale, batch norm"),
    ("training and batch norms", "direct"),
)


def below(way: str, better: str = "") -> Interval:
    """Return how many points a way is below floating point after a year, or below another way."""
    year = one_year()
    top = year.accuracy(better, "1 y") if better else year.software
    return mean_interval(top - year.accuracy(way, "1 y"))


def bar(y: float, name: str, start: float, lost: Interval, first: bool = False) -> list[str]:
    fill, colour = (s.GLASS_FILL, s.GLASS) if first else (s.HEATER_FILL, s.HEATER)
    x, width, half = LEFT + SCALE * start, SCALE * lost.mean, SCALE * lost.half_width
    end, middle = x + width, y + BAR / 2
    return [
        s.label(LEFT - 10, y + 14, name, "end"),
        s.box(x, y, width, BAR, fill=fill, colour=colour),
        s.line((end - half, middle), (end + half, middle)),
        *(s.line((at, middle - 4), (at, middle + 4)) for at in (end - half, end + half)),
        s.label(end + half + 6, y + 14, f"{lost.mean:.1f}", bold=True, colour=colour),
    ]


def svg() -> str:
    full = below(FULL)
    body = [s.label(8, 20, "taken out one after the other", bold=True)]
    y = 32.0
    body += bar(y, "the full chain", 0.0, full, first=True)
    start, better = full.mean, FULL
    for name, way in IN_ORDER:
        y += ROW
        lost = below(way, better)
        body += [
            s.line((LEFT + SCALE * start, y - ROW + BAR), (LEFT + SCALE * start, y + BAR), width=1),
            *bar(y, name, start, lost),
        ]
        start, better = start + lost.mean, way
    body.append(s.line((LEFT, 28), (LEFT, y + ROW - 4)))
    y += ROW + 28
    body.append(s.label(8, y - 10, "taken out of the full chain, each alone, or two", bold=True))
    top = y
    for name, way in ALONE:
        body += bar(y, name, full.mean, below(way, FULL))
        y += ROW
    body += [
        s.line(
            (LEFT + SCALE * full.mean, top - 4), (LEFT + SCALE * full.mean, y - 4), colour=s.GLASS
        ),
        s.line((LEFT, top - 4), (LEFT, y + 4)),
        s.line((LEFT, y + 4), (WIDTH - 8, y + 4)),
    ]
    for points in (0, 5, 10, 15):
        x = LEFT + SCALE * points
        body += [s.line((x, y + 4), (x, y + 9)), s.label(x, y + 24, str(points), "middle")]
    body.append(s.label(WIDTH - 8, y + 44, "points below floating point", "end"))
    return s.svg_document(WIDTH, y + 54, *body)
