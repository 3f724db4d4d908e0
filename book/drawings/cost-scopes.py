"""What an energy of this chip includes: three scopes, one inside the other, and what is outside."""

from style import (
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    FAINT,
    HEATER,
    OXIDE_FILL,
    WORD_LINE,
    WORD_LINE_FILL,
    box,
    label,
    svg_document,
    tag,
)

WIDTH, HEIGHT = 446, 372


def svg() -> str:
    """Return the drawing."""
    outside = tag(
        "rect",
        x=8,
        y=8,
        width=WIDTH - 16,
        height=HEIGHT - 16,
        rx=8,
        fill="none",
        stroke=FAINT,
        stroke_width=1.6,
        stroke_dasharray="6 5",
    )
    return svg_document(
        WIDTH,
        HEIGHT,
        outside,
        label(22, 32, "in none of the numbers", colour=HEATER, bold=True),
        label(22, 52, "transport between layers · pooling, embedding"),
        label(22, 70, "other supplies · programming and calibration"),
        box(22, 84, 402, 266, fill=WORD_LINE_FILL, colour=WORD_LINE, radius=8),
        label(36, 106, "one inference", colour=WORD_LINE, bold=True),
        label(36, 126, "all vectors of all layers;"),
        label(36, 144, "cores that wait for the slowest layer stay powered"),
        box(36, 158, 374, 178, fill=DIGITAL_FILL, colour=DIGITAL, radius=8),
        label(50, 180, "one vector through one layer", colour=DIGITAL, bold=True),
        label(50, 200, "+ local digital units, links, GDPU"),
        label(50, 218, "+ standing power for the whole time of the vector"),
        box(50, 232, 346, 90, fill=CRYSTAL_FILL, colour=CRYSTAL, radius=8),
        label(64, 254, "MVMs only", colour=CRYSTAL, bold=True),
        label(64, 274, "array, ADCs, pulse-width modulators"),
        box(64, 286, 318, 26, fill=OXIDE_FILL, colour=FAINT, radius=5),
        label(76, 304, "at peak: every cell in use, every core reads"),
    )
