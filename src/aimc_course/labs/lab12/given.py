"""What students of lab 12 are given: images, random directions, a chip, and some tokens."""

from functools import lru_cache

import numpy as np

from aimc import presets
from aimc.datasets.small_digits import digit_inputs, digits
from aimc.kernel_approximation import CoreProjection

LEARNED, TESTED, PAIRED = 600, 400, 100  # images to learn from, to test, to compare in pairs
SIZE, MOST, CLASSES = 64, 256, 10  # pixels, directions, digits
COUNTS = (16, 64, 256)  # directions that are used
WIDTH, PENALTY = 2.0, 0.01  # of the kernel, of the ridge
TOKENS = 64
SPREADS = (0.25, 0.5, 1.0)  # standard deviations of the entries of queries and keys


@lru_cache(maxsize=1)
def _all_images() -> tuple[np.ndarray, np.ndarray]:
    data = digits()
    inputs = [digit_inputs(x).astype(float) for x in (data.x_train, data.x_test)]
    return np.concatenate(inputs), np.concatenate([data.y_train, data.y_test])


def images(serial: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return a student's images to learn from, their digits, images to be tested on, and theirs.

    Images have 64 entries between -1 and 1, from which the mean image has been subtracted.
    """
    x, y = _all_images()
    order = np.random.default_rng([serial, 12, 0]).permutation(len(x))
    learned, tested = order[:LEARNED], order[LEARNED : LEARNED + TESTED]
    mean = x[learned].mean(axis=0)
    return x[learned] - mean, y[learned], x[tested] - mean, y[tested]


def directions(serial: int) -> tuple[np.ndarray]:
    """Return 256 directions of a standard normal distribution, shape (256, 64)."""
    return (np.random.default_rng([serial, 12, 1]).standard_normal((MOST, SIZE)),)


def tokens(serial: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return queries, keys and values of standard normal entries, each of shape (64, 64)."""
    queries, keys, values = np.random.default_rng([serial, 12, 2]).standard_normal(
        (3, TOKENS, SIZE)
    )
    return queries, keys, values


def on_chip(
    serial: int, omega: np.ndarray, x: np.ndarray, *, devices: int = 2, reach: float = 1.0
) -> np.ndarray:
    """Return the products of vectors with directions that the cores of a student's chip hold."""
    made = CoreProjection(omega, lambda k: presets.hermes(serial, devices, index=k), reach=reach)
    return made.project(x)
