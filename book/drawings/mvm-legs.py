"""The legs of the error triangle by their names: what is linear, and what is left over."""

import math

from style import (
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL_FILL,
    FAINT,
    GLASS,
    GLASS_FILL,
    HEATER,
    HEATER_FILL,
    INK,
    METAL_FILL,
    OXIDE_FILL,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 446, 268
# per cent of the size of the outputs: two devices, a day after programming, with the best factor
LINEAR = (
    ("programming", 7.40, CRYSTAL_FILL),
    ("slow read noise", 6.83, GLASS_FILL),
    ("drift", 4.89, HEATER_FILL),
    ("wires", 1.63, METAL_FILL),
)
RESIDUAL = (("fast read noise", 3.05, GLASS_FILL), ("converters", 0.39, DIGITAL_FILL))
LEFT, RIGHT, BASE, UNIT = 18, 258, 92, 21.2  # px, px for a per cent


def _total(parts: tuple) -> float:
    return math.sqrt(sum(size**2 for _, size, _ in parts))


def _bar(parts: tuple, left: float, top: float, width: float, colour: str) -> str:
    """Return the parts of a leg as shares of its square, named in a list below."""
    whole, x, shapes = _total(parts) ** 2, left, []
    for _, size, fill in parts:
        share = width * size**2 / whole
        shapes.append(box(x, top, share, 18, fill=fill, colour=colour, stroke=1))
        x += share
    for k, (name, size, fill) in enumerate(parts):
        y = top + 46 + 22 * k
        shapes += [
            box(left, y - 11, 12, 12, fill=fill, colour=colour, stroke=1),
            label(left + 20, y, f"{name}, {size:.1f}%"),
        ]
    return "".join(shapes)


def svg() -> str:
    """Return the drawing."""
    linear, residual = _total(LINEAR), _total(RESIDUAL)
    right, top = LEFT + UNIT * linear, BASE - UNIT * residual
    return svg_document(
        WIDTH,
        HEIGHT,
        line((LEFT, BASE), (right, BASE), (right, top), fill=OXIDE_FILL, closed=True),
        line((LEFT, BASE), (right, BASE), colour=CRYSTAL, width=3.4),
        line((right, BASE), (right, top), colour=GLASS, width=3.4),
        line((LEFT, BASE), (right, top), colour=HEATER, width=3.4),
        line((right - 9, BASE), (right - 9, BASE - 9), (right, BASE - 9), colour=FAINT, width=1.2),
        label((LEFT + right) / 2, BASE + 20, f"linear, {linear:.1f}%", colour=CRYSTAL, bold=True),
        label(
            right + 8, (BASE + top) / 2 + 5, f"residual, {residual:.1f}%", colour=GLASS, bold=True
        ),
        label(
            (LEFT + right) / 2 - 12,
            (BASE + top) / 2 - 10,
            f"total, {math.hypot(linear, residual):.1f}%",
            anchor="end",
            colour=HEATER,
            bold=True,
        ),
        label(LEFT, BASE + 48, "shares of the squares:", colour=INK),
        _bar(LINEAR, LEFT, BASE + 58, right - LEFT, CRYSTAL),
        _bar(RESIDUAL, right + 16, BASE + 58, 150, GLASS),
    )
