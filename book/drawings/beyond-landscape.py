"""Noise that falls leads out of a shallow valley; an error that stays moves the valleys."""

import math

from style import (
    CRYSTAL,
    DIGITAL,
    FAINT,
    GLASS,
    HEATER,
    INK,
    arrow,
    box,
    dot,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 440, 452
LEFT, LONG = 20, 400


def height(u: float, tilt: float = 0.0) -> float:
    """Return the height of the landscape at u from 0 to 1, in pixels."""
    waves = 26 * math.cos(2 * math.pi * 3.1 * u + 0.4) + 12 * math.cos(2 * math.pi * 7.3 * u)
    bowl = 66 * (2 * (u - 0.66)) ** 2
    return waves + bowl + 90 * tilt * (u - 0.5)


def curve(base: float, tilt: float = 0.0) -> list[tuple[float, float]]:
    return [(LEFT + LONG * k / 160, base - height(k / 160, tilt)) for k in range(16, 148)]


def lowest(points: list[tuple[float, float]], low: float, high: float) -> tuple[float, float]:
    return max((p for p in points if low <= (p[0] - LEFT) / LONG <= high), key=lambda p: p[1])


def svg() -> str:
    first, second = curve(118, -0.3), curve(344, -0.3)
    moved = curve(344, 0.6)
    shallow, deep = lowest(first, 0.4, 0.56), lowest(first, 0.6, 0.9)
    body = [
        label(LEFT, 20, "energy: edges that the cut does not cross", colour=INK),
        line(*first, colour=CRYSTAL, width=2.4),
        dot(shallow[0], shallow[1] - 7, 7, GLASS),
        dot(deep[0], deep[1] - 7, 7, DIGITAL),
        label(shallow[0], shallow[1] + 22, "stuck", anchor="middle", colour=GLASS),
        label(deep[0], deep[1] + 22, "largest cut", anchor="middle", colour=DIGITAL),
        arrow(
            (shallow[0] + 8, shallow[1] - 18),
            (shallow[0] + 30, shallow[1] - 74),
            (shallow[0] + 66, shallow[1] - 80),
            (deep[0] - 10, deep[1] - 26),
            colour=HEATER,
            width=2.2,
        ),
        label(shallow[0] + 48, shallow[1] - 88, "noise", anchor="middle", colour=HEATER),
        line((LEFT, 200), (LEFT, 222), (LEFT + LONG, 222), colour=HEATER, closed=True, fill=HEATER),
        label(LEFT + 130, 196, "noise falls while the search runs", colour=HEATER),
        line((LEFT, 240), (LEFT + LONG, 240), colour=FAINT, width=1),
        label(LEFT, 262, "an error that stays: another landscape", colour=INK),
        line(*second, colour=FAINT, width=1.6, dashed=True),
        line(*moved, colour=CRYSTAL, width=2.4),
    ]
    wrong = max(moved, key=lambda p: p[1])
    right = lowest(second, 0.6, 0.9)
    body += [
        dot(wrong[0], wrong[1] - 7, 7, GLASS),
        box(right[0] - 6, right[1] - 13, 12, 12, colour=DIGITAL, radius=2),
        label(wrong[0], wrong[1] + 22, "now the deepest", anchor="middle", colour=GLASS),
        label(right[0] + 4, right[1] + 22, "was the deepest", anchor="middle", colour=DIGITAL),
        label(
            LEFT, HEIGHT - 14, "No amount of searching finds what is no longer there.", colour=INK
        ),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
