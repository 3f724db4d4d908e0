"""Noise that falls leads out of a shallow valley; an error that stays moves the valleys."""

import math

import style as s

WIDTH, HEIGHT = 440, 468
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


def hop(start: tuple[float, float], end: tuple[float, float]) -> list[tuple[float, float]]:
    """Return a bow from one valley over the hill into the next."""
    (x, y), (to_x, to_y) = start, end
    shares = [k / 24 for k in range(25)]
    return [(x + u * (to_x - x), y + u * (to_y - y) - 280 * u * (1 - u)) for u in shares]


def svg() -> str:
    first, second = curve(118, -0.3), curve(360, -0.3)
    moved = curve(360, 0.6)
    shallow, deep = lowest(first, 0.4, 0.56), lowest(first, 0.6, 0.9)
    body = [
        s.label(LEFT, 20, "energy: edges that the cut does not cross", colour=s.INK),
        s.line(*first, colour=s.CRYSTAL, width=2.4),
        s.dot(shallow[0], shallow[1] - 7, 7, s.INK),
        s.dot(deep[0], deep[1] - 7, 7, s.DIGITAL),
        s.label(shallow[0], shallow[1] + 22, "stuck", "middle", colour=s.INK),
        s.label(deep[0], deep[1] + 22, "largest cut", "middle", colour=s.DIGITAL),
        s.arrow(*hop((shallow[0] + 8, shallow[1] - 18), (deep[0] - 8, deep[1] - 22)), width=2.2),
        s.label(shallow[0] + 48, shallow[1] - 88, "noise", "middle", colour=s.INK),
        s.line(
            (LEFT, 200),
            (LEFT, 222),
            (LEFT + LONG, 222),
            colour=s.METAL,
            closed=True,
            fill=s.METAL,
        ),
        s.label(LEFT + 130, 196, "noise falls while the search runs", colour=s.INK),
        s.line((LEFT, 240), (LEFT + LONG, 240), colour=s.FAINT, width=1),
        s.label(LEFT, 262, "an error that stays: another landscape", colour=s.INK),
        s.line(*second, colour=s.FAINT, width=1.6, dashed=True),
        s.line(*moved, colour=s.CRYSTAL, width=2.4),
    ]
    wrong = max(moved, key=lambda p: p[1])
    right = lowest(second, 0.6, 0.9)
    body += [
        s.dot(wrong[0], wrong[1] - 7, 7, s.INK),
        s.box(right[0] - 6, right[1] - 13, 12, 12, colour=s.DIGITAL, radius=2),
        s.label(wrong[0], wrong[1] + 22, "now the deepest", "middle", colour=s.INK),
        s.label(right[0] + 4, right[1] + 22, "was the deepest", "middle", colour=s.DIGITAL),
        s.label(
            LEFT, HEIGHT - 14, "No amount of searching finds what is no longer there.", colour=s.INK
        ),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
