"""A factor from test vectors: the same inputs, on the first day and now."""

import style as s

WIDTH, HEIGHT = 446, 226


def _row(y: float, when: str, weights: str, outputs: str, heights: tuple[float, ...]) -> str:
    parts = [
        s.label(8, y - 34, when, bold=True),
        s.box(8, y - 20, 68, 40, fill=s.WORD_LINE_FILL, colour=s.WORD_LINE, radius=4),
        s.label(42, y + 5, "vectors X", "middle"),
        s.arrow((76, y), (106, y), colour=s.WORD_LINE, width=2),
        s.box(108, y - 26, 84, 52, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL),
        s.label(150, y + 5, weights, "middle"),
        s.arrow((192, y), (222, y), colour=s.BIT_LINE, width=2),
    ]
    for k, height in enumerate(heights):
        parts.append(
            s.box(
                226 + 12 * k,
                y + 22 - height,
                9,
                height,
                fill=s.METAL_FILL,
                colour=s.METAL,
                stroke=1,
            )
        )
    parts.append(s.label(276, y + 5, outputs, italic=True))
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    first = (40.0, 22.0, 46.0, 30.0)
    now = tuple(0.72 * height for height in first)
    upper, lower = 64, 164
    return s.svg_document(
        WIDTH,
        HEIGHT,
        _row(upper, "on the first day", "W", "Y_0", first),
        _row(lower, "now", "W (t)", "Y_t", now),
        s.arrow((296, upper), (330, upper), (330, 96), colour=s.DIGITAL, width=2),
        s.label(338, upper - 8, "stored", colour=s.DIGITAL),
        s.arrow((296, lower), (330, lower), (330, 132), colour=s.DIGITAL, width=2),
        s.box(308, 98, 130, 32, fill=s.DIGITAL_FILL, colour=s.DIGITAL, radius=4),
        s.label(373, 119, "least squares", "middle"),
        s.arrow((373, 130), (373, 176), colour=s.DIGITAL, width=2),
        s.label(410, 194, "one factor 1/", "end", colour=s.DIGITAL, bold=True),
        # Not all fonts can put a hat over a Greek letter, so it is drawn.
        s.label(415, 194, "α", "middle", colour=s.DIGITAL, bold=True),
        s.line((411.5, 184), (415, 181), (418.5, 184), colour=s.DIGITAL),
    )
