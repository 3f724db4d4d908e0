"""Why the first errors cost little: margins of pictures, and the bell of an error."""

import math

import style as s

WIDTH, HEIGHT = 440, 318
ZERO, UNIT = 96, 62  # px of a margin of zero, and of one
MARGINS = (0.4, 0.75, 1.0, 1.2, 1.4, 1.6, 1.9, 2.1, 2.4, 2.7, 3.0, 3.25, 3.6, 4.2)


def panel(base: float, sigma: float, title: str) -> list[str]:
    """Return a row of pictures by their margins; those that the error reaches may change sides."""
    reach = 2 * sigma
    body = [s.label(8, base - 96, title, bold=True)]
    bell = [
        (ZERO + UNIT * u, base - 62 * math.exp(-0.5 * (u / sigma) ** 2))
        for u in [reach * 1.5 * (k / 40 - 1) for k in range(81)]
        if ZERO + UNIT * u > 6
    ]
    body.append(
        s.line(
            (bell[0][0], base),
            *bell,
            (bell[-1][0], base),
            colour=s.HEATER,
            fill=s.HEATER_FILL,
            closed=True,
        )
    )
    body.append(s.arrow((6, base), (432, base), colour=s.INK))
    body.append(s.line((ZERO, base + 8), (ZERO, base - 84), colour=s.FAINT, dashed=True))
    for m in MARGINS:
        near = m < reach
        body.append(s.dot(ZERO + UNIT * m, base, 5, s.BIT_LINE if near else s.DIGITAL))
    flipped = sum(m < reach for m in MARGINS)
    body.append(
        s.label(ZERO + UNIT * reach + 22, base - 30, f"within reach: {flipped} of {len(MARGINS)}")
    )
    return body


def svg() -> str:
    body = [
        *panel(122, 0.25, "A small error"),
        *panel(268, 0.75, "Three times the error"),
        s.label(ZERO, 298, "0", "middle"),
        s.label(432, 298, "margin of the right class", "end"),
        s.label(ZERO - 14, 298, "wrong", "end", colour=s.BIT_LINE),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
