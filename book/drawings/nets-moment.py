"""Noise of one moment and fresh noise on a feature map, and what max pooling makes of them."""

import itertools

import numpy as np
import style as s

WIDTH, HEIGHT = 446, 410
UNIT, BASE = 14.0, 198  # px for a unit of the output, floor of the bars
EXACT = (6.0, 7.0, 6.5, 7.2)
# two moments, in which the errors are nearly alike, and one draw that differs from pixel to pixel
MOMENTS = (0.8, 1.0, 0.7, 0.9), (-1.0, -0.7, -0.8, -0.9)
FRESH = ((1.3, -1.2, 2.3, -0.8),)
SPREAD = float(np.sqrt(np.mean(np.square(FRESH))))  # of the errors drawn, and of the many
REACH, TALL, FLOOR = 4.0, 54, 372  # units left and right of zero, px, floor of the histograms


def shifts(*, shared: bool) -> np.ndarray:
    """Return how far many normal errors, alike in all pixels or not, move the maximum."""
    draws = np.random.default_rng(1).normal(0, SPREAD, (100_000, 1 if shared else len(EXACT)))
    return np.max(EXACT + draws, axis=1) - max(EXACT)


def fresh_mean() -> float:
    """Return how far fresh normal errors as large as those drawn raise the mean maximum."""
    return float(np.mean(shifts(shared=False)))


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−")


def _histogram(left: float, right: float, values: np.ndarray, mean: str) -> str:
    """Return how often the maximum moves how far, with zero and the mean."""

    def at(value: float) -> float:
        return left + (right - left) * (value + REACH) / (2 * REACH)

    share, edges = np.histogram(values, np.linspace(-REACH, REACH, 33))
    high = TALL / np.histogram(shifts(shared=False), edges)[0].max()
    steps = [
        (at(edge), FLOOR - high * number)
        for number, pair in zip(share, itertools.pairwise(edges), strict=True)
        for edge in pair
    ]
    middle = at(float(np.mean(values)))
    parts = [
        s.line(
            (left, FLOOR),
            *steps,
            (right, FLOOR),
            colour=s.DIGITAL,
            fill=s.DIGITAL_FILL,
            width=1.2,
            closed=True,
        ),
        s.line((at(0), FLOOR - TALL - 8), (at(0), FLOOR), colour=s.CRYSTAL, dashed=True),
        s.line((middle, FLOOR - TALL - 8), (middle, FLOOR), colour=s.INK, width=2.2),
        s.label(middle + 6, FLOOR - TALL, f"mean {mean}", colour=s.INK, bold=True, halo=True),
        s.label(at(0) - 6, FLOOR - TALL, f"{np.mean(values < 0):.0%} < 0", "end", colour=s.INK),
    ]
    for tick in (-3, 0, 3):
        name = _signed(tick).removesuffix(".0") if tick else "0"
        parts += [
            s.line((at(tick), FLOOR), (at(tick), FLOOR + 4), colour=s.INK, width=1),
            s.label(at(tick), FLOOR + 18, name, "middle", colour=s.INK),
        ]
    return "".join(parts)


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
        parts += [
            s.line((left - 4, y), (right + 14, y), colour=s.INK, dashed=True),
            s.label(right + 18, y + 5, _signed(top - max(EXACT)), colour=s.INK),
        ]
    middle = (left + right) / 2
    parts += [
        s.label(middle, BASE + 20, "four pixels", "middle"),
        s.box(left, BASE + 32, right - left, 26, fill=s.DIGITAL_FILL, colour=s.DIGITAL, radius=4),
        s.label(middle, BASE + 50, "max", "middle"),
        s.label(middle, BASE + 82, "maximum of many draws", "middle"),
        _histogram(left, right, shifts(shared=len(draws) > 1), mean),
    ]
    return "".join(parts)


def svg() -> str:
    """Return the drawing."""
    middle = 209
    return s.svg_document(
        WIDTH,
        HEIGHT,
        _panel(28, "two moments", MOMENTS, "0"),
        _panel(248, "fresh for each pixel", FRESH, _signed(fresh_mean())),
        s.label(middle, FLOOR + 34, "shift, in the units of the outputs", "middle"),
    )
