"""A factor from test vectors: the same inputs, on the first day and now."""

from style import (
    BIT_LINE,
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    METAL,
    METAL_FILL,
    WORD_LINE,
    WORD_LINE_FILL,
    arrow,
    box,
    label,
    svg_document,
)

WIDTH, HEIGHT = 446, 226


def _row(y: float, when: str, weights: str, outputs: str, heights: tuple[float, ...]) -> str:
    parts = [
        label(8, y - 34, when, bold=True),
        box(8, y - 20, 68, 40, fill=WORD_LINE_FILL, colour=WORD_LINE, radius=4),
        label(42, y + 5, "vectors X", anchor="middle"),
        arrow((76, y), (106, y), colour=WORD_LINE, width=2),
        box(108, y - 26, 84, 52, fill=CRYSTAL_FILL, colour=CRYSTAL),
        label(150, y + 5, weights, anchor="middle"),
        arrow((192, y), (222, y), colour=BIT_LINE, width=2),
    ]
    for k, height in enumerate(heights):
        parts.append(
            box(226 + 12 * k, y + 22 - height, 9, height, fill=METAL_FILL, colour=METAL, stroke=1)
        )
    parts.append(label(276, y + 5, outputs, italic=True))
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    first = (40.0, 22.0, 46.0, 30.0)
    now = tuple(0.72 * height for height in first)
    upper, lower = 64, 164
    return svg_document(
        WIDTH,
        HEIGHT,
        _row(upper, "on the first day", "W", "Y_0", first),
        _row(lower, "now", "W (t)", "Y_t", now),
        arrow((296, upper), (330, upper), (330, 96), colour=DIGITAL, width=2),
        label(338, upper - 8, "stored", colour=DIGITAL),
        arrow((296, lower), (330, lower), (330, 132), colour=DIGITAL, width=2),
        box(308, 98, 130, 32, fill=DIGITAL_FILL, colour=DIGITAL, radius=4),
        label(373, 119, "least squares", anchor="middle"),
        arrow((373, 130), (373, 176), colour=DIGITAL, width=2),
        label(373, 194, "one factor s", anchor="middle", colour=DIGITAL, bold=True),
    )
