"""Three two-state jumps with barriers of different height, and their sum."""

import math
import random

import style as s

WIDTH, HEIGHT = 440, 386
ROWS = ((20, 12, "low", 10.0), (106, 30, "middle", 44.0), (192, 52, "high", 210.0))
LEFT, RIGHT, STEP = 158, 428, 3  # px, of the traces
JUMP = 20


def _well(top: float, barrier: float) -> list[str]:
    floor = top + 62
    points = []
    for x in range(0, 111, 2):
        u = (x - 55) / 32
        y = floor - barrier * (1 - u * u) ** 2 if abs(u) < 1 else floor - 70 * (abs(u) - 1) ** 2
        points.append((14.0 + x, max(y, top)))
    return [s.line(*points), s.dot(14 + 23, floor - 6, 6, s.GLASS)]


def _levels(dwell: float, seed: int) -> list[int]:
    rng, level, levels = random.Random(seed), 1, []
    for _ in range(LEFT, RIGHT, STEP):
        level = -level if rng.random() < 1 - math.exp(-STEP / dwell) else level
        levels.append(level)
    return levels


def _trace(middle: float, levels: list[float], colour: str) -> str:
    points = []
    for k, level in enumerate(levels):
        x, y = LEFT + STEP * k, middle - JUMP / 2 * level
        points += [(x, y), (x + STEP, y)]
    return s.line(*points, colour=colour)


def svg() -> str:
    """Return the drawing."""
    body, total = [], [0.0] * len(range(LEFT, RIGHT, STEP))
    for seed, (top, barrier, _, dwell) in enumerate(ROWS, 27):
        levels = _levels(dwell, seed)
        total = [a + b for a, b in zip(total, levels, strict=True)]
        body += [*_well(top, barrier), _trace(top + 44, levels, s.GLASS)]
    body += [
        s.label(14, 16, "barrier", bold=True),
        s.label(LEFT, 16, "conductance", bold=True),
        s.label(RIGHT, 380, "reading time →", "end"),
        s.line((14, 282), (RIGHT, 282), colour=s.FAINT, width=1),
        s.label(14, 330, "their sum", bold=True),
        _trace(326, total, s.BIT_LINE),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
