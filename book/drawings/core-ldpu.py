"""The datapath of the local digital unit, for one output."""

import style as s

SIZE = 15
LEFT, WIDE = 136, 220


def _stage(y: float, words: str, *, plain: bool = False) -> str:
    fill, colour = (s.METAL_FILL, "currentColor") if plain else (s.DIGITAL_FILL, s.DIGITAL)
    middle = LEFT + WIDE / 2
    return s.box(LEFT, y, WIDE, 34, fill=fill, colour=colour, radius=5) + s.label(
        middle, y + 22, words, "middle", size=SIZE
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
            parts.append(s.arrow((middle, y - 22), (middle, y - 1)))
    parts += [
        s.label(LEFT + 30, 20, "N^+", "middle", size=SIZE, colour=s.BIT_LINE, bold=True),
        s.label(LEFT + WIDE - 30, 20, "N^−", "middle", size=SIZE, colour=s.BIT_LINE, bold=True),
        s.label(middle, 20, "12 bits", "middle", size=SIZE),
        s.arrow((LEFT + 30, 30), (LEFT + 30, 63), colour=s.BIT_LINE),
        s.arrow((LEFT + WIDE - 30, 30), (LEFT + WIDE - 30, 63), colour=s.BIT_LINE),
        s.label(middle, 51, "to half precision", "middle", size=SIZE),
        s.arrow((116, 81), (135, 81)),
        s.label(112, 76, "κ^±, λ^± of", "end", size=SIZE),
        s.label(112, 95, "converter", "end", size=SIZE),
        s.arrow((116, 137), (135, 137)),
        s.label(112, 132, "γ′, β′ of", "end", size=SIZE),
        s.label(112, 151, "output", "end", size=SIZE),
        s.arrow((376, 249), (357, 249)),
        s.label(380, 245, "8-bit z′,", size=SIZE),
        s.label(380, 264, "times ρ", size=SIZE),
        s.arrow((middle, 378), (middle, 402)),
        s.label(middle, 420, "8-bit output y", "middle", size=SIZE, bold=True),
        s.label(middle + 12, 112, "s", size=SIZE, italic=True),
        s.label(middle + 12, 336, "z", size=SIZE, italic=True),
    ]
    return s.svg_document(456, 430, *parts, left=14, size=SIZE)
