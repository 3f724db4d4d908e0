"""A pair of devices that should hold a weight of 0.6, with one of them stuck."""

import style as s

WIDTH, HEIGHT = 440, 404
FULL = 84  # px, of the largest conductance
WEIGHT = 0.6
CASES = (  # place, words, G+, G-, which is stuck
    (0, 0, "a", "in use, stuck in RESET", 0.0, 0.0, 0),
    (1, 0, "b", "in use, stuck in SET", 1.0, 0.0, 0),
    (0, 1, "c", "other, stuck in RESET", WEIGHT, 0.0, 1),
    (1, 1, "d", "other, stuck in SET", WEIGHT, 1.0, 1),
)


def svg() -> str:
    """Return the drawing."""
    body = []
    for column, row, name, words, plus, minus, stuck in CASES:
        x, top = 12 + 218 * column, 26 + 200 * row
        floor = top + 24 + FULL
        body += [
            s.label(x, top, f"({name}) {words}"),
            s.line((x, floor), (x + 150, floor), colour=s.INK, width=1.2),
        ]
        for k, (value, wanted) in enumerate(((plus, WEIGHT), (minus, 0.0))):
            left = x + 26 + 62 * k
            broken = k == stuck
            if value:
                body.append(
                    s.box(
                        left,
                        floor - FULL * value,
                        34,
                        FULL * value,
                        fill=s.HEATER_FILL if broken else s.CRYSTAL_FILL,
                        colour=s.HEATER if broken else s.CRYSTAL,
                    )
                )
            if broken:
                y = floor - FULL * value
                body.append(s.line((left - 6, y), (left + 40, y), colour=s.HEATER, width=3.5))
            if broken and wanted != value:
                y = floor - FULL * wanted
                body.append(s.line((left - 6, y), (left + 40, y), colour=s.INK, dashed=True))
            body.append(s.label(left + 17, floor + 18, ("G⁺", "G⁻")[k], "middle"))
        weight = plus - minus
        found = f"{weight:.1f}".replace("-", "−").replace(".0", "")
        error = abs(weight - WEIGHT)
        body.append(
            s.label(
                x,
                floor + 42,
                f"weight {found}, error {error:.1f}".replace(".0", ""),
                bold=True,
                colour=s.HEATER if error > 0.01 else s.INK,
            )
        )
    return s.svg_document(WIDTH, HEIGHT, *body)
