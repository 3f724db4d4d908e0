"""Three areas of one chip, to scale, and the throughput divided by each of them."""

import math

from style import (
    BIT_LINE,
    CRYSTAL,
    CRYSTAL_FILL,
    FAINT,
    METAL,
    METAL_FILL,
    OXIDE_FILL,
    arrow,
    box,
    label,
    line,
    svg_document,
)

from aimc.published import fact

WIDTH, HEIGHT = 446, 290
LEFT, BOTTOM, UNIT = 12, 268, 19  # px; px for a millimetre


def svg() -> str:
    """Return the drawing."""
    cores = fact("A002").number
    throughput = fact("A031").number  # TOPS, one-phase read
    areas = (
        ("the die", fact("A004").number, METAL, OXIDE_FILL),
        ("64 cores", cores * fact("A005").number, FAINT, METAL_FILL),
        ("their crossbars", cores * fact("A006").number, CRYSTAL, CRYSTAL_FILL),
    )
    parts = [label(306, 22, "mm^2"), label(350, 22, "TOPS/mm^2", colour=BIT_LINE, bold=True)]
    for k, (name, area, colour, fill) in enumerate(areas):
        side = UNIT * math.sqrt(area)
        top = BOTTOM - side
        parts.append(box(LEFT, top, side, side, fill=fill, colour=colour, stroke=1.8))
        parts.append(label(LEFT + 8, top + 20, name, bold=True, halo=True))
        if k == len(areas) - 1:
            parts.append(label(LEFT + 8, top + 38, "with converters", halo=True))
        y = max(top + 16, 46)
        parts.append(line((LEFT + side, y), (288, y), colour=FAINT, dashed=True, width=1.2))
        parts.append(arrow((286, y), (298, y), colour=FAINT, head=6))
        parts.append(label(306, y + 5, f"{area:.0f}"))
        parts.append(label(350, y + 5, f"{throughput / area:.2f}", colour=BIT_LINE, bold=True))
    return svg_document(WIDTH, HEIGHT, *parts)
