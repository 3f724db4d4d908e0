"""The two parts of an error as legs of a right triangle, one in the plane of all matrices."""

import style as s

WIDTH, HEIGHT = 446, 292
EXACT, BEST, MEASURED = (96, 196), (292, 222), (292, 74)


def svg() -> str:
    """Return the drawing."""
    corner = 11
    return s.svg_document(
        WIDTH,
        HEIGHT,
        s.line((8, 248), (84, 160), (438, 160), (362, 248), fill=s.CRYSTAL_FILL, closed=True),
        s.label(18, 272, "all that a matrix can make of these inputs, X M^T", colour=s.CRYSTAL),
        s.line(
            (BEST[0] - corner, BEST[1] - 1.5),
            (BEST[0] - corner, BEST[1] - corner - 1.5),
            (BEST[0], BEST[1] - corner),
            colour=s.INK,
            width=1.2,
        ),
        s.arrow(EXACT, BEST, colour=s.BIT_LINE, width=2.6),
        s.arrow(BEST, MEASURED, colour=s.GLASS, width=2.6),
        s.arrow(EXACT, MEASURED, colour=s.HEATER, width=2.6),
        s.dot(*EXACT, 5, s.DIGITAL),
        s.dot(*BEST, 5, s.INK),
        s.dot(*MEASURED, 5, s.INK),
        s.label(88, 190, "exact, Y", "end", colour=s.DIGITAL, bold=True, halo=True),
        s.label(304, 226, "best matrix", halo=True),
        s.label(304, 70, "measured, Ŷ", bold=True),
        s.label(196, 232, "linear", "middle", colour=s.BIT_LINE, bold=True, halo=True),
        s.label(302, 140, "residual", colour=s.GLASS, bold=True),
        s.label(182, 124, "error", "end", colour=s.HEATER, bold=True),
    )
