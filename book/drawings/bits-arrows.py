"""Why equal shares are best: four errors of one size, weighed equally and by powers of two."""

import style as s

WIDTH, HEIGHT = 445, 272
UNIT = 215.0  # px, an error of full weight


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
    one, first = _walk(82, 192, (0.25, 0.25, 0.25, 0.25))
    four, second = _walk(236, 192, (64 / 85, 16 / 85, 4 / 85, 1 / 85))
    parts += one + four
    parts += [
        s.label(70, 234, f"sum: {first:.2f} σ", colour=s.HEATER),
        s.label(262, 234, f"sum: {second:.2f} σ", colour=s.HEATER),
        s.label(WIDTH / 2, 262, "independent errors add at right angles", "middle"),
        s.line((18, 60), (430, 60), colour=s.FAINT, width=1),
    ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
