"""What the machine sees: each step the residual is enlarged until it fills the converters."""

import style as s

WIDTH, HEIGHT = 445, 268
ROWS = (  # digits that are right, the rest; factor that fills the range
    ("", "0", "1"),
    ("0.7", "208346", "10"),
    ("0.73", "61205", "100"),
    ("0.739", "2871", "1000"),
)
FIRST, PITCH = 66, 52


def svg() -> str:
    """Return the drawing."""
    parts = [
        s.label(8, 20, "step", bold=True),
        s.label(58, 20, "x so far", bold=True, colour=s.DIGITAL),
        s.label(58, 38, "right, still wrong", colour=s.FAINT),
        s.label(212, 20, "enlarged", bold=True),
        s.label(304, 20, "the DAC sees", bold=True, colour=s.WORD_LINE),
    ]
    for k, (right, wrong, factor) in enumerate(ROWS):
        y = FIRST + 14 + k * PITCH
        parts += [
            s.label(20, y, str(k + 1), "middle"),
            s.tag(
                "text",
                s.tag("tspan", right, fill=s.DIGITAL, font_weight=600) * bool(right)
                + s.tag("tspan", wrong, fill=s.FAINT),
                x=58,
                y=y,
                font_size=s.SIZE,
            ),
            s.label(238, y, f"× {factor}", "middle"),
            s.arrow((272, y - 5), (296, y - 5), colour=s.WORD_LINE),
        ]
        # a vector of the same size each time, with other entries
        for j, height in enumerate(_entries(k)):
            x = 306 + 17 * j
            top = y - 6 - max(height, 0.0)
            fill, colour = (
                (s.WORD_LINE_FILL, s.WORD_LINE) if height > 0 else (s.BIT_LINE_FILL, s.BIT_LINE)
            )
            parts.append(s.box(x, top, 12, abs(height), fill=fill, colour=colour, stroke=1.2))
        parts.append(s.line((302, y - 6), (440, y - 6), colour=s.FAINT, width=1))
    return s.svg_document(WIDTH, HEIGHT, *parts)


def _entries(k: int) -> tuple[float, ...]:
    """Return eight entries whose largest has the same height in each row."""
    waves = ((3, 9, 20, 6, 14, 11, 4, 8), (12, 5, 7, 20, 3, 9, 15, 6))
    signs = (1, -1, 1, 1, -1, 1, -1, -1)
    row = waves[k % 2] if k < 2 else waves[k % 2][::-1]
    return tuple(sign * h for sign, h in zip(signs[k:] + signs[:k], row, strict=True))
