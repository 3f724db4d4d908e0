"""Four copies against four digits: the share of each pair in the weight, and the error left."""

import math

import style as s

WIDTH, HEIGHT = 400, 236
LEFT, FULL, THICK = 12, 376, 30  # px: the whole weight, and the thickness of a bar
ROWS = (
    (30, "four copies: a quarter each", (0.25, 0.25, 0.25, 0.25)),
    (136, "four digits of base 4", (192 / 255, 48 / 255, 12 / 255, 3 / 255)),
)


def svg() -> str:
    """Return the drawing."""
    parts = []
    for top, title, shares in ROWS:
        error = math.hypot(*shares)  # independent errors of equal size, each with its share
        parts.append(s.label(LEFT, top - 8, title, bold=True))
        x = float(LEFT)
        for share in shares:
            width = FULL * share
            parts.append(s.box(x, top, width, THICK, fill=s.WORD_LINE_FILL, colour=s.WORD_LINE))
            if share > 0.1:
                parts.append(s.label(x + width / 2, top + 20, f"{share:.2f}", "middle"))
            x += width
        parts.append(
            s.box(
                LEFT,
                top + 40,
                0.6 * FULL * error,
                20,
                fill=s.OXIDE_FILL,
                colour=s.OXIDE,
                stroke=1.2,
            )
        )
        parts.append(s.label(LEFT + 0.6 * FULL * error + 8, top + 55, f"error {error:.2f} σ"))
    return s.svg_document(WIDTH, HEIGHT, *parts)
