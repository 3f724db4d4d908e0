"""The same bell curve with a narrow and with a wide range of seven levels."""

import numpy as np
import style as s

WIDTH, HEIGHT = 446, 344
MIDDLE, SIGMA, TALL = 223, 44, 104  # px: centre, one standard deviation, height of the bell
LEVELS = 3


def _bell(u: np.ndarray, floor: float) -> list[tuple[float, float]]:
    heights = floor - TALL * np.exp(-(u**2) / 2)
    return list(zip(MIDDLE + SIGMA * u, heights, strict=True))


def _row(floor: float, reach: float, name: str) -> list[str]:
    parts = []
    for side in (-1, 1):
        tail = np.linspace(side * reach, side * 4.6, 40)
        if reach < 3:
            path = [(MIDDLE + SIGMA * side * reach, floor), *_bell(tail, floor)]
            path.append((MIDDLE + SIGMA * side * 4.6, floor))
            parts.append(
                s.line(*path, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE, closed=True, width=1)
            )
        x = MIDDLE + SIGMA * side * reach
        parts.append(s.line((x, floor - TALL), (x, floor + 12), colour=s.DIGITAL, dashed=True))
    parts.append(s.line(*_bell(np.linspace(-4.8, 4.8, 121), floor), colour=s.WORD_LINE, width=2.4))
    parts.append(
        s.line((MIDDLE - 4.8 * SIGMA, floor), (MIDDLE + 4.8 * SIGMA, floor), colour=s.FAINT)
    )
    for level in range(-LEVELS, LEVELS + 1):
        x = MIDDLE + SIGMA * reach * level / LEVELS
        parts.append(s.line((x, floor - 7), (x, floor + 7), colour=s.DIGITAL, width=3))
    parts.append(s.label(8, floor - TALL - 14, name, bold=True))
    return parts


def svg() -> str:
    """Return the drawing."""
    return s.svg_document(
        WIDTH,
        HEIGHT,
        *_row(138, 1.5, "a narrow range"),
        *_row(306, 4.4, "a wide range"),
        s.label(MIDDLE + 2.1 * SIGMA, 104, "clipped", colour=s.BIT_LINE, bold=True),
        s.label(MIDDLE + 1.6 * SIGMA, 166, "range", colour=s.DIGITAL),
        s.label(MIDDLE - 4.8 * SIGMA, 334, "levels that are never used", colour=s.DIGITAL),
    )
