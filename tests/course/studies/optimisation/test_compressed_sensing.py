"""Sparse signals from few sums: exact on an exact core, down to the noise on any other."""

from typing import Any

import numpy as np
import pytest

from aimc import presets
from aimc.circuits import Periphery, ReadNoiseFormula
from aimc.cores import Core
from aimc.devices import IdealDevice
from aimc.statistics import mean_interval
from aimc_course.studies.optimisation import (
    Recovery,
    SensingCore,
    message_passing,
    sensing_matrix,
    soft_thresholding,
    sparse_signals,
)

SUMS, LENGTH, NONZERO, SIGNALS = 128, 256, 20, 40


def problem() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    return sensing_matrix(SUMS, LENGTH, rng), sparse_signals(SIGNALS, LENGTH, NONZERO, rng)


def noisy_core(strength: float) -> Core:
    periphery = Periphery(
        input_range=None, read_noise=False, weight_noise=ReadNoiseFormula(strength, "constant")
    )
    return Core(IdealDevice(), periphery=periphery, serial=3)


def last_errors(core: Core, *, reads: int = 1, own: bool = False) -> tuple[np.ndarray, float]:
    matrix, signals = problem()
    sensing = SensingCore(matrix, core, reads=reads)
    sums = sensing.compress(signals) if own else signals @ matrix.T
    return message_passing(sensing, sums).errors(signals)[-1], sensing.error(signals)


def curves(method: Any, **options: Any) -> np.ndarray:
    matrix, signals = problem()
    found: Recovery = method(SensingCore(matrix, presets.ideal()), signals @ matrix.T, **options)
    return np.asarray(np.median(found.errors(signals), axis=1))


def test_signals_and_matrix_are_what_they_say() -> None:
    matrix, signals = problem()
    assert (np.count_nonzero(signals, axis=1) == NONZERO).all()
    assert np.linalg.norm(matrix, axis=0) == pytest.approx(np.ones(LENGTH))
    sensing = SensingCore(matrix, presets.ideal())
    assert sensing.compress(signals) == pytest.approx(signals @ matrix.T)
    assert sensing.back(signals @ matrix.T) == pytest.approx(signals @ matrix.T @ matrix)
    assert not sensing.compress(np.zeros((1, LENGTH))).any()


def test_both_methods_recover_and_the_memory_saves_most_iterations() -> None:
    passing, thresholding = curves(message_passing), curves(soft_thresholding)
    assert passing[-1] < 1e-3
    assert thresholding[-1] < 1e-3
    reached = [int(np.argmax(curve < 0.01)) for curve in (passing, thresholding)]
    assert reached[1] > 3 * reached[0] > 0
    # Full steps without the memory never converge here.
    assert curves(message_passing, memory=False)[-1] > 1


def test_the_floor_is_the_error_of_one_product() -> None:
    floors = {}
    for strength in (0.01, 0.03, 0.1):
        errors, product = last_errors(noisy_core(strength))
        floors[strength] = mean_interval(errors)
        assert floors[strength].mean == pytest.approx(1.15 * product, rel=0.25)
    assert floors[0.01].high < floors[0.03].low
    assert floors[0.03].high < floors[0.1].low


@pytest.mark.parametrize(
    ("nonzero", "low", "high"),
    [(5, 0.4, 0.7), (10, 0.6, 0.9), (20, 0.95, 1.3), (30, 1.4, 2.0)],
)
def test_the_floor_in_errors_of_a_product_grows_with_the_entries_that_are_not_zero(
    nonzero: int, low: float, high: float
) -> None:
    matrix, _ = problem()
    signals = sparse_signals(SIGNALS, LENGTH, nonzero, np.random.default_rng(2))
    for core in (presets.hermes(5, 1), noisy_core(0.05)):
        sensing = SensingCore(matrix, core)
        found = message_passing(sensing, signals @ matrix.T, iterations=40).errors(signals)[-1]
        assert low < np.median(found) / sensing.error(signals) < high


@pytest.mark.parametrize(("nonzero", "low", "high"), [(20, 0.0, 1e-4), (40, 0.05, 0.4)])
def test_an_exact_core_recovers_few_entries_and_not_many(
    nonzero: int, low: float, high: float
) -> None:
    matrix, _ = problem()
    signals = sparse_signals(SIGNALS, LENGTH, nonzero, np.random.default_rng(2))
    exact = SensingCore(matrix, presets.ideal())
    found = message_passing(exact, signals @ matrix.T, iterations=40).errors(signals)[-1]
    assert low <= np.median(found) < high


@pytest.mark.native("it repeats for long what other tests run there")
def test_averaged_reads_lower_the_floor_by_their_root() -> None:
    one = last_errors(noisy_core(0.1))[0].mean()
    sixteen = last_errors(noisy_core(0.1), reads=16)[0].mean()
    assert sixteen == pytest.approx(one / 4, rel=0.25)


@pytest.mark.native("it repeats for long what other tests run there")
def test_a_core_that_compressed_forgives_its_own_programming_errors() -> None:
    # With one device per polarity, errors of programming outweigh the noise of reads.
    other, product = last_errors(presets.hermes(5, 1))
    own, _ = last_errors(presets.hermes(5, 1), own=True)
    assert mean_interval(own).high < mean_interval(other).low
    assert 0.02 < product < 0.3
    # Reads can be averaged, errors of programming cannot.
    quiet = last_errors(presets.hermes(5, 1), reads=16)[0]
    assert quiet.mean() > 0.6 * other.mean()
    assert last_errors(presets.hermes(5, 1), reads=16, own=True)[0].mean() < 0.6 * own.mean()


def test_bad_input_is_named() -> None:
    rng = np.random.default_rng(1)
    matrix, signals = problem()
    core = SensingCore(matrix, presets.ideal())
    with pytest.raises(ValueError, match="nonzero"):
        sparse_signals(1, 10, 11, rng)
    with pytest.raises(ValueError, match="reads"):
        SensingCore(matrix, presets.ideal(), reads=0)
    with pytest.raises(ValueError, match="signals"):
        core.compress(signals[:, 1:])
    with pytest.raises(ValueError, match="sums"):
        message_passing(core, signals)
    with pytest.raises(ValueError, match="step"):
        soft_thresholding(core, signals @ matrix.T, step=0.0)
