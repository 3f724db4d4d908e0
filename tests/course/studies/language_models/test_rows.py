"""Rows of weights with a limit: errors against direct simulation, peaks against statistics."""

import numpy as np
import pytest

from aimc import presets
from aimc_course.studies.language_models import cell_error, draw_rows, peak, row_errors

RNG = np.random.default_rng(5)


def test_errors_are_those_of_simulated_products() -> None:
    weights = draw_rows(6, 200, 5.0, np.random.default_rng(1))
    limit, noise = 2.0, 0.05
    clipped = np.clip(weights, -limit, limit)
    peaks = np.abs(clipped).max(axis=1, keepdims=True)
    x = RNG.standard_normal((4000, 200))
    exact = x @ weights.T
    wrong = clipped + noise * peaks * RNG.standard_normal((300, *weights.shape))
    off = np.mean([np.mean((x[:200] @ w.T - exact[:200]) ** 2, axis=0) for w in wrong], axis=0)
    relative = np.sqrt(np.mean(off / np.mean(exact**2, axis=0)))
    assert np.hypot(*row_errors(weights, limit, noise)) == pytest.approx(relative, rel=0.05)


@pytest.mark.parametrize("devices", [1, 2])
def test_errors_that_depend_on_the_state_are_those_of_a_core(devices: int) -> None:
    weights = np.sign(RNG.standard_normal((64, 100)))
    with_outlier = weights.copy()
    with_outlier[:, 0] *= 10.0

    def simulated(w: np.ndarray) -> float:
        core = presets.hermes(7, devices=devices).program(w, w_max=np.abs(w).max(axis=1))
        return float(np.std((core.at(0.0).weights() - w)[:, 1:]))

    def by_law(w: np.ndarray) -> float:
        top, others = np.abs(w).max(), np.abs(w[:, 1:])
        # the other polarity of a pair is empty, and errs as well
        return float(
            top * np.hypot(cell_error(others / top, devices), cell_error(0.0, devices)).max()
        )

    for w in (weights, with_outlier):
        assert simulated(w) == pytest.approx(by_law(w), rel=0.06)
    grown = simulated(with_outlier) / simulated(weights)
    assert 3.0 < grown < 6.0  # and not ten


def test_a_law_of_the_state_takes_the_place_of_one_number() -> None:
    weights = draw_rows(6, 200, 5.0, np.random.default_rng(1))
    same = row_errors(weights, 2.0, lambda share: np.full_like(share, 0.05))
    assert same == pytest.approx(row_errors(weights, 2.0, 0.05))
    full = float(cell_error(np.array(1.0)))
    assert row_errors(weights, 2.0, cell_error)[1] < row_errors(weights, 2.0, full)[1]


def test_nothing_is_lost_without_a_limit_and_the_peak_sets_the_error() -> None:
    weights = draw_rows(10, 64, np.inf, np.random.default_rng(2))
    lost, cells = row_errors(weights, np.inf, 0.03)
    assert lost == 0.0
    expected = 0.03 * np.sqrt(np.mean(peak(weights) ** 2))
    assert cells == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize(("inputs", "expected"), [(64, 2.61), (3072, 3.73)])
def test_the_largest_of_gaussian_weights(inputs: int, expected: float) -> None:
    weights = draw_rows(2000, inputs, np.inf, np.random.default_rng(3))
    assert peak(weights).mean() == pytest.approx(expected, abs=0.05)


def test_fewer_degrees_of_freedom_mean_more_outliers() -> None:
    found = [peak(draw_rows(50, 1024, nu, np.random.default_rng(4))).mean() for nu in (3, 6, 30)]
    assert found == sorted(found, reverse=True)


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="degrees"):
        draw_rows(2, 8, 2.0, RNG)
    with pytest.raises(ValueError, match="inputs"):
        draw_rows(2, 1, 5.0, RNG)
    with pytest.raises(ValueError, match="limit"):
        row_errors(np.ones((2, 3)), 0.0, 0.1)
    with pytest.raises(ValueError, match="noise"):
        row_errors(np.ones((2, 3)), 1.0, -0.1)
