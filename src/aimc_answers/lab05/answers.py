"""Reference answers of lab 5."""

import math
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

import numpy as np

from aimc.chip import Chip
from aimc.networks import ResNet9, put
from aimc.published import fact
from aimc.units import DAY, TERA
from aimc_course.labs.lab05 import given

Rule = Callable[..., Any]


def cores_of(outputs: int, inputs: int, part: Rule = math.ceil, join: Rule = math.prod) -> int:
    """Return the cores of 256 x 256 cells that a matrix takes."""
    return join(part(side / given.SIDE) for side in (outputs, inputs))


def layer_cores(serial: int) -> np.ndarray:
    """Return the cores of each layer of the given network."""
    return np.array([cores_of(*shape) for shape in given.network(serial)[0]], dtype=np.int64)


def utilisation(serial: int, cores: int = 0) -> float:
    """Return the share of the cells of the cores in use that hold a weight."""
    weights = np.prod(given.network(serial)[0], axis=1).sum()
    return float(weights / ((cores or layer_cores(serial).sum()) * given.SIDE**2))


def resnet_cores(
    width: int, dense: bool = True, patch: int = 9, mid: int = 2, last: int = 3
) -> int:
    """Return the cores of a ResNet-9 whose first layer has ``width`` filters."""
    w = int(width)
    convolutions = [(w, 3), (2 * w, w), *[(2 * w, 2 * w)] * mid, (4 * w, 2 * w)]
    convolutions += [(4 * w, 4 * w)] * last
    total = sum(cores_of(filters, patch * channels) for filters, channels in convolutions)
    return total + (cores_of(10, 4 * w) if dense else 0)


def widest(serial: int = 0) -> int:
    """Return the largest width of ResNet-9 that fits on 64 cores, on any chip."""
    return max(width for width in range(1, 200) if resnet_cores(width) <= given.GRID**2)


def times(
    reads: np.ndarray, copies: np.ndarray, t_read: float, whole: Rule = np.ceil
) -> tuple[float, float]:
    """Return latency and interval (s) of a pipeline."""
    busy = whole(np.asarray(reads) / np.asarray(copies))
    return float(t_read * np.sum(busy)), float(t_read * np.max(busy))


def balance(cores: np.ndarray, reads: np.ndarray, budget: int) -> np.ndarray:
    """Return copies that make the interval as short as the budget of cores allows."""
    once = int(np.max(reads))
    fast = (n for n in range(1, once) if np.sum(cores * -(-reads // n)) <= budget)
    return -(-np.asarray(reads) // next(fast, once))


def own_interval(
    serial: int, budget: int = given.WORKING, t_read: float = given.READ, part: int = 1
) -> float:
    """Return the interval (s) of the given network with its copies balanced; part 0: latency."""
    cores, reads = layer_cores(serial), given.network(serial)[1]
    return times(reads, balance(cores, reads, budget), t_read)[part]


def unrounded_interval(serial: int) -> float:
    """Return the interval (s) as if a copy could read a part of a time."""
    cores, reads = layer_cores(serial), given.network(serial)[1]
    return times(reads, balance(cores, reads, given.WORKING), given.READ, np.asarray)[1]


def hops(
    a: int, b: int, along: Rule = lambda n: -(-n // 2), up: Rule = int, join: Rule = sum
) -> int:
    """Return the links between two cores on the 8 x 8 grid: two columns or one row a link."""
    (row, column), (other, side) = divmod(a, given.GRID), divmod(b, given.GRID)
    return join((up(abs(other - row)), along(abs(side - column))))


def snake(serial: int) -> list[int]:
    """Return all working cores in an order in which each is linked to the next."""
    cores = np.arange(given.GRID**2).reshape(given.GRID, given.GRID)
    cores[1::2] = cores[1::2, ::-1]
    return [int(core) for core in cores.ravel() if core not in given.broken(serial)[0]]


Outputs = np.ndarray


def factor_of(first: Outputs, later: Outputs, size: Rule = np.abs, root: float = 1.0) -> float:
    """Return the factor that gives later outputs the mean magnitude of the first."""
    return float((np.mean(size(first)) / np.mean(size(later))) ** root)


@lru_cache(maxsize=1)  # of whole chips one is enough to hold
def runs(serial: int) -> tuple[Outputs, Outputs, float, Callable[[], Outputs]]:
    """Return outputs at once and after a day, the drift gain, and what runs the chip with that."""
    resnet, chip, (vectors,) = ResNet9(), Chip(serial=serial), given.vectors(serial)
    images, forward = resnet.test_images(given.IMAGES)[0], put(resnet, chip)

    def outputs() -> Outputs:
        return np.asarray(chip.run(images, forward).outputs, dtype=np.float64)

    first, fresh = outputs(), chip.multiply("conv2", vectors)
    chip.at(DAY)
    later, old = outputs(), chip.multiply("conv2", vectors)
    gain = factor_of(fresh, old)
    chip.at(DAY, gain)
    return first, later, gain, outputs


@cache
def measured(serial: int) -> tuple[Outputs, Outputs, float, Callable[[], Outputs]]:
    """Return what `runs` does; the third run, for which one question asks, happens once."""
    return *runs(serial)[:3], cache(lambda: runs(serial)[3]())


@cache
def labels(count: int) -> np.ndarray:
    """Return the right classes of the first images."""
    return np.asarray(ResNet9().test_images(count)[1])


def accuracy(outputs: Any) -> float:
    """Return the share of images whose largest output is that of their class."""
    return float(np.mean(np.argmax(outputs, axis=1) == labels(len(outputs))))


def with_outputs(outputs: Outputs) -> tuple[float, Outputs]:
    """Return an accuracy, and the outputs that it comes from."""
    return accuracy(outputs), outputs


def run_twice(serial: int) -> list[tuple[float, Outputs]]:
    """Return accuracy and outputs at once, and after a day."""
    return [with_outputs(outputs) for outputs in measured(serial)[:2]]


def run_corrected(serial: int) -> tuple[float, Outputs]:
    """Return accuracy and outputs after a day with the factor."""
    return with_outputs(measured(serial)[3]())


def efficiency_gap(serial: int) -> float:
    """Return how many times the peak efficiency exceeds that of the small network."""
    return fact("A034").number * TERA / given.plan_of(serial).performance().efficiency.value


def better_plan(serial: int) -> dict[str, int]:
    """Return copies of the small network's layers that make its interval shortest."""
    mapping = given.plan_of(serial).mapping
    layers = mapping.network.static
    cores = np.array([len(mapping.of(layer.name)) for layer in layers])
    copies = balance(cores, np.array([layer.mvms for layer in layers]), given.WORKING)
    return {layer.name: int(count) for layer, count in zip(layers, copies, strict=True)}
