"""Two devices of nearly the same conductance: left in SET, and programmed to the top."""

import style as s

WIDTH, HEIGHT = 446, 300
WIDE, ROD, THICK, LAYER, STEM = 150, 34, 20, 84, 52  # px
SLIVER = 3  # px; a shell of a nanometre over a heater of some tens would be thinner still


def _cell(left: float, title: str, glass: bool, reach: float, words: str) -> str:
    middle, top = left + WIDE / 2, 36
    joint = top + THICK + LAYER
    low = joint + STEM
    parts = [
        s.label(middle, 22, title, "middle", bold=True),
        s.box(left, top, WIDE, THICK, fill=s.METAL_FILL, colour=s.METAL),
        s.box(left, top + THICK, WIDE, LAYER, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL),
        s.box(left, joint, WIDE, STEM, fill=s.OXIDE_FILL, colour=s.OXIDE),
        s.box(middle - ROD / 2, joint, ROD, STEM, fill=s.HEATER_FILL, colour=s.HEATER),
        s.box(left, low, WIDE, THICK, fill=s.METAL_FILL, colour=s.METAL),
        s.label(middle, top + THICK + 24, "crystal", "middle", colour=s.CRYSTAL),
        s.arrow((middle, low - 4), (middle, joint - LAYER + 34), width=2),
    ]
    if glass:
        parts.insert(
            5, s.box(middle - ROD / 2, joint - SLIVER, ROD, SLIVER, fill=s.GLASS, colour=s.GLASS)
        )
        parts.append(_lens(middle, joint, left + WIDE + 46, joint - 26))
    ruler = low + THICK + 34
    parts += [
        s.line((middle - reach, ruler), (middle + reach, ruler), colour=s.INK, width=3),
        s.line((middle - reach, ruler - 7), (middle - reach, ruler + 7), colour=s.INK, width=2),
        s.line((middle + reach, ruler - 7), (middle + reach, ruler + 7), colour=s.INK, width=2),
        s.label(middle, ruler + 28, words, "middle", colour=s.INK),
    ]
    return "".join(parts)


def _lens(at: float, joint: float, x: float, y: float) -> str:
    """Return a magnified view of the edge between heater and crystal."""
    half = 30
    return "".join(
        [
            s.line(
                (at + ROD / 2 + 2, joint - SLIVER / 2), (x - half, y), colour=s.FAINT, width=1.2
            ),
            s.box(x - half, y - half, 2 * half, 2 * half, fill=s.CRYSTAL_FILL, colour=s.FAINT),
            s.box(x - half, y + 8, 2 * half, half - 8, fill=s.HEATER_FILL, colour=s.HEATER),
            s.box(x - half, y - 8, 2 * half, 16, fill=s.GLASS_FILL, colour=s.GLASS),
            s.label(x, y + 5, "1 nm", "middle", colour=s.GLASS),
            s.label(x, y + half + 20, "fresh glass", "middle", colour=s.GLASS),
        ]
    )


def svg() -> str:
    """Return the drawing."""
    return s.svg_document(
        WIDTH,
        HEIGHT,
        _cell(14, "left in SET", False, 30, "moves"),
        _cell(200, "programmed to the top", True, 60, "moves twice as far"),
    )
