"""A search for large cuts: noise drawn anew helps it, an error that stays does not."""

from functools import cache

import numpy as np
import pytest

from aimc import presets
from aimc.cores import Core
from aimc.statistics import Interval, mean_interval
from aimc_course.studies.optimisation import (
    HopfieldNetwork,
    NoiseSchedule,
    averaged,
    constant,
    cut_size,
    falling,
    largest_cut,
    random_graph,
    ring,
)

GRAPHS, RUNS, STEPS, NODES = 8, 40, 150, 16


@cache
def graph(k: int) -> tuple[np.ndarray, float]:
    adjacency = random_graph(NODES, 0.5, np.random.default_rng([7, k]))
    return adjacency, largest_cut(adjacency)


def shares(schedule: NoiseSchedule, which: str = "best", share: float = 0.1) -> np.ndarray:
    """Return, for each graph, the share of the runs that find its largest cut."""
    found = []
    for k in range(GRAPHS):
        adjacency, target = graph(k)
        network = HopfieldNetwork(adjacency, share=share)
        run = network.run(schedule, RUNS, np.random.default_rng([8, k]))
        found.append(float(np.mean(getattr(run, which) >= target)))
    return np.array(found)


def gain(more: np.ndarray, less: np.ndarray) -> Interval:
    """Return the mean difference over graphs, which differ much among themselves."""
    return mean_interval(more - less)


def test_cuts_count_edges_between_sides() -> None:
    sides = np.array([[1.0, -1.0, 1.0, -1.0], [1.0, 1.0, -1.0, -1.0], [1.0, 1.0, 1.0, 1.0]])
    assert cut_size(ring(4), sides).tolist() == [4.0, 2.0, 0.0]
    assert largest_cut(ring(6)) == 6.0
    assert largest_cut(ring(7)) == 6.0
    complete = np.ones((9, 9)) - np.eye(9)
    assert largest_cut(complete) == 20.0
    rng = np.random.default_rng(1)
    assert random_graph(60, 0.3, rng).mean() == pytest.approx(0.3 * 59 / 60, abs=0.05)


def test_noise_finds_more_than_none_and_too_much_finds_less() -> None:
    none, some, much = (shares(constant(level, STEPS)) for level in (0.0, 1.0, 6.0))
    assert gain(some, none).low > 0.1
    assert gain(none, much).low > 0.05


def test_falling_noise_forgives_a_wrong_level_and_ends_where_it_was_best() -> None:
    wrong = 3.0
    assert gain(shares(falling(wrong, STEPS)), shares(constant(wrong, STEPS))).low > 0.2
    ends, passes = (shares(falling(1.5, STEPS), which) for which in ("final", "best"))
    assert gain(passes, ends).mean < 0.1
    assert gain(ends, shares(constant(1.5, STEPS), "final")).low > 0.2


def test_without_noise_single_moves_never_shrink_a_cut() -> None:
    adjacency, _ = graph(0)
    run = HopfieldNetwork(adjacency, share=0.01).run(
        constant(0.0, 300), 50, np.random.default_rng(1)
    )
    # Nodes move almost always one at a time; steps in which two neighbours do are rare.
    assert np.mean(np.diff(run.cuts, axis=0) < 0) < 0.01
    assert (run.best == run.final).mean() > 0.9


def test_an_error_that_stays_is_no_resource() -> None:
    found = {}
    rng = np.random.default_rng(3)
    for kind in ("fresh", "fixed"):
        each = []
        for k in range(GRAPHS):
            adjacency, target = graph(k)
            size = 1.5 / np.sqrt(NODES)  # per edge, for a field error of 1.5
            held = adjacency
            if kind == "fixed":
                errors = size * rng.standard_normal(adjacency.shape)
                held = adjacency + np.triu(errors, 1) + np.triu(errors, 1).T
            network = HopfieldNetwork(held)
            network.adjacency = adjacency  # cuts are counted on the graph that was meant
            level = 1.5 if kind == "fresh" else 0.0
            run = network.run(constant(level, STEPS), RUNS, np.random.default_rng([8, k]))
            each.append(float(np.mean(run.best >= target)))
        found[kind] = np.array(each)
    assert gain(found["fresh"], found["fixed"]).low > 0.2


def chip(level: NoiseSchedule, w_max: float | None = None) -> np.ndarray:
    found = []
    for k in range(GRAPHS):
        adjacency, target = graph(k)
        network = HopfieldNetwork(adjacency, presets.hermes(5, 1, index=k), w_max=w_max)
        run = network.run(level, RUNS, np.random.default_rng([8, k]))
        found.append(float(np.mean(run.best >= target)))
    return np.array(found)


def test_the_noise_of_a_chip_helps_but_not_if_errors_are_scaled_up_with_it() -> None:
    none = shares(constant(0.0, STEPS))
    assert gain(chip(constant(0.0, STEPS)), none).low > 0.0
    assert gain(chip(constant(0.0, STEPS)), chip(constant(0.0, STEPS), w_max=16.0)).low > 0.0


def test_averaged_reads_have_less_noise() -> None:
    adjacency, _ = graph(0)
    network = HopfieldNetwork(adjacency, presets.hermes(5))
    sides = np.ones((200, NODES))
    one, many = network.fields(sides), network.fields(sides, 16)
    assert many.std(axis=0).mean() == pytest.approx(one.std(axis=0).mean() / 4, rel=0.3)
    assert averaged(16, 5).reads.tolist() == [1, 2, 4, 8, 16]


def test_same_seed_same_cuts_and_intervals_are_those_of_shares() -> None:
    adjacency, target = graph(1)
    runs = [
        HopfieldNetwork(adjacency).run(falling(2.0, 50), 30, np.random.default_rng(4))
        for _ in range(2)
    ]
    assert np.array_equal(runs[0].cuts, runs[1].cuts)
    assert runs[0].cuts.shape == (51, 30)
    share = np.mean(runs[0].best >= target)
    assert runs[0].passed(target).low <= share <= runs[0].passed(target).high
    assert runs[0].ended(target).mean <= runs[0].passed(target).mean


def test_bad_input_is_named() -> None:
    rng = np.random.default_rng(1)
    lopsided = np.triu(np.ones((4, 4)), 1)
    with pytest.raises(ValueError, match="adjacency must be symmetric"):
        HopfieldNetwork(lopsided)
    with pytest.raises(ValueError, match="nodes"):
        largest_cut(ring(25))
    with pytest.raises(ValueError, match="share"):
        HopfieldNetwork(ring(4), share=0.0)
    with pytest.raises(ValueError, match="noise"):
        falling(-1.0, 5)
    with pytest.raises(ValueError, match="runs"):
        HopfieldNetwork(ring(4)).run(constant(0.0, 1), 1, rng)
    with pytest.raises(ValueError, match="reads"):
        NoiseSchedule(np.zeros(3), np.zeros(3, dtype=int))
    assert isinstance(HopfieldNetwork(ring(4)).core, Core)
