"""The dome after one pulse, along the programming curve."""

from style import (
    CRYSTAL,
    CRYSTAL_FILL,
    FAINT,
    GLASS,
    GLASS_FILL,
    HEATER,
    HEATER_FILL,
    arrow,
    box,
    label,
    line,
    number,
    svg_document,
    tag,
)

WIDTH, HEIGHT = 440, 316
CELL, LAYER, STEM = 74, 44, 22
PLACES = (14, 100, 186, 272, 358)
FROM_RESET, FROM_SET = (28, 17, 0, 15, 28), (0, 0, 0, 15, 28)  # radius of the dome
MELTING = 266


def _cell(x: float, y: float, radius: float) -> list[str]:
    middle = x + CELL / 2
    body = [box(x, y, CELL, LAYER, fill=CRYSTAL_FILL, colour=CRYSTAL)]
    if radius:
        r = number(radius)
        path = f"M{number(middle - radius)} {number(y + LAYER)}A{r} {r} 0 0 1 "
        path += f"{number(middle + radius)} {number(y + LAYER)}Z"
        body.append(tag("path", d=path, fill=GLASS_FILL, stroke=GLASS, stroke_width=1.4))
    body.append(box(middle - 8, y + LAYER, 16, STEM, fill=HEATER_FILL, colour=HEATER))
    return body


def svg() -> str:
    """Return the drawing."""
    body = []
    rows = ((46, "from fully RESET", FROM_RESET), (166, "from fully SET", FROM_SET))
    for top, words, radii in rows:
        body.append(label(14, top - 10, words, bold=True))
        for x, radius in zip(PLACES, radii, strict=True):
            body += _cell(x, top, radius)
    body += [
        line((MELTING, 26), (MELTING, 262), colour=HEATER, dashed=True),
        label(MELTING + 6, 24, "melting begins", colour=HEATER),
        arrow((14, 262), (432, 262), colour=FAINT),
        label(14, 282, "too cold"),
        label(143, 282, "growth window:\nthe dome shrinks"),
        label(285, 282, "melt: what was\nbefore is erased"),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
