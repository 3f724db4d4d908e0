"""The current of a melting pulse chooses the dome, and the dome the conductance."""

import math

import style as s

WIDTH, HEIGHT = 440, 310
LEFT, RIGHT, FLOOR, TOP = 40, 430, 268, 150
HALF, STEEP = 232, 24  # px: where the curve is at one half, and how wide it falls
PLACES, RADII = (76, 186, 286, 386), (0, 6, 20, 30)
CELL, LAYER, STEM, ROOF = 82, 44, 20, 34


def _curve(x: float) -> float:
    return FLOOR - 6 - (FLOOR - TOP - 6) / (1 + math.exp((x - HALF) / STEEP))


def _cell(middle: float, radius: float) -> list[str]:
    x, joint = middle - CELL / 2, ROOF + LAYER
    body = [s.box(x, ROOF, CELL, LAYER, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL)]
    if radius:
        r, left, right = s.number(radius), s.number(middle - radius), s.number(middle + radius)
        path = f"M{left} {s.number(joint)}A{r} {r} 0 0 1 {right} {s.number(joint)}Z"
        body.append(s.tag("path", d=path, fill=s.GLASS_FILL, stroke=s.GLASS, stroke_width=1.4))
    body.append(s.box(middle - 8, joint, 16, STEM, fill=s.HEATER_FILL, colour=s.HEATER))
    return body


def svg() -> str:
    """Return the drawing."""
    points = [(x, _curve(x)) for x in range(LEFT + 4, RIGHT - 4, 3)]
    body = [
        s.arrow((LEFT, FLOOR), (LEFT, TOP - 22), colour=s.FAINT),
        s.arrow((LEFT, FLOOR), (RIGHT, FLOOR), colour=s.FAINT),
        s.label(LEFT - 10, TOP + 4, "G", "end"),
        s.label(RIGHT, FLOOR + 20, "current of the pulse", "end"),
        s.line(*points, width=2.4),
        s.label(PLACES[0], 22, "SET", "middle", bold=True),
        s.label(PLACES[-1], 22, "RESET", "middle", bold=True),
    ]
    for x, radius in zip(PLACES, RADII, strict=True):
        body += _cell(x, radius)
        body += [
            s.line((x, ROOF + LAYER + STEM + 6), (x, _curve(x) - 6), colour=s.FAINT, dashed=True),
            s.dot(x, _curve(x), 5, s.GLASS if radius else s.CRYSTAL),
        ]
    return s.svg_document(WIDTH, HEIGHT, *body)
