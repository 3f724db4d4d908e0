"""What drift makes of a weight and of a zero: equal exponents against unequal ones."""

import style as s

WIDTH, HEIGHT = 440, 456
PER_UNIT = 10.5  # px
COLUMNS = (92, 210, 338)  # first read, a day later, after the factor
COMMON = 0.7
ROWS = (("equal exponents", 0.7, 0.7, 40), ("unequal exponents", 0.8, 0.6, 270))
WEIGHTS = ((10.0, 4.0), (7.0, 7.0))


def pair(x: float, floor: float, plus: float, minus: float) -> list[str]:
    weight = plus - minus
    return [
        s.box(
            x - 17, floor - PER_UNIT * plus, 15, PER_UNIT * plus, fill=s.GLASS_FILL, colour=s.GLASS
        ),
        s.box(x + 2, floor - PER_UNIT * minus, 15, PER_UNIT * minus, colour=s.GLASS),
        s.label(x, floor + 18, f"{weight:.1f}".rstrip("0").rstrip("."), "middle", bold=True),
    ]


def svg() -> str:
    body = []
    for name, kept, kept_minus, top in ROWS:
        floor = top + 138
        body += [
            s.label(10, top - 16, name, bold=True, size=15),
            s.label(8, floor + 18, "G⁺ − G⁻"),
            s.line((70, floor), (WIDTH - 8, floor), colour=s.INK, width=1.2),
        ]
        for place, heads in zip(COLUMNS, ("first read", "a day later", "times 1/0.7"), strict=True):
            for shift, (plus, minus) in zip((0, 58), WEIGHTS, strict=True):
                up, down = 1.0, 1.0
                if heads != "first read":
                    up, down = kept, kept_minus
                if heads.startswith("times"):
                    up, down = up / COMMON, down / COMMON
                body += pair(place + shift, floor, plus * up, minus * down)
            body.append(s.label(place + 29, floor + 38, heads, "middle"))
    body += [
        s.label(WIDTH - 8, 270 - 16, "neither comes back", "end", colour=s.HEATER),
        s.label(WIDTH - 8, 40 - 16, "both come back", "end", colour=s.DIGITAL),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
