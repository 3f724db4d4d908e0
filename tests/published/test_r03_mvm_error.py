"""R03: MVM error of the 64-core chip over time, between digital engines of 3 and 4 bits.

The yardsticks are digital engines with rounded weights; the chip is its published device model with
the converters of the preset. Weights and inputs are uniform with 30 % zeros, as in the paper.
Printed are the digital lines and the bits; the errors A071 to A073 are an earlier run of this
course with the published coefficients, so that their bounds guard the library and not the model.
"""

from functools import cache

import numpy as np
import pytest

from aimc import presets
from aimc.circuits import (
    DifferentialPair,
    ErrorParts,
    Periphery,
    best_scale,
    decompose,
    digital_mvm,
    equivalent_bits,
    mvm_error,
    random_sparse_uniform,
)
from aimc.cores import Core, CoreAtTime
from aimc.devices import pcm_hermes
from aimc.published import fact
from aimc.recovery.compensation import global_drift_compensation
from aimc.statistics import mean_interval

pytestmark = pytest.mark.native("it repeats for long what other tests run there")

SIZE, VECTORS, CHIPS = 256, int(fact("A066").number), 5
DAY = 86400.0


@cache
def task(serial: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights, inputs and exact outputs; every chip gets its own."""
    rng = np.random.default_rng([3, serial])
    weights = random_sparse_uniform((SIZE, SIZE), rng)
    inputs = random_sparse_uniform((VECTORS, SIZE), rng)
    return weights, inputs, inputs @ weights.T


def outputs(serial: int, devices: int, t: float, compensate: bool = False) -> np.ndarray:
    weights, inputs, _ = task(serial)
    core = presets.hermes(serial=serial, devices=devices).program(weights)
    view = global_drift_compensation(core, t) if compensate else core.at(t)
    assert isinstance(view, CoreAtTime)
    return view.forward(inputs)


@cache
def error(serial: int, devices: int, t: float, correction: str = "best") -> float:
    """MVM error in per cent, after the best scalar factor, the measured one, or none."""
    exact = task(serial)[2]
    y = outputs(serial, devices, t, compensate=correction == "measured")
    return 100 * mvm_error(best_scale(y, exact) * y if correction == "best" else y, exact)


def over_chips(devices: int, t: float, correction: str = "best") -> list[float]:
    return [error(serial, devices, t, correction) for serial in range(CHIPS)]


@cache
def digital_line(weight_bits: int) -> float:
    errors = []
    for serial in range(CHIPS):
        weights, inputs, exact = task(serial)
        errors.append(mvm_error(digital_mvm(weights, inputs, weight_bits), exact))
    return 100 * float(np.mean(errors))


@cache
def parts(devices: int) -> ErrorParts:
    _, inputs, exact = task(0)
    return decompose(inputs, outputs(0, devices, 0.0), exact)


@pytest.mark.parametrize(("bits", "identifier"), [(3, "A069"), (4, "A070")])
def test_digital_lines(bits: int, identifier: str) -> None:
    assert digital_line(bits) == pytest.approx(fact(identifier).number, abs=0.15)
    # inputs and outputs of 8 bits add little to the closed form of the weights alone
    assert 100 * 0.5 / (2 ** (bits - 1) - 1) < digital_line(bits)
    assert equivalent_bits(digital_line(bits) / 100) == pytest.approx(bits, abs=0.02)


@pytest.mark.parametrize(("devices", "identifier"), [(1, "A071"), (2, "A072")])
def test_just_programmed(devices: int, identifier: str) -> None:
    interval = mean_interval(over_chips(devices, 0.0, "none"))
    assert interval.mean == pytest.approx(fact(identifier).number, abs=0.5)
    # a mean over chips is worth quoting only if the chips agree
    assert interval.half_width < 0.2


@pytest.mark.parametrize(("devices", "column"), [(1, 0), (2, 1)])
def test_after_a_day_with_the_best_factor(devices: int, column: int) -> None:
    got = mean_interval(over_chips(devices, DAY)).mean
    assert got == pytest.approx(fact("A073").numbers[column], abs=0.7)


def test_order_of_the_lines() -> None:
    three, four = digital_line(3), digital_line(4)
    for serial in range(CHIPS):
        one, two = (error(serial, devices, 0.0, "none") for devices in (1, 2))
        assert four < two < one < three
        assert error(serial, 2, DAY) < error(serial, 1, DAY)


def test_bits_that_the_paper_names() -> None:
    one, two = (equivalent_bits(np.mean(over_chips(d, 0.0, "none")) / 100) for d in (1, 2))
    assert one == pytest.approx(fact("A067").number, abs=0.1)  # "close to 3"
    low, high = fact("A068").numbers  # "between 3 and 4"
    assert low < two < high


@pytest.mark.parametrize("devices", [1, 2])
def test_error_grows_with_time_even_after_the_best_factor(devices: int) -> None:
    means = [np.mean(over_chips(devices, t)) for t in (0.0, 3600.0, DAY, 30 * DAY)]
    assert np.all(np.diff(means) > 0.3)


@pytest.mark.parametrize("devices", [1, 2])
def test_corrections_in_order(devices: int) -> None:
    """The best factor beats the measured one, which beats none."""
    for serial in range(CHIPS):
        best, measured, none = (
            error(serial, devices, DAY, c) for c in ("best", "measured", "none")
        )
        assert best < measured < none


def test_parts_add_as_squares_and_the_weights_dominate_for_one_device() -> None:
    one, two = parts(1), parts(2)
    for split in (one, two):
        assert split.total**2 == pytest.approx(split.linear**2 + split.residual**2, rel=1e-9)
    assert one.linear**2 > 0.7 * one.total**2  # A074: dominated by the linear part
    # ... while the residual shows for two devices
    assert two.residual / two.total > one.residual / one.total
    # the fast read noise; the slow part of it is common to all vectors and counts as wrong weights
    assert two.residual / two.total > 0.3


def test_estimated_weights_are_those_of_the_core() -> None:
    """With the part of the read noise that all vectors of the read-out have in common."""
    weights, inputs, exact = task(0)
    core = presets.hermes(serial=0, devices=1).program(weights)
    estimate = decompose(inputs, core.forward(inputs), exact).weights
    met = core.at(0.0).weights(noise=True)
    assert np.std(estimate - met) < 0.5 * np.std(met - weights)
    assert np.corrcoef((estimate - weights).ravel(), (met - weights).ravel())[0, 1] == (
        pytest.approx(1.0, abs=0.15)
    )


@pytest.mark.parametrize("copies", [1, 2, 4])
def test_copies_mend_what_is_independent_and_not_the_mean_drift(copies: int) -> None:
    """The law that the chapter on precision states, a day after programming."""
    weights, inputs, exact = task(0)
    effects = {"programming_noise", "drift", "drift_spread", "read_noise"}

    def power(cells: int, *keep: str) -> float:
        device = pcm_hermes(2).without(*(effects - set(keep)))
        core = Core(device, DifferentialPair(cells), Periphery(), serial=0).program(weights)
        y = core.at(DAY).forward(inputs)
        return mvm_error(best_scale(y, exact) * y, exact) ** 2

    mean_drift = power(1, "drift")
    independent = (
        power(1, "programming_noise")
        + power(1, "drift", "drift_spread")
        - mean_drift
        + power(1, "read_noise")
    )
    assert power(4, "drift") == pytest.approx(mean_drift, rel=1e-6)
    assert power(copies, *effects) == pytest.approx(mean_drift + independent / copies, rel=0.06)
