"""Noise of one moment and fresh noise on a feature map, and what max pooling makes of them."""

from style import (
    CRYSTAL,
    CRYSTAL_FILL,
    DIGITAL,
    DIGITAL_FILL,
    FAINT,
    HEATER,
    arrow,
    box,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 446, 280
UNIT, BASE = 14.0, 198  # px for a unit of the output, floor of the bars
EXACT = (6.0, 7.0, 6.5, 7.2)
MOMENT = (0.8, 1.0, 0.7, 0.9)
FRESH = (1.3, -1.2, 2.3, -0.8)


def _panel(left: float, title: str, errors: tuple[float, ...]) -> str:
    parts = [label(left, 24, title, bold=True)]
    for k, (exact, error) in enumerate(zip(EXACT, errors, strict=True)):
        x = left + 38 * k
        parts.append(
            box(x, BASE - UNIT * exact, 28, UNIT * exact, fill=CRYSTAL_FILL, colour=CRYSTAL)
        )
        start, end = BASE - UNIT * exact, BASE - UNIT * (exact + error)
        parts.append(arrow((x + 14, start), (x + 14, end), colour=HEATER, width=2.6, head=7))
    top = max(exact + error for exact, error in zip(EXACT, errors, strict=True))
    right = left + 38 * 3 + 28
    true = BASE - UNIT * max(EXACT)
    high = BASE - UNIT * top
    parts += [
        line((left, BASE), (right, BASE), colour=FAINT),
        line((left - 4, true), (right + 14, true), colour=CRYSTAL, dashed=True),
        line((left - 4, high), (right + 14, high), colour=HEATER, dashed=True),
        label((left + right) / 2, BASE + 20, "four pixels", anchor="middle"),
        box(left, BASE + 32, right - left, 26, fill=DIGITAL_FILL, colour=DIGITAL, radius=4),
        label((left + right) / 2, BASE + 50, "max", anchor="middle"),
        label(
            (left + right) / 2,
            BASE + 76,
            f"maximum: +{top - max(EXACT):.1f}",
            anchor="middle",
            colour=HEATER,
        ),
    ]
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    return svg_document(
        WIDTH,
        HEIGHT,
        _panel(24, "one moment", MOMENT),
        _panel(244, "fresh for each pixel", FRESH),
    )
