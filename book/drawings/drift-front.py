"""A front that sweeps through barriers of all heights, and what it does to the conductance."""

import math

import style as s

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
    ahead = f"M{s.number(now[0][0])} {BOTTOM}" + "".join(
        f"L{s.number(x)} {s.number(y)}" for x, y in now
    )
    body = [
        s.tag("path", d=f"{ahead} H{RIGHT} V{BOTTOM} Z", fill=s.GLASS_FILL, stroke="none"),
        s.line((LEFT, TOP), (RIGHT, TOP), colour=s.FAINT, width=1.2, dashed=True),
        s.label(LEFT, 16, "reached after"),
        s.label(place(0.87), 112, "crossed", "middle", bold=True),
        s.label(place(1.103), 112, "still ahead", "middle", bold=True),
    ]
    for name, seconds in TICKS:
        x = place(reached(seconds))
        body += [
            s.label(x, 40, name, "middle", colour=s.WORD_LINE),
            s.line((x, 46), (x, 54), colour=s.WORD_LINE),
        ]
    for k, seconds in enumerate(FRONTS):
        points, x = front(seconds), place(reached(seconds))
        body += [
            s.line(*points, colour=s.GLASS, width=2.6 if k == 1 else 1.6, dashed=k != 1),
            s.line(
                (x, BOTTOM + 56),
                (x, conductance(reached(seconds))),
                colour=s.FAINT,
                width=1,
                dashed=True,
            ),
        ]
    body += [
        s.arrow((LEFT, BOTTOM), (RIGHT + 8, BOTTOM)),
        s.label(RIGHT + 6, BOTTOM + 46, "barrier height (eV)", "end"),
    ]
    for tenth in (4, 6, 8, 10, 12):
        x = place(tenth / 10)
        body += [
            s.line((x, BOTTOM), (x, BOTTOM + 5)),
            s.label(x, BOTTOM + 21, f"{tenth / 10:.1f}", "middle"),
        ]
    body += [
        s.arrow((LEFT, G_BOTTOM), (LEFT, G_TOP - 4)),
        s.arrow((LEFT, G_BOTTOM), (RIGHT + 8, G_BOTTOM)),
        s.label(LEFT - 8, G_TOP - 14, "conductance, logarithmic"),
        s.label(RIGHT + 6, G_BOTTOM + 24, "time since the pulse, logarithmic", "end"),
        s.line(
            (LEFT + 2, conductance(LOW)), (RIGHT, conductance(HIGH)), colour=s.HEATER, width=2.4
        ),
    ]
    for name, seconds in TICKS[2:]:
        x, y = place(reached(seconds)), conductance(reached(seconds))
        body += [s.dot(x, y, 4.5, s.HEATER), s.label(x, y + 24, name, "middle", colour=s.WORD_LINE)]
    return s.svg_document(WIDTH, HEIGHT, *body)
