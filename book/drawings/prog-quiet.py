"""Two devices of nearly the same conductance: left in SET, and programmed to the top."""

from style import (
    CRYSTAL,
    CRYSTAL_FILL,
    FAINT,
    GLASS,
    GLASS_FILL,
    HEATER,
    HEATER_FILL,
    METAL,
    METAL_FILL,
    OXIDE,
    OXIDE_FILL,
    arrow,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 446, 300
WIDE, ROD, THICK, LAYER, STEM = 150, 34, 20, 84, 52  # px
SLIVER = 3  # px; a shell of a nanometre over a heater of some tens would be thinner still


def _cell(left: float, title: str, glass: bool, reach: float, words: str) -> str:
    middle, top = left + WIDE / 2, 36
    joint = top + THICK + LAYER
    low = joint + STEM
    parts = [
        label(middle, 22, title, anchor="middle", bold=True),
        box(left, top, WIDE, THICK, fill=METAL_FILL, colour=METAL),
        box(left, top + THICK, WIDE, LAYER, fill=CRYSTAL_FILL, colour=CRYSTAL),
        box(left, joint, WIDE, STEM, fill=OXIDE_FILL, colour=OXIDE),
        box(middle - ROD / 2, joint, ROD, STEM, fill=HEATER_FILL, colour=HEATER),
        box(left, low, WIDE, THICK, fill=METAL_FILL, colour=METAL),
        label(middle, top + THICK + 24, "crystal", anchor="middle", colour=CRYSTAL),
        arrow((middle, low - 4), (middle, joint - LAYER + 34), width=2),
    ]
    if glass:
        parts.insert(
            5, box(middle - ROD / 2, joint - SLIVER, ROD, SLIVER, fill=GLASS, colour=GLASS)
        )
        parts.append(_lens(middle, joint, left + WIDE + 46, joint - 26))
    ruler = low + THICK + 34
    parts += [
        line((middle - reach, ruler), (middle + reach, ruler), colour=HEATER, width=3),
        line((middle - reach, ruler - 7), (middle - reach, ruler + 7), colour=HEATER, width=2),
        line((middle + reach, ruler - 7), (middle + reach, ruler + 7), colour=HEATER, width=2),
        label(middle, ruler + 28, words, anchor="middle", colour=HEATER),
    ]
    return "".join(parts)


def _lens(at: float, joint: float, x: float, y: float) -> str:
    """Return a magnified view of the edge between heater and crystal."""
    half = 30
    return "".join(
        [
            line((at + ROD / 2 + 2, joint - SLIVER / 2), (x - half, y), colour=FAINT, width=1.2),
            box(x - half, y - half, 2 * half, 2 * half, fill=CRYSTAL_FILL, colour=FAINT),
            box(x - half, y + 8, 2 * half, half - 8, fill=HEATER_FILL, colour=HEATER),
            box(x - half, y - 8, 2 * half, 16, fill=GLASS_FILL, colour=GLASS),
            label(x, y + 5, "1 nm", anchor="middle", colour=GLASS),
            label(x, y + half + 20, "fresh glass", anchor="middle", colour=GLASS),
        ]
    )


def svg() -> str:
    """Return the drawing."""
    return svg_document(
        WIDTH,
        HEIGHT,
        _cell(14, "left in SET", False, 30, "moves"),
        _cell(200, "programmed to the top", True, 60, "moves twice as far"),
    )
