"""The two parts of an error as legs of a right triangle, one in the plane of all matrices."""

from style import (
    BIT_LINE,
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    GLASS,
    HEATER,
    INK,
    arrow,
    dot,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 446, 292
EXACT, BEST, MEASURED = (96, 196), (292, 222), (292, 74)


def svg() -> str:
    """Return the drawing."""
    corner = 11
    return svg_document(
        WIDTH,
        HEIGHT,
        line((8, 248), (84, 160), (438, 160), (362, 248), fill=CRYSTAL_FILL, closed=True),
        label(18, 272, "all that a matrix can make of these inputs, X M^T", colour=CRYSTAL),
        line(
            (BEST[0] - corner, BEST[1] - 1.5),
            (BEST[0] - corner, BEST[1] - corner - 1.5),
            (BEST[0], BEST[1] - corner),
            colour=INK,
            width=1.2,
        ),
        arrow(EXACT, BEST, colour=BIT_LINE, width=2.6),
        arrow(BEST, MEASURED, colour=GLASS, width=2.6),
        arrow(EXACT, MEASURED, colour=HEATER, width=2.6),
        dot(*EXACT, 5, DIGITAL),
        dot(*BEST, 5, INK),
        dot(*MEASURED, 5, INK),
        label(88, 190, "exact, Y", anchor="end", colour=DIGITAL, bold=True, halo=True),
        label(304, 226, "best matrix", halo=True),
        label(304, 70, "measured, Ŷ", bold=True),
        label(196, 232, "linear", anchor="middle", colour=BIT_LINE, bold=True, halo=True),
        label(302, 140, "residual", colour=GLASS, bold=True),
        label(182, 124, "error", anchor="end", colour=HEATER, bold=True),
    )
