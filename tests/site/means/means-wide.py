"""A drawing that does not fit a phone at a legible size."""

import style as s


def svg() -> str:
    return s.svg_document(
        620,
        80,
        s.box(5, 5, 610, 70, fill=s.GLASS_FILL, colour=s.GLASS),
        s.label(20, 45, "G_{11} = 10^{-6} S"),
    )
