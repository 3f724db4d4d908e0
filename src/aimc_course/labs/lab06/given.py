"""What students of lab 6 are given: a network of their own, and a customer's order."""

import math
from collections import namedtuple
from functools import lru_cache

import numpy as np

from aimc.chip.chains import Group, groups
from aimc.chip.cost import Performance
from aimc.chip.hermes import hermes_constants
from aimc.chip.mapping import map_network
from aimc.chip.performance import network_performance
from aimc.chip.schedule import schedule
from aimc.layers.workload import Layer, Network
from aimc.units import MICRO

MODE = "4-phase"  # the mode of all published accuracies
NAMES = ("conv1", "conv2", "conv3", "conv4", "dense")
Plans = namedtuple("Plans", ("copies", "cores", "intervals", "latencies"))  # one row each, s


def network(serial: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a convolutional network: shapes (out, in) of its matrices, and reads per image."""
    rng = np.random.default_rng([serial, 6, 1])
    a, b, c, d = rng.integers((36, 100, 170, 10), (60, 180, 250, 100)).tolist()
    shapes = [(a, 27), (b, 9 * a), (c, 9 * b), (c, 9 * c), (d, c)]
    # Each convolution may halve the side of its feature map before the next one.
    reads = [int(rng.choice((24, 28, 32, 36))) ** 2]
    for halving in ((0, 1, 1), (1, 1, 0), (1, 0, 1), (0, 1, 0))[int(rng.integers(4))]:
        reads.append(reads[-1] // 4**halving)
    return np.array(shapes, dtype=np.int64), np.array([*reads, 1], dtype=np.int64)


def order(serial: int) -> tuple[np.ndarray]:
    """Return what a customer asks for: cores at most, images per second, good cores, and the time.

    The last is the longest time from an image to its result, in microseconds.
    """
    return (np.array(terms(serial), dtype=np.int64),)


@lru_cache(maxsize=256)
def terms(serial: int) -> tuple[int, int, int, int]:
    """Return the order as whole numbers."""
    rng = np.random.default_rng([serial, 6, 2])
    once = image(serial)
    budget = once.cores + int(rng.integers(16, 27))
    rate = 100 * int(once.rate.value * rng.uniform(1.3, 1.8) / 100)
    good = int(rng.integers(36, 64))
    every = plans(serial, budget)
    enough = every.intervals <= 1 / rate
    # Between what the fewest cores for the rate take and what all of them could do.
    fewest = every.latencies[enough & (every.cores == every.cores[enough].min())].min()
    fastest = every.latencies[enough].min()
    limit = fastest + rng.uniform(0.25, 0.55) * (fewest - fastest)
    return budget, rate, good, 5 * math.ceil(limit / MICRO / 5)


@lru_cache(maxsize=8)
def plans(serial: int, budget: int) -> Plans:
    """Return all plans that a budget of cores allows, each for a stream as fast as it takes."""
    chip, sets = hermes_constants(), groups(network_of(serial))
    cores = np.array([group.cores for group in sets])
    ranges = [np.arange(1, 2 + (budget - int(cores.sum())) // count) for count in cores]
    copies = np.stack(np.meshgrid(*ranges, indexing="ij"), axis=-1).reshape(-1, len(sets))
    copies = copies[copies @ cores <= budget]
    reads = -(-np.array([group.mvms for group in sets]) // copies)
    pace = np.array([chip.interval(group, MODE) for group in sets])
    vector = np.array([chip.latency(group, MODE) for group in sets])
    busy = reads * pace
    return Plans(copies, copies @ cores, busy.max(axis=1), (busy - pace + vector).sum(axis=1))


@lru_cache(maxsize=32)
def network_of(serial: int) -> Network:
    """Return the student's network as the library sees it."""
    layers = tuple(
        Layer(name, tuple(shape.tolist()), int(count), stage=k)
        for k, (name, shape, count) in enumerate(zip(NAMES, *network(serial), strict=True))
    )
    return Network("your network", layers, per="image")


def own_layer(serial: int) -> Group:
    """Return the cores of the fourth convolution."""
    return groups(network_of(serial))[3]


@lru_cache(maxsize=256)
def _image(serial: int, copies: tuple[tuple[str, int], ...], read_mode: str) -> Performance:
    mapping = map_network(network_of(serial), copies=dict(copies))
    return network_performance(schedule(mapping, read_mode=read_mode))


def image(serial: int, copies: dict[str, int] | None = None, read_mode: str = MODE) -> Performance:
    """Return the costs of one image in a stream."""
    return _image(serial, tuple(sorted((copies or {}).items())), read_mode)
