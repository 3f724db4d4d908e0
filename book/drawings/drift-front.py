"""A front that sweeps through barriers of all heights, and what it does to the conductance."""

import math

from style import (
    FAINT,
    GLASS,
    GLASS_FILL,
    HEATER,
    WORD_LINE,
    arrow,
    dot,
    label,
    line,
    number,
    svg_document,
    tag,
)

from aimc.devices.temperature import BOLTZMANN_EV, Thermal

WIDTH, HEIGHT = 440, 412
LEFT, RIGHT = 22, 428
LOW, HIGH = 0.36, 1.32  # eV
TOP, BOTTOM = 62, 160  # of the barriers
G_TOP, G_BOTTOM = 238, 372
TICKS = (("1 µs", 1e-6), ("1 ms", 1e-3), ("1 s", 1.0), ("1 h", 3600.0), ("1 year", 3.156e7))
FRONTS = (1.0, 3600.0, 3.156e7)
THERMAL = Thermal()
KT = BOLTZMANN_EV * THERMAL.reference  # eV


def place(barrier: float) -> float:
    return LEFT + (RIGHT - LEFT) * (barrier - LOW) / (HIGH - LOW)


def reached(seconds: float) -> float:
    """Return the barrier (eV) that is reached after a time."""
    return KT * math.log(seconds / THERMAL.attempt_time)


def front(seconds: float) -> list[tuple[float, float]]:
    """Return the share of barriers of each height that are still ahead after a time, as points."""
    points = []
    for k in range(121):
        barrier = reached(seconds) + KT * (-4 + 7 * k / 120)
        ahead = math.exp(-math.exp((reached(seconds) - barrier) / KT))
        points.append((place(barrier), BOTTOM - (BOTTOM - TOP) * ahead))
    return points


def conductance(barrier: float) -> float:
    """Return the height (px) of a falling straight line."""
    return G_TOP + 18 + (G_BOTTOM - G_TOP - 40) * (barrier - LOW) / (HIGH - LOW)


def svg() -> str:
    now = front(FRONTS[1])
    ahead = f"M{number(now[0][0])} {BOTTOM}" + "".join(f"L{number(x)} {number(y)}" for x, y in now)
    body = [
        tag("path", d=f"{ahead} H{RIGHT} V{BOTTOM} Z", fill=GLASS_FILL, stroke="none"),
        line((LEFT, TOP), (RIGHT, TOP), colour=FAINT, width=1.2, dashed=True),
        label(LEFT, 16, "reached after"),
        label(place(0.87), 112, "crossed", anchor="middle", bold=True),
        label(place(1.103), 112, "still ahead", anchor="middle", bold=True),
    ]
    for name, seconds in TICKS:
        x = place(reached(seconds))
        body += [
            label(x, 40, name, anchor="middle", colour=WORD_LINE),
            line((x, 46), (x, 54), colour=WORD_LINE),
        ]
    for k, seconds in enumerate(FRONTS):
        points, x = front(seconds), place(reached(seconds))
        body += [
            line(*points, colour=GLASS, width=2.6 if k == 1 else 1.6, dashed=k != 1),
            line(
                (x, BOTTOM + 56),
                (x, conductance(reached(seconds))),
                colour=FAINT,
                width=1,
                dashed=True,
            ),
        ]
    body += [
        arrow((LEFT, BOTTOM), (RIGHT + 8, BOTTOM)),
        label(RIGHT + 6, BOTTOM + 46, "barrier height (eV)", anchor="end"),
    ]
    for tenth in (4, 6, 8, 10, 12):
        x = place(tenth / 10)
        body += [
            line((x, BOTTOM), (x, BOTTOM + 5)),
            label(x, BOTTOM + 21, f"{tenth / 10:.1f}", anchor="middle"),
        ]
    body += [
        arrow((LEFT, G_BOTTOM), (LEFT, G_TOP - 4)),
        arrow((LEFT, G_BOTTOM), (RIGHT + 8, G_BOTTOM)),
        label(LEFT - 8, G_TOP - 14, "conductance, logarithmic"),
        label(RIGHT + 6, G_BOTTOM + 24, "time, logarithmic", anchor="end"),
        line((LEFT + 2, conductance(LOW)), (RIGHT, conductance(HIGH)), colour=HEATER, width=2.4),
    ]
    for name, seconds in TICKS[2:]:
        x, y = place(reached(seconds)), conductance(reached(seconds))
        body += [dot(x, y, 4.5, HEATER), label(x, y + 24, name, anchor="middle", colour=WORD_LINE)]
    return svg_document(WIDTH, HEIGHT, *body)
