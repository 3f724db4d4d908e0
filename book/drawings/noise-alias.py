"""A fast movement, read seldom: short reads fake a slow one, long reads average it."""

import math

from style import (
    BIT_LINE,
    DIGITAL,
    FAINT,
    WORD_LINE,
    WORD_LINE_FILL,
    box,
    dot,
    label,
    line,
    svg_document,
)

WIDTH, HEIGHT = 440, 330
LEFT, RIGHT, SIZE = 20, 424, 34
PERIOD, STEP = 27.0, 50.0  # px, of the movement and of the reads


def _wave(x: float) -> float:
    return SIZE * math.sin(2 * math.pi * (x - LEFT) / PERIOD)


def _panel(base: float, words: str, width: float, colour: str) -> list[str]:
    """Draw reads of a width in px, each the mean of the movement within it."""
    path = [(x / 2, base - _wave(x / 2)) for x in range(2 * LEFT, 2 * RIGHT)]
    body = [label(LEFT, base - 58, words, bold=True), line(*path, colour=FAINT, width=1.2)]
    points = []
    for k in range(8):
        x = LEFT + 14 + k * STEP
        n = 40
        mean = sum(_wave(x + width * (j + 0.5) / n) for j in range(n)) / n
        points.append((x + width / 2, base - mean))
        body.append(box(x, base + 44, width, 10, fill=WORD_LINE_FILL, colour=WORD_LINE))
    body.append(line(*points, colour=colour, width=2.4))
    body += [dot(*point, 4, colour) for point in points]
    return body


def svg() -> str:
    """Return the drawing."""
    body = [
        *_panel(84, "short reads, seldom", 4, BIT_LINE),
        *_panel(238, "reads as long as the step", 46, DIGITAL),
        label(LEFT, 318, "reads", colour=WORD_LINE),
        label(RIGHT, 318, "time", anchor="end"),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
