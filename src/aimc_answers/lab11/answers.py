"""Reference answers of lab 11."""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from aimc_course.labs.devices.own_lot import LearningArray, OwnLot
from aimc_course.labs.lab11 import given

RECIPE = {"rule": "AdaptiveReference", "rates": [0.1, 0.1, 0.05]}  # of the perceptron


def symmetry_point(up: np.ndarray, down: np.ndarray, bound: float) -> np.ndarray:
    """Return the weight at which steps up and down are equal."""
    return bound * (up - down) / (up + down)


def measure_zero(array: LearningArray, pairs: int = given.ALTERNATIONS) -> np.ndarray:
    """Return measured symmetry points, each the mean of the second half of alternating pulses."""
    seen = []
    for _ in range(pairs):
        for count in (1, -1):
            array.pulse(count)
            seen.append(array.read())
    return np.asarray(np.mean(seen[pairs:], axis=0))


@lru_cache(maxsize=32)
def zero(serial: int, array: str = "A") -> np.ndarray:
    """Return the measured symmetry points of a student's array."""
    return measure_zero(OwnLot(serial).array(array))


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


def plain_descent(array: LearningArray, serial: int, last: int = given.LAST) -> np.ndarray:
    """Return the weights of an array after plain descent, the mean of the last updates."""
    (target,), (noise,) = _learned(serial)
    seen = []
    for k in range(given.UPDATES):
        array.send(-given.RATE * (array.read() - target + noise[k]))
        seen.append(array.read())
    return np.asarray(np.mean(seen[-last:], axis=0))


@lru_cache(maxsize=32)
def plain(serial: int, last: int = given.LAST) -> np.ndarray:
    """Return the weights that a student's array W learns by plain descent."""
    return plain_descent(OwnLot(serial).array("W"), serial, last)


def release(sums: np.ndarray, read: np.ndarray, gain: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the pulses that are due, and the sums that are left."""
    sums = sums + gain * read
    pulses = np.trunc(sums)
    return pulses, sums - pulses


PLACES = ("push", "read")
"""Where the signs of a chopper belong."""


def tiki_taka_of(
    serial: int, early: bool = False, places: tuple[str, ...] = PLACES
) -> Callable[..., np.ndarray]:
    """Return Tiki-Taka for the targets and the noise of a student.

    With ``early``, the fast array is read before the gradient has gone in. Signs turn at ``places``
    only.
    """
    (target,), (noise,) = _learned(serial)

    def tiki_taka(
        fast: LearningArray,
        slow: LearningArray,
        reference: np.ndarray,
        signs: np.ndarray | None = None,
    ) -> np.ndarray:
        """Return the weights of the slow array, the mean of the last hundred updates."""
        ones = np.ones(noise.shape)
        turned, back = (
            signs if signs is not None and place in places else ones for place in PLACES
        )
        sums, seen = np.zeros(target.size), []
        for k in range(given.UPDATES):
            before = fast.read()
            fast.send(-given.PUSH * turned[k] * (slow.read() - target + noise[k]))
            found = before if early else fast.read()
            pulses, sums = release(sums, back[k] * (found - reference), given.GAIN)
            slow.pulse(pulses)
            seen.append(slow.read())
        return np.asarray(np.mean(seen[-given.LAST :], axis=0))

    return tiki_taka


def two_arrays(
    serial: int,
    reference: np.ndarray,
    signs: np.ndarray | None = None,
    early: bool = False,
    places: tuple[str, ...] = PLACES,
) -> np.ndarray:
    """Return the weights that a student's array W learns by Tiki-Taka."""
    lot = OwnLot(serial)
    return tiki_taka_of(serial, early, places)(lot.array("A"), lot.array("W"), reference, signs)


@lru_cache(maxsize=32)
def tiki_taka(serial: int) -> np.ndarray:
    """Return the weights that Tiki-Taka learns with the measured zero."""
    return two_arrays(serial, zero(serial))


def rms(off: np.ndarray) -> float:
    """Return the root mean square."""
    return float(np.sqrt(np.mean(off**2)))


def error(weights: np.ndarray, serial: int, size: Callable[..., float] = rms) -> float:
    """Return the root mean square of weights minus targets."""
    return float(size(weights - given.targets(serial)[0]))


@lru_cache(maxsize=128)
def sweep(
    serial: int,
    chopped: bool = False,
    early: bool = False,
    size: Callable[..., float] = rms,
    places: tuple[str, ...] = PLACES,
) -> np.ndarray:
    """Return the error at each offset of the reference."""
    centre, off = given.data_sheet(serial)
    signs = given.signs(serial)[0] if chopped else None
    references = [centre + offset * off for offset in given.OFFSETS]
    learned = (two_arrays(serial, r, signs, early, places) for r in references)
    return np.array([error(weights, serial, size) for weights in learned])


def chopped_sweep(
    serial: int,
    early: bool = False,
    size: Callable[..., float] = rms,
    places: tuple[str, ...] = PLACES,
) -> np.ndarray:
    """Return the error at each offset with signs that turn."""
    return sweep(serial, True, early, size, places)


def recipe(serial: int) -> dict[str, Any]:
    """Return how a perceptron learns well on the devices of any lot."""
    return {"rule": "AdaptiveReference", "rates": [0.1, 0.1, 0.05]}


def _learned(serial: int) -> tuple[tuple[np.ndarray], tuple[np.ndarray]]:
    return given.targets(serial), given.noise(serial)
