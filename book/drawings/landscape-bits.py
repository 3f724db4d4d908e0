"""What one multiplication contains: a grid of one-bit products."""

import style as s

WIDTH, HEIGHT = 446, 226
CELL, FLOOR = 17, 158
CASES = ((1, "1 bit × 1 bit", 70), (4, "4 bits × 4 bits", 202), (8, "8 bits × 8 bits", 358))


def svg() -> str:
    """Return the drawing."""
    parts = []
    for bits, words, middle in CASES:
        left, top = middle - CELL * bits / 2, FLOOR - CELL * bits
        for row in range(bits):
            for column in range(bits):
                x, y = left + CELL * column, top + CELL * row
                parts.append(
                    s.box(x, y, CELL, CELL, fill=s.DIGITAL_FILL, colour=s.DIGITAL, stroke=1)
                )
        parts += [
            s.label(middle, FLOOR + 24, words, "middle", bold=True),
            s.label(middle, FLOOR + 44, f"{bits * bits} one-bit", "middle"),
            s.label(middle, FLOOR + 61, "products" if bits > 1 else "product", "middle"),
        ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
