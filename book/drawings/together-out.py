"""Where the points go in a year: the chain taken apart step by step, and each step out alone."""

import numpy as np
import style as s

from aimc.networks.hardware_aware import one_year

WIDTH = 440
LEFT, SCALE = 196.0, 15.0  # px: floating point, and the length of a point of accuracy
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


def below(way: str) -> float:
    """Return how many points (mean over the chips) a way is below floating point after a year."""
    year = one_year()
    return float(np.mean(year.software - year.accuracy(way, "1 y")))


def bar(y: float, name: str, start: float, end: float, first: bool = False) -> list[str]:
    fill, colour = (s.GLASS_FILL, s.GLASS) if first else (s.HEATER_FILL, s.HEATER)
    x, width = LEFT + SCALE * start, SCALE * (end - start)
    return [
        s.label(LEFT - 10, y + 14, name, "end"),
        s.box(x, y, width, BAR, fill=fill, colour=colour),
        s.label(x + width + 6, y + 14, f"{end - start:.1f}", bold=True, colour=colour),
    ]


def svg() -> str:
    full = below(FULL)
    body = [s.label(8, 20, "taken out one after the other", bold=True)]
    y = 32.0
    body += bar(y, "the full chain", 0.0, full, first=True)
    start = full
    for name, way in IN_ORDER:
        y += ROW
        end = below(way)
        body += [
            s.line((LEFT + SCALE * start, y - ROW + BAR), (LEFT + SCALE * start, y + BAR), width=1),
            *bar(y, name, start, end),
        ]
        start = end
    body.append(s.line((LEFT, 28), (LEFT, y + ROW - 4)))
    y += ROW + 28
    body.append(s.label(8, y - 10, "taken out of the full chain, each alone, or two", bold=True))
    top = y
    for name, way in ALONE:
        body += bar(y, name, full, below(way))
        y += ROW
    body += [
        s.line((LEFT + SCALE * full, top - 4), (LEFT + SCALE * full, y - 4), colour=s.GLASS),
        s.line((LEFT, top - 4), (LEFT, y + 4)),
        s.line((LEFT, y + 4), (WIDTH - 8, y + 4)),
    ]
    for points in (0, 5, 10, 15):
        x = LEFT + SCALE * points
        body += [s.line((x, y + 4), (x, y + 9)), s.label(x, y + 24, str(points), "middle")]
    body.append(s.label(WIDTH - 8, y + 44, "points below floating point", "end"))
    return s.svg_document(WIDTH, y + 54, *body)
