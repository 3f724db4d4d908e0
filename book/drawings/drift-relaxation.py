"""Energy landscape of a relaxing glass, barriers to scale."""

import math
from itertools import pairwise

from style import (
    FAINT,
    GLASS,
    GLASS_FILL,
    HEATER,
    INK,
    PAPER,
    arrow,
    label,
    line,
    number,
    svg_document,
    tag,
)

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
    words = [f"M{number(points[0][0])} {number(points[0][1])}"]
    for (x, y), (u, v) in pairwise(points):
        middle = number((x + u) / 2)
        words.append(f"C{middle} {number(y)} {middle} {number(v)} {number(u)} {number(v)}")
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
        tag("path", d=f"{land} V{FLOOR} H{LEFT + 8} Z", fill=GLASS_FILL, stroke="none"),
        tag("path", d=land, fill="none", stroke=GLASS, stroke_width=2.6),
        arrow((LEFT, FLOOR), (LEFT, 30)),
        arrow((LEFT, FLOOR), (WIDTH - 6, FLOOR)),
        label(LEFT - 8, 20, "energy"),
        label(
            WIDTH - 6,
            FLOOR + 24,
            "arrangement of the atoms, better and better packed",
            anchor="end",
        ),
    ]
    for (name, _), valley, peak in zip(TIMES, VALLEYS, peaks, strict=False):
        body += [
            line(valley, (peak[0] + 8, valley[1]), colour=FAINT, width=1.2, dashed=True),
            arrow((peak[0], valley[1]), (peak[0], peak[1] + 2), colour=HEATER),
            label(peak[0], valley[1] + 20, name, anchor="middle", colour=HEATER, bold=True),
        ]
    for k, (x, y) in enumerate(VALLEYS):
        last = k == len(VALLEYS) - 1
        body.append(
            tag(
                "circle",
                cx=x,
                cy=y - 8,
                r=7,
                fill=INK if last else PAPER,
                stroke=INK,
                stroke_width=1.6,
            )
        )
    return svg_document(WIDTH, HEIGHT, *body)
