"""Contrast: a chip whose activations leave it, and a mesh on which they stay."""

from style import (
    BIT_LINE,
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    FAINT,
    HEATER,
    METAL,
    METAL_FILL,
    arrow,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 446, 424
SITE, GAP = 26, 8


def site(x: float, y: float, unit: bool) -> str:
    if unit:
        return box(x, y, SITE, SITE, fill=DIGITAL_FILL, colour=DIGITAL, radius=3)
    return box(x, y, SITE, SITE, fill=CRYSTAL_FILL, colour=CRYSTAL, radius=3)


def grid(x: float, y: float, rows: int, columns: int, units: tuple[int, ...]) -> list[str]:
    step, parts = SITE + GAP, []
    for i in range(rows):
        for j in range(columns):
            left, top = x + step * j, y + step * i
            if j + 1 < columns and units:
                parts.append(line((left + SITE, top + 13), (left + step, top + 13), colour=FAINT))
            if i + 1 < rows and units:
                parts.append(line((left + 13, top + SITE), (left + 13, top + step), colour=FAINT))
            parts.append(site(left, top, j in units))
    return parts


def svg() -> str:
    """Return the drawing."""
    step = SITE + GAP
    left, top = 24, 40
    body = [
        label(left, 22, "the chip of part 3", bold=True),
        box(left - 12, top - 10, 4 * step + 16, 4 * step + 16, colour=FAINT, radius=6),
        *grid(left, top, 4, 4, ()),
        box(248, 60, 176, 96, fill=METAL_FILL, colour=METAL, radius=6),
        label(336, 84, "board beside it", anchor="middle", colour=METAL, bold=True),
        label(336, 106, "activation, pooling,", anchor="middle"),
        label(336, 124, "attention, and the way", anchor="middle"),
        label(336, 142, "to the next layer", anchor="middle"),
        arrow((left + 4 * step + 6, 86), (246, 86), colour=HEATER, width=2.2),
        arrow((246, 132), (left + 4 * step + 6, 132), colour=HEATER, width=2.2),
        label(206, 76, "out", anchor="middle", colour=HEATER),
        label(206, 122, "in", anchor="middle", colour=HEATER),
    ]
    low = 228
    body += [
        label(left, low - 18, "a mesh with digital units", bold=True),
        box(left - 12, low - 8, 8 * step + 16, 5 * step + 12, colour=FAINT, radius=6),
        *grid(left, low, 5, 8, (2, 6)),
    ]
    unit = (left + 2 * step + 13, low + step + 13)
    for down in (0, 2, 3):
        y = low + down * step + 13
        if down == 0:
            body.append(arrow(unit, (unit[0], y), (left + 4 * step + 8, y), colour=BIT_LINE))
        else:
            body.append(arrow(unit, (unit[0], y), (left + 3 * step + 4, y), colour=BIT_LINE))
    end = (left + 4 * step + 13, low + 3 * step + 13)
    body += [
        arrow(end, (left + 6 * step - 2, end[1]), colour=HEATER, width=2.2),
        label(318, low + 12, "analog core", colour=CRYSTAL),
        label(318, low + 30, "holds weights", colour=CRYSTAL),
        label(318, low + 62, "digital unit", colour=DIGITAL),
        label(318, low + 80, "holds keys,", colour=DIGITAL),
        label(318, low + 98, "works on values", colour=DIGITAL),
        label(318, low + 130, "inputs fan out", colour=BIT_LINE),
        label(318, low + 152, "a sum lands", colour=HEATER),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
