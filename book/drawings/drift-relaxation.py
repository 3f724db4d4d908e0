"""Energy landscape of a relaxing glass, barriers to scale."""

import math
from itertools import pairwise

import style as s

from aimc.devices.temperature import BOLTZMANN_EV, Thermal

WIDTH, HEIGHT = 440, 330
LEFT, FLOOR = 24, 292
PER_EV = 118.0  # px
TIMES = (("1 µs", 1e-6), ("1 ms", 1e-3), ("1 s", 1.0), ("1 day", 86400.0))
VALLEYS = ((66, 128), (146, 160), (232, 196), (322, 236), (414, 270))


def barrier(seconds: float) -> float:
    """Return the height (eV) of a barrier that is waited for so long at room temperature."""
    thermal = Thermal()
    return BOLTZMANN_EV * thermal.reference * math.log(seconds / thermal.attempt_time)


def curve(points: list[tuple[float, float]]) -> str:
    """Return a path through valleys and peaks that is level at each of them."""
    words = [f"M{s.number(points[0][0])} {s.number(points[0][1])}"]
    for (x, y), (u, v) in pairwise(points):
        middle = s.number((x + u) / 2)
        words.append(f"C{middle} {s.number(y)} {middle} {s.number(v)} {s.number(u)} {s.number(v)}")
    return " ".join(words)


def svg() -> str:
    peaks = [
        ((a[0] + b[0]) / 2, a[1] - PER_EV * barrier(seconds))
        for (_, seconds), a, b in zip(TIMES, VALLEYS, VALLEYS[1:], strict=False)
    ]
    points = [(LEFT + 8, 52.0)]
    for valley, peak in zip(VALLEYS, [*peaks, None], strict=True):
        points += [valley, peak] if peak else [valley]
    land = curve(points)
    body = [
        s.tag("path", d=f"{land} V{FLOOR} H{LEFT + 8} Z", fill=s.GLASS_FILL, stroke="none"),
        s.tag("path", d=land, fill="none", stroke=s.GLASS, stroke_width=2.6),
        s.arrow((LEFT, FLOOR), (LEFT, 30)),
        s.arrow((LEFT, FLOOR), (WIDTH - 6, FLOOR)),
        s.label(LEFT - 8, 20, "energy"),
        s.label(WIDTH - 6, FLOOR + 24, "arrangement of the atoms, better and better packed", "end"),
    ]
    for (name, _), valley, peak in zip(TIMES, VALLEYS, peaks, strict=False):
        body += [
            s.line(valley, (peak[0] + 8, valley[1]), colour=s.FAINT, width=1.2, dashed=True),
            s.arrow((peak[0], valley[1]), (peak[0], peak[1] + 2), colour=s.HEATER),
            s.label(peak[0], valley[1] + 20, name, "middle", colour=s.HEATER, bold=True),
        ]
    for k, (x, y) in enumerate(VALLEYS):
        last = k == len(VALLEYS) - 1
        body.append(
            s.tag(
                "circle",
                cx=x,
                cy=y - 8,
                r=7,
                fill=s.INK if last else s.PAPER,
                stroke=s.INK,
                stroke_width=1.6,
            )
        )
    return s.svg_document(WIDTH, HEIGHT, *body)
