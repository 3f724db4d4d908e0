"""What drift makes of a weight and of a zero: equal exponents against unequal ones."""

from style import DIGITAL, GLASS, GLASS_FILL, HEATER, INK, box, label, line, svg_document

WIDTH, HEIGHT = 440, 456
PER_UNIT = 10.5  # px
COLUMNS = (92, 210, 338)  # first read, a day later, after the factor
COMMON = 0.7
ROWS = (("equal exponents", 0.7, 0.7, 40), ("unequal exponents", 0.8, 0.6, 270))
WEIGHTS = ((10.0, 4.0), (7.0, 7.0))


def pair(x: float, floor: float, plus: float, minus: float) -> list[str]:
    weight = plus - minus
    return [
        box(x - 17, floor - PER_UNIT * plus, 15, PER_UNIT * plus, fill=GLASS_FILL, colour=GLASS),
        box(x + 2, floor - PER_UNIT * minus, 15, PER_UNIT * minus, colour=GLASS),
        label(x, floor + 18, f"{weight:.1f}".rstrip("0").rstrip("."), anchor="middle", bold=True),
    ]


def svg() -> str:
    body = []
    for name, kept, kept_minus, top in ROWS:
        floor = top + 138
        body += [
            label(10, top - 16, name, bold=True, size=15),
            label(8, floor + 18, "G⁺ − G⁻"),
            line((70, floor), (WIDTH - 8, floor), colour=INK, width=1.2),
        ]
        for place, heads in zip(COLUMNS, ("first read", "a day later", "times 1/0.7"), strict=True):
            for shift, (plus, minus) in zip((0, 58), WEIGHTS, strict=True):
                up, down = 1.0, 1.0
                if heads != "first read":
                    up, down = kept, kept_minus
                if heads.startswith("times"):
                    up, down = up / COMMON, down / COMMON
                body += pair(place + shift, floor, plus * up, minus * down)
            body.append(label(place + 29, floor + 38, heads, anchor="middle"))
    body += [
        label(WIDTH - 8, 270 - 16, "neither comes back", anchor="end", colour=HEATER),
        label(WIDTH - 8, 40 - 16, "both come back", anchor="end", colour=DIGITAL),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
