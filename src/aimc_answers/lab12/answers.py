"""Reference answers of lab 12."""

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from aimc_course.labs.lab12 import given

Size = Callable[[np.ndarray], float]
Attention = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def rbf(
    x: np.ndarray, y: np.ndarray, width: float, *, half: float = 2.0, power: float = 2.0
) -> np.ndarray:
    """Return the RBF kernel between the rows of x and the rows of y."""
    squares = np.sum((x[:, None, :] - y[None, :, :]) ** 2, axis=2)
    return np.asarray(np.exp(-squares / (half * width**power)))


def features(products: np.ndarray, width: float) -> np.ndarray:
    """Return cosines, then sines, of products with directions, shape (n, 2 m)."""
    phase = products / width
    both = np.concatenate([np.cos(phase), np.sin(phase)], axis=1)
    return np.asarray(both / math.sqrt(products.shape[1]))


def rms(off: np.ndarray) -> float:
    """Return the root mean square."""
    return float(np.sqrt(np.mean(off**2)))


def error_of(
    z: np.ndarray, kernel: np.ndarray, *, diagonal: bool = False, size: Size = rms
) -> float:
    """Return the root mean square error of the products of features between different images."""
    pairs = np.ones_like(kernel, dtype=bool) if diagonal else ~np.eye(len(kernel), dtype=bool)
    return float(size((z @ z.T - kernel)[pairs]))


@lru_cache(maxsize=4)
def true_kernel(serial: int) -> np.ndarray:
    """Return the kernel between the first 100 test images."""
    x = given.images(serial)[2][: given.PAIRED]
    return rbf(x, x, given.WIDTH)


def kernel_error(
    serial: int, count: int = 64, *, diagonal: bool = False, size: Size = rms
) -> float:
    """Return the error of the kernel with the first directions, in floating point."""
    x = given.images(serial)[2][: given.PAIRED]
    z = features(x @ given.directions(serial)[0][:count].T, given.WIDTH)
    return error_of(z, true_kernel(serial), diagonal=diagonal, size=size)


def exact_errors(serial: int) -> np.ndarray:
    """Return the error of the kernel in floating point for 16, 64 and 256 directions."""
    return np.array([kernel_error(serial, count) for count in given.COUNTS])


def directions_needed(error: float, count: int, wanted: float, *, power: float = 2.0) -> int:
    """Return how many directions have a wanted error if some have a known one."""
    return math.ceil(count * (error / wanted) ** power)


def paper_features(serial: int, count: int, learned: bool) -> np.ndarray:
    """Return the features in floating point of images to learn from, or to be tested on."""
    x = given.images(serial)[0 if learned else 2]
    return features(x @ given.directions(serial)[0][:count].T, given.WIDTH)


@lru_cache(maxsize=16)
def chip_features(serial: int, count: int, learned: bool) -> np.ndarray:
    """Return the chip's features of the images to learn from, or of those to be tested on."""
    x = given.images(serial)[0 if learned else 2]
    products = given.on_chip(serial, given.directions(serial)[0][:count], x)
    return features(products, given.WIDTH)


@lru_cache(maxsize=4)
def _of_all(serial: int, learned: bool) -> np.ndarray:
    x = given.images(serial)[0 if learned else 2]
    return given.on_chip(serial, given.directions(serial)[0][: given.MOST], x)


def sliced_features(serial: int, count: int, learned: bool) -> np.ndarray:
    """Return features of the first columns of what the chip gives for all directions at once."""
    return features(_of_all(serial, learned)[:, :count], given.WIDTH)


def product_error(serial: int) -> float:
    """Return the relative error of the chip's products with 64 directions."""
    x = given.images(serial)[2]
    omega = given.directions(serial)[0][:64]
    exact, found = x @ omega.T, given.on_chip(serial, omega, x)
    return float(np.linalg.norm(found - exact) / np.linalg.norm(exact))


@lru_cache(maxsize=32)
def chip_errors(serial: int) -> np.ndarray:
    """Return the error of the kernel on the chip for 16, 64 and 256 directions."""
    x, (omega,) = given.images(serial)[2][: given.PAIRED], given.directions(serial)
    found = [given.on_chip(serial, omega[:count], x) for count in given.COUNTS]
    kernel = true_kernel(serial)
    return np.array([error_of(features(p, given.WIDTH), kernel) for p in found])


def sliced_errors(serial: int) -> np.ndarray:
    """Return the same where the chip holds all directions, and the first of them are taken."""
    x, (omega,) = given.images(serial)[2][: given.PAIRED], given.directions(serial)
    found, kernel = given.on_chip(serial, omega[: given.MOST], x), true_kernel(serial)
    parts = (features(found[:, :count], given.WIDTH) for count in given.COUNTS)
    return np.array([error_of(z, kernel) for z in parts])


def ridge(z: np.ndarray, targets: np.ndarray, penalty: float) -> np.ndarray:
    """Return the weights of a ridge regression, shape (features, outputs)."""
    return np.asarray(np.linalg.solve(z.T @ z + penalty * np.eye(z.shape[1]), z.T @ targets))


def accuracy(z: np.ndarray, weights: np.ndarray, y: np.ndarray) -> float:
    """Return the share of images whose largest output is that of their digit."""
    return float(np.mean(np.argmax(z @ weights, axis=1) == y))


Features = Callable[[int, int, bool], np.ndarray]


@lru_cache(maxsize=8)
def _accuracies(serial: int, learns: Features, tests: Features, learned: bool) -> np.ndarray:
    _, y, _, y_test = given.images(serial)
    targets = np.where(y[:, None] == np.arange(given.CLASSES), 1.0, -1.0)
    found = []
    for count in given.COUNTS:
        weights = ridge(learns(serial, count, True), targets, given.PENALTY)
        found.append(accuracy(tests(serial, count, learned), weights, y if learned else y_test))
    return np.array(found)


def accuracies(serial: int, *, learned: bool = False) -> np.ndarray:
    """Return accuracies on the chip for 16, 64 and 256 directions, learned in floating point."""
    return _accuracies(serial, paper_features, chip_features, learned)


def paper_accuracies(serial: int) -> np.ndarray:
    """Return the same with exact products, for learning and for the test."""
    return _accuracies(serial, paper_features, paper_features, False)


def own_accuracies(serial: int, *, learned: bool = False) -> np.ndarray:
    """Return the same for ridges that have learned from the chip's own features."""
    return _accuracies(serial, chip_features, chip_features, learned)


def sliced_accuracies(serial: int) -> np.ndarray:
    """Return those learned in floating point, where the chip holds all directions at once."""
    return _accuracies(serial, paper_features, sliced_features, False)


def own_sliced_accuracies(serial: int) -> np.ndarray:
    """Return those learned from the chip, where it holds all directions at once."""
    return _accuracies(serial, sliced_features, sliced_features, False)


def orthogonal(square: np.ndarray) -> np.ndarray:
    """Return orthogonal rows that are as long as the rows of a square matrix."""
    q, _ = np.linalg.qr(square.T)
    return np.asarray(np.linalg.norm(square, axis=1)[:, None] * q.T)


@lru_cache(maxsize=32)
def orthogonal_error(serial: int, *, exact: bool = False) -> float:
    """Return the error of the kernel on the chip with 64 orthogonal directions."""
    x = given.images(serial)[2][: given.PAIRED]
    omega = orthogonal(given.directions(serial)[0][: given.SIZE])
    products = x @ omega.T if exact else given.on_chip(serial, omega, x)
    return error_of(features(products, given.WIDTH), true_kernel(serial))


def remembered(zk: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return what is to be kept of features of keys and of values, shape (features, outputs + 1).

    The last column belongs to the sum of the weights.
    """
    return zk.T @ np.column_stack([values, np.ones(len(zk))])


def linear_attention(zq: np.ndarray, zk: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return attention from features of queries and keys, shape (queries, outputs)."""
    sums = zq @ remembered(zk, values)
    return np.asarray(sums[:, :-1] / sums[:, -1:])


def positive(products: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return positive features of scaled queries or keys."""
    lengths = np.sum(x**2, axis=1, keepdims=True)
    return np.asarray(np.exp(products - lengths / 2) / math.sqrt(products.shape[1]))


def attention_error(
    serial: int, spread: float, *, short: bool = True, attention: Attention = linear_attention
) -> float:
    """Return the relative error of linear attention with 256 directions, in floating point."""
    queries, keys, values = given.tokens(serial)
    (omega,) = given.directions(serial)
    q, k = (spread * part / given.SIZE**0.25 for part in (queries, keys))
    scores = np.exp(q @ k.T)
    exact = scores @ values / scores.sum(axis=1, keepdims=True)
    zq, zk = (positive(part @ omega.T, part if short else 0 * part) for part in (q, k))
    found = attention(zq, zk, values)
    return float(np.linalg.norm(found - exact) / np.linalg.norm(exact))


def attention_errors(
    serial: int, *, short: bool = True, attention: Attention = linear_attention
) -> np.ndarray:
    """Return the errors for the three spreads of the entries."""
    found = (
        attention_error(serial, spread, short=short, attention=attention)
        for spread in given.SPREADS
    )
    return np.array(list(found))


def attention_directions(
    spread: float, size: int, target: float, *, vectors: float = 2.0, less: float = 1.0
) -> float:
    """Return how many directions have a relative standard deviation, for entries of a spread."""
    return (math.exp(vectors * spread**2 * math.sqrt(size)) - less) / target**2
