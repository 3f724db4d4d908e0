"""A pair of devices that should hold a weight of 0.6, with one of them stuck."""

from style import CRYSTAL, CRYSTAL_FILL, HEATER, HEATER_FILL, INK, box, label, line, svg_document

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
            label(x, top, f"({name}) {words}"),
            line((x, floor), (x + 150, floor), colour=INK, width=1.2),
        ]
        for k, (value, wanted) in enumerate(((plus, WEIGHT), (minus, 0.0))):
            left = x + 26 + 62 * k
            broken = k == stuck
            if value:
                body.append(
                    box(
                        left,
                        floor - FULL * value,
                        34,
                        FULL * value,
                        fill=HEATER_FILL if broken else CRYSTAL_FILL,
                        colour=HEATER if broken else CRYSTAL,
                    )
                )
            if broken:
                y = floor - FULL * value
                body.append(line((left - 6, y), (left + 40, y), colour=HEATER, width=3.5))
            if broken and wanted != value:
                y = floor - FULL * wanted
                body.append(line((left - 6, y), (left + 40, y), colour=INK, dashed=True))
            body.append(label(left + 17, floor + 18, ("G⁺", "G⁻")[k], anchor="middle"))
        weight = plus - minus
        found = f"{weight:.1f}".replace("-", "−").replace(".0", "")
        error = abs(weight - WEIGHT)
        body.append(
            label(
                x,
                floor + 42,
                f"weight {found}, error {error:.1f}".replace(".0", ""),
                bold=True,
                colour=HEATER if error > 0.01 else INK,
            )
        )
    return svg_document(WIDTH, HEIGHT, *body)
