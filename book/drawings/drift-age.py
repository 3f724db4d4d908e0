"""One scale of barriers, two clocks: how long it takes in the cool and in the heat."""

import math

import style as s

from aimc.devices.temperature import BOLTZMANN_EV, Thermal

WIDTH, HEIGHT = 440, 232
LEFT, RIGHT = 16, 420
LOW, HIGH = 0.72, 1.32  # eV
HOT = 343.15  # K
THERMAL = Thermal()
TICKS = (("1 s", 1.0), ("1 min", 60.0), ("1 h", 3600.0), ("1 day", 86400.0), ("1 year", 3.156e7))


def place(seconds: float, kelvin: float) -> float:
    barrier = BOLTZMANN_EV * kelvin * math.log(seconds / THERMAL.attempt_time)
    return LEFT + (RIGHT - LEFT) * (barrier - LOW) / (HIGH - LOW)


def clock(y: float, kelvin: float, colour: str, above: bool) -> list[str]:
    body = [s.arrow((LEFT, y), (RIGHT + 14, y), colour=colour, width=2)]
    for name, seconds in TICKS:
        x = place(seconds, kelvin)
        if LEFT <= x <= RIGHT:
            body += [
                s.line((x, y - 6), (x, y + 6), colour=colour, width=2),
                s.label(x, y - 13 if above else y + 23, name, "middle", colour=colour),
            ]
    return body


def svg() -> str:
    x = place(3600.0, HOT)
    tau = THERMAL.attempt_time
    days = tau * (3600.0 / tau) ** (HOT / THERMAL.reference) / 86400.0
    body = [
        s.label(LEFT - 6, 20, "time at 25 °C", colour=s.WORD_LINE, bold=True),
        *clock(60, THERMAL.reference, s.WORD_LINE, True),
        s.label(LEFT - 6, 204, "time at 70 °C", colour=s.HEATER, bold=True),
        *clock(148, HOT, s.HEATER, False),
        s.label(LEFT - 6, 108, "barrier that is reached", colour=s.GLASS),
        s.arrow((186, 103), (RIGHT + 14, 103), colour=s.GLASS),
        s.line((x, 148), (x, 60), colour=s.FAINT, dashed=True),
        s.dot(x, 148, 5, s.HEATER),
        s.dot(x, 60, 5, s.WORD_LINE),
        s.label(x + 8, 79, "effective age", halo=True),
        s.label(x + 8, 95, f"{days:.0f} days", halo=True),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
