"""The same bell curve with a narrow and with a wide range of seven levels."""

import numpy as np
import style as s

WIDTH, HEIGHT = 446, 344
MIDDLE, SIGMA, TALL = 223, 26, 104  # px: centre, one standard deviation, height of the bell
LEVELS = 3
END = 8.2  # where the drawing ends, in standard deviations


def _bell(u: np.ndarray, floor: float) -> list[tuple[float, float]]:
    heights = floor - TALL * np.exp(-(u**2) / 2)
    return list(zip(MIDDLE + SIGMA * u, heights, strict=True))


def _row(floor: float, reach: float, name: str) -> list[str]:
    parts = []
    for side in (-1, 1):
        tail = np.linspace(side * reach, side * END, 40)
        if reach < 3:
            path = [(MIDDLE + SIGMA * side * reach, floor), *_bell(tail, floor)]
            path.append((MIDDLE + SIGMA * side * END, floor))
            parts.append(
                s.line(*path, fill=s.BIT_LINE_FILL, colour=s.BIT_LINE, closed=True, width=1)
            )
        x = MIDDLE + SIGMA * side * reach
        parts.append(s.line((x, floor - TALL), (x, floor + 12), colour=s.DIGITAL, dashed=True))
    parts.append(s.line(*_bell(np.linspace(-END, END, 241), floor), colour=s.WORD_LINE, width=2.4))
    parts.append(
        s.line((MIDDLE - END * SIGMA, floor), (MIDDLE + END * SIGMA, floor), colour=s.FAINT)
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
        *_row(138, 1.5, "a narrow range, 1.5 σ"),
        *_row(306, 8.0, "a wide range, 8 σ"),
        s.label(MIDDLE + 2.3 * SIGMA, 112, "clipped", colour=s.BIT_LINE, bold=True),
        s.label(MIDDLE + 1.6 * SIGMA, 166, "range", colour=s.DIGITAL),
        s.label(MIDDLE - END * SIGMA, 334, "levels that are never used", colour=s.DIGITAL),
    )
