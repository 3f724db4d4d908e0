"""Why clipping helps: the largest weight becomes the full cell, and errors follow the cells."""

import numpy as np
from style import (
    CRYSTAL,
    CRYSTAL_FILL,
    HEATER,
    HEATER_FILL,
    INK,
    arrow,
    box,
    label,
    line,
    svg_document,
)

from aimc.outlook.foundation_models import cell_error

WIDTH, HEIGHT = 440, 346
WEIGHTS = (0.22, -0.15, 0.3, -0.26, 1.0, 0.12, -0.34, 0.19)
FULL = 84  # px, of a fully SET cell
TALLER = 3  # times as large as they are: marks of the errors


def row(y: float, weights: tuple[float, ...], title: str, note: str) -> list[str]:
    """Return the weights of one output as bars in units of a full cell, each with its error."""
    peak = max(abs(w) for w in weights)
    errors = TALLER * FULL * cell_error(np.abs(weights) / peak)
    parts = [
        label(8, y - FULL - 24, title, bold=True),
        line((8, y), (330, y), colour=INK, width=1),
        line((8, y - FULL), (330, y - FULL), colour=CRYSTAL, width=1.2, dashed=True),
        label(338, y - FULL + 5, "fully SET", colour=CRYSTAL),
        label(338, y - 20, note, colour=HEATER),
    ]
    for k, weight in enumerate(weights):
        x, height = 24 + 38 * k, FULL * abs(weight) / peak
        parts += [
            box(x, y - height, 22, height, fill=CRYSTAL_FILL, colour=CRYSTAL),
            box(x + 7, y - height - errors[k], 8, 2 * errors[k], fill=HEATER_FILL,
                colour=HEATER, stroke=1),
        ]  # fmt: skip
    return parts


def svg() -> str:
    clipped = tuple(max(-0.42, min(0.42, w)) for w in WEIGHTS)
    body = [
        *row(
            126, WEIGHTS, "one output, one large weight", "errors almost\nas large as\nthe weights"
        ),
        arrow((170, 142), (170, 172), colour=INK, width=2),
        label(184, 164, "clipped: the others fill their cells"),
        *row(298, clipped, "the same output, clipped", "larger, but\nnot by as\nmuch"),
        box(24, 318, 12, 12, fill=HEATER_FILL, colour=HEATER, stroke=1),
        label(44, 330, f"error of a cell with two devices, {TALLER} times as tall"),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
