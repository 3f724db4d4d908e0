"""A fast movement, read seldom: short reads fake a slow one, long reads average it."""

import math

import style as s

WIDTH, HEIGHT = 440, 330
LEFT, RIGHT, SIZE = 20, 424, 34
PERIOD, STEP = 27.0, 50.0  # px, of the movement and of the reads


def _wave(x: float) -> float:
    return SIZE * math.sin(2 * math.pi * (x - LEFT) / PERIOD)


def _panel(base: float, words: str, width: float, colour: str) -> list[str]:
    """Draw reads of a width in px, each the mean of the movement within it."""
    path = [(x / 2, base - _wave(x / 2)) for x in range(2 * LEFT, 2 * RIGHT)]
    body = [s.label(LEFT, base - 58, words, bold=True), s.line(*path, colour=s.FAINT, width=1.2)]
    points = []
    for k in range(8):
        x = LEFT + 14 + k * STEP
        n = 40
        mean = sum(_wave(x + width * (j + 0.5) / n) for j in range(n)) / n
        points.append((x + width / 2, base - mean))
        body.append(s.box(x, base + 44, width, 10, fill=s.WORD_LINE_FILL, colour=s.WORD_LINE))
    body.append(s.line(*points, colour=colour, width=2.4))
    body += [s.dot(*point, 4, colour) for point in points]
    return body


def svg() -> str:
    """Return the drawing."""
    body = [
        *_panel(84, "short reads, seldom", 4, s.BIT_LINE),
        *_panel(238, "reads as long as the step", 46, s.DIGITAL),
        s.label(LEFT, 318, "reads", colour=s.WORD_LINE),
        s.label(RIGHT, 318, "reading time", "end"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
