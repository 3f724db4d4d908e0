"""A drawing that does not fit a phone at a legible size."""

from style import GLASS, GLASS_FILL, box, label, svg_document


def svg() -> str:
    return svg_document(
        620,
        80,
        box(5, 5, 610, 70, fill=GLASS_FILL, colour=GLASS),
        label(20, 45, "G_{11} = 10^{-6} S"),
    )
