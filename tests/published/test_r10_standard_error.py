"""R10: the standard inference model of 2023 has an MVM error of about 15 % without drift.

Its paper tests normal weights and uniform inputs (G091) on one full core. Momentary read noise is
part of that model. An hour later, with global drift compensation, it is still about four bits.
Ours is 13.9 %, a point below the printed number, which is itself given as "about".
"""

from functools import cache

import numpy as np
import pytest

from aimc import presets
from aimc.circuits import equivalent_bits, mvm_error
from aimc.circuits.converters import quantise
from aimc.published import fact
from aimc.recovery.compensation import drift_gain
from aimc.statistics import mean_interval

pytestmark = pytest.mark.native("it repeats for long what other tests run there")

CHIPS, VECTORS, HOUR = 3, 300, 3600.0


@cache
def task(serial: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights relative to the largest, inputs, and exact outputs."""
    spread, reach, size = fact("G091").numbers
    rng = np.random.default_rng([10, serial])
    weights = np.clip(rng.normal(0.0, spread, (int(size), int(size))), -1.0, 1.0)
    inputs = rng.uniform(-reach, reach, (VECTORS, int(size)))
    return weights.astype(np.float32), inputs.astype(np.float32), inputs @ weights.T


@cache
def errors(t: float) -> tuple[float, ...]:
    """MVM errors of the chips in per cent, with global drift compensation."""
    found = []
    for serial in range(CHIPS):
        weights, inputs, exact = task(serial)
        core = presets.rasch2023(serial).program(weights, 1.0)
        view = core.at(t, drift_gain(core, t), noise=core.read_noise())
        found.append(100 * mvm_error(view.forward(inputs), exact))
    return tuple(found)


def fixed_point(weight_bits: int | None, input_bits: int | None) -> float:
    """MVM error in per cent of an engine that rounds weights or inputs of this task."""
    weights, inputs, exact = task(0)
    rounded = quantise(inputs, input_bits, 1.0) @ quantise(weights, weight_bits, 1.0).T
    return 100 * mvm_error(rounded, exact)


def test_error_without_drift() -> None:
    interval = mean_interval(errors(0.0))
    assert interval.mean == pytest.approx(fact("B026").number, abs=2.0)
    assert interval.half_width < 0.5


def test_an_hour_of_drift_adds_little() -> None:
    """The growth and not only the error after it, or a drift half as strong again would pass."""
    growth = np.subtract(errors(HOUR), errors(0.0))
    assert growth.mean() == pytest.approx(1.6, abs=0.1)


def test_four_bit_weights_are_as_wrong() -> None:
    """The paper's yardstick: fixed-point weights of four bits, for weights of this shape."""
    got = mean_interval(errors(HOUR)).mean
    assert fixed_point(5, None) < 0.7 * got
    assert got == pytest.approx(fixed_point(4, None), abs=2.0)
    assert got < 0.5 * fixed_point(3, None)
    # for weights spread evenly over their range the same error is one bit less
    assert 3.0 < equivalent_bits(got / 100) < 3.3


def test_inputs_of_three_to_four_bits_are_as_wrong() -> None:
    got = mean_interval(errors(HOUR)).mean
    assert fixed_point(None, 4) < got < fixed_point(None, 3) + 2.0


def test_the_devices_alone_do_not_make_it() -> None:
    """Without what surrounds the devices the error is clearly smaller: both sides count."""
    weights, inputs, exact = task(0)
    core = presets.rasch2023(0).program(weights, 1.0)
    held = core.at(HOUR, drift_gain(core, HOUR)).weights()
    alone = 100 * mvm_error(inputs @ held.T, exact)
    assert alone < 0.85 * errors(HOUR)[0]
