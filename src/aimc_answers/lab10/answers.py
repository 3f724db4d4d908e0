"""Reference answers of lab 10."""

import math
from functools import lru_cache
from typing import Any

import numpy as np

import aimc
from aimc_answers.pairs import Interval, paired
from aimc_course.labs.lab10 import given
from aimc_course.studies.language_models import Shape, energy, row_errors


def weights(
    width: int, blocks: int, inner: int, vocabulary: int, *, square: int = 4, last: int = 1
) -> int:
    """Return how many weights the matrices of a decoder have."""
    return blocks * (square * width**2 + 2 * width * inner) + last * width * vocabulary


def share(held: int, width: int, blocks: int, length: int, *, products: int = 2) -> float:
    """Return the share of the multiplications that cores do."""
    return held / (held + products * length * width * blocks)


def lengths(
    serial: int, *, products: int = 2, fetched: bool = True, behind: bool = True
) -> np.ndarray:
    """Return the lengths of text at which cores do, and take, as much as attention does.

    The first is that of the multiplications. The others are those of the energy, if a byte from the
    memory is as dear as the price list has it, and if it is as cheap.
    """
    width, blocks, inner, vocabulary = given.size(serial)[0].tolist()
    held = weights(width, blocks, inner, vocabulary)
    found = [held / (products * width * blocks)]
    for price in (1.0, 0.0):
        one = energy(Shape("own", width, blocks, 1, inner, vocabulary), 1, price=price)
        each = one.arithmetic + fetched * one.fetching
        found.append((one.cores + behind * one.values) / each)
    return np.array(found)


def _bits(model: Any, pieces: np.ndarray) -> float:
    import torch

    from aimc_course.studies.language_models import bits_per_character

    return bits_per_character(model, torch.from_numpy(pieces))


@lru_cache(maxsize=32)
def losses(serial: int) -> np.ndarray:
    """Return the losses of the plain decoder: in floating point, and three on the student's chip.

    After a second; after a day, left alone; after a day, compensated. Bits per character.
    """
    from aimc_course.studies.language_models import trained_decoder

    (pieces,) = given.pieces(serial)
    states = ((1.0, "none"), (given.DAY, "none"), (given.DAY, "global"))
    chips = [given.aged("plain", serial, seconds, kept) for seconds, kept in states]
    return np.array([_bits(model, pieces) for model in (trained_decoder("plain"), *chips)])


def peaks(w: np.ndarray) -> np.ndarray:
    """Return the largest magnitude of each output over its standard deviation, shape (out,)."""
    return np.abs(w).max(axis=1) / w.std(axis=1)


def errors(row: np.ndarray, limit: float, eta: float) -> tuple[float, float]:
    """Return the relative errors of an output by clipping and by cells."""
    bound = limit * row.std()
    clipped = np.clip(row, -bound, bound)
    length = float(np.linalg.norm(row))
    cells = math.sqrt(len(row)) * eta * np.abs(clipped).max() / length
    return float(np.linalg.norm(row - clipped)) / length, float(cells)


def totals(serial: int, limits: np.ndarray = given.LIMITS) -> np.ndarray:
    """Return the error of the given matrix for some limits, root mean square over outputs."""
    w = given.matrix(serial)[0]
    return np.array([np.hypot(*row_errors(w, float(limit), given.ETA)) for limit in limits])


def best_limit(serial: int) -> float:
    """Return the limit with the smallest error, standard deviations."""
    return float(given.LIMITS[np.argmin(totals(serial))])


def limited(serial: int) -> np.ndarray:
    """Return the error at the best limit, and that without one."""
    return np.array([totals(serial).min(), totals(serial, np.array([np.inf]))[0]])


def clipped(w: np.ndarray, limit: float, *, whole: bool = False) -> np.ndarray:
    """Return the weights, clipped to some standard deviations of each output, or of all weights."""
    bound = limit * (w.std() if whole else w.std(axis=1, keepdims=True))
    return np.clip(w, -bound, bound)


def core_error(
    serial: int,
    limit: float,
    *,
    original: bool = False,
    common: bool = False,
    whole: bool = False,
    each: bool = False,
    squares: bool = True,
) -> float:
    """Return the relative error of products with the clipped matrix on the student's core.

    Slips compare with the ``original`` products, program with a ``common`` scale, clip at the
    spread of the ``whole`` matrix, take the mean over ``each`` vector, or leave out the squares.
    """
    w, x = given.matrix(serial)
    held = clipped(w, limit, whole=whole) if np.isfinite(limit) else w
    largest = np.abs(held).max(axis=1)
    core = aimc.presets.hermes(serial, devices=2)
    core.program(held, w_max=None if common else largest)
    exact = x @ (w if original else held).T
    off = (core @ x.T).T - exact
    if each:
        return float(np.mean(np.linalg.norm(off, axis=1) / np.linalg.norm(exact, axis=1)))
    if not squares:
        return float(np.abs(off).sum() / np.abs(exact).sum())
    return float(np.linalg.norm(off) / np.linalg.norm(exact))


@lru_cache(maxsize=32)
def core_errors(serial: int, **slips: bool) -> np.ndarray:
    """Return the error of the products without a limit, and with one of two deviations."""
    return np.array([core_error(serial, c, **slips) for c in (np.inf, given.LIMIT)])


@lru_cache(maxsize=32)
def after(serial: int, seconds: float, kept: str = "global") -> np.ndarray:
    """Return the losses of three trainings on five chips, shape (3, 5)."""
    from aimc_course.studies.language_models import bits_per_character, windows

    held, chips = windows()[:: given.EVERY], given.chips(serial)[0].tolist()
    found = [
        [bits_per_character(given.aged(name, chip, seconds, kept), held) for chip in chips]
        for name in given.TRAININGS
    ]
    return np.array(found)


def after_a_year(serial: int) -> np.ndarray:
    """Return the losses after a year, compensated."""
    return after(serial, given.YEAR)


def verdict(
    first: np.ndarray, second: np.ndarray, *, interval: Interval = paired
) -> tuple[float, float, int]:
    """Return mean and half-width of a difference, and its sign; 0 where chance may have made it."""
    mean, half = interval(first, second)
    return mean, half, int(np.sign(mean)) * int(abs(mean) > half)


def less_likely(bits: float, length: int, *, base: float = 2.0) -> float:
    """Return by which factor a text becomes less likely per character's worth of lost bits."""
    return float(base ** (bits * length))
