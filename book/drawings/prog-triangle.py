"""The error at the first read as a right triangle, for the array of 2019 at half of its range."""

import style as s

WIDTH, HEIGHT = 440, 180
LONG = 372  # px, of the whole spread
SHARE = 0.03  # of the loop in the variance


def svg() -> str:
    """Return the drawing."""
    loop, relax = LONG * SHARE**0.5, LONG * (1 - SHARE) ** 0.5
    x, y = 30, 108
    corner = (x + relax, y)
    body = [
        s.line((x, y), corner, (x + relax, y - loop), colour=s.INK, closed=True, fill="none"),
        s.line((x, y), corner, colour=s.GLASS, width=3.5),
        s.line(corner, (x + relax, y - loop), colour=s.DIGITAL, width=3.5),
        s.line((x, y), (x + relax, y - loop), colour=s.INK, width=3.5),
        s.line((corner[0] - 10, y), (corner[0] - 10, y - 10), (corner[0], y - 10), colour=s.FAINT),
        s.label(
            x + relax / 2,
            y + 26,
            "what happens after the loop, σ_{relax}",
            "middle",
            colour=s.GLASS,
        ),
        s.label(corner[0] + 8, y - loop - 14, "the loop, σ_{loop}", "end", colour=s.DIGITAL),
        s.label(x + relax / 2 - 30, y - loop / 2 - 24, "first read, σ_P", "middle", colour=s.INK),
        s.label(x, y + 58, "A perfect loop would hardly shorten the longest side."),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
