"""The datapath of the local digital unit, for one output."""

from style import BIT_LINE, DIGITAL, DIGITAL_FILL, METAL_FILL, arrow, box, label, svg_document

SIZE = 15
LEFT, WIDE = 136, 220


def _stage(y: float, words: str, *, plain: bool = False) -> str:
    fill, colour = (METAL_FILL, "currentColor") if plain else (DIGITAL_FILL, DIGITAL)
    middle = LEFT + WIDE / 2
    return box(LEFT, y, WIDE, 34, fill=fill, colour=colour, radius=5) + label(
        middle, y + 22, words, anchor="middle", size=SIZE
    )


def svg() -> str:
    """Return the drawing."""
    middle = LEFT + WIDE / 2
    stages = (
        (64, "2 FMAs: gain and offset", False),
        (120, "FMA: scale γ′, shift β′", False),
        (176, "ReLU, if wanted", True),
        (232, "FMA: add received part", False),
        (288, "ReLU, if wanted", True),
        (344, "round, clip to 8 bits", True),
    )
    parts = []
    for y, words, plain in stages:
        parts.append(_stage(y, words, plain=plain))
        if y > 64:
            parts.append(arrow((middle, y - 22), (middle, y - 1)))
    parts += [
        label(LEFT + 30, 20, "N^+", anchor="middle", size=SIZE, colour=BIT_LINE, bold=True),
        label(LEFT + WIDE - 30, 20, "N^−", anchor="middle", size=SIZE, colour=BIT_LINE, bold=True),
        label(middle, 20, "12 bits", anchor="middle", size=SIZE),
        arrow((LEFT + 30, 30), (LEFT + 30, 63), colour=BIT_LINE),
        arrow((LEFT + WIDE - 30, 30), (LEFT + WIDE - 30, 63), colour=BIT_LINE),
        label(middle, 51, "to half precision", anchor="middle", size=SIZE),
        arrow((116, 81), (135, 81)),
        label(112, 76, "κ^±, λ^± of", anchor="end", size=SIZE),
        label(112, 95, "converter", anchor="end", size=SIZE),
        arrow((116, 137), (135, 137)),
        label(112, 132, "γ′, β′ of", anchor="end", size=SIZE),
        label(112, 151, "output", anchor="end", size=SIZE),
        arrow((376, 249), (357, 249)),
        label(380, 245, "8-bit r,", size=SIZE),
        label(380, 264, "scaled by ρ", size=SIZE),
        arrow((middle, 378), (middle, 402)),
        label(middle, 420, "8-bit output y", anchor="middle", size=SIZE, bold=True),
        label(middle + 12, 112, "s", size=SIZE, italic=True),
        label(middle + 12, 336, "z", size=SIZE, italic=True),
    ]
    return svg_document(456, 430, *parts, left=14, size=SIZE)
