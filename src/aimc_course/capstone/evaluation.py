"""What a design is worth on chips: correct images by serial number and time."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from aimc.chip import Chip
from aimc.chip.run import Compute
from aimc.cores import Core, LayerParameters
from aimc.recovery.compensation import GlobalDrift, drift_gain
from aimc.statistics import Interval, mean_interval
from aimc.units import DAY, MINUTE
from aimc.validation import RangeWarning, check_integer, check_serial
from aimc_course.capstone.cells import noise_of
from aimc_course.capstone.design import LAYERS, MOST_SIDE, Design
from aimc_course.capstone.network import CapstoneNetwork, images
from aimc_course.capstone.pricing import LIMITS, Limits, Price, chip_of, planned, price

__all__ = ["IMAGES", "TIMES", "Evaluation", "correct_images", "evaluate"]

IMAGES = 300
"""Test images of an evaluation, the same for everybody."""
TIMES = (MINUTE, DAY)
"""Times since programming at which images are classified, s; the worse of them counts."""
CALIBRATION_IMAGES, CALIBRATION_VECTORS = 200, 512
PERCENTILE = 99.99


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A design, what it costs, and how many images it gets right."""

    design: Design
    price: Price
    serials: tuple[int, ...]
    """Serial numbers of the chips."""
    images: int
    """Images that each chip classified, each time."""
    correct: NDArray[np.int64]
    """Images that were classified correctly, shape (chips, times)."""

    @property
    def counted(self) -> int:
        """Correct images of all chips at the worse time: what a score is made from."""
        return int(self.correct.sum(axis=0).min())

    @property
    def accuracy(self) -> float:
        """The same as a share of all images, 0 to 1."""
        return self.counted / (len(self.serials) * self.images)

    def interval(self, time: int = -1) -> Interval:
        """Return the mean accuracy at one of `TIMES` with its 95 % interval over chips, 0 to 1."""
        return mean_interval(self.correct[:, time] / self.images)


def evaluate(
    design: Design,
    serials: Sequence[int],
    *,
    count: int = IMAGES,
    limits: Limits | None = LIMITS,
    told: Callable[[], None] = lambda: None,
) -> Evaluation:
    """Price a design, build its chips, let them age, and count correct images.

    Parameters
    ----------
    design : Design
        What is evaluated.
    serials : sequence of int
        Serial numbers of the chips, at least two.
    count : int
        Test images.
    limits : Limits or None
        What may not be exceeded.
    told : callable
        Called after each chip, for a progress bar.

    Raises
    ------
    DesignRefusedError
        If it exceeds a limit or does not fit; before anything is computed.
    ValueError
        If there are fewer than two serial numbers, or one comes twice.
    """
    chosen = tuple(check_serial("serials", serial) for serial in serials)
    if len(chosen) < 2 or len(set(chosen)) < len(chosen):
        raise ValueError(f"serials={chosen!r} must be two different numbers or more")
    cost = price(design, limits)
    counts = []
    for serial in chosen:
        counts.append(correct_images(design, serial, count))
        told()
    return Evaluation(design, cost, chosen, count, np.array(counts))


def correct_images(
    design: Design, serial: int, count: int = IMAGES, times: Sequence[float] = TIMES
) -> tuple[int, ...]:
    """Return how many test images one chip of a design classifies correctly at each time.

    Parameters
    ----------
    design : Design
        What is built.
    serial : int
        Serial number of the chip.
    count : int
        Test images.
    times : sequence of float
        Times since programming, s.
    """
    x, labels = images("test", check_integer("count", count, low=1))
    network = network_of(design.training)
    chip = chip_of(design, serial)
    planned(chip, design)
    found = []
    with warnings.catch_warnings():
        # a coarse converter clips, and that is the team's business
        warnings.simplefilter("ignore", RangeWarning)
        chip.program(_layers(design))
        for t in times:
            compute = _compute(design, network, chip, t)
            scores = network.forward(compute, x)
            found.append(int(np.count_nonzero(scores.argmax(axis=1) == labels)))
    return tuple(found)


@cache
def network_of(training: str) -> CapstoneNetwork:
    """Return the network in one training, loaded once."""
    return CapstoneNetwork(training)


@cache
def _calibrated(training: str, rows: int, columns: int) -> dict[str, LayerParameters]:
    """Return the layers with ranges, which follow from the data and from how inputs are cut."""
    network = network_of(training)
    design = Design("ranges", rows=rows, columns=columns, grid=(MOST_SIDE, MOST_SIDE))
    chip = chip_of(design)
    planned(chip, design)
    x, _ = images("train", CALIBRATION_IMAGES)
    return chip.calibrate(network.layers, x, network.forward, percentile=PERCENTILE)


def _layers(design: Design) -> dict[str, LayerParameters]:
    found = _calibrated(design.training, design.rows, design.columns)
    return {name: replace(x, weight_range=design.weight_range) for name, x in found.items()}


def _compute(design: Design, network: CapstoneNetwork, chip: Chip, t: float) -> Compute:
    """Let the chip age, and return what computes its layers with the drift compensated."""
    gain = {"mean": drift_gain, "projection": _projected_gain}.get(design.compensation, 1.0)
    chip.at(t, gain, noise=noise_of(design))
    if design.compensation != "affine":
        return chip.compute
    corrections = {
        name: _affine(chip.compute(name, x), network.digital(name, x))
        for name, x in _vectors(design.training).items()
    }

    def compute(name: str, x: NDArray[np.float64]) -> NDArray[np.float64]:
        factor, offset = corrections[name]
        return factor * chip.compute(name, x) + offset

    return compute


def _projected_gain(core: Core, t: float) -> float:
    way = GlobalDrift(estimate="projection")
    way.prepare(core)
    return float(way.apply(core, t).view.gain)


@cache
def _vectors(training: str) -> dict[str, NDArray[np.float64]]:
    """Return vectors that each layer meets in training images, for the fit of each output."""
    network, rng = network_of(training), np.random.default_rng(0)
    found: dict[str, NDArray[np.float64]] = {}

    def compute(name: str, x: NDArray[np.float64]) -> NDArray[np.float64]:
        flat = x.reshape(-1, x.shape[-1])
        found[name] = flat[rng.integers(0, len(flat), CALIBRATION_VECTORS)]
        return network.digital(name, x)

    network.run_batch(images("train", CALIBRATION_IMAGES)[0], compute)
    return {name: found[name] for name in LAYERS}


def _affine(
    seen: NDArray[np.float64], wanted: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the factor and the offset of each output that bring it closest to what is wanted."""
    centre, target = seen.mean(axis=0), wanted.mean(axis=0)
    spread = np.sum((seen - centre) ** 2, axis=0)
    shared = np.sum((seen - centre) * (wanted - target), axis=0)
    factor = np.where(spread > 0, shared / np.where(spread > 0, spread, 1.0), 1.0)
    return factor, target - factor * centre
