"""What an energy of this chip includes: three scopes, one inside the other, and what is outside."""

import style as s

WIDTH, HEIGHT = 446, 372


def svg() -> str:
    """Return the drawing."""
    outside = s.tag(
        "rect",
        x=8,
        y=8,
        width=WIDTH - 16,
        height=HEIGHT - 16,
        rx=8,
        fill="none",
        stroke=s.FAINT,
        stroke_width=1.6,
        stroke_dasharray="6 5",
    )
    return s.svg_document(
        WIDTH,
        HEIGHT,
        outside,
        s.label(22, 32, "in none of the numbers", bold=True),
        s.label(22, 52, "transport between layers · pooling, embedding"),
        s.label(22, 70, "other supplies · programming and calibration"),
        s.box(22, 84, 402, 266, fill=s.METAL_FILL, colour=s.METAL, radius=8),
        s.label(36, 106, "one inference", bold=True),
        s.label(36, 126, "all vectors of all layers;"),
        s.label(36, 144, "cores that wait for the slowest layer stay powered"),
        s.box(36, 158, 374, 178, fill=s.DIGITAL_FILL, colour=s.DIGITAL, radius=8),
        s.label(50, 180, "one vector through one layer", colour=s.DIGITAL, bold=True),
        s.label(50, 200, "+ local digital units, links, GDPU"),
        s.label(50, 218, "+ standing power for the whole time of the vector"),
        s.box(50, 232, 346, 90, fill=s.WORD_LINE_FILL, colour=s.WORD_LINE, radius=8),
        s.label(64, 254, "MVMs only", colour=s.WORD_LINE, bold=True),
        s.label(64, 274, "array, ADCs, pulse-width modulators"),
        s.box(64, 286, 318, 26, fill=s.OXIDE_FILL, colour=s.FAINT, radius=5),
        s.label(76, 304, "at peak: every cell in use, every core reads"),
    )
