"""Stored results of searches for the largest cut, and a part computed again."""

from typing import Any

import measure_beyond
import numpy as np
import pytest

from aimc.statistics import Interval, mean_interval
from aimc_course.studies import results
from aimc_course.studies.optimisation import constant, falling


def shares(group: str, kind: str, level: str, which: str = "passed") -> np.ndarray:
    return np.array(results.stored("hopfield_annealing")[group][kind][level][which])


def gain(more: np.ndarray, less: np.ndarray) -> Interval:
    """Return the mean difference over the graphs, each compared with itself."""
    return mean_interval(more - less)


@pytest.mark.parametrize(("kind", "make"), [("constant", constant), ("falling", falling)])
def test_stored_shares_are_computed_again(kind: str, make: Any) -> None:
    targets = results.stored("hopfield_annealing")["targets"]
    for k in range(3):
        passed, ended = measure_beyond.search(k, targets[k], make(1.0, measure_beyond.STEPS))
        assert passed == pytest.approx(shares("levels", kind, "1.0")[k], abs=0.1)
        assert ended == pytest.approx(shares("levels", kind, "1.0", "ended")[k], abs=0.1)


def test_noise_finds_what_none_does_not_and_too_much_neither() -> None:
    none, some, much = (shares("levels", "constant", level) for level in ("0.0", "1.0", "4.0"))
    assert gain(some, none).low > 0.3
    assert gain(none, much).low > 0.05


def test_falling_noise_forgives_but_does_not_beat_the_best_constant_noise() -> None:
    best = shares("levels", "constant", "1.0")
    for level in results.stored("hopfield_annealing")["levels"]["falling"]:
        assert gain(shares("levels", "falling", level), best).low < 0.0
    high = gain(shares("levels", "falling", "3.0"), shares("levels", "constant", "3.0"))
    assert high.low > 0.3
    ends = gain(
        shares("levels", "falling", "1.5", "ended"), shares("levels", "constant", "1.5", "ended")
    )
    assert ends.low > 0.3


def test_an_error_that_stays_never_helps() -> None:
    fixed = results.stored("hopfield_annealing")["fixed"]
    none = np.array(fixed["0.0"]["passed"])
    assert gain(np.array(fixed["1.0"]["passed"]), none).low < 0.0
    assert gain(np.array(fixed["2.0"]["passed"]), none).high < -0.05


def test_noise_of_a_chip_helps_and_small_conductances_take_it_back() -> None:
    own, none = shares("chips", "as it is", "1.0"), shares("levels", "constant", "0.0")
    assert gain(own, none).low > 0.05
    assert gain(own, shares("chips", "as it is", "16.0")).low > 0.05
    assert gain(own, shares("chips", "reads averaged", "1.0")).low > 0.0


def test_what_helps_a_search_on_a_chip_is_noise_that_is_fresh() -> None:
    kinds = results.stored("hopfield_annealing")["read_noise"]
    split, fresh, frozen = (np.array(kinds[k]["passed"]) for k in ("split", "fresh", "momentary"))
    none = shares("levels", "constant", "0.0")
    assert np.array_equal(split, shares("chips", "as it is", "1.0"))
    assert gain(fresh, none).low > 0.1
    assert gain(fresh, split).low > 0.03
    assert gain(split, frozen).low > 0.03
    assert gain(frozen, none).low < 0.0 < gain(frozen, none).high


def test_an_error_that_stays_harms_a_search_that_noise_keeps_going() -> None:
    stored = results.stored("hopfield_annealing")
    both = {level: np.array(row["passed"]) for level, row in stored["fixed, with noise"].items()}
    assert np.array_equal(both["0.0"], shares("levels", "constant", "1.0"))
    assert gain(both["0.0"], both["1.0"]).low > 0.1
    assert gain(both["1.0"], both["2.0"]).low > 0.1


def test_errors_of_edges_move_the_largest_cut() -> None:
    stored = results.stored("hopfield_annealing")
    kept = {level: sum(row) for level, row in stored["fixed, kept"].items()}
    assert len(stored["targets"]) > kept["0.5"] > kept["1.0"] > kept["2.0"]
    for k in range(2):
        assert measure_beyond.is_kept(k, stored["targets"][k], 0.0)
        assert (
            measure_beyond.is_kept(k, stored["targets"][k], 1.0) == stored["fixed, kept"]["1.0"][k]
        )
        passed, _ = measure_beyond.search(
            k, stored["targets"][k], constant(1.0, measure_beyond.STEPS), fixed=1.0
        )
        assert passed == pytest.approx(stored["fixed, with noise"]["1.0"]["passed"][k], abs=0.1)
