"""References of lab 5: the network, broken cores and numbers of each student, and right answers."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from aimc.chip import Chip
from aimc.chip.floorplan import Floorplan, hermes_floorplan
from aimc.networks import ResNet9, put
from aimc.published import fact

__all__ = [
    "BROKEN",
    "DAY",
    "FAST_READ",
    "IMAGES",
    "READ",
    "WORKING",
    "accuracies",
    "balance",
    "best_interval",
    "broken_cores",
    "cores_of",
    "draw_budget",
    "draw_chips",
    "draw_shape",
    "draw_times",
    "draw_width",
    "drift_gain",
    "efficiency_gap",
    "first_gap",
    "gained",
    "given_network",
    "given_vectors",
    "hops",
    "layer_cores",
    "one_by_one",
    "own_times",
    "plan_of",
    "resnet_cores",
    "snake",
    "times",
    "utilisation",
    "widest",
]

SIDE = 256
GRID = 8
BROKEN = 4
WORKING = GRID * GRID - BROKEN
READ = fact("A030").number * 1e-9  # s, one four-phase read
FAST_READ = fact("A029").number * 1e-9  # s, one one-phase read
DAY = 86400.0
IMAGES = 300


@lru_cache(maxsize=8)
def _plan() -> Floorplan:
    return hermes_floorplan()


def _snake(broken: tuple[int, ...]) -> list[int]:
    cores = np.arange(GRID * GRID).reshape(GRID, GRID)
    cores[1::2] = cores[1::2, ::-1]
    return [int(core) for core in cores.ravel() if core not in broken]


@lru_cache(maxsize=32)
def _broken(serial: int) -> tuple[int, ...]:
    rng = np.random.default_rng([serial, 5, 0])
    while True:
        drawn = tuple(sorted(int(k) for k in rng.choice(GRID * GRID, BROKEN, replace=False)))
        # A snake over the rest must exist; it does unless two broken cores lie side by side, or at
        # the turn of a row.
        if all(_plan().is_link(a, b) for a, b in pairwise(_snake(drawn))):
            return drawn


def broken_cores(serial: int) -> tuple[np.ndarray]:
    """Return the numbers of the cores that do not work."""
    return (np.array(_broken(serial), dtype=np.int64),)


def given_network(serial: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a convolutional network: shapes (out, in) of its matrices, and reads per image."""
    rng = np.random.default_rng([serial, 5, 1])
    a, b, c, d = (
        int(rng.integers(low, high)) for low, high in ((36, 80), (90, 170), (190, 290), (10, 100))
    )
    shapes = [(a, 27), (b, 9 * a), (b, 9 * b), (c, 9 * b), (d, c)]
    reads = [1024, 1024, 256, int(rng.choice((64, 256))), 1]
    return np.array(shapes, dtype=np.int64), np.array(reads, dtype=np.int64)


def given_vectors(serial: int) -> tuple[np.ndarray]:
    """Return 100 inputs of the second convolution of the small network, to calibrate with."""
    return (np.random.default_rng([serial, 5, 2]).uniform(0.0, 1.0, (100, 144)),)


def cores_of(outputs: int, inputs: int) -> int:
    """Return the cores of 256 x 256 cells that a matrix takes."""
    return math.ceil(outputs / SIDE) * math.ceil(inputs / SIDE)


def layer_cores(serial: int) -> np.ndarray:
    """Return the cores of each layer of the given network."""
    return np.array([cores_of(*shape) for shape in given_network(serial)[0]], dtype=np.int64)


def own_times(serial: int, budget: int = WORKING, t_read: float = READ) -> tuple[float, float]:
    """Return latency and interval (s) of the given network with its copies balanced."""
    cores, reads = layer_cores(serial), given_network(serial)[1]
    return times(reads, balance(cores, reads, budget), t_read)


def utilisation(serial: int) -> float:
    """Return the share of the cells of the cores in use that hold a weight."""
    weights = np.prod(given_network(serial)[0], axis=1).sum()
    return float(weights / (layer_cores(serial).sum() * SIDE**2))


def resnet_cores(width: int, dense: bool = True, patch: int = 9) -> int:
    """Return the cores of a ResNet-9 whose first layer has ``width`` filters."""
    w = int(width)
    convolutions = [(w, 3), (2 * w, w), (2 * w, 2 * w), (2 * w, 2 * w), (4 * w, 2 * w)]
    convolutions += [(4 * w, 4 * w)] * 3
    total = sum(cores_of(filters, patch * channels) for filters, channels in convolutions)
    return total + (cores_of(10, 4 * w) if dense else 0)


def widest(budget: int = 64) -> int:
    """Return the largest width of ResNet-9 that fits."""
    return max(width for width in range(1, 200) if resnet_cores(width) <= budget)


def times(
    reads: np.ndarray,
    copies: np.ndarray,
    t_read: float,
    whole: Callable[..., Any] = np.ceil,
) -> tuple[float, float]:
    """Return latency and interval (s) of a pipeline."""
    busy = whole(np.asarray(reads) / np.asarray(copies))
    return float(t_read * np.sum(busy)), float(t_read * np.max(busy))


def best_interval(cores: np.ndarray, reads: np.ndarray, budget: int) -> int:
    """Return the fewest reads in a row that a pipeline can have on so many cores."""
    low, high = 1, int(np.max(reads))
    while low < high:
        middle = (low + high) // 2
        if int(np.sum(cores * -(-reads // middle))) <= budget:
            high = middle
        else:
            low = middle + 1
    return low


def balance(cores: np.ndarray, reads: np.ndarray, budget: int) -> np.ndarray:
    """Return copies that make the interval as short as the budget of cores allows."""
    return -(-np.asarray(reads) // best_interval(np.asarray(cores), np.asarray(reads), budget))


def one_by_one(cores: np.ndarray, reads: np.ndarray, budget: int) -> np.ndarray:
    """Return copies that go one after the other to the layer that is slowest at the time.

    The interval is as short as it can be, but the last copies may have shortened nothing.
    """
    copies = np.ones(len(cores), dtype=np.int64)
    while True:
        slowest = int(np.argmax(-(-reads // copies)))
        if int(np.sum(copies * cores)) + int(cores[slowest]) > budget:
            return copies
        copies[slowest] += 1


def hops(a: int, b: int) -> int:
    """Return the links between two cores on the 8 x 8 grid."""
    return _plan().hops(int(a), int(b))


def snake(serial: int) -> list[int]:
    """Return all working cores in an order in which each is linked to the next."""
    return _snake(_broken(serial))


def first_gap(path: list[int]) -> tuple[int, int] | None:
    """Return the first two consecutive cores that are not linked; ``None`` if all are."""
    return next(((a, b) for a, b in pairwise(path) if not _plan().is_link(a, b)), None)


@lru_cache(maxsize=2)
def _measured(serial: int) -> tuple[float, float, float, float]:
    """Return accuracy at once and after a day, the drift gain, and the accuracy with it."""
    network, chip = ResNet9(), Chip(serial=serial)
    images, labels = network.test_images(IMAGES)
    forward = put(network, chip)

    def accuracy() -> float:
        return float(np.mean(chip.run(images, forward).outputs.argmax(axis=1) == labels))

    vectors = given_vectors(serial)[0]
    first, fresh = accuracy(), chip.multiply("conv2", vectors)
    chip.at(DAY)
    later, old = accuracy(), chip.multiply("conv2", vectors)
    gain = float(np.sum(np.abs(fresh)) / np.sum(np.abs(old)))
    chip.at(DAY, gain)
    return first, later, gain, accuracy()


def accuracies(serial: int) -> tuple[float, float]:
    """Return the accuracy of the small network at once and after a day."""
    return _measured(serial)[:2]


def drift_gain(serial: int) -> float:
    """Return the factor that brings back the size of the outputs after a day."""
    return _measured(serial)[2]


def gained(serial: int) -> float:
    """Return the accuracy after a day with that factor."""
    return _measured(serial)[3]


def plan_of(serial: int, copies: dict[str, int] | None = None) -> Any:
    """Return the small network's plan on the chip with that serial number."""
    return Chip(serial=serial).map(ResNet9().workload(), copies=copies or {})


def efficiency_gap(serial: int) -> float:
    """Return how many times the peak efficiency exceeds that of the small network."""
    return fact("A034").number * 1e12 / plan_of(serial).performance().efficiency.value


def draw_shape(rng: np.random.Generator) -> tuple[int, int]:
    """Draw a matrix; some sides are whole multiples of a core."""
    sides = rng.integers(260, 2500, 2)
    whole = rng.random(2) < 0.25
    outputs, inputs = np.where(whole, SIDE * rng.integers(1, 5, 2), sides)
    return int(outputs), int(inputs)


def draw_width(rng: np.random.Generator) -> tuple[int]:
    """Draw a width."""
    return (int(rng.integers(4, 130)),)


def draw_times(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw reads and copies that do not divide them, and the time of a read."""
    reads = rng.integers(1, 1025, 6)
    return reads, rng.integers(1, 6, 6), float(rng.uniform(100e-9, 600e-9))


def draw_chips(rng: np.random.Generator) -> tuple[int, int]:
    """Draw two cores."""
    a, b = rng.choice(GRID * GRID, 2, replace=False)
    return int(a), int(b)


def draw_budget(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw layers, and a budget that lets some of them stand more than once."""
    cores = rng.integers(1, 9, 5)
    reads = rng.choice((1024, 900, 256, 196, 64, 16), 5)
    return cores, reads, int(cores.sum() + rng.integers(5, 120))
