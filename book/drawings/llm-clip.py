"""Why clipping helps: the largest weight becomes the full cell, and noise follows that cell."""

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

WIDTH, HEIGHT = 440, 330
WEIGHTS = (0.22, -0.15, 0.3, -0.26, 1.0, 0.12, -0.34, 0.19)
FULL = 84  # px, of a fully SET cell
NOISE = 0.1  # of a fully SET cell


def row(y: float, weights: tuple[float, ...], title: str, note: str) -> list[str]:
    """Return the weights of one output as bars in units of a full cell, each with its error."""
    peak = max(abs(w) for w in weights)
    parts = [
        label(8, y - FULL - 16, title, bold=True),
        line((8, y), (330, y), colour=INK, width=1),
        line((8, y - FULL), (330, y - FULL), colour=CRYSTAL, width=1.2, dashed=True),
        label(338, y - FULL + 5, "fully SET", colour=CRYSTAL),
        label(338, y - 20, note, colour=HEATER),
    ]
    for k, weight in enumerate(weights):
        x, height = 24 + 38 * k, FULL * abs(weight) / peak
        parts += [
            box(x, y - height, 22, height, fill=CRYSTAL_FILL, colour=CRYSTAL),
            box(x + 7, y - height - NOISE * FULL, 8, 2 * NOISE * FULL, fill=HEATER_FILL,
                colour=HEATER, stroke=1),
        ]  # fmt: skip
    return parts


def svg() -> str:
    clipped = tuple(max(-0.42, min(0.42, w)) for w in WEIGHTS)
    body = [
        *row(118, WEIGHTS, "one output, one large weight", "errors as\nlarge as\nweights"),
        arrow((170, 134), (170, 164), colour=INK, width=2),
        label(184, 156, "clipped: the others fill their cells"),
        *row(282, clipped, "the same output, clipped", "errors of\nthe same\ncells"),
        box(24, 302, 12, 12, fill=HEATER_FILL, colour=HEATER, stroke=1),
        label(44, 314, "error of a cell, a share of a fully SET one"),
    ]
    return svg_document(WIDTH, HEIGHT, *body)
