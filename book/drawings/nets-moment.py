"""Noise of one moment and fresh noise on a feature map, and what max pooling makes of them."""

import numpy as np
import style as s

WIDTH, HEIGHT = 446, 306
UNIT, BASE = 14.0, 198  # px for a unit of the output, floor of the bars
EXACT = (6.0, 7.0, 6.5, 7.2)
# two moments, in which the errors are nearly alike, and one draw that differs from pixel to pixel
MOMENTS = (0.8, 1.0, 0.7, 0.9), (-1.0, -0.7, -0.8, -0.9)
FRESH = ((1.3, -1.2, 2.3, -0.8),)


def fresh_mean() -> float:
    """Return how far fresh normal errors as large as those drawn raise the mean maximum."""
    spread = np.sqrt(np.mean(np.square(FRESH)))
    draws = np.random.default_rng(1).normal(0, spread, (100_000, len(EXACT)))
    return float(np.mean(np.max(EXACT + draws, axis=1)) - max(EXACT))


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−")


def _panel(left: float, title: str, draws: tuple[tuple[float, ...], ...], mean: str) -> str:
    parts = [s.label(left, 24, title, bold=True)]
    right = left + 38 * 3 + 28
    true = BASE - UNIT * max(EXACT)
    tops = [max(e + d for e, d in zip(EXACT, errors, strict=True)) for errors in draws]
    for k, exact in enumerate(EXACT):
        x, start = left + 38 * k, BASE - UNIT * exact
        parts.append(s.box(x, start, 28, UNIT * exact, fill=s.CRYSTAL_FILL, colour=s.CRYSTAL))
        for n, errors in enumerate(draws):
            at = x + 28 * (n + 1) / (len(draws) + 1)
            end = start - UNIT * errors[k]
            parts.append(s.arrow((at, start), (at, end), colour=s.INK, width=2.6, head=7))
    parts += [
        s.line((left, BASE), (right, BASE), colour=s.FAINT),
        s.line((left - 4, true), (right + 14, true), colour=s.CRYSTAL, dashed=True),
    ]
    for top in tops:
        y = BASE - UNIT * top
        parts.append(s.line((left - 4, y), (right + 14, y), colour=s.INK, dashed=True))
    found = " or ".join(_signed(top - max(EXACT)) for top in tops)
    middle = (left + right) / 2
    parts += [
        s.label(middle, BASE + 20, "four pixels", "middle"),
        s.box(left, BASE + 32, right - left, 26, fill=s.DIGITAL_FILL, colour=s.DIGITAL, radius=4),
        s.label(middle, BASE + 50, "max", "middle"),
        s.label(middle, BASE + 76, f"maximum: {found}", "middle", colour=s.INK),
        s.label(middle, BASE + 98, f"mean of many: {mean}", "middle", colour=s.INK, bold=True),
    ]
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    return s.svg_document(
        WIDTH,
        HEIGHT,
        _panel(24, "two moments", MOMENTS, "0"),
        _panel(244, "fresh for each pixel", FRESH, _signed(fresh_mean())),
    )
