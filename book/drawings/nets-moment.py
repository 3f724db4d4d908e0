"""Noise of one moment and fresh noise on a feature map, and what max pooling makes of them."""

import style as s

WIDTH, HEIGHT = 446, 280
UNIT, BASE = 14.0, 198  # px for a unit of the output, floor of the bars
EXACT = (6.0, 7.0, 6.5, 7.2)
MOMENT = (0.8, 1.0, 0.7, 0.9)
FRESH = (1.3, -1.2, 2.3, -0.8)


def _panel(left: float, title: str, errors: tuple[float, ...]) -> str:
    parts = [s.label(left, 24, title, bold=True)]
    for k, (exact, error) in enumerate(zip(EXACT, errors, strict=True)):
        x = left + 38 * k
        parts.append(
            s.box(x, BASE - UNIT * exact, 28, UNIT * exact, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL)
        )
        start, end = BASE - UNIT * exact, BASE - UNIT * (exact + error)
        parts.append(s.arrow((x + 14, start), (x + 14, end), colour=s.INK, width=2.6, head=7))
    top = max(exact + error for exact, error in zip(EXACT, errors, strict=True))
    right = left + 38 * 3 + 28
    true = BASE - UNIT * max(EXACT)
    high = BASE - UNIT * top
    parts += [
        s.line((left, BASE), (right, BASE), colour=s.FAINT),
        s.line((left - 4, true), (right + 14, true), colour=s.CRYSTAL, dashed=True),
        s.line((left - 4, high), (right + 14, high), colour=s.INK, dashed=True),
        s.label((left + right) / 2, BASE + 20, "four pixels", "middle"),
        s.box(left, BASE + 32, right - left, 26, fill=s.DIGITAL_FILL, colour=s.DIGITAL, radius=4),
        s.label((left + right) / 2, BASE + 50, "max", "middle"),
        s.label(
            (left + right) / 2,
            BASE + 76,
            f"maximum: +{top - max(EXACT):.1f}",
            "middle",
            colour=s.INK,
        ),
    ]
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    return s.svg_document(
        WIDTH, HEIGHT, _panel(24, "one moment", MOMENT), _panel(244, "fresh for each pixel", FRESH)
    )
