"""The legs of the error triangle by their names: what is linear, and what is left over."""

import math

import style as s

WIDTH, HEIGHT = 446, 268
# per cent of the size of the outputs: two devices, a day after programming, with the best factor
LINEAR = (
    ("programming", 7.40, s.WORD_LINE_FILL),
    ("slow read noise", 6.83, s.GLASS_FILL),
    ("drift", 4.80, s.GLASS),
    ("wires", 1.63, s.METAL_FILL),
)
RESIDUAL = (("fast read noise", 3.05, s.PAPER), ("converters", 0.39, s.BIT_LINE_FILL))
LEFT, RIGHT, BASE, UNIT = 18, 258, 92, 18.6  # px, px for a per cent


def _total(parts: tuple) -> float:
    return math.sqrt(sum(size**2 for _, size, _ in parts))


def _bar(parts: tuple, left: float, top: float, width: float, colour: str) -> str:
    """Return the parts of a leg as shares of its square, named in a list below."""
    whole, x, shapes = _total(parts) ** 2, left, []
    for _, size, fill in parts:
        share = width * size**2 / whole
        shapes.append(s.box(x, top, share, 18, fill=fill, colour=colour, stroke=1))
        x += share
    for k, (name, size, fill) in enumerate(parts):
        y = top + 46 + 22 * k
        shapes += [
            s.box(left, y - 11, 12, 12, fill=fill, colour=colour, stroke=1),
            s.label(left + 20, y, f"{name}, {100 * size**2 / whole:.0f}% ({size:.1f})"),
        ]
    return "".join(shapes)


def svg() -> str:
    """Return the drawing."""
    linear, residual = _total(LINEAR), _total(RESIDUAL)
    right, top = LEFT + UNIT * linear, BASE - UNIT * residual
    return s.svg_document(
        WIDTH,
        HEIGHT,
        s.line((LEFT, BASE), (right, BASE), (right, top), fill=s.OXIDE_FILL, closed=True),
        s.line((LEFT, BASE), (right, BASE), colour=s.WORD_LINE, width=3.4),
        s.line((right, BASE), (right, top), colour=s.METAL, width=3.4),
        s.line((LEFT, BASE), (right, top), colour=s.INK, width=3.4),
        s.line(
            (right - 9, BASE), (right - 9, BASE - 9), (right, BASE - 9), colour=s.FAINT, width=1.2
        ),
        s.label(
            (LEFT + right) / 2, BASE + 20, f"linear, {linear:.1f}%", colour=s.WORD_LINE, bold=True
        ),
        s.label(
            right + 8, (BASE + top) / 2 + 5, f"residual, {residual:.1f}%", colour=s.METAL, bold=True
        ),
        s.label(
            (LEFT + right) / 2 - 12,
            (BASE + top) / 2 - 10,
            f"total, {math.hypot(linear, residual):.1f}%",
            "end",
            colour=s.INK,
            bold=True,
        ),
        s.label(LEFT, BASE + 48, "shares of the squares:", colour=s.INK),
        _bar(LINEAR, LEFT, BASE + 58, right - LEFT, s.WORD_LINE),
        _bar(RESIDUAL, right + 16, BASE + 58, 150, s.METAL),
    )
