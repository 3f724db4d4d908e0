"""Four kinds of phase-change cells in cross-section."""

import style as s

WIDTH, HEIGHT = 440, 206
WIDE, TOP, ROOF, LAYER, STEM = 98, 28, 18, 58, 54
LEFTS = (4, 116, 228, 340)
NAMES = ("mushroom", "with a liner", "line, bridge", "confined")


def _half_disc(x: float, y: float, radius: float) -> str:
    r = s.number(radius)
    path = f"M{s.number(x - radius)} {s.number(y)}A{r} {r} 0 0 1 {s.number(x + radius)} "
    path += f"{s.number(y)}Z"
    return s.tag("path", d=path, fill=s.GLASS_FILL, stroke=s.GLASS, stroke_width=1.4)


def _mushroom(x: float, liner: bool) -> list[str]:
    middle, joint = x + WIDE / 2, TOP + ROOF + LAYER
    low = joint + (7 if liner else 0)
    body = [
        s.box(x, TOP + ROOF, WIDE, LAYER, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL),
        _half_disc(middle, joint, 28),
        s.box(x, low, WIDE, joint + STEM - low, fill=s.OXIDE_FILL, colour=s.FAINT),
        s.box(middle - 9, low, 18, joint + STEM - low, fill=s.HEATER_FILL, colour=s.HEATER),
    ]
    if liner:
        body.append(s.box(x, joint, WIDE, 7, fill=s.DIGITAL_FILL, colour=s.DIGITAL))
    return body


def _electrodes(x: float) -> list[str]:
    return [
        s.box(x, y, WIDE, ROOF, fill=s.METAL_FILL, colour=s.METAL)
        for y in (TOP, TOP + ROOF + LAYER + STEM)
    ]


def svg() -> str:
    """Return the drawing."""
    inner, tall = TOP + ROOF, LAYER + STEM
    body = [
        s.label(x + WIDE / 2, 18, name, "middle", bold=True)
        for x, name in zip(LEFTS, NAMES, strict=True)
    ]
    body += [*_electrodes(LEFTS[0]), *_mushroom(LEFTS[0], False)]
    body += [*_electrodes(LEFTS[1]), *_mushroom(LEFTS[1], True)]
    x, y = LEFTS[2], inner + tall / 2
    body += [
        s.box(x, TOP, WIDE, tall + 2 * ROOF, fill=s.OXIDE_FILL, colour=s.FAINT),
        s.box(x, y - 22, 24, 44, fill=s.METAL_FILL, colour=s.METAL),
        s.box(x + WIDE - 24, y - 22, 24, 44, fill=s.METAL_FILL, colour=s.METAL),
        s.box(x + 24, y - 7, WIDE - 48, 14, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL),
        s.box(x + 37, y - 7, WIDE - 74, 14, fill=s.GLASS_FILL, colour=s.GLASS),
    ]
    x = LEFTS[3]
    body += [
        *_electrodes(x),
        s.box(x, inner, WIDE, tall, fill=s.OXIDE_FILL, colour=s.FAINT),
        s.box(x + WIDE / 2 - 13, inner, 26, tall, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL),
        s.box(x + WIDE / 2 - 13, y - 18, 26, 36, fill=s.GLASS_FILL, colour=s.GLASS),
    ]
    foot = inner + tall + ROOF + 20
    words = (
        ("glass", s.GLASS),
        ("crystal", s.CRYSTAL),
        ("heater", s.HEATER),
        ("liner", s.DIGITAL),
        ("metal", s.METAL),
    )
    for place, (word, colour) in zip((4, 74, 160, 242, 312), words, strict=True):
        body += [
            s.box(place, foot - 11, 12, 12, fill=colour, colour=colour),
            s.label(place + 18, foot, word),
        ]
    return s.svg_document(WIDTH, HEIGHT, *body)
