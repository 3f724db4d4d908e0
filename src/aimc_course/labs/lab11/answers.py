"""Reference answers of lab 11."""

import math
from functools import lru_cache

import numpy as np

from aimc.outlook.in_memory_training import (
    AdaptiveReference,
    DeviceMatrix,
    Perceptron,
    StochasticGradientDescent,
    Transfer,
    UpdateRule,
    fast_matrix,
)
from aimc_course.labs.devices.own_lot import OwnLot
from aimc_course.labs.lab11 import given


def symmetry_point(up: np.ndarray, down: np.ndarray, bound: float) -> np.ndarray:
    """Return the weight at which steps up and down are equal."""
    return bound * (up - down) / (up + down)


@lru_cache(maxsize=32)
def zero(serial: int, array: str = "A") -> np.ndarray:
    """Return measured symmetry points, each the mean of the second half of alternating pulses."""
    devices, seen = OwnLot(serial).array(array), []
    for _ in range(given.ALTERNATIONS):
        for count in (1, -1):
            devices.pulse(count)
            seen.append(devices.read())
    return np.asarray(np.mean(seen[given.ALTERNATIONS :], axis=0))


def true_zero(serial: int) -> np.ndarray:
    """Return the true symmetry points of array A."""
    return given.data_sheet(serial)[0]


def pairs_needed(up: float, down: float, bound: float, left: float, pulses: float = 2.0) -> float:
    """Return the pairs of pulses that leave at most this share of the distance."""
    pair = (1.0 - up / bound) * (1.0 - down / bound)
    return math.ceil(2.0 / pulses * math.log(left) / math.log(pair))


def chances(
    d: np.ndarray, x: np.ndarray, rate: float, slots: int, step: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the probabilities of a pulse per slot on rows and on columns."""
    factor = np.sqrt(rate / (slots * step))
    return factor * np.abs(d), factor * np.abs(x)


def rest(target: float, centre: float, bound: float, noise: float) -> float:
    """Return where pushes towards the target and pulls to the symmetry point are equal."""
    return (noise * centre + bound * target) / (noise + bound)


@lru_cache(maxsize=32)
def plain(serial: int, last: int = given.LAST) -> np.ndarray:
    """Return the weights of array W after plain descent, the mean of the last updates."""
    array, (target,), (noise,) = OwnLot(serial).array("W"), *_learned(serial)
    seen = []
    for k in range(given.UPDATES):
        array.send(-given.RATE * (array.read() - target + noise[k]))
        seen.append(array.read())
    return np.asarray(np.mean(seen[-last:], axis=0))


def release(sums: np.ndarray, read: np.ndarray, gain: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the pulses that are due, and the sums that are left."""
    sums = sums + gain * read
    pulses = np.trunc(sums)
    return pulses, sums - pulses


def two_arrays(
    serial: int, reference: np.ndarray, signs: np.ndarray | None = None, early: bool = False
) -> np.ndarray:
    """Return the weights of array W after Tiki-Taka, the mean of the last hundred updates.

    With ``early``, A is read before the gradient has gone in.
    """
    lot, (target,), (noise,) = OwnLot(serial), *_learned(serial)
    fast, slow, sums, seen = lot.array("A"), lot.array("W"), np.zeros(target.size), []
    turned = np.ones(noise.shape) if signs is None else signs
    for k in range(given.UPDATES):
        before = fast.read()
        fast.send(-given.PUSH * turned[k] * (slow.read() - target + noise[k]))
        found = before if early else fast.read()
        pulses, sums = release(sums, turned[k] * (found - reference), given.GAIN)
        slow.pulse(pulses)
        seen.append(slow.read())
    return np.asarray(np.mean(seen[-given.LAST :], axis=0))


@lru_cache(maxsize=32)
def tiki_taka(serial: int) -> np.ndarray:
    """Return the weights that Tiki-Taka learns with the measured zero."""
    return two_arrays(serial, zero(serial))


def error(weights: np.ndarray, serial: int) -> float:
    """Return the root mean square of weights minus targets."""
    return float(np.sqrt(np.mean((weights - given.targets(serial)[0]) ** 2)))


@lru_cache(maxsize=128)
def sweep(serial: int, chopped: bool = False, early: bool = False) -> np.ndarray:
    """Return the error at each offset of the reference."""
    centre, off = given.data_sheet(serial)
    signs = given.signs(serial)[0] if chopped else None
    references = [centre + offset * off for offset in given.OFFSETS]
    return np.array([error(two_arrays(serial, r, signs, early), serial) for r in references])


def chopped_sweep(serial: int, early: bool = False) -> np.ndarray:
    """Return the error at each offset with signs that turn."""
    return sweep(serial, True, early)


@lru_cache(maxsize=8)
def perceptron(serial: int, plain: bool = False) -> np.ndarray:
    """Return the weights of a perceptron after three epochs, shape (10, 65)."""
    rng, model = np.random.default_rng(serial), OwnLot(serial).model
    shape = (given.CLASSES, given.INPUTS)
    slow = DeviceMatrix(model.fabricate(shape, serial), rng=rng)
    fast = fast_matrix(model, shape, serial=serial + 1, rng=rng, offset=given.WRONG_ZERO)
    layer: UpdateRule = AdaptiveReference(slow, fast, rng=rng, transfer=Transfer(rate=1.0))
    if plain:
        layer = StochasticGradientDescent(slow, rng=rng)
    x, y, _, _ = given.images()
    network = Perceptron([layer])
    for rate in (0.02, 0.02, 0.02) if plain else (0.1, 0.1, 0.05):
        network.epoch(x, y, rate, rng)
    return layer.weights


def accuracy(weights: np.ndarray) -> float:
    """Return the share of test images that weights of shape (10, 65) recognise."""
    _, _, x, y = given.images()
    table = np.asarray(weights, dtype=float)
    return float(np.mean(np.argmax(x @ table[:, :-1].T + table[:, -1], axis=1) == y))


def _learned(serial: int) -> tuple[tuple[np.ndarray], tuple[np.ndarray]]:
    return given.targets(serial), given.noise(serial)
