"""The logistic curve fitted to compact models, where the answer is known, and to the cell."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from aimc.devices.pulsed import PulsedPCM, pulsed_2019, pulsed_hermes
from aimc.devices.pulsed.programming_curve import LogisticCurve, fit_programming_curve
from aimc.devices.thermal.mushroom import MushroomCell
from aimc.devices.thermal.pulse import programming_curve

AMPERES = np.linspace(50e-6, 600e-6, 60)
CELL = MushroomCell()


@pytest.mark.parametrize("make", [pulsed_2019, pulsed_hermes])
def test_a_logistic_curve_is_found_again(make: Callable[[], PulsedPCM]) -> None:
    model = make()
    fit = fit_programming_curve(AMPERES, model.curve(AMPERES))
    found = [fit.g_set, fit.g_reset, fit.i_half, fit.width]
    expected = [model.g_set, model.g_reset, model.i_half, model.width]
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    np.testing.assert_allclose(fit(AMPERES), model.curve(AMPERES), rtol=1e-5)


def test_noise_moves_the_fit_by_little() -> None:
    model = pulsed_2019()
    noisy = model.curve(AMPERES) + 0.3e-6 * np.random.default_rng(0).standard_normal(60)
    fit = fit_programming_curve(AMPERES, np.maximum(noisy, 0.0))
    assert fit.i_half == pytest.approx(model.i_half, rel=0.01)
    assert fit.width == pytest.approx(model.width, rel=0.05)
    assert fit.error == pytest.approx(0.3e-6, rel=0.3)


def fitted(cell: MushroomCell, scale: float) -> LogisticCurve:
    # time goes with the square of a length, where heat diffuses
    currents = scale * np.arange(230, 331, 4) * 1e-6
    return fit_programming_curve(
        currents, programming_curve(cell.fully_set(), currents.tolist(), 50e-9 * scale**2)
    )


def test_the_cell_in_four_numbers() -> None:
    fit = fitted(CELL, 1.0)
    assert fit.g_set == pytest.approx(CELL.fully_set().conductance(), rel=0.02)
    assert fit.error < 0.03 * fit.g_set
    # the compact model of the array with the same geometry is as conductive and much wider
    compact = pulsed_2019()
    assert compact.g_set / 2 < fit.g_set < 2 * compact.g_set
    assert compact.i_half / 1.5 < fit.i_half < 1.5 * compact.i_half
    assert fit.width < compact.width / 5


def test_currents_and_conductances_scale_with_the_size_of_the_cell() -> None:
    half = replace(CELL, heater_radius=10e-9, heater_length=32.5e-9, thickness=50e-9)
    whole, small = fitted(CELL, 1.0), fitted(half, 0.5)
    assert small.i_half == pytest.approx(whole.i_half / 2, rel=0.03)
    assert small.g_set == pytest.approx(whole.g_set / 2, rel=0.02)


@pytest.mark.parametrize(
    ("current", "conductance", "message"),
    [
        (AMPERES[:4], np.linspace(2e-5, 1e-6, 4), "five"),
        (AMPERES[::-1], np.linspace(2e-5, 1e-6, 60), "rise"),
        (AMPERES, np.linspace(2e-5, 1e-6, 59), "conductance"),
        (AMPERES, np.linspace(1e-6, 2e-5, 60), "fall"),
        (-AMPERES[::-1], np.linspace(2e-5, 1e-6, 60), "current"),
    ],
)
def test_bad_input_is_named(current: np.ndarray, conductance: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fit_programming_curve(current, conductance)
