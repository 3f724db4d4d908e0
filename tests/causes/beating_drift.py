"""Controls of the chapter on drift compensation."""

from dataclasses import replace
from functools import cache, partial

import numpy as np
from controls import control, matrix

from aimc import presets
from aimc.cores import Core
from aimc.devices.fits import Polynomial
from aimc.recovery.compensation import GlobalDrift, VectorFactor
from aimc_course.explorers.accuracy import glyphs
from aimc_course.explorers.accuracy.compensated import BATCH, adapted, with_lines

PAGE = "4-accuracy/04-beating-drift"
YEAR = 365.25 * 86400.0
SHAPE = (96, 96)


def core_of(weights: str, seed: int, alike: bool = False) -> Core:
    """Return an aged HERMES core; ``alike`` gives all states the same drift exponents."""
    core = presets.hermes(seed, devices=1)
    if alike:
        core.device = replace(
            core.device,
            drift_mean_fit=Polynomial((0.06,)),
            drift_std_fit=Polynomial((0.01,)),
        )
    return core.program(matrix(weights, SHAPE, seed))


def factor(core: Core, probe: str, estimate: str = "mean") -> float:
    way = GlobalDrift(probe=probe, estimate=estimate)
    way.prepare(core)
    return way.apply(core, YEAR).view.gain


def bias(core: Core, probe: str) -> float:
    """Return how far (%) a factor is from the one that restores the size of products."""
    return 100 * (factor(core, probe) / factor(core, "one_hot", "projection") - 1)


@control(
    page=PAGE,
    claim="A sum of currents finds too large a factor, because it weighs a device by its "
    "conductance and a product by its square, and weak states drift most.",
    without="the same drift exponents for all states",
    quantity="factor from the sum over the one from the projection, minus one, %",
    shows=lambda with_, without: with_.min() > 5 and np.abs(without).max() < 1.5,
)
def sum_weighs_by_conductance(weights: str, seed: int, cause: bool) -> float:
    return bias(core_of(weights, seed, alike=not cause), "devices")


@control(
    page=PAGE,
    claim="Where weights are spread evenly or normally, devices in RESET push the sum in the same "
    "direction, but hardly count.",
    without="a sum that leaves them out",
    quantity="factor from the sum over the one from the projection, minus one, %",
    shows=lambda with_, without: (
        with_.mean() > without.mean() > 0.75 * with_.mean() and np.all(with_ > without)
    ),
)
def reset_devices_hardly_count(weights: str, seed: int, cause: bool) -> float:
    core = core_of(weights, seed)
    if cause:
        return bias(core, "devices")
    used = core.state.g_target > 0
    found = core.state.at(0.0)[used].sum() / core.state.at(YEAR)[used].sum()
    return 100 * (found / factor(core, "one_hot", "projection") - 1)


@control(
    page=PAGE,
    claim="Magnitudes of single word lines inherit the fault of the sum, because each output is "
    "then a single weight.",
    without="one input of ones, for which an output adds up a row with both signs",
    quantity="factor from magnitudes over the one from the projection, minus one, %",
    shows=lambda with_, without: with_.min() > 4 and without.mean() < with_.mean() / 2,
)
def single_lines_weigh_like_the_sum(weights: str, seed: int, cause: bool) -> float:
    return bias(core_of(weights, seed), "one_hot" if cause else "ones")


@control(
    page=PAGE,
    claim="In networks of two or three hidden layers most of what AdaBS gains comes from the mean.",
    without="variances are adapted and means are not",
    quantity="gain in accuracy over one factor per core, points",
    shows=lambda with_, without: with_.mean() > 1 and without.mean() < 0.6 * with_.mean(),
    weights=("two hidden layers", "three hidden layers"),
    seeds=tuple(range(101, 111)),
)
def statistics_correct_the_mean(weights: str, seed: int, cause: bool) -> float:
    layers = {"two hidden layers": 2, "three hidden layers": 3}[weights]
    return gain_of_statistics(layers, 1, seed, means=cause, variances=True)


@control(
    page=PAGE,
    claim="In the network of four hidden layers the mean alone gains little, and AdaBS needs the "
    "variances as well.",
    without="means are adapted and variances are not",
    quantity="gain in accuracy over one factor per core, points",
    shows=lambda with_, without: with_.mean() > 0.5 and without.mean() < 0.6 * with_.mean(),
    weights=("one device", "two devices"),
    seeds=tuple(range(101, 111)),
)
def four_layers_need_the_variances(weights: str, seed: int, cause: bool) -> float:
    devices = {"one device": 1, "two devices": 2}[weights]
    return gain_of_statistics(4, devices, seed, means=True, variances=cause)


DEPTHS = {"three hidden layers": 3, "four hidden layers": 4}


@control(
    page=PAGE,
    claim="A line per output, fitted to pictures, gains at least as much as AdaBS if it aims at "
    "the exact network, and less if it aims at the outputs of the first day (one device per "
    "weight).",
    without="the outputs of the first day as its aim",
    quantity="gain in accuracy over one factor per core, points",
    shows=lambda with_, without: with_.mean() > 1.25 * without.mean() > 1,
    weights=tuple(DEPTHS),
    seeds=tuple(range(101, 131)),
)
def aim_decides(weights: str, seed: int, cause: bool) -> float:
    return gain_of_lines(weights, seed, exact=cause)


@control(
    page=PAGE,
    claim="A good part of what the exact network is the better aim by is what programming had put "
    "wrong on the first day (one device per weight).",
    without="no programming noise",
    quantity="accuracy with the exact network as aim, minus that with the first day, points",
    shows=lambda with_, without: with_.mean() > 0.5 and without.mean() < 0.67 * with_.mean(),
    weights=tuple(DEPTHS),
    seeds=tuple(range(101, 131)),
)
def first_day_was_programmed_wrong(weights: str, seed: int, cause: bool) -> float:
    exact, first = (gain_of_lines(weights, seed, exact=e, noise=cause) for e in (True, False))
    return exact - first


@cache
def gain_of_lines(weights: str, seed: int, *, exact: bool, noise: bool = True) -> float:
    """Return what lines towards the exact network or towards the first day gain, points."""
    network, first, products = aged_chip(DEPTHS[weights], 1, seed, noise)
    pictures = glyphs.glyphs(3000, 2)[0][: 13 * BATCH]
    lines = with_lines(network, products, pictures, None if exact else first)
    return accuracy(network, lines) - accuracy(network, products)


@cache
def aged_chip(layers: int, devices: int, seed: int, noise: bool = True) -> tuple:
    """Return the network, its products on the first day, and those of a year later, one factor.

    Without ``noise`` every device is programmed to its target.
    """
    network = glyphs.trained(layers)
    first, products = [], []
    for k, (w, limit) in enumerate(zip(network.weights, network.ranges, strict=True)):
        core = presets.hermes(seed, devices=devices, index=k, input_range=limit)
        if not noise:
            core.device = core.device.without("programming_noise")
        core = core.program(w)
        way = VectorFactor(count=4)
        way.prepare(core)
        first.append(partial(core.at(0.0).forward, rng=seed + 20 + k))
        products.append(partial(way.apply(core, YEAR).view.forward, rng=seed + k))
    return network, first, products


def accuracy(network: glyphs.Network, products: list, statistics: list | None = None) -> float:
    x, labels = glyphs.held_out()
    scores = glyphs.forward(network, x, products, statistics)
    return 100 * float(np.mean(scores.argmax(axis=1) == labels))


def gain_of_statistics(
    layers: int, devices: int, seed: int, *, means: bool, variances: bool
) -> float:
    """Return what AdaBS gains (points) after a year if it adapts only these statistics."""
    network, _, products = aged_chip(layers, devices, seed)
    batches = np.split(glyphs.glyphs(3000, 2)[0][: 13 * BATCH], 13)
    new = adapted(network, products, batches)
    old = zip(network.means, network.variances, strict=True)
    new = [
        (m if means else m0, v if variances else v0)
        for (m, v), (m0, v0) in zip(new, old, strict=True)
    ]
    return accuracy(network, products, new) - accuracy(network, products)
