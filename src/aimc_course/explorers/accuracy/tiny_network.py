"""A network of some three hundred weights that a page trains while the reader waits.

Two classes of points lie in a plane, wound around each other, so that the whole decision of the
network can be seen at once. Training is a few hundred steps of Adam on all points, with noise on
the weights or, with the same distribution for each output, on the outputs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from aimc.validation import check_choice, check_number

__all__ = ["PLACES", "TinyNetwork", "accuracies", "loss", "points", "scores", "train"]

SIZES = (2, 16, 16, 1)
STEPS, RATE = 400, 0.03
CLIP = 2.0  # standard deviations of a matrix's weights
PLACES = ("weights", "outputs")
"""Where noise of training is drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class TinyNetwork:
    """Weights for crossbars, and biases of the digital side."""

    weights: tuple[np.ndarray, ...]
    """Matrices (out, in)."""
    biases: tuple[np.ndarray, ...]
    """Offsets (out,)."""

    def noisy(self, noise: float, rng: np.random.Generator) -> TinyNetwork:
        """Return the network as one chip holds it: each weight is off by a normal number.

        Parameters
        ----------
        noise : float
            Standard deviation, as a share of the largest weight of each matrix.
        rng : numpy.random.Generator
            Source of the errors.
        """
        off = [noise * np.abs(w).max() * rng.standard_normal(w.shape) for w in self.weights]
        return TinyNetwork(
            tuple(w + e for w, e in zip(self.weights, off, strict=True)), self.biases
        )


@lru_cache(maxsize=4)
def points(count: int = 240, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return points of two interlocked moons, shape (count, 2), and their classes, 0 or 1.

    Parameters
    ----------
    count : int
        Number of points, half of each class.
    seed : int
        Same seed, same points.
    """
    rng = np.random.default_rng([seed, 2])
    labels = np.arange(count) % 2
    angle = np.pi * rng.uniform(0.0, 1.0, count)
    x = np.where(labels == 0, np.cos(angle) - 0.5, 0.5 - np.cos(angle))
    y = np.where(labels == 0, np.sin(angle) - 0.25, 0.25 - np.sin(angle))
    return np.stack([x, y], axis=1) + 0.14 * rng.standard_normal((count, 2)), labels


def scores(network: TinyNetwork, x: np.ndarray) -> np.ndarray:
    """Return one score (n,) for each point (n, 2): above zero means class 1."""
    last = len(network.weights) - 1
    for k, (w, b) in enumerate(zip(network.weights, network.biases, strict=True)):
        x = x @ w.T + b
        if k < last:
            x = np.maximum(x, 0.0)
    return x[:, 0]


def loss(network: TinyNetwork, x: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean cross-entropy, nats."""
    margin = scores(network, x) * (2 * labels - 1)
    return float(np.mean(np.logaddexp(0.0, -margin)))


def accuracies(
    network: TinyNetwork, x: np.ndarray, labels: np.ndarray, noise: float, chips: int = 40
) -> np.ndarray:
    """Return the accuracy (0 to 1) of each chip, shape (chips,); chip k has the same draws always.

    Parameters
    ----------
    network : TinyNetwork
        What is programmed.
    x, labels : array
        Points and their classes.
    noise : float
        Standard deviation of the weights' errors, as a share of the largest of each matrix.
    chips : int
        Number of chips.
    """
    found = []
    for chip in range(chips):
        held = network.noisy(noise, np.random.default_rng([chip, 5]))
        found.append(np.mean((scores(held, x) > 0) == (labels == 1)))
    return np.array(found)


@lru_cache(maxsize=64)
def train(noise: float, place: str = "weights", clip: bool = True, seed: int = 0) -> TinyNetwork:
    """Train on the 240 points.

    Parameters
    ----------
    noise : float
        Standard deviation of the noise, as a share of the largest weight of each matrix.
    place : {"weights", "outputs"}
        One draw per weight and step, or one draw per output and point.
    clip : bool
        Whether weights are clipped after each step.
    seed : int
        Seed of the first weights and of the noise.
    """
    check_number("noise", noise, low=0.0)
    check_choice("place", place, PLACES)
    rng = np.random.default_rng([seed, 3])
    w = [rng.standard_normal((b, a)) * np.sqrt(2 / a) for a, b in pairwise(SIZES)]
    b = [np.zeros(n) for n in SIZES[1:]]
    x, labels = points()
    moments = [(np.zeros_like(v), np.zeros_like(v)) for v in (*w, *b)]
    for step in range(1, STEPS + 1):
        slopes = _gradient(w, b, x, labels, noise, place, rng)
        rate = RATE * 0.5 * (1 + np.cos(np.pi * step / STEPS))
        for value, (mean, square), slope in zip((*w, *b), moments, slopes, strict=True):
            mean += 0.1 * (slope - mean)
            square += 0.01 * (slope**2 - square)
            unbiased = mean / (1 - 0.9**step)
            value -= rate * unbiased / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
        if clip:
            for m in w:
                np.clip(m, -CLIP * m.std(), CLIP * m.std(), out=m)
    return TinyNetwork(tuple(w), tuple(b))


def _gradient(
    w: list[np.ndarray],
    b: list[np.ndarray],
    x: np.ndarray,
    labels: np.ndarray,
    noise: float,
    place: str,
    rng: np.random.Generator,
) -> list[np.ndarray]:
    """Return the gradients of the mean cross-entropy under one draw of the noise."""
    size = [noise * np.abs(m).max() for m in w]
    used = w
    if place == "weights":
        used = [m + s * rng.standard_normal(m.shape) for m, s in zip(w, size, strict=True)]
    inputs, factors = [x], []
    for k, m in enumerate(used):
        y = inputs[k] @ m.T + b[k]
        if place == "outputs":
            draws = size[k] * rng.standard_normal(y.shape)
            length = np.sqrt(np.sum(inputs[k] ** 2, axis=1, keepdims=True)) + 1e-12
            y = y + length * draws
            factors.append((draws, length))
        inputs.append(np.maximum(y, 0.0) if k < len(w) - 1 else y)
    back = (1 / (1 + np.exp(-inputs[-1][:, 0])) - labels)[:, None] / len(x)
    d_w: list[np.ndarray] = []
    d_b: list[np.ndarray] = []
    for k in reversed(range(len(w))):
        d_w.insert(0, back.T @ inputs[k])
        d_b.insert(0, back.sum(axis=0))
        down = back @ used[k]
        if place == "outputs":  # the norm of the inputs carries a gradient, too
            draws, length = factors[k]
            down = down + inputs[k] / length * np.sum(back * draws, axis=1, keepdims=True)
        back = down * (inputs[k] > 0)
    return [*d_w, *d_b]
