"""References of lab 6: the network, budget and numbers of each student, and right answers."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from aimc.chip.chains import Group, groups
from aimc.chip.cost import Performance
from aimc.chip.hermes import hermes_constants
from aimc.chip.mapping import place
from aimc.chip.performance import layer_performance, network_performance, peak_performance
from aimc.chip.schedule import schedule
from aimc.compare.roofline import access_energy, mac_energy
from aimc.layers.workload import Layer, Network
from aimc.published import fact

__all__ = [
    "MODE",
    "NAMES",
    "amdahl",
    "best_plan",
    "breakeven",
    "die_density",
    "draw_amdahl",
    "draw_layer",
    "draw_peak",
    "empty_like_full",
    "gap_factors",
    "given_network",
    "given_order",
    "halved",
    "image",
    "image_energies",
    "layer_parts",
    "network_of",
    "own_layer",
    "own_parts",
    "paced_energy",
    "peak",
    "read_energies",
    "read_share",
    "reads_only",
    "reads_range",
]

MODE = "4-phase"  # the mode of all published accuracies
NAMES = ("conv1", "conv2", "conv3", "conv4", "dense")


def given_network(serial: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a convolutional network: shapes (out, in) of its matrices, and reads per image."""
    rng = np.random.default_rng([serial, 6, 1])
    a, b, c, d = (
        int(rng.integers(low, high)) for low, high in ((36, 60), (100, 180), (170, 250), (10, 100))
    )
    shapes = [(a, 27), (b, 9 * a), (c, 9 * b), (c, 9 * c), (d, c)]
    # Each convolution may halve the side of its feature map before the next one.
    side = int(rng.choice((24, 28, 32, 36)))
    halvings = ((0, 1, 1), (1, 1, 0), (1, 0, 1), (0, 1, 0))[int(rng.integers(4))]
    reads = [side**2]
    for halving in halvings:
        reads.append(reads[-1] // 4**halving)
    return np.array(shapes, dtype=np.int64), np.array([*reads, 1], dtype=np.int64)


def given_order(serial: int) -> tuple[np.ndarray]:
    """Return what a customer asks for: cores at most, images per second, good cores, and the time.

    The last is the longest time from an image to its result, in microseconds.
    """
    return (np.array(_order(serial), dtype=np.int64),)


@lru_cache(maxsize=256)
def _order(serial: int) -> tuple[int, int, int, int]:
    rng = np.random.default_rng([serial, 6, 2])
    once = image(serial)
    budget = once.cores + int(rng.integers(16, 27))
    rate = 100 * int(once.rate.value * rng.uniform(1.3, 1.8) / 100)
    good = int(rng.integers(40, 61))
    plans = _plans(serial, budget)
    enough = plans.intervals <= 1 / rate
    # Between what the fewest cores for the rate take and what all of them could do.
    fewest = plans.latencies[enough & (plans.cores == plans.cores[enough].min())].min()
    fastest = plans.latencies[enough].min()
    limit = fastest + rng.uniform(0.25, 0.55) * (fewest - fastest)
    return budget, rate, good, 5 * math.ceil(1e6 * limit / 5)


class Plans(NamedTuple):
    """All ways to stand layers on a limited number of cores."""

    copies: np.ndarray
    """Copies of each layer, one row per plan."""
    cores: np.ndarray
    """Cores of each plan."""
    intervals: np.ndarray
    """Time between two images of a stream as fast as the plan takes them, s."""
    latencies: np.ndarray
    """Time from an image to its result, s."""


@lru_cache(maxsize=8)
def _plans(serial: int, budget: int) -> Plans:
    chip, sets = hermes_constants(), groups(network_of(serial))
    cores = np.array([group.cores for group in sets])
    spare = budget - int(cores.sum())
    ranges = [np.arange(1, 2 + spare // count) for count in cores]
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
    shapes, reads = given_network(serial)
    layers = tuple(
        Layer(name, tuple(shape.tolist()), int(count), stage=k)
        for k, (name, shape, count) in enumerate(zip(NAMES, shapes, reads, strict=True))
    )
    return Network("your network", layers, per="image")


def own_layer(serial: int) -> Group:
    """Return the cores of the fourth convolution."""
    return groups(network_of(serial))[3]


@lru_cache(maxsize=256)
def _image(serial: int, copies: tuple[tuple[str, int], ...], read_mode: str) -> Performance:
    mapping = place(network_of(serial), copies=dict(copies))
    return network_performance(schedule(mapping, read_mode=read_mode))


def image(serial: int, copies: dict[str, int] | None = None, read_mode: str = MODE) -> Performance:
    """Return the costs of one image in a stream."""
    return _image(serial, tuple(sorted((copies or {}).items())), read_mode)


def read_energies() -> np.ndarray:
    """Return the energy (J) of one read of one core, one-phase and four-phase."""
    return np.array([fact(x).number * 1e-6 / fact("A002").number for x in ("A037", "A038")])


def peak(cores: int, rows: int, columns: int, t_read: float, e_read: float) -> tuple[float, float]:
    """Return throughput (OP/s) and efficiency (OP/J) of full cores that never wait."""
    operations = 2.0 * cores * rows * columns
    return operations / t_read, operations / (cores * e_read)


def die_density(serial: int, read_mode: str = MODE, area: str = "die") -> float:
    """Return throughput per area (OP/s/m^2) with the cores of the student's die that are good."""
    good = int(given_order(serial)[0][2])
    return peak_performance(read_mode=read_mode, cores=good).density(area).value


def layer_parts(
    cores: int, values: int, latency: float, e_read: float, e_value: float, power: float
) -> np.ndarray:
    """Return the energy (J) of reads, values and standing power for one vector."""
    return np.array([cores * e_read, values * e_value, cores * power * latency])


def own_parts(serial: int, read_mode: str = MODE) -> np.ndarray:
    """Return the three energies (J) of one vector through the student's layer."""
    return np.array(
        list(layer_performance(own_layer(serial), read_mode=read_mode).energies.values())
    )


def amdahl(share: float, factor: float) -> float:
    """Return how many times less the whole takes if a share takes ``factor`` times less."""
    return 1 / (1 - share + share / factor)


def halved(serial: int) -> np.ndarray:
    """Return the gain of a layer by half the energy of a read, and by half the latency."""
    shares = own_parts(serial) / own_parts(serial).sum()
    return np.array([amdahl(shares[0], 2), amdahl(shares[2], 2)])


def read_share(serial: int) -> float:
    """Return the share of cells that hold a weight, over all cores that are read."""
    shapes, reads = given_network(serial)
    cores = np.prod(np.ceil(shapes / 256), axis=1)
    return float(np.sum(reads * np.prod(shapes, axis=1)) / np.sum(reads * cores * 256**2))


def reads_only(serial: int, read_mode: str = MODE) -> float:
    """Return the efficiency (OP/J) of the student's network if reads alone are counted."""
    cost = image(serial, read_mode=read_mode)
    return cost.operations / next(iter(cost.energies.values()))


def reads_range(serial: int) -> tuple[float, float]:
    """Return the ends of the range of that efficiency (OP/J), low and high."""
    cost = image(serial)
    assert cost.reads_range is not None
    low, high = cost.reads_range
    return cost.operations / high, cost.operations / low


def empty_like_full(serial: int, read_mode: str = MODE) -> float:
    """Return that efficiency (OP/J) if a read of empty cells cost as much as one of full cells."""
    return read_share(serial) * peak_performance(read_mode=read_mode).efficiency.value


def gap_factors(serial: int) -> np.ndarray:
    """Return the four factors between the printed peak and the efficiency of the network."""
    reads, values, standing = image(serial).energies.values()
    one, four = (peak_performance(read_mode=m).efficiency.value for m in ("1-phase", MODE))
    moved = reads + values
    empty = four / reads_only(serial)
    return np.array([one / four, empty, moved / reads, (moved + standing) / moved])


def breakeven(serial: int) -> float:
    """Return the reads per weight at which a digital machine with DRAM takes the same energy."""
    per_mac = own_parts(serial).sum() / own_layer(serial).weights
    return access_energy("DRAM") / (per_mac - mac_energy("INT8"))


def image_energies(serial: int, read_mode: str = MODE) -> np.ndarray:
    """Return the energy (J) of an image alone, chip off before and after, and in a stream."""
    cost = image(serial, read_mode=read_mode)
    standing = cost.energies["standing power"]
    alone = cost.energy.value + standing * (cost.seconds / cost.period - 1)
    return np.array([alone, cost.energy.value])


def best_plan(serial: int) -> dict[str, int]:
    """Return copies that meet the order on the fewest cores, the fastest of them."""
    budget, rate, _, limit = _order(serial)
    plans = _plans(serial, budget)
    meets = (plans.intervals <= 1 / rate) & (plans.latencies <= 1e-6 * limit)
    found = np.flatnonzero(meets)
    best = found[np.lexsort((plans.latencies[found], plans.cores[found]))[0]]
    return dict(zip(NAMES, plans.copies[best].tolist(), strict=True))


def paced_energy(serial: int, copies: dict[str, int] | None = None) -> float:
    """Return the energy (J) of an image at the customer's pace, which the chip waits for."""
    cost, rate = image(serial, copies), _order(serial)[1]
    moved = cost.energy.value - cost.energies["standing power"]
    return moved + hermes_constants().standing_power * cost.cores / rate


def draw_peak(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw a chip."""
    cores, rows, columns = (int(n) for n in rng.integers(2, 600, 3))
    return cores, rows, columns, float(rng.uniform(1e-7, 1e-6)), float(rng.uniform(1e-8, 1e-7))


def draw_layer(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw a layer and what a chip takes."""
    cores, values = int(rng.integers(2, 20)), int(rng.integers(100, 3000))
    numbers = [rng.uniform(a, 5 * a) for a in (5e-7, 1e-8, 1e-10, 2e-2)]
    return cores, values, *(float(x) for x in numbers)


def draw_amdahl(rng: np.random.Generator) -> tuple[float, float]:
    """Draw a share and a factor."""
    return float(rng.uniform(0.05, 0.95)), float(rng.uniform(1.5, 10.0))
