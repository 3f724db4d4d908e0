"""Why equal shares are best: four errors of one size, weighed equally and by powers of two."""

import math

import style as s

WIDTH, HEIGHT = 445, 300
UNIT = 205.0  # px, an error of full weight
LENS = 8  # times, of the tip in base 4


def _walk(x: float, y: float, shares: tuple[float, ...]) -> tuple[list[str], float]:
    """Return perpendicular steps, each at a right angle to the sum so far, and their length."""
    parts, at, length = [], (x, y), 0.0
    for k, share in enumerate(shares):
        step = UNIT * share
        if length == 0:
            to = (at[0] + step, at[1])
        else:  # at a right angle to what has been summed up
            along = ((at[0] - x) / length, (at[1] - y) / length)
            to = (at[0] + step * along[1], at[1] - step * along[0])
        if k > 1:  # the sum so far, on which the next error stands
            parts.append(s.line((x, y), at, colour=s.FAINT, width=1.2, dashed=True))
        if length:
            parts.append(_right_angle(at, along, (along[1], -along[0]), min(9.0, 0.6 * step)))
        parts.append(s.arrow(at, to, colour=s.BIT_LINE, width=2, head=7))
        middle = ((at[0] + to[0]) / 2, (at[1] + to[1]) / 2)
        if k == 0:
            parts.append(s.label(middle[0], y + 18, "s_3 σ", "middle", colour=s.BIT_LINE))
        if k == 1:
            parts.append(s.label(middle[0] + 8, middle[1] + 4, "s_2 σ", colour=s.BIT_LINE))
        at, length = to, ((to[0] - x) ** 2 + (to[1] - y) ** 2) ** 0.5
    parts.append(s.line((x, y), at, colour=s.HEATER, width=2.6, dashed=True))
    return parts, length / UNIT


def _lens(x: float, y: float, shares: tuple[float, ...]) -> list[str]:
    """Return the last two of four steps, magnified, in a circle above them."""
    at, length, corners = (UNIT * shares[0], 0.0), UNIT * shares[0], []
    for share in shares[1:]:
        along = (at[0] / length, at[1] / length)
        at = (at[0] + UNIT * share * along[1], at[1] - UNIT * share * along[0])
        length = math.hypot(*at)
        corners.append(at)
    middle = ((corners[0][0] + corners[2][0]) / 2, (corners[0][1] + corners[2][1]) / 2)
    centre, radius = (318.0, 130.0), 52.0
    a, b, c = ((centre[0] + LENS * (p - middle[0]), centre[1] + LENS * (q - middle[1]))
               for p, q in corners)  # fmt: skip
    spot = (x + middle[0], y + middle[1])
    away = math.dist(spot, centre)
    edge = tuple(q + (p - q) * radius / away for p, q in zip(spot, centre, strict=True))
    return [
        _ring(spot, 9),
        s.line(spot, (edge[0], edge[1]), colour=s.FAINT, width=1),
        _ring(centre, radius),
        s.arrow(a, b, colour=s.BIT_LINE, width=2, head=7),
        s.arrow(b, c, colour=s.BIT_LINE, width=2, head=7),
        s.label((a[0] + b[0]) / 2 + 8, (a[1] + b[1]) / 2 + 8, "s_1 σ", colour=s.BIT_LINE),
        s.label((b[0] + c[0]) / 2 + 8, (b[1] + c[1]) / 2 + 5, "s_0 σ", colour=s.BIT_LINE),
        s.label(centre[0] + radius + 8, centre[1] + 5, f"× {LENS}", colour=s.FAINT),
    ]


def _ring(middle: tuple[float, float], radius: float) -> str:
    return s.tag(
        "circle",
        cx=middle[0],
        cy=middle[1],
        r=radius,
        fill="none",
        stroke=s.FAINT,
        stroke_width=1.2,
    )


def _right_angle(
    corner: tuple[float, float],
    along: tuple[float, float],
    across: tuple[float, float],
    size: float,
) -> str:
    """Return the mark of a right angle between the sum so far and the next step."""
    (x, y), (ax, ay), (bx, by) = corner, along, across
    return s.line(
        (x - size * ax, y - size * ay),
        (x - size * (ax - bx), y - size * (ay - by)),
        (x + size * bx, y + size * by),
        colour=s.FAINT,
        width=1.2,
    )


def svg() -> str:
    """Return the drawing."""
    parts = [
        s.label(18, 22, "base 1", bold=True, colour=s.DIGITAL),
        s.label(18, 42, "four shares of 1/4"),
        s.label(214, 22, "base 4", bold=True, colour=s.DIGITAL),
        s.label(214, 42, "64, 16, 4 and 1 of 85"),
    ]
    one, first = _walk(82, 222, (0.25, 0.25, 0.25, 0.25))
    four, second = _walk(222, 222, (64 / 85, 16 / 85, 4 / 85, 1 / 85))
    parts += one + four + _lens(222, 222, (64 / 85, 16 / 85, 4 / 85, 1 / 85))
    parts += [
        s.label(70, 262, f"sum: {first:.2f} σ", colour=s.HEATER),
        s.label(252, 262, f"sum: {second:.2f} σ", colour=s.HEATER),
        s.label(WIDTH / 2, 290, "independent errors add at right angles", "middle"),
        s.line((18, 60), (430, 60), colour=s.FAINT, width=1),
    ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
