"""From the energy of an operation at peak to that of an operation of an image, to scale."""

import style as s

WIDTH, HEIGHT = 446, 282
LEFT, UNIT, THICK, STEP = 118, 139.0, 30, 52  # px, px for a picojoule per operation
# scope, and pJ of an operation for: reads, digital units and links, standing power
CASES = (
    ("peak", (0.403,)),
    ("layer, MVMs", (0.573,)),
    ("layer, all", (0.573, 0.377, 0.726)),
    ("image", (0.846, 0.400, 0.868)),
)
PAINT = ((s.WORD_LINE_FILL, s.WORD_LINE), (s.DIGITAL_FILL, s.DIGITAL), (s.HEATER_FILL, s.HEATER))
NAMES = ("reads", "digital units, links", "standing power")


def svg() -> str:
    """Return the drawing."""
    parts = [s.label(LEFT, 20, "energy of one operation (pJ), four-phase", bold=True)]
    bottom = 36 + len(CASES) * STEP
    parts.append(s.line((LEFT, 32), (LEFT, bottom - 10), colour=s.INK, width=1.2))
    for k, (name, shares) in enumerate(CASES):
        y, x = 40 + k * STEP, LEFT
        parts.append(s.label(LEFT - 10, y + 20, name, "end"))
        for (fill, colour), share in zip(PAINT, shares, strict=False):
            parts.append(s.box(x, y, UNIT * share, THICK, fill=fill, colour=colour))
            if len(shares) > 1:
                parts.append(s.label(x + UNIT * share / 2, y + 20, f"{share:.1f}", "middle"))
            x += UNIT * share
        parts.append(s.label(x + 6, y + 20, f"{sum(shares):.1f}", bold=True))
    x = 12.0
    for (fill, colour), name in zip(PAINT, NAMES, strict=True):
        parts.append(s.box(x, bottom + 8, 16, 14, fill=fill, colour=colour))
        parts.append(s.label(x + 22, bottom + 20, name))
        x += 42 + 6.6 * len(name)
    parts.append(s.line((LEFT, bottom - 10), (WIDTH - 10, bottom - 10), colour=s.FAINT, width=1))
    return s.svg_document(WIDTH, HEIGHT, *parts)
