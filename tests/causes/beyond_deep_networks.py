"""Controls of the chapter beyond deep networks: problems of two kinds in the place of weights."""

from dataclasses import replace
from typing import Any

import numpy as np
from controls import control

from aimc import presets
from aimc.circuits import ADC
from aimc.cores import Core, CoreAtTime
from aimc.datasets import digits
from aimc.devices import pulsed_2019
from aimc_course.studies.hyperdimensional import (
    AssociativeMemory,
    Factorisation,
    ResonatorNetwork,
    encode_pixels,
    item_memory,
    level_memory,
)
from aimc_course.studies.optimisation import (
    HopfieldNetwork,
    SensingCore,
    constant,
    largest_cut,
    message_passing,
    random_graph,
    sensing_matrix,
    sparse_signals,
)
from aimc_course.studies.temporal import (
    PhaseChangeNeurons,
    correlated_events,
    detect_correlation,
)

PAGE = "5-outlook/06-beyond-deep-networks"
NEXT = "5-outlook/06b-accumulation-and-recovery"


class Noisy:
    """A core whose products, once it is programmed, meet read noise of a kind that is named."""

    def __init__(self, core: Core, noise: str) -> None:
        self.core, self.noise = core, noise

    def program(self, *arguments: Any) -> CoreAtTime:
        return self.core.program(*arguments).at(0.0, noise=self.noise)


FACTORS = {"three factors": 3, "four factors": 4}
DIMENSIONS, PROBLEMS = 256, 60


class AnyStart(ResonatorNetwork):
    """A network whose estimates start as random vectors instead of sums of the codebooks."""

    def _start(self) -> np.ndarray:
        factors, entries, dimensions = self.codebooks.shape
        rng = np.random.default_rng([11, factors, entries])
        return rng.choice([-1.0, 1.0], size=(factors, dimensions))


def factorised(
    weights: str, seed: int, sizes: tuple[int, int], rounds: int, kind: Any = ResonatorNetwork,
    **options: Any,
) -> Factorisation:  # fmt: skip
    """Return what becomes of random products; ``sizes`` are codebooks of three, four factors."""
    factors = FACTORS[weights]
    rng = np.random.default_rng([seed, factors])
    entries = sizes[factors - 3]
    books = rng.choice([-1.0, 1.0], size=(factors, entries, DIMENSIONS))
    network = kind(books, **options)
    wanted = rng.integers(entries, size=(PROBLEMS, factors))
    return network.factorise(network.products(wanted), rng, iterations=rounds)


@control(
    page=PAGE,
    claim="Solutions may come with two signs turned; a reader of the largest similarity with its "
    "sign takes them for failures.",
    without="the same network, read by the largest similarity with its sign",
    quantity="products solved by the plain network, %",
    shows=lambda with_, without: with_.min() > 90 and without.max() < 75,
    weights=tuple(FACTORS),
)
def solutions_with_turned_signs(weights: str, seed: int, cause: bool) -> float:
    found = factorised(weights, seed, (16, 8), 300)
    right = found.solved if cause else found.solved & (found.signs > 0).all(axis=1)
    return 100 * float(right.mean())


@control(
    page=PAGE,
    claim="The start, a sum of the codebook, favours the signs that are not turned.",
    without="estimates that start as random vectors",
    quantity="solutions with turned signs, %",
    shows=lambda with_, without: with_.mean() < without.mean() - 20 and without.mean() > 60,
    weights=tuple(FACTORS),
    seeds=tuple(range(101, 109)),
)
def the_start_favours_a_sign(weights: str, seed: int, cause: bool) -> float:
    kind = ResonatorNetwork if cause else AnyStart
    found = factorised(weights, seed, (8, 5), 300, kind)
    return 100 * float((found.signs[found.solved] < 0).any(axis=1).mean())


@control(
    page=PAGE,
    claim="A threshold leaves few entries of a small codebook active, and a state made of so few "
    "often reproduces itself: the network freezes.",
    without="a threshold of zero, which half of the entries pass",
    quantity="runs that end in a single state which is no solution, %",
    shows=lambda with_, without: with_.mean() > without.mean() + 30,
    weights=tuple(FACTORS),
)
def a_threshold_freezes(weights: str, seed: int, cause: bool) -> float:
    found = factorised(weights, seed, (16, 12), 200, threshold=0.1 if cause else 0.0)
    return 100 * float((found.period == 1).mean())


@control(
    page=PAGE,
    claim="Noise frees what a threshold has frozen.",
    without="the same threshold without noise",
    quantity="products solved, %",
    shows=lambda with_, without: with_.mean() > without.mean() + 30,
    weights=tuple(FACTORS),
)
def noise_frees(weights: str, seed: int, cause: bool) -> float:
    noise = 0.03 if cause else 0.0
    found = factorised(weights, seed, (24, 10), 300, threshold=0.1, noise=noise)
    return 100 * float(found.solved.mean())


@control(
    page=PAGE,
    claim="With three factors noise shortens the search even where nothing was frozen.",
    without="the plain network, which has no threshold that could freeze it",
    quantity="products of three factors solved, %",
    shows=lambda with_, without: with_.mean() > without.mean() + 3,
    weights=("48 entries", "64 entries"),
    seeds=(101, 102, 103, 104, 105),
)
def noise_shortens_the_search(weights: str, seed: int, cause: bool) -> float:
    sizes = (int(weights.split()[0]), 0)
    found = factorised("three factors", seed, sizes, 400, noise=0.02 if cause else 0.0)
    return 100 * float(found.solved.mean())


@control(
    page=PAGE,
    claim="Only the part of a chip's read noise that is drawn anew keeps a network moving.",
    without="read noise of the same size that stays as it is",
    quantity="products of three factors solved on a core with a threshold, %",
    shows=lambda with_, without: with_.mean() > without.mean() + 20,
    weights=("24 entries", "32 entries"),
)
def the_fresh_part_moves_a_network(weights: str, seed: int, cause: bool) -> float:
    kind, sizes = "split" if cause else "momentary", (int(weights.split()[0]), 0)

    def make(f: int) -> Any:
        return Noisy(presets.hermes(seed, 1, index=f), kind)

    found = factorised("three factors", seed, sizes, 200, threshold=0.1, make_core=make)
    return 100 * float(found.solved.mean())


DENSITY = {"dense": 0.5, "sparse": 0.25}
NODES, RUNS, STEPS = 16, 100, 200


def passed(weights: str, seed: int, noise: float, kept: float) -> float:
    """Return the share of searches (%) that pass a largest cut, over four graphs."""
    shares = []
    for k in range(4):
        graph = random_graph(NODES, DENSITY[weights], np.random.default_rng([seed, k]))
        errors = np.triu(np.random.default_rng([seed, k, 1]).standard_normal(graph.shape), 1)
        held = graph + kept / np.sqrt(NODES) * (errors + errors.T)
        network = HopfieldNetwork(held)
        network.adjacency = graph  # cuts are counted on the graph that was meant
        run = network.run(constant(noise, STEPS), RUNS, np.random.default_rng([seed, k, 2]))
        shares.append(float(np.mean(run.best >= largest_cut(graph))))
    return 100 * float(np.mean(shares))


@control(
    page=PAGE,
    claim="Noise that is drawn anew leads a search out of poor cuts.",
    without="no noise",
    quantity="searches that pass the largest cut, %",
    shows=lambda with_, without: with_.mean() > without.mean() + 25,
    weights=tuple(DENSITY),
)
def noise_leads_out_of_poor_cuts(weights: str, seed: int, cause: bool) -> float:
    return passed(weights, seed, 1.0 if cause else 0.0, 0.0)


@control(
    page=PAGE,
    claim="It has to be drawn anew: an error of the same size that stays does not help.",
    without="an error of the sums of the same standard deviation, drawn once and kept",
    quantity="searches that pass the largest cut, %",
    shows=lambda with_, without: with_.mean() > without.mean() + 25,
    weights=tuple(DENSITY),
)
def drawn_anew(weights: str, seed: int, cause: bool) -> float:
    return passed(weights, seed, 1.0 if cause else 0.0, 0.0 if cause else 1.0)


@control(
    page=PAGE,
    claim="An error of one edge on each sum that stays harms a search that noise keeps going.",
    without="the same search without the error",
    quantity="searches that pass the largest cut, %",
    shows=lambda with_, without: with_.mean() < without.mean() - 7,
    weights=tuple(DENSITY),
    seeds=tuple(range(101, 109)),
)
def a_kept_error_harms_a_search(weights: str, seed: int, cause: bool) -> float:
    return passed(weights, seed, 1.0, 1.0 if cause else 0.0)


@control(
    page=PAGE,
    claim="What helps a search on a chip is the read noise that is drawn anew.",
    without="read noise of the same size that stays as it is",
    quantity="searches on a core that pass the largest cut, %",
    shows=lambda with_, without: with_.mean() > without.mean() + 6,
    weights=tuple(DENSITY),
)
def fresh_reads_help_a_search(weights: str, seed: int, cause: bool) -> float:
    shares = []
    for k in range(8):
        graph = random_graph(NODES, DENSITY[weights], np.random.default_rng([seed, k]))
        core: Any = Noisy(presets.hermes(seed, 1, index=k), "fresh" if cause else "momentary")
        run = HopfieldNetwork(graph, core).run(
            constant(0.0, STEPS), RUNS, np.random.default_rng([seed, k, 2])
        )
        shares.append(float(np.mean(run.best >= largest_cut(graph))))
    return 100 * float(np.mean(shares))


SCATTER = (
    "g_set_spread", "g_reset_spread", "i_half_spread", "width_spread", "rate_spread",
    "current_scatter", "step_spread", "read_noise", "read_floor",
)  # fmt: skip
PERIODS = {"six pulses": 6, "eight pulses": 8}


@control(
    page=NEXT,
    claim="A population follows its input because its members differ: equal neurons fire as one.",
    without="devices that are all alike and exact",
    quantity="correlation of the share that fires with the drive",
    shows=lambda with_, without: with_.min() > 0.8 and without.max() < 0.5,
    weights=tuple(PERIODS),
)
def equal_neurons_fire_as_one(weights: str, seed: int, cause: bool) -> float:
    model = pulsed_2019()
    if not cause:
        model = replace(model, **dict.fromkeys(SCATTER, 0.0))
    drive = 0.28 + 0.12 * np.sin(2 * np.pi * np.arange(240) / PERIODS[weights])
    rng = np.random.default_rng(seed)
    rate = PhaseChangeNeurons(model, 400, 16e-6, rng, serial=seed).run(drive).mean(axis=1)[60:]
    return max(float(np.corrcoef(rate[k:], drive[60 : 240 - k])[0, 1]) for k in range(4))


LINKS = {"correlation 0.1": 0.1, "correlation 0.2": 0.2}


@control(
    page=NEXT,
    claim="Scatter of devices and pulses does little harm to the detection of correlations, "
    "because every device sums dozens of steps.",
    without="an observation of 150 steps in place of a thousand",
    quantity="linked processes lost among those of largest conductance, % of all",
    shows=lambda with_, without: with_.mean() < 9 and without.mean() > with_.mean(),
    weights=tuple(LINKS),
    seeds=tuple(range(101, 113)),
)
def long_sums_bear_scatter(weights: str, seed: int, cause: bool) -> float:
    rng = np.random.default_rng(seed)
    events = correlated_events(400, 100, 1000 if cause else 150, rng, coefficient=LINKS[weights])
    real = pulsed_2019()
    found = [
        np.mean(detect_correlation(events, model, rng, serial=seed).chosen(100) < 100)
        for model in (replace(real, **dict.fromkeys(SCATTER, 0.0)), real)
    ]
    return 100 * float(found[0] - found[1])


SIGNALS = {"few entries": 10, "many entries": 20}


def floor(
    weights: str, seed: int, own: bool, ideal: bool = False, noise: str | None = None
) -> float:
    """Return the error (%) at which the recovery of sparse signals ends."""
    rng = np.random.default_rng(seed)
    signals = sparse_signals(20, 256, SIGNALS[weights], rng)
    core = presets.ideal() if ideal else presets.hermes(seed, 1)
    if not ideal and noise is None:
        core.periphery = replace(core.periphery, read_noise=False)
    holder: Any = core if noise is None else Noisy(core, noise)
    sensing = SensingCore(sensing_matrix(128, 256, rng), holder)
    sums = sensing.compress(signals) if own else signals @ sensing.matrix.T
    errors = message_passing(sensing, sums, iterations=25).errors(signals)
    return 100 * float(np.median(errors[-1]))


@control(
    page=NEXT,
    claim="An iteration whose residual is measured by the core ends at a floor that its products "
    "set.",
    without="the same iteration on an exact core",
    quantity="relative error of the recovered signals without read noise, %",
    shows=lambda with_, without: with_.min() > 5 and without.max() < 1,
    weights=tuple(SIGNALS),
)
def the_floor_is_that_of_the_core(weights: str, seed: int, cause: bool) -> float:
    return floor(weights, seed, own=False, ideal=not cause)


@control(
    page=NEXT,
    claim="If the core itself compressed the signal, the devices that were programmed wrongly "
    "cancel.",
    without="sums that were computed with the exact matrix",
    quantity="relative error of the recovered signals without read noise, %",
    shows=lambda with_, without: with_.max() < 0.5 * without.min(),
    weights=tuple(SIGNALS),
)
def own_sums_cancel_wrong_devices(weights: str, seed: int, cause: bool) -> float:
    return floor(weights, seed, own=cause)


@control(
    page=NEXT,
    claim="Own sums cancel the slow part of the read noise as well, within one read-out.",
    without="the same noise, all of it drawn anew in each product",
    quantity="relative error of signals that the core compressed and recovered, %",
    shows=lambda with_, without: with_.max() < 0.3 * without.min(),
    weights=tuple(SIGNALS),
)
def own_sums_cancel_slow_noise(weights: str, seed: int, cause: bool) -> float:
    return floor(weights, seed, own=True, noise="momentary" if cause else "fresh")


def encoded(weights: str, seed: int) -> tuple[np.ndarray, ...]:
    """Return vectors to learn from and to test with, and their classes."""
    if weights == "digits":
        data, rng = digits(), np.random.default_rng(seed)
        places, levels = item_memory(64, DIMENSIONS, rng), level_memory(17, DIMENSIONS, rng)
        x, y = (
            encode_pixels(part[:600].reshape(-1, 64), places, levels)
            for part in (data.x_train, data.x_test)
        )
        return x, y, data.y_train[:600].astype(int), data.y_test[:600].astype(int)
    rng = np.random.default_rng(seed)
    common = rng.choice([-1.0, 1.0], DIMENSIONS)
    own = np.where(rng.random((10, DIMENSIONS)) < 0.3, -common, common)  # classes alike
    labels = np.tile(np.arange(10), 40)
    seen = own[labels] * np.where(rng.random((400, DIMENSIONS)) < 0.2, -1.0, 1.0)
    return seen[:200], seen[200:], labels[:200], labels[200:]


@control(
    page=PAGE,
    claim="An associative memory of full devices fails because a query resembles all classes and "
    "its large currents saturate the converters.",
    without="converters that have neither limit nor steps",
    quantity="accuracy, %",
    shows=lambda with_, without: with_.mean() < without.mean() - 15,
    weights=("digits", "classes alike"),
    seeds=tuple(range(101, 109)),
)
def converters_saturate(weights: str, seed: int, cause: bool) -> float:
    x, tested, classes, wanted = encoded(weights, seed)
    core = presets.hermes(seed, 1)
    if not cause:
        core.periphery = replace(core.periphery, adc=ADC(bits=None))
    memory = AssociativeMemory(core, x, classes, np.random.default_rng(seed), w_max=1.0)
    return 100 * float(memory.accuracy(tested, wanted))
