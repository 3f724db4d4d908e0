"""Contrast: a chip whose activations leave it, and a mesh on which they stay."""

import style as s

WIDTH, HEIGHT = 446, 424
SITE, GAP = 26, 8


def site(x: float, y: float, unit: bool) -> str:
    if unit:
        return s.box(x, y, SITE, SITE, fill=s.DIGITAL_FILL, colour=s.DIGITAL, radius=3)
    return s.box(x, y, SITE, SITE, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL, radius=3)


def grid(x: float, y: float, rows: int, columns: int, units: tuple[int, ...]) -> list[str]:
    step, parts = SITE + GAP, []
    for i in range(rows):
        for j in range(columns):
            left, top = x + step * j, y + step * i
            if j + 1 < columns and units:
                parts.append(
                    s.line((left + SITE, top + 13), (left + step, top + 13), colour=s.FAINT)
                )
            if i + 1 < rows and units:
                parts.append(
                    s.line((left + 13, top + SITE), (left + 13, top + step), colour=s.FAINT)
                )
            parts.append(site(left, top, j in units))
    return parts


def svg() -> str:
    """Return the drawing."""
    step = SITE + GAP
    left, top = 24, 40
    body = [
        s.label(left, 22, "the chip of part 3", bold=True),
        s.box(left - 12, top - 10, 4 * step + 16, 4 * step + 16, colour=s.FAINT, radius=6),
        *grid(left, top, 4, 4, ()),
        s.box(248, 60, 176, 96, fill=s.METAL_FILL, colour=s.METAL, radius=6),
        s.label(336, 84, "board beside it", "middle", colour=s.METAL, bold=True),
        s.label(336, 106, "pooling, embeddings,", "middle"),
        s.label(336, 124, "attention, and the way", "middle"),
        s.label(336, 142, "to the next layer", "middle"),
        s.arrow((left + 4 * step + 6, 86), (246, 86), colour=s.INK, width=2.2),
        s.arrow((246, 132), (left + 4 * step + 6, 132), colour=s.INK, width=2.2),
        s.label(206, 76, "out", "middle", colour=s.INK),
        s.label(206, 122, "in", "middle", colour=s.INK),
    ]
    low = 228
    body += [
        s.label(left, low - 18, "a mesh with digital units", bold=True),
        s.box(left - 12, low - 8, 8 * step + 16, 5 * step + 12, colour=s.FAINT, radius=6),
        *grid(left, low, 5, 8, (2, 6)),
    ]
    unit = (left + 2 * step + 13, low + step + 13)
    for down in (0, 2, 3):
        y = low + down * step + 13
        if down == 0:
            body.append(s.arrow(unit, (unit[0], y), (left + 4 * step + 8, y), colour=s.WORD_LINE))
        else:
            body.append(s.arrow(unit, (unit[0], y), (left + 3 * step + 4, y), colour=s.WORD_LINE))
    end = (left + 4 * step + 13, low + 3 * step + 13)
    body += [
        s.arrow(end, (left + 6 * step - 2, end[1]), colour=s.INK, width=2.2),
        s.label(318, low + 12, "analog core", colour=s.CRYSTAL),
        s.label(318, low + 30, "holds weights", colour=s.CRYSTAL),
        s.label(318, low + 62, "digital unit", colour=s.DIGITAL),
        s.label(318, low + 80, "holds keys,", colour=s.DIGITAL),
        s.label(318, low + 98, "works on values", colour=s.DIGITAL),
        s.label(318, low + 130, "inputs fan out", colour=s.WORD_LINE),
        s.label(318, low + 152, "a sum lands", colour=s.INK),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
