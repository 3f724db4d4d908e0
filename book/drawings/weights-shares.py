"""Four copies against four digits: the share of each pair in the weight, and the error left."""

import math

from style import (
    CRYSTAL,
    CRYSTAL_FILL,
    OXIDE,
    OXIDE_FILL,
    box,
    label,
    svg_document,
)

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
        parts.append(label(LEFT, top - 8, title, bold=True))
        x = float(LEFT)
        for share in shares:
            width = FULL * share
            parts.append(box(x, top, width, THICK, fill=CRYSTAL_FILL, colour=CRYSTAL))
            if share > 0.1:
                parts.append(label(x + width / 2, top + 20, f"{share:.2f}", anchor="middle"))
            x += width
        parts.append(
            box(LEFT, top + 40, 0.6 * FULL * error, 20, fill=OXIDE_FILL, colour=OXIDE, stroke=1.2)
        )
        parts.append(label(LEFT + 0.6 * FULL * error + 8, top + 55, f"error {error:.2f} σ"))
    return svg_document(WIDTH, HEIGHT, *parts)
