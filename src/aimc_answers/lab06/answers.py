"""Reference answers of lab 6."""

import numpy as np

from aimc.chip.performance import layer_performance, peak_performance
from aimc.compare.roofline import access_energy, mac_energy
from aimc.published import fact
from aimc.units import MICRO
from aimc_course.labs.lab06.given import MODE, NAMES, image, network, own_layer, plans, terms


def read_energies(serial: int = 0) -> np.ndarray:
    """Return the energy (J) of one read of one core, one-phase and four-phase, on any chip."""
    return np.array([fact(x).number * MICRO / fact("A002").number for x in ("A037", "A038")])


def peak(cores: int, rows: int, columns: int, t_read: float, e_read: float) -> tuple[float, float]:
    """Return throughput (OP/s) and efficiency (OP/J) of full cores that never wait."""
    operations = 2.0 * cores * rows * columns
    return operations / t_read, operations / (cores * e_read)


def die_density(serial: int, read_mode: str = MODE, area: str = "die", good: int = 0) -> float:
    """Return throughput per area (OP/s/m^2) with the cores of the student's die that are good."""
    cores = good or terms(serial)[2]
    return peak_performance(read_mode=read_mode, cores=cores).density(area).value


def layer_parts(
    cores: int, values: int, latency: float, e_read: float, e_value: float, power: float
) -> np.ndarray:
    """Return the energy (J) of reads, values and standing power for one vector."""
    return np.array([cores * e_read, values * e_value, cores * power * latency])


def own_parts(serial: int, read_mode: str = MODE) -> np.ndarray:
    """Return the three energies (J) of one vector through the student's layer."""
    cost = layer_performance(own_layer(serial), read_mode=read_mode)
    return np.array(list(cost.energies.values()))


def amdahl(share: float, factor: float) -> float:
    """Return how many times less the whole takes if a share takes ``factor`` times less."""
    return 1 / (1 - share + share / factor)


def halved(serial: int) -> np.ndarray:
    """Return the gain of a layer by half the energy of a read, and by half the latency."""
    shares = own_parts(serial) / own_parts(serial).sum()
    return np.array([amdahl(shares[0], 2), amdahl(shares[2], 2)])


def read_share(serial: int) -> float:
    """Return the share of cells that hold a weight, over all cores that are read."""
    shapes, reads = network(serial)
    cores = np.prod(np.ceil(shapes / 256), axis=1)
    return float(np.sum(reads * np.prod(shapes, axis=1)) / np.sum(reads * cores * 256**2))


def reads_only(serial: int, read_mode: str = MODE, end: int | None = None) -> float:
    """Return the efficiency (OP/J) of the student's network if reads alone are counted.

    Their energy has a range; ``end`` 0 takes its low, and 1 its high end.
    """
    cost = image(serial, read_mode=read_mode)
    middle, ends = next(iter(cost.energies.values())), cost.reads_range or ()
    return cost.operations / (middle if end is None else ends[end])


def peak_efficiency(read_mode: str = MODE) -> float:
    """Return the efficiency (OP/J) of full cores."""
    return peak_performance(read_mode=read_mode).efficiency.value


def empty_like_full(serial: int) -> float:
    """Return that efficiency (OP/J) if a read of empty cells cost as much as one of full cells."""
    return read_share(serial) * peak_efficiency()


def gap_factors(serial: int, empty: float = 0.0, waiting_first: bool = False) -> np.ndarray:
    """Return three factors between the peak of its mode and the efficiency of the network."""
    reads, values, standing = image(serial).energies.values()
    both = reads + (standing if waiting_first else values)
    empty = empty or peak_efficiency() / reads_only(serial)
    return np.array([empty, both / reads, (reads + values + standing) / both])


def breakeven(
    serial: int, memory: str = "DRAM", operations: int = 1, arithmetic: float = 1.0
) -> float:
    """Return the reads per weight at which a digital machine with DRAM takes the same energy."""
    per_mac = own_parts(serial).sum() / own_layer(serial).weights / operations
    return access_energy(memory) / (per_mac - arithmetic * mac_energy("INT8"))


def image_energies(serial: int, read_mode: str = MODE, all_grow: bool = False) -> np.ndarray:
    """Return the energy (J) of an image alone, chip off before and after, and in a stream."""
    cost = image(serial, read_mode=read_mode)
    stream, growing = cost.energy.value, cost.energies["standing power"]
    growing = stream if all_grow else growing
    return np.array([stream + growing * (cost.seconds / cost.period - 1), stream])


def best_plan(serial: int) -> dict[str, int]:
    """Return copies that meet the order on the fewest cores, the fastest of them."""
    budget, rate, _, limit = terms(serial)
    every = plans(serial, budget)
    found = np.flatnonzero((every.intervals <= 1 / rate) & (every.latencies <= MICRO * limit))
    best = found[np.lexsort((every.latencies[found], every.cores[found]))[0]]
    return dict(zip(NAMES, every.copies[best].tolist(), strict=True))
