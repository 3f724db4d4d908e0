"""The dome after one pulse, along the programming curve."""

import style as s

WIDTH, HEIGHT = 440, 316
CELL, LAYER, STEM = 74, 44, 22
PLACES = (14, 100, 186, 272, 358)
FROM_RESET, FROM_SET = (28, 17, 0, 15, 28), (0, 0, 0, 15, 28)  # radius of the dome
MELTING = 266


def _cell(x: float, y: float, radius: float) -> list[str]:
    middle = x + CELL / 2
    body = [s.box(x, y, CELL, LAYER, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL)]
    if radius:
        r = s.number(radius)
        path = f"M{s.number(middle - radius)} {s.number(y + LAYER)}A{r} {r} 0 0 1 "
        path += f"{s.number(middle + radius)} {s.number(y + LAYER)}Z"
        body.append(s.tag("path", d=path, fill=s.GLASS_FILL, stroke=s.GLASS, stroke_width=1.4))
    body.append(s.box(middle - 8, y + LAYER, 16, STEM, fill=s.HEATER_FILL, colour=s.HEATER))
    return body


def svg() -> str:
    """Return the drawing."""
    body = []
    rows = ((46, "from fully RESET", FROM_RESET), (166, "from fully SET", FROM_SET))
    for top, words, radii in rows:
        body.append(s.label(14, top - 10, words, bold=True))
        for x, radius in zip(PLACES, radii, strict=True):
            body += _cell(x, top, radius)
    body += [
        s.line((MELTING, 26), (MELTING, 262), colour=s.HEATER, dashed=True),
        s.label(MELTING + 6, 24, "melting begins", colour=s.HEATER),
        s.arrow((14, 262), (432, 262), colour=s.FAINT),
        s.label(14, 282, "too cold"),
        s.label(143, 282, "growth window:\nthe dome shrinks"),
        s.label(285, 282, "melt: what was\nbefore is erased"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
