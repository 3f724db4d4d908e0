"""Measure when noise solves problems and when it spoils them, and store the results.

    python scripts/measure_beyond.py [resonator] [annealing]

Writes ``resonator_network.json`` and ``hopfield_annealing.json`` beside the shipped data.

Of the resonator, ``sizes`` varies the entries of a codebook, ``noise`` the noise for one of them,
``chips`` puts the codebooks on cores of the HERMES chip, for each kind of read noise, and
``large`` is the problem of the published code. Of the annealing, ``levels`` compares constant and
falling noise, ``fixed`` replaces noise by errors that stay, ``fixed, with noise`` adds them to it,
``fixed, kept`` says for which graphs the largest cut of what the core holds is one of the graph
that was meant, ``chips`` searches on cores whose read noise has two parts, and ``read_noise`` on
cores with each kind of it. Both together take some twenty minutes.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from stored_files import origin, write_results
from tqdm import tqdm

from aimc import presets
from aimc.cores import Core, CoreAtTime
from aimc.validation import RangeWarning
from aimc_course.studies.hyperdimensional import Factorisation, ResonatorNetwork
from aimc_course.studies.optimisation import (
    HopfieldNetwork,
    NoiseSchedule,
    averaged,
    constant,
    cut_size,
    falling,
    largest_cut,
    random_graph,
)
from aimc_course.studies.results import DATA

DIMENSIONS, FACTORS = 256, 3
THRESHOLD, NOISE = 0.1, 0.02  # similarities; those of random vectors scatter by 0.0625
SIZES, PROBLEMS, ROUNDS = (8, 16, 24, 32, 48, 64, 96, 128), 400, 1000
LEVELS = (0.0, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1)
VARIANTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "threshold": {"threshold": THRESHOLD},
    "noise": {"threshold": THRESHOLD, "noise": NOISE},
}
LARGE: dict[str, Any] = {  # size, threshold, top and limit are those of the published code
    "entries": 256,
    "problems": 20,
    "rounds": 21845,
    "threshold": 0.136,
    "top": 7,
    "noise": 0.02,
}

KINDS = ("split", "fresh", "momentary")  # of read noise
CHIPS, PER_CHIP = range(5, 9), 50  # serial numbers, and products on each

NODES, DENSITY, GRAPHS, RUNS, STEPS = 20, 0.5, 24, 50, 200
STRENGTHS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)


class Noisy:
    """A core whose products, once it is programmed, meet read noise of a kind that is named."""

    def __init__(self, core: Core, noise: str) -> None:
        self.core, self.noise = core, noise

    def program(self, *arguments: Any) -> CoreAtTime:
        """Program the core and return it as it is right afterwards."""
        return self.core.program(*arguments).at(0.0, noise=self.noise)


def resonate(
    entries: int, problems: int, rounds: int, *, seed: int = 6, **options: Any
) -> dict[str, Any]:
    """Return how many of some random products a network solves, in how many rounds, and how.

    ``turned`` counts the solved ones whose factors appeared with turned signs, ``cycles`` the runs
    that ended in a cycle without a solution, and ``still`` those of them in one of a single state.
    """
    found = _factorised(entries, problems, rounds, seed, options)
    rounds_used = found.iterations[found.solved]
    return {
        "solved": int(found.solved.sum()),
        "tried": problems,
        "median": float(np.median(rounds_used)) if rounds_used.size else None,
        "turned": int((found.signs[found.solved] < 0).any(axis=1).sum()),
        "cycles": int((found.period > 0).sum()),
        "still": int((found.period == 1).sum()),
    }


def on_chips(entries: int, noise: str) -> dict[str, Any]:
    """Return how many products a network with a threshold solves on cores of several chips."""
    used: list[int] = []
    for serial in CHIPS:
        options: dict[str, Any] = {
            "threshold": THRESHOLD,
            "make_core": lambda f, serial=serial: Noisy(presets.hermes(serial, 1, index=f), noise),
        }
        found = _factorised(entries, PER_CHIP, ROUNDS, serial, options)
        used += found.iterations[found.solved].tolist()
    return {
        "solved": len(used),
        "tried": PER_CHIP * len(CHIPS),
        "median": float(np.median(used)) if used else None,
    }


def _factorised(
    entries: int, problems: int, rounds: int, seed: int, options: dict[str, Any]
) -> Factorisation:
    rng = np.random.default_rng([seed, entries])
    books = rng.choice([-1.0, 1.0], size=(FACTORS, entries, DIMENSIONS))
    network = ResonatorNetwork(books, **options)
    wanted = rng.integers(entries, size=(problems, FACTORS))
    return network.factorise(network.products(wanted), rng, iterations=rounds)


def measure_resonator() -> dict[str, Any]:
    """Return all results of resonator networks."""
    sizes: dict[str, dict[str, Any]] = {}
    for name, options in VARIANTS.items():
        sizes[name] = {
            str(entries): resonate(entries, PROBLEMS, ROUNDS, **options)
            for entries in tqdm(SIZES, desc=name)
        }
    noise = {
        str(level): resonate(32, PROBLEMS, ROUNDS, threshold=THRESHOLD, noise=level)
        for level in tqdm(LEVELS, desc="noise")
    }
    chips = {
        kind: {str(entries): on_chips(entries, kind) for entries in (16, 32, 64)}
        for kind in tqdm(KINDS, desc="chips")
    }
    large = {
        name: resonate(
            LARGE["entries"],
            LARGE["problems"],
            LARGE["rounds"],
            threshold=LARGE["threshold"],
            top=LARGE["top"],
            noise=level,
        )
        for name, level in tqdm((("quiet", 0.0), ("noise", LARGE["noise"])), desc="large")
    }
    return {
        "dimensions": DIMENSIONS,
        "factors": FACTORS,
        "threshold": THRESHOLD,
        "noise_of_sizes": NOISE,
        "rounds": ROUNDS,
        "settings_of_large": LARGE,
        "sizes": sizes,
        "noise": noise,
        "chips": chips,
        "large": large,
    }


def graph(k: int) -> np.ndarray:
    """Return the k-th graph."""
    return random_graph(NODES, DENSITY, np.random.default_rng([7, k]))


def wrong(k: int, fixed: float) -> np.ndarray:
    """Return the k-th graph with errors of its edges that make one of ``fixed`` on a field."""
    errors = np.random.default_rng([9, k]).standard_normal((NODES, NODES))
    upper = np.triu(fixed / np.sqrt(NODES) * errors, 1)
    return np.asarray(graph(k) + upper + upper.T)


def is_kept(k: int, target: float, fixed: float) -> bool:
    """Return whether the largest cut of the graph with errors is a largest one without them."""
    held, best, found = wrong(k, fixed), 0.0, 0.0
    for sides in all_cuts():
        cuts = cut_size(held, sides)
        if cuts.max() > best:
            best, found = cuts.max(), float(cut_size(graph(k), sides[cuts.argmax()]))
    return found == target


def all_cuts() -> Iterator[np.ndarray]:
    """Yield all cuts of a graph in parts; the last node stays on its side."""
    places = np.arange(NODES - 1)
    for codes in np.array_split(np.arange(2 ** (NODES - 1)), 8):
        free = 1.0 - 2.0 * (codes[:, None] >> places & 1)
        yield np.hstack([free, np.ones((len(codes), 1))])


def search(
    k: int,
    target: float,
    schedule: NoiseSchedule,
    *,
    fixed: float = 0.0,
    noise: str | None = None,
    w_max: float | None = None,
) -> tuple[float, float]:
    """Return the share of the runs that pass the largest cut of a graph, and that end there.

    Parameters
    ----------
    k : int
        Number of the graph.
    target : float
        Its largest cut.
    schedule : NoiseSchedule
        Noise and reads.
    fixed : float
        Standard deviation of an error on the field of a node, made of errors of edges that stay.
    noise : str, optional
        Kind of read noise of a core of the HERMES chip, one device per polarity, in which the graph
        lies; an exact core without it.
    w_max : float, optional
        As that of `HopfieldNetwork`.
    """
    adjacency, held = graph(k), wrong(k, fixed)
    core: Any = Noisy(presets.hermes(5, 1, index=k), noise) if noise else None
    network = HopfieldNetwork(held, core, w_max=w_max)
    network.adjacency = adjacency  # cuts are counted on the graph that was meant
    run = network.run(schedule, RUNS, np.random.default_rng([8, k]))
    return float(np.mean(run.best >= target)), float(np.mean(run.final >= target))


def searches(
    targets: list[float], schedule: NoiseSchedule, **options: Any
) -> dict[str, list[float]]:
    """Return the shares of all graphs."""
    found = [search(k, target, schedule, **options) for k, target in enumerate(targets)]
    return {
        "passed": [round(passed, 4) for passed, _ in found],
        "ended": [round(ended, 4) for _, ended in found],
    }


def measure_annealing() -> dict[str, Any]:
    """Return all results of Hopfield networks."""
    targets = [largest_cut(graph(k)) for k in tqdm(range(GRAPHS), desc="largest cuts")]
    levels = {
        name: {str(level): searches(targets, make(level, STEPS)) for level in tqdm(STRENGTHS, name)}
        for name, make in (("constant", constant), ("falling", falling))
    }
    fixed = {
        str(level): searches(targets, constant(0.0, STEPS), fixed=level)
        for level in tqdm(STRENGTHS[:6], desc="fixed")
    }
    both = {
        str(level): searches(targets, constant(1.0, STEPS), fixed=level)
        for level in tqdm(STRENGTHS[:5], desc="fixed, with noise")
    }
    kept = {
        str(level): [int(is_kept(k, target, level)) for k, target in enumerate(targets)]
        for level in tqdm((0.5, 1.0, 2.0), desc="fixed, kept")
    }
    ways = {
        "as it is": constant(0.0, STEPS),
        "reads averaged": averaged(16, STEPS),
        "falling noise added": falling(2.0, STEPS),
    }
    chips = {
        name: {
            str(w_max): searches(targets, way, noise="split", w_max=w_max)
            for w_max in tqdm((1.0, 4.0, 16.0), desc=name)
        }
        for name, way in ways.items()
    }
    read_noise = {
        kind: searches(targets, ways["as it is"], noise=kind, w_max=1.0)
        for kind in tqdm(KINDS, desc="read noise")
    }
    rng = np.random.default_rng(1)
    random_cut = [float(cut_size(graph(k), rng.choice([-1.0, 1.0], NODES))) for k in range(GRAPHS)]
    return {
        "nodes": NODES,
        "density": DENSITY,
        "graphs": GRAPHS,
        "runs": RUNS,
        "steps": STEPS,
        "targets": targets,
        "a_random_cut": random_cut,
        "levels": levels,
        "fixed": fixed,
        "fixed, with noise": both,
        "fixed, kept": kept,
        "chips": chips,
        "read_noise": read_noise,
    }


def main(names: list[str]) -> None:
    """Measure what is named, or both, and store the results."""
    warnings.simplefilter("ignore", RangeWarning)
    jobs = {
        "resonator": ("resonator_network", measure_resonator),
        "annealing": ("hopfield_annealing", measure_annealing),
    }
    for name in names or list(jobs):
        stored, measure = jobs[name]
        results = {**origin(f"measure_beyond.py {name}"), **measure()}
        write_results(DATA / f"{stored}.json", results)


if __name__ == "__main__":
    main(sys.argv[1:])
