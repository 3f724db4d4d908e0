"""Ten figures on eight times eight pixels, and a small network that tells them apart.

A page has no room for data files and no time for a long training. So the task is made: the ten
figures of an old display, shifted, dimmed and covered with noise. The network has hidden
layers with batch normalisation, and trains in a fraction of a second.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

__all__ = ["CLASSES", "PIXELS", "Network", "forward", "glyphs", "held_out", "trained"]

SIDE, PIXELS, CLASSES = 8, 64, 10
HIDDEN = 64  # units of a hidden layer
ROWS = (
    ".###. ..#.. .###. ####. #..#. ##### .###. ##### .###. .###.",
    "#...# .##.. #...# ....# #..#. #.... #.... ....# #...# #...#",
    "#...# ..#.. ....# .###. #..#. ####. ####. ...#. .###. #...#",
    "#...# ..#.. ..##. ....# ##### ....# #...# ..#.. #...# .####",
    "#...# ..#.. .#... ....# ...#. ....# #...# .#... #...# ....#",
    ".###. .###. ##### ####. ...#. ####. .###. .#... .###. .###.",
)
HEIGHT, WIDTH = 6, 5
NOISE = 0.25  # of a pixel, relative to a bright one
TRAINING, TEST = 3000, 1000
EPOCHS, BATCH, RATE, DECAY = 12, 50, 0.1, 1e-4
EPSILON = 1e-3  # added to variances before their root is taken

Product = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """What training leaves: matrices for crossbars, and numbers for the digital side."""

    weights: tuple[np.ndarray, ...]
    """Matrices (out, in): 64 x 64 for each hidden layer, and one of 10 x 64."""
    means: tuple[np.ndarray, ...]
    """Mean of each output of the hidden layers over the training data, shape (64,)."""
    variances: tuple[np.ndarray, ...]
    """Variances of these outputs."""
    gains: tuple[np.ndarray, ...]
    """Learned factors of the normalised outputs."""
    shifts: tuple[np.ndarray, ...]
    """Learned offsets of the normalised outputs, and the bias of the last layer, shape (10,)."""

    ranges: tuple[float, ...]
    """Largest magnitude of each layer's inputs over the training data."""


@lru_cache(maxsize=8)
def glyphs(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return pictures (count, 64) with pixels around 0 and 1, and which figures they show (count,).

    Parameters
    ----------
    count : int
        Number of pictures.
    seed : int
        Same seed, same pictures.
    """
    rng = np.random.default_rng([seed, 64])
    marks = np.array([[mark == "#" for mark in row.replace(" ", "")] for row in ROWS], np.float64)
    shapes = marks.reshape(HEIGHT, CLASSES, WIDTH).transpose(1, 0, 2)
    labels = rng.integers(0, CLASSES, count)
    down = rng.integers(0, SIDE - HEIGHT + 1, count)
    right = rng.integers(0, SIDE - WIDTH + 1, count)
    light = rng.uniform(0.6, 1.2, count)
    pictures = NOISE * rng.standard_normal((count, SIDE, SIDE))
    for k in range(count):
        place = (k, slice(down[k], down[k] + HEIGHT), slice(right[k], right[k] + WIDTH))
        pictures[place] += light[k] * shapes[labels[k]]
    return pictures.reshape(count, PIXELS), labels


def held_out() -> tuple[np.ndarray, np.ndarray]:
    """Return the 1,000 pictures (1000, 64) that no training sees, and their labels."""
    return glyphs(TEST, 1)


def forward(
    network: Network,
    x: np.ndarray,
    products: Sequence[Product] | None = None,
    statistics: Sequence[tuple[np.ndarray, np.ndarray]] | None = None,
) -> np.ndarray:
    """Return scores (n, 10) of pictures (n, 64).

    Parameters
    ----------
    network : Network
        Its digital numbers, and its matrices unless there are ``products``.
    x : array, shape (n, 64)
        Pictures.
    products : sequence of callable, optional
        What multiplies in each layer, for example ``core.at(t).forward``; exact by default.
    statistics : sequence of pairs of array, optional
        Means and variances of the hidden layers to normalise with, instead of the network's.
    """
    for k, weights in enumerate(network.weights):
        x = x @ weights.T if products is None else products[k](x)
        if k == len(network.weights) - 1:
            break
        mean, variance = (
            (network.means[k], network.variances[k]) if not statistics else statistics[k]
        )
        x = network.gains[k] * (x - mean) / np.sqrt(variance + EPSILON) + network.shifts[k]
        x = np.maximum(x, 0.0)
    return x + network.shifts[-1]


@lru_cache(maxsize=4)
def trained(layers: int = 2, seed: int = 0) -> Network:
    """Train the network on 3,000 pictures, without a thought of analog hardware.

    Parameters
    ----------
    layers : int
        Hidden layers.
    seed : int
        Seed of the first weights and of the order of the pictures.
    """
    rng = np.random.default_rng([seed, 7])
    x, labels = glyphs(TRAINING, 2)
    sizes = (PIXELS, *[HIDDEN] * layers, CLASSES)
    w = [rng.standard_normal((b, a)) * np.sqrt(2 / a) for a, b in pairwise(sizes)]
    gain = [np.ones(HIDDEN) for _ in range(layers)]
    shift = [*(np.zeros(HIDDEN) for _ in range(layers)), np.zeros(CLASSES)]
    speed = [np.zeros_like(m) for m in (*w, *gain, *shift)]
    steps = EPOCHS * (TRAINING // BATCH)
    for step in range(steps):
        if step % (TRAINING // BATCH) == 0:
            order = rng.permutation(TRAINING)
        pick = order[BATCH * (step % (TRAINING // BATCH)) :][:BATCH]
        slopes = _gradient(w, gain, shift, x[pick], labels[pick])
        rate = RATE * 0.5 * (1 + np.cos(np.pi * step / steps))
        for value, v, slope in zip((*w, *gain, *shift), speed, slopes, strict=True):
            v *= 0.9
            v -= rate * (slope + DECAY * value)
            value += v
        for m in w:  # keeps single weights from stretching the range of all
            np.clip(m, -2.5 * m.std(), 2.5 * m.std(), out=m)
    means, variances, ranges, h = [], [], [float(np.abs(x).max())], x
    for k in range(layers):
        z = h @ w[k].T
        means.append(z.mean(axis=0))
        variances.append(z.var(axis=0))
        h = np.maximum(gain[k] * (z - means[k]) / np.sqrt(variances[k] + EPSILON) + shift[k], 0.0)
        ranges.append(float(h.max()))
    digital = (tuple(means), tuple(variances), tuple(gain), tuple(shift), tuple(ranges))
    return Network(tuple(w), *digital)


def _gradient(
    w: Sequence[np.ndarray],
    gain: Sequence[np.ndarray],
    shift: Sequence[np.ndarray],
    x: np.ndarray,
    labels: np.ndarray,
) -> list[np.ndarray]:
    """Return the gradients of the mean cross-entropy for all matrices, gains and shifts."""
    inputs, units, roots, active = [x], [], [], []
    layers = len(gain)
    for k in range(layers):
        z = inputs[k] @ w[k].T
        roots.append(np.sqrt(z.var(axis=0) + EPSILON))
        units.append((z - z.mean(axis=0)) / roots[k])
        y = gain[k] * units[k] + shift[k]
        active.append(y > 0)
        inputs.append(np.maximum(y, 0.0))
    scores = inputs[layers] @ w[layers].T + shift[layers]
    chances = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    chances[np.arange(len(x)), labels] -= 1
    back = chances / len(x)
    d_w, d_shift = [back.T @ inputs[layers]], [back.sum(axis=0)]
    d_gain: list[np.ndarray] = []
    for k in reversed(range(layers)):
        d_y = (back @ w[k + 1]) * active[k]
        d_gain.insert(0, np.sum(d_y * units[k], axis=0))
        d_shift.insert(0, d_y.sum(axis=0))
        d_u = d_y * gain[k]
        back = (d_u - d_u.mean(axis=0) - units[k] * np.mean(d_u * units[k], axis=0)) / roots[k]
        d_w.insert(0, back.T @ inputs[k])
    return [*d_w, *d_gain, *d_shift]
