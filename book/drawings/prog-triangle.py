"""The error at the first read as a right triangle, for the array of 2019 at half of its range."""

from style import FAINT, GLASS, HEATER, INK, WORD_LINE, label, line, svg_document

WIDTH, HEIGHT = 440, 180
LONG = 372  # px, of the whole spread
SHARE = 0.03  # of the loop in the variance


def svg() -> str:
    """Return the drawing."""
    loop, relax = LONG * SHARE**0.5, LONG * (1 - SHARE) ** 0.5
    x, y = 30, 108
    corner = (x + relax, y)
    body = [
        line((x, y), corner, (x + relax, y - loop), colour=INK, closed=True, fill="none"),
        line((x, y), corner, colour=GLASS, width=3.5),
        line(corner, (x + relax, y - loop), colour=WORD_LINE, width=3.5),
        line((x, y), (x + relax, y - loop), colour=HEATER, width=3.5),
        line((corner[0] - 10, y), (corner[0] - 10, y - 10), (corner[0], y - 10), colour=FAINT),
        label(
            x + relax / 2,
            y + 26,
            "what happens after the loop, σ_{relax}",
            anchor="middle",
            colour=GLASS,
        ),
        label(corner[0] + 8, y - loop - 14, "the loop, σ_{loop}", anchor="end", colour=WORD_LINE),
        label(
            x + relax / 2 - 30, y - loop / 2 - 24, "first read, σ_P", anchor="middle", colour=HEATER
        ),
        label(x, y + 58, "A perfect loop would hardly shorten the slope."),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
