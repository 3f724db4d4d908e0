"""Reference answers of lab 8."""

import math
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

import numpy as np

from aimc.recovery.compensation import ReadCost
from aimc.units import HOUR, YEAR
from aimc_course.explorers.accuracy.compensated import LAYERS, adapted, cores_of
from aimc_course.explorers.accuracy.glyphs import forward, glyphs, held_out, trained
from aimc_course.labs.lab08 import given

Rule = Callable[[np.ndarray, np.ndarray], float]
Product = Callable[[np.ndarray], np.ndarray]


def kept(t: float, calibrated: float, nu: float, sign: float = -1.0) -> float:
    """Return the size of the outputs at ``t`` against that at the last calibration."""
    return float((t / calibrated) ** (sign * nu))


def accuracy(views: list[Any], statistics: Any = None) -> float:
    """Return the share of the test pictures that a chip recognises."""
    x, labels = held_out()
    run = [partial(view.forward, rng=k) for k, view in enumerate(views)]
    scores = forward(trained(LAYERS), x, run, statistics)
    return float(np.mean(scores.argmax(axis=1) == labels))


def factor_by_sums(first: np.ndarray, later: np.ndarray) -> float:
    """Return the factor that makes up for the loss of the summed currents."""
    return float(np.sum(first) / np.sum(later))


def factor_by_products(first: np.ndarray, later: np.ndarray) -> float:
    """Return the factor that brings the later outputs closest to the first ones."""
    return float(np.sum(first * later) / np.sum(later * later))


def excess(serial: int, split: bool = True, held: str = "larger") -> np.ndarray:
    """Return the factor by sums over the one by products of the net currents, shape (2,).

    First for the sums of all devices, then for those of the larger device of each pair.
    """
    first, later = given.currents(serial)
    net = [i[0] - i[1] if split else i for i in (first, later)]
    bound = np.max(first, axis=0) if held == "larger" else np.min(first, axis=0)
    some = first == bound
    sums = factor_by_sums(first, later), factor_by_sums(first[some], later[some])
    return np.array(sums) / factor_by_products(*net)


def factor_of(
    first: Product,
    later: Product,
    vectors: np.ndarray,
    limit: float,
    *,
    rule: Rule = factor_by_products,
) -> float:
    """Return the factor of a core from what it makes of test vectors at first and later."""
    return float(rule(first(limit * vectors), later(limit * vectors)))


def factors(serial: int, t: float) -> np.ndarray:
    """Return the factor of each core at ``t``, from its outputs for the test vectors."""
    (x,), found = given.vectors(serial), []
    for core, limit in zip(cores_of(serial, given.DEVICES), trained(LAYERS).ranges, strict=True):
        first, later = (partial(core.at(s).forward, rng=k) for k, s in ((0, 0.0), (1, t)))
        found.append(factor_of(first, later, x, limit))
    return np.array(found)


@lru_cache(maxsize=64)
def accuracy_with(serial: int, gains: tuple[float, ...]) -> float:
    """Return the accuracy after a year with a factor for each core."""
    cores = cores_of(serial, given.DEVICES)
    return accuracy([core.at(YEAR, gain) for core, gain in zip(cores, gains, strict=True)])


def repaired(serial: int) -> list[float]:
    """Return the accuracy after a year with a factor for each core, and the factors behind it."""
    return [measured(serial)[2], *measured(serial)[0].tolist()]


@lru_cache(maxsize=32)
def measured(serial: int, t: float = YEAR) -> tuple[np.ndarray, float, float, float]:
    """Return the factors of the cores at ``t``, and accuracies: left alone, factors, statistics."""
    cores, network = cores_of(serial, given.DEVICES), trained(LAYERS)
    gains = factors(serial, t)
    alone = accuracy([core.at(t) for core in cores])
    views = [core.at(t, gain) for core, gain in zip(cores, gains.tolist(), strict=True)]
    batches = np.split(glyphs(3000, 2)[0][:2600], 13)
    run = [partial(view.forward, rng=k) for k, view in enumerate(views)]
    statistics = adapted(network, run, batches)
    return gains, alone, accuracy(views), accuracy(views, statistics)


def momentum(batches: int, old: float = 0.015, power: float = -1.0) -> float:
    """Return p such that after all batches the old statistics count with the share ``old``."""
    return float(old ** (batches**power))


def updated(
    mean: np.ndarray, variance: np.ndarray, outputs: np.ndarray, p: float, axis: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return the running mean and variance after one more batch of outputs (n, units)."""
    seen = outputs.mean(axis=axis), outputs.var(axis=axis)
    return p * mean + (1 - p) * seen[0], p * variance + (1 - p) * seen[1]


def exponent(serial: int, sign: float = -1.0) -> float:
    """Return the drift exponent that fits a student's log best."""
    times, sizes = given.log(serial)
    return float(sign * np.polyfit(np.log(times), np.log(sizes), 1)[0])


def exponent_from(serial: int, place: int | None = None) -> float:
    """Return the exponent of the line through one point of the log, or a size of one at an hour."""
    times, sizes = given.log(serial)
    t0, z0 = (HOUR, 1.0) if place is None else (times[place], sizes[place])
    x, y = np.log(times / t0), np.log(sizes / z0)
    return float(-(x @ y) / (x @ x))


def ends(serial: int, from_one: bool = False) -> float:
    """Return the exponent of the last point and the first, or a size of one after an hour."""
    times, sizes = given.log(serial)
    t0, z0 = (HOUR, 1.0) if from_one else (times[0], sizes[0])
    return float(-np.log(sizes[-1] / z0) / np.log(times[-1] / t0))


def next_time(t: float, nu: float, tolerance: float, sign: float = -1.0) -> float:
    """Return when the outputs are too small by the tolerance after a calibration at ``t`` (s)."""
    return float(t * (1 - tolerance) ** (sign / nu))


def count(first: float, last: float, nu: float, tolerance: float, extra: int = 1) -> int:
    """Return the calibrations from ``first`` to ``last`` (s), the first one included."""
    ratio = next_time(1.0, nu, tolerance)
    return extra + math.floor(math.log(last / first) / math.log(ratio))


def fewest(serial: int) -> int:
    """Return the fewest calibrations that keep a student's chip within the tolerance for a year."""
    return count(HOUR, YEAR, exponent(serial), given.TOLERANCE)


def plan(serial: int) -> list[float]:
    """Return times (s) of the fewest calibrations that keep the tolerance."""
    ratio = next_time(1.0, exponent(serial), given.TOLERANCE)
    return [HOUR * ratio**k for k in range(fewest(serial))]


def energy(
    serial: int, cores: int = LAYERS + 1, vectors: int = given.VECTORS, repeats: int = 0
) -> float:
    """Return the energy (J) of the reads of a year's calibrations with one factor per core."""
    reads = cores * vectors * (repeats or int(given.repeats(serial)[0][0]))
    return fewest(serial) * reads * ReadCost.published().energy_J
