"""The same bell curve with a narrow and with a wide range of seven levels."""

import numpy as np
from style import BIT_LINE, BIT_LINE_FILL, DIGITAL, FAINT, WORD_LINE, label, line, svg_document

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
            parts.append(line(*path, fill=BIT_LINE_FILL, colour=BIT_LINE, closed=True, width=1))
        x = MIDDLE + SIGMA * side * reach
        parts.append(line((x, floor - TALL), (x, floor + 12), colour=DIGITAL, dashed=True))
    parts.append(line(*_bell(np.linspace(-4.8, 4.8, 121), floor), colour=WORD_LINE, width=2.4))
    parts.append(line((MIDDLE - 4.8 * SIGMA, floor), (MIDDLE + 4.8 * SIGMA, floor), colour=FAINT))
    for level in range(-LEVELS, LEVELS + 1):
        x = MIDDLE + SIGMA * reach * level / LEVELS
        parts.append(line((x, floor - 7), (x, floor + 7), colour=DIGITAL, width=3))
    parts.append(label(8, floor - TALL - 14, name, bold=True))
    return parts


def svg() -> str:
    """Return the drawing."""
    return svg_document(
        WIDTH,
        HEIGHT,
        *_row(138, 1.5, "a narrow range"),
        *_row(306, 4.4, "a wide range"),
        label(MIDDLE + 2.1 * SIGMA, 104, "clipped", colour=BIT_LINE, bold=True),
        label(MIDDLE + 1.6 * SIGMA, 166, "range", colour=DIGITAL),
        label(MIDDLE - 4.8 * SIGMA, 334, "levels that are never used", colour=DIGITAL),
    )
