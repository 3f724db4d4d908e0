"""Why the first errors cost little: margins of pictures, and the bell of an error."""

import math

from style import (
    BIT_LINE,
    DIGITAL,
    FAINT,
    HEATER,
    HEATER_FILL,
    INK,
    arrow,
    dot,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 440, 318
ZERO, UNIT = 96, 62  # px of a margin of zero, and of one
MARGINS = (0.4, 0.75, 1.0, 1.2, 1.4, 1.6, 1.9, 2.1, 2.4, 2.7, 3.0, 3.25, 3.6, 4.2)


def panel(base: float, sigma: float, title: str) -> list[str]:
    """Return a row of pictures by their margins; those that the error reaches may change sides."""
    reach = 2 * sigma
    body = [label(8, base - 96, title, bold=True)]
    bell = [
        (ZERO + UNIT * u, base - 62 * math.exp(-0.5 * (u / sigma) ** 2))
        for u in [reach * 1.5 * (k / 40 - 1) for k in range(81)]
        if ZERO + UNIT * u > 6
    ]
    body.append(
        line(
            (bell[0][0], base),
            *bell,
            (bell[-1][0], base),
            colour=HEATER,
            fill=HEATER_FILL,
            closed=True,
        )
    )
    body.append(arrow((6, base), (432, base), colour=INK))
    body.append(line((ZERO, base + 8), (ZERO, base - 84), colour=FAINT, dashed=True))
    for m in MARGINS:
        near = m < reach
        body.append(dot(ZERO + UNIT * m, base, 5, BIT_LINE if near else DIGITAL))
    flipped = sum(m < reach for m in MARGINS)
    body.append(
        label(ZERO + UNIT * reach + 22, base - 30, f"within reach: {flipped} of {len(MARGINS)}")
    )
    return body


def svg() -> str:
    body = [
        *panel(122, 0.25, "A small error"),
        *panel(268, 0.75, "Three times the error"),
        label(ZERO, 298, "0", anchor="middle"),
        label(432, 298, "margin of the right class", anchor="end"),
        label(ZERO - 14, 298, "wrong", anchor="end", colour=BIT_LINE),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
