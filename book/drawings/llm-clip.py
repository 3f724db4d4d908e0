"""Why clipping helps: the largest weight becomes the full cell, and errors follow the cells."""

import numpy as np
import style as s

from aimc_course.studies.language_models import cell_error

WIDTH, HEIGHT = 440, 346
WEIGHTS = (0.22, -0.15, 0.3, -0.26, 1.0, 0.12, -0.34, 0.19)
FULL = 84  # px, of a fully SET cell
TALLER = 3  # times as large as they are: marks of the errors


def row(y: float, weights: tuple[float, ...], title: str, note: str) -> list[str]:
    """Return the weights of one output as bars in units of a full cell, each with its error."""
    peak = max(abs(w) for w in weights)
    errors = TALLER * FULL * cell_error(np.abs(weights) / peak)
    parts = [
        s.label(8, y - FULL - 24, title, bold=True),
        s.line((8, y), (330, y), colour=s.INK, width=1),
        s.line((8, y - FULL), (330, y - FULL), colour=s.CRYSTAL, width=1.2, dashed=True),
        s.label(338, y - FULL + 5, "fully SET", colour=s.CRYSTAL),
        s.label(338, y - 20, note),
    ]
    for k, weight in enumerate(weights):
        x, height = 24 + 38 * k, FULL * abs(weight) / peak
        parts += [
            s.box(x, y - height, 22, height, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL),
            s.box(x + 7, y - height - errors[k], 8, 2 * errors[k], fill=s.METAL_FILL,
                colour=s.INK, stroke=1),
        ]  # fmt: skip
    return parts


def svg() -> str:
    clipped = tuple(max(-0.42, min(0.42, w)) for w in WEIGHTS)
    body = [
        *row(126, WEIGHTS, "one output, one large weight", "errors large\nbeside small\nweights"),
        s.arrow((170, 142), (170, 172), colour=s.INK, width=2),
        s.label(184, 164, "clipped: the others fill their cells"),
        *row(298, clipped, "the same output, clipped", "larger, but\nnot by as\nmuch"),
        s.box(24, 318, 12, 12, fill=s.METAL_FILL, colour=s.INK, stroke=1),
        s.label(44, 330, f"error of a cell with two devices, {TALLER} times as tall"),
    ]
    return s.svg_document(WIDTH, HEIGHT, *body)
