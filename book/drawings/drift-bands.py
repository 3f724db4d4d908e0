"""Conduction by activation: what relaxation does to the gap that charge has to jump."""

import style as s

WIDTH, HEIGHT = 440, 300
LEVEL = 214  # of the traps
SCATTER = (0, 5, -4, 3, -6, 2)


def carrier(x: float, y: float, moving: bool) -> str:
    body = s.tag(
        "circle",
        cx=x,
        cy=y,
        r=5.5,
        fill=s.INK if moving else s.PAPER,
        stroke=s.INK,
        stroke_width=1.5,
    )
    return body + (s.arrow((x + 7, y), (x + 27, y)) if moving else "")


def panel(x: float, edge: float, title: str, gap: str, free: tuple[float, ...]) -> list[str]:
    """Return one glass: `edge` is where free movement begins, `free` the places of free charge."""
    width = 178
    body = [
        s.label(x + width / 2, 26, title, "middle", bold=True),
        s.box(x, edge - 40, width, 40, fill=s.GLASS_FILL, colour="none"),
        s.line((x, edge), (x + width, edge), colour=s.GLASS, width=2.4),
        s.arrow((x + 146, LEVEL), (x + 146, edge + 2), colour=s.HEATER),
        s.line((x + 128, LEVEL), (x + width, LEVEL), colour=s.FAINT, width=1.2, dashed=True),
        s.label(x + 138, (LEVEL + edge) / 2 + 5, gap, "end", colour=s.HEATER, bold=True),
    ]
    for k, up in enumerate(SCATTER):
        place = x + 8 + 21 * k
        body += [
            s.line((place - 7, LEVEL + up), (place + 7, LEVEL + up), width=2),
            carrier(place, LEVEL + up - 8, False),
        ]
    body += [carrier(x + place, edge - 20, True) for place in free]
    return body


def svg() -> str:
    body = [
        s.arrow((18, 270), (18, 46)),
        s.label(12, 36, "energy"),
        *panel(46, 118, "soon after the pulse", "Eₐ", (18, 72, 126)),
        *panel(250, 92, "long after it", "Eₐ + change", (72,)),
        s.line((224, 118), (428, 118), colour=s.GLASS, width=1.2, dashed=True),
        carrier(54, 253, False),
        s.label(68, 258, "charge that is caught in its place"),
        carrier(54, 277, True),
        s.label(90, 282, "charge that is free to move"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
