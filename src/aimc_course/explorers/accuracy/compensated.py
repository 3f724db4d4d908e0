"""A small network on chips that age, with ways to undo drift that compete with each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from aimc import presets
from aimc.cores import Core
from aimc.recovery.compensation import (
    Compensation,
    GlobalDrift,
    OutputAffine,
    ReadCost,
    Uncompensated,
    VectorFactor,
)
from aimc_course.explorers.accuracy.glyphs import (
    EPSILON,
    Network,
    Product,
    forward,
    glyphs,
    held_out,
    trained,
)

__all__ = [
    "DEVICES",
    "PROBES",
    "WAYS",
    "Run",
    "achieved",
    "adapted",
    "aged",
    "cores_of",
    "with_lines",
]

DEVICES: dict[str, Callable[..., Core]] = {
    "PCM 2019": presets.rasch2023,
    "HERMES, one device": partial(presets.hermes, devices=1),
}
"""Cores of two generations of devices, each with the circuits of its time."""
PROBES: dict[str, Callable[[], Compensation]] = {
    "all currents": GlobalDrift,
    "input of ones": partial(GlobalDrift, probe="ones"),
    "4 test vectors": VectorFactor,
    "projection": partial(GlobalDrift, estimate="projection"),
}
"""What the one factor of a core is measured with."""
WAYS = ("left alone", "one factor", "per output", "AdaBS")
"""What competes: nothing, a factor per core, a factor and an offset per output, and new statistics
of the batch normalisations after a factor per core."""
LAYERS = 4  # hidden ones: deep enough to suffer from drift as large networks do
BATCH, TRAINING = 200, 3000  # pictures of a calibration batch, and of the training set


@dataclass(frozen=True, slots=True)
class Run:
    """What one way achieves on one chip at one time, and what its calibration took."""

    accuracy: float
    """Per cent."""
    reads: int
    """Multiplications of the calibration, summed over cores."""
    energy: float
    """Energy of these reads, J."""
    time: float
    """Time during which the chip does no other work, s."""


def cores_of(serial: int, devices: str = "PCM 2019") -> tuple[Core, ...]:
    """Return the five cores of a chip that holds the network, freshly programmed."""
    network = trained(LAYERS)
    return tuple(
        DEVICES[devices](serial, index=k, input_range=limit).program(weights)
        for k, (weights, limit) in enumerate(zip(network.weights, network.ranges, strict=True))
    )


def adapted(
    network: Network, products: Sequence[Product], batches: Sequence[np.ndarray], old: float = 0.015
) -> list[tuple[np.ndarray, np.ndarray]]:
    r"""Return means and variances of the hidden layers as pictures show them on an aged chip.

    After each of n batches, :math:`\mu \leftarrow p\mu + (1-p)\mu_\text{batch}` with
    :math:`p = 0.015^{1/n}`, and the same for variances :cite:p:`joshi2020accurate`. Labels are not
    needed.

    Parameters
    ----------
    network : Network
        Its statistics are where this begins.
    products : sequence of callable
        What multiplies in each layer on the aged chip.
    batches : sequence of array, shape (count, 64)
        Pictures.
    old : float
        Share of the old statistics that is left in the end.
    """
    keep = old ** (1.0 / len(batches))
    kept = list(zip(network.means, network.variances, strict=True))
    for batch in batches:
        seen: list[np.ndarray] = []
        forward(network, batch, [partial(_watched, p, seen) for p in products], kept)
        kept = [
            (keep * m + (1 - keep) * y.mean(axis=0), keep * v + (1 - keep) * y.var(axis=0))
            for (m, v), y in zip(kept, seen, strict=False)
        ]
    return kept


def _watched(product: Product, seen: list[np.ndarray], x: np.ndarray) -> np.ndarray:
    seen.append(product(x))
    return seen[-1]


def with_lines(
    network: Network,
    products: Sequence[Product],
    pictures: np.ndarray,
    wanted: Sequence[Product] | None = None,
) -> list[Product]:
    """Return the products with a factor and an offset behind each output of the hidden layers.

    Least squares finds them layer by layer, for the pictures as they arrive at that layer.

    Parameters
    ----------
    network : Network
        What the chip holds.
    products : sequence of callable
        What multiplies in each layer on the aged chip.
    pictures : array, shape (count, 64)
        Pictures; their labels are not needed.
    wanted : sequence of callable, optional
        Products that the outputs shall resemble, for example those of the first day; by default
        those of the exact network.
    """
    targets: list[np.ndarray] = []
    exact = [partial(_exact, weights) for weights in network.weights]
    forward(network, pictures, [partial(_watched, p, targets) for p in wanted or exact])
    corrected: list[Product] = []
    x = pictures
    for k, (product, r) in enumerate(zip(products[:-1], targets, strict=False)):
        y = product(x)
        moved = y - y.mean(axis=0)
        factor = np.sum((r - r.mean(axis=0)) * moved, axis=0) / np.sum(moved**2, axis=0)
        offset = r.mean(axis=0) - factor * y.mean(axis=0)
        corrected.append(partial(_line, product, factor, offset))
        unit = (factor * y + offset - network.means[k]) / np.sqrt(network.variances[k] + EPSILON)
        x = np.maximum(network.gains[k] * unit + network.shifts[k], 0.0)
    return [*corrected, products[-1]]


def _exact(weights: np.ndarray, x: np.ndarray) -> np.ndarray:
    return x @ weights.T


def _line(product: Product, factor: np.ndarray, offset: np.ndarray, x: np.ndarray) -> np.ndarray:
    return factor * product(x) + offset


def aged(
    serial: int,
    devices: str,
    way: str,
    t: float,
    calibrated: float | None = None,
    *,
    probe: str = "all currents",
    batches: int = 13,
    pictures: int = 1000,
) -> Run:
    """Return what a way of undoing drift achieves on a chip ``t`` seconds after programming.

    Parameters
    ----------
    serial : int
        Serial number of the chip.
    devices : str
        Name in `DEVICES`.
    way : str
        One of `WAYS`.
    t : float
        Time since programming ended, s.
    calibrated : float, optional
        Time of the last calibration, s; ``t`` by default, and 0 stands for none.
    probe : str
        Name in `PROBES`: how the factor of a core is measured.
    batches : int
        Batches of 200 training pictures that AdaBS sees.
    pictures : int
        Pictures of the test set, 1,000 at most.
    """
    # What a way does not use must not tell two runs apart, or each is computed again.
    then = 0.0 if way == "left alone" else t if calibrated is None else calibrated
    if then == 0:
        way = "left alone"
    probe = probe if way in ("one factor", "AdaBS") else next(iter(PROBES))
    return achieved(
        serial, devices, way, t, then, probe, batches if way == "AdaBS" else 0, pictures
    )


@lru_cache(maxsize=4096)
def achieved(
    serial: int,
    devices: str,
    way: str,
    t: float,
    then: float,
    probe: str,
    batches: int,
    pictures: int,
) -> Run:
    """Return what `aged` does, computed once for all that do not differ in what a way uses.

    Parameters are those of `aged`; ``then`` is the time of the last calibration, s.
    """
    network, cores = trained(LAYERS), cores_of(serial, devices)
    make = PROBES[probe] if way in ("one factor", "AdaBS") else OutputAffine
    make = Uncompensated if way == "left alone" else make
    corrections = [make() for _ in cores]
    for correct, core in zip(corrections, cores, strict=True):
        correct.prepare(core)
    spent = [c.calibrate(core, then) for c, core in zip(corrections, cores, strict=True)]
    reads, energy = sum(s.reads for s in spent), sum(s.energy_J for s in spent)
    time = max(s.time_s for s in spent)

    def products(at: float, seed: int) -> list[Product]:
        views = [c.set(core, at) for c, core in zip(corrections, cores, strict=True)]
        return [partial(view.forward, rng=seed + k) for k, view in enumerate(views)]

    statistics = None
    if way == "AdaBS":
        seen = glyphs(TRAINING, 2)[0][: batches * BATCH]
        statistics = adapted(network, products(then, 7), np.split(seen, batches))
        one = ReadCost.published(cores[0].periphery.read_mode)
        count = len(seen) * len(cores)
        reads, energy, time = (
            reads + count,
            energy + count * one.energy_J,
            time + count * one.time_s,
        )
    x, labels = (part[:pictures] for part in held_out())
    scores = forward(network, x, products(t, 1000 * (serial + 1)), statistics)
    right = 100 * float(np.mean(scores.argmax(axis=1) == labels))
    return Run(right, reads, energy, time)
