"""Three areas of one chip, to scale, and the throughput divided by each of them."""

import math

import style as s

from aimc.published import fact

WIDTH, HEIGHT = 446, 290
LEFT, BOTTOM, UNIT = 12, 268, 19  # px; px for a millimetre


def svg() -> str:
    """Return the drawing."""
    cores = fact("A002").number
    throughput = fact("A031").number  # TOPS, one-phase read
    areas = (
        ("the die", fact("A004").number, s.METAL, s.OXIDE_FILL),
        ("64 cores", cores * fact("A005").number, s.FAINT, s.METAL_FILL),
        ("their crossbars", cores * fact("A006").number, s.WORD_LINE, s.WORD_LINE_FILL),
    )
    parts = [s.label(306, 22, "mm^2"), s.label(350, 22, "TOPS/mm^2", bold=True)]
    for k, (name, area, colour, fill) in enumerate(areas):
        side = UNIT * math.sqrt(area)
        top = BOTTOM - side
        parts.append(s.box(LEFT, top, side, side, fill=fill, colour=colour, stroke=1.8))
        parts.append(s.label(LEFT + 8, top + 20, name, bold=True, halo=True))
        if k == len(areas) - 1:
            parts.append(s.label(LEFT + 8, top + 38, "with converters", halo=True))
        y = max(top + 16, 46)
        parts.append(s.line((LEFT + side, y), (288, y), colour=s.FAINT, dashed=True, width=1.2))
        parts.append(s.arrow((286, y), (298, y), colour=s.FAINT, head=6))
        parts.append(s.label(306, y + 5, f"{area:.0f}"))
        parts.append(s.label(350, y + 5, f"{throughput / area:.2f}", bold=True))
    return s.svg_document(WIDTH, HEIGHT, *parts)
