"""What more inputs, more reads and more devices do to an error."""

import numpy as np
import style as s

WIDTH, HEIGHT = 446, 396
LEFT, RIGHT = 140, 436
STEPS = 48


def _walks(middle: float) -> list[str]:
    """Return the sum of signed products, exact and with errors, over the number of inputs."""
    rng = np.random.default_rng(11)
    products = rng.normal(size=STEPS)
    errors = 0.35 * rng.normal(size=STEPS)
    x = np.linspace(LEFT, RIGHT, STEPS)
    exact, got = 4.2 * np.cumsum(products), 4.2 * np.cumsum(products + errors)
    top = max(np.abs(exact).max(), np.abs(got).max())
    scale = 44 / top
    paths = [
        s.line(*zip(x, middle - scale * walk, strict=True), colour=colour, width=2.2)
        for walk, colour in ((exact, s.DIGITAL), (got, s.BIT_LINE))
    ]
    return [s.line((LEFT, middle), (RIGHT, middle), colour=s.FAINT, width=1.2), *paths]


def _slow(size: float) -> np.ndarray:
    """Return noise that hardly changes from one read to the next."""
    steps = np.random.default_rng(6).normal(size=(4, STEPS))
    sums = [
        np.convolve(step, np.ones(n) / np.sqrt(n), "same")
        for step, n in zip(steps, (8, 16, 32, 48), strict=True)
    ]
    return size * np.sum(sums, axis=0) / 2


def _means(middle: float, centres: np.ndarray, spread: float) -> list[str]:
    """Return single values about their centres, and the mean of the first n of them."""
    rng = np.random.default_rng(4)
    values = centres + spread * rng.normal(size=centres.size)
    x = np.linspace(LEFT + 4, RIGHT - 4, centres.size)
    means = np.cumsum(values) / np.arange(1, values.size + 1)
    dots = [s.dot(a, middle - b, 2.6, s.WORD_LINE) for a, b in zip(x, values, strict=True)]
    target = s.line((LEFT, middle), (RIGHT, middle), colour=s.DIGITAL, dashed=True, width=1.6)
    return [
        target,
        *dots,
        s.line(*zip(x, middle - means, strict=True), colour=s.BIT_LINE, width=2.2),
    ]


def svg() -> str:
    """Return the drawing."""
    rows = (
        (70, "more inputs", ("the signal grows and", "so does the error, so", "their ratio stays")),
        (202, "more reads", ("in a row agree with", "each other, but not", "with the target")),
        (330, "more devices", ("share the weight and", "find the target", "together")),
    )
    parts: list[str] = []
    for middle, name, words in rows:
        parts.append(s.label(6, middle - 30, name, bold=True))
        for k, word in enumerate(words):
            parts.append(s.label(6, middle - 8 + 18 * k, word, colour=s.INK, size=14))
    devices = 22 * np.random.default_rng(9).normal(size=STEPS)
    parts += _walks(70) + _means(214, 30.0 + _slow(6), 2) + _means(330, devices, 4)
    parts += [
        s.label(RIGHT, 16, "exact", "end", colour=s.DIGITAL, bold=True),
        s.label(RIGHT - 46, 16, "with errors", "end", colour=s.BIT_LINE, bold=True),
        s.label(RIGHT, 236, "target", "end", colour=s.DIGITAL, bold=True, halo=True),
        s.label(RIGHT, 152, "mean so far", "end", colour=s.BIT_LINE, bold=True),
        s.line((6, 136), (RIGHT, 136), colour=s.FAINT, width=0.8),
        s.line((6, 262), (RIGHT, 262), colour=s.FAINT, width=0.8),
        s.label(6, HEIGHT - 6, "number →", colour=s.INK, size=14),
    ]
    return s.svg_document(WIDTH, HEIGHT, *parts)
