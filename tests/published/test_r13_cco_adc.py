"""R13: the oscillator converter of the HERMES core of 2022, and the error of its multiplications.

What is put in: gain, spread of the gain, highest frequency, integration times, programming error
(all published). Fitted: the bend that feed-forward leaves, to the published nonlinearity. Assumed:
conductance of a full weight and read voltage (those of the 64-core chip), the delay of the latch,
a random start phase, and that "full range" is the largest product for which no pulse-width current
saturates. Uniform inputs are on for half of the window, so that is half the converter's range.
"""

import math
from functools import cache

import numpy as np
import pytest

from aimc import presets
from aimc.circuits import quantise
from aimc.circuits.cco import CCOADC
from aimc.circuits.probe_matrices import spanning_task
from aimc.cores import Core
from aimc.devices import IdealDevice
from aimc.published import fact
from aimc.statistics import mean_interval

CHIPS, SIZE, VECTORS = 5, 256, 300


def full_range(core: Core) -> float:
    """Return the largest product of the experiment, in units of full weights and inputs."""
    return 0.5 * core.periphery.adc.i_max / (core.periphery.dac.v_read * core.device.g_max)


@cache
def errors(serial: int, encoding: str) -> np.ndarray:
    """Errors of 8-bit outputs, in per cent of the full range, over the outputs inside it."""
    core = presets.khaddam2022(serial, encoding)
    full = full_range(core)
    weights, x = spanning_task(SIZE, SIZE, VECTORS, full, rng=1300 + serial)
    exact = x @ weights.T
    y = quantise(core.program(weights, w_max=1.0).forward(x), 8, full)
    inside = np.abs(exact) <= full
    assert 0.8 < np.mean(inside) < 1
    return 100 * (y - exact)[inside] / full


def sigma(encoding: str) -> float:
    interval = mean_interval([float(np.std(errors(s, encoding))) for s in range(CHIPS)])
    assert interval.half_width < 0.15  # a mean over chips is worth quoting only if they agree
    return interval.mean


def test_levels_are_exact() -> None:
    adc = CCOADC.fabricate()
    assert adc.levels == 422 == int(3.3e9 * 128e-9)
    assert adc.levels == math.floor(fact("A111").number * fact("A118").number)
    assert adc.levels > 420
    counts = adc.counts(np.full((1, 256), 1.0))[0]
    # single converters differ by their gain, which trimming leaves within 21 %
    assert np.mean(counts) == pytest.approx(422, rel=0.01)
    assert np.all(np.abs(counts / 422 - 1) < 0.22)
    # 300 ps per count, printed rounded
    assert 1e12 * adc.integration_time / adc.levels == pytest.approx(
        fact("A110").numbers[0], rel=0.05
    )


def test_gain_and_peak_frequency() -> None:
    adc = CCOADC.fabricate(serial=1)
    slope = np.mean(adc.frequency(np.full(256, 1e-6)) - adc.frequency(np.full(256, 0.5e-6))) / 0.5
    assert slope * 1e-6 == pytest.approx(fact("A112").number, rel=0.05)  # MHz per uA
    peak = np.mean(adc.frequency(np.full(256, adc.i_max)))
    assert peak * 1e-9 == pytest.approx(fact("A111").number, rel=0.05)
    # gain and peak together put full scale at 94 uA; the paper's "about 100 uA" is near
    assert 1e6 * adc.i_max == pytest.approx(fact("A028").number, rel=0.1)


@pytest.mark.parametrize("serial", range(CHIPS))
def test_inl_is_within_one_count_with_feed_forward_only(serial: int) -> None:
    limit = fact("A115").number
    straight, bent = (CCOADC.fabricate(serial=serial, feed_forward=f) for f in (True, False))
    assert np.abs(straight.inl()[1]).max() <= limit
    assert np.abs(bent.inl()[1]).max(axis=0).min() > 10 * limit


def test_inl_of_a_whole_core_by_switching_on_cells() -> None:
    """The measurement of Fig. 4a: equal weights, one after the other, all at the same input."""
    limit = fact("A115").number
    for feed_forward, least, most in ((True, 0.0, limit), (False, 10 * limit, math.inf)):
        adc = CCOADC.fabricate(serial=2, feed_forward=feed_forward)
        cells = np.arange(257)[:, None]
        current = np.broadcast_to(adc.i_max * cells / 256, (257, 256))
        counted = np.mean([adc.counts(current, rng)[0] for rng in range(200)], axis=0)
        line = np.polynomial.polynomial.polyfit(cells[:, 0], counted, 1)
        inl = np.abs(counted - (line[0] + cells * line[1])).max(axis=0)
        # 200 averaged counts scatter by up to 0.035 each
        assert least < np.median(inl) < most
        assert np.max(inl) < most + 0.15


def test_error_with_pulse_widths() -> None:
    assert sigma("pwm") == pytest.approx(fact("A116").number, abs=0.2)
    sample = errors(0, "pwm")
    assert abs(np.mean(sample)) < 0.2 * np.std(sample)  # no systematic error
    # near a normal distribution, as the paper's fit assumes
    assert np.mean(np.abs(sample) < np.std(sample)) == pytest.approx(0.683, abs=0.03)


def test_error_with_bits_in_series_is_about_twice() -> None:
    ratio = sigma("bit_serial") / sigma("pwm")
    assert ratio == pytest.approx(fact("A117").number, rel=0.25)


def test_why_bits_in_series_are_worse() -> None:
    """Seven counts of 16 at most, each off by sqrt(1/6) of a count, weighted by their bits."""
    core = presets.khaddam2022(0, "bit_serial")
    adc, full = core.periphery.adc, full_range(core)
    assert adc.levels == 16  # a bit plane is counted with 4 bits
    weights = [4.0**bit for bit in range(7)]
    unit = core.periphery.dac.v_read * core.device.g_max
    extra = 100 * math.sqrt(sum(weights) / 6) / 127 * adc.step / unit / full
    expected = math.hypot(sigma("pwm"), extra)
    assert sigma("bit_serial") == pytest.approx(expected, rel=0.04)
    # as many bits of the result as this noise leaves: a quantiser of step s has s / sqrt(12)
    usable = math.log2(2 * 100 / (extra * math.sqrt(12)))
    assert usable == pytest.approx(4, abs=0.5)
    # 128 ns per bit would cure it, as the paper says of its counter
    cured = Core(core.device, core.cell, serial=0)
    cured.periphery = core.periphery.__class__(
        dac=core.periphery.dac, adc=adc.with_time(128e-9), input_range=1.0
    )
    w, x = spanning_task(SIZE, SIZE, VECTORS, full, rng=1300)
    y, exact = cured.program(w, w_max=1.0).forward(x), x @ w.T
    inside = np.abs(exact) <= full
    found = 100 * np.std((y - exact)[inside]) / full
    assert found == pytest.approx(np.std(errors(0, "pwm")), rel=0.02)  # the same chip


def test_the_programming_error_is_what_pulse_widths_show() -> None:
    """With ideal devices the converter alone has a tenth of the error."""
    core = presets.khaddam2022(0)
    ideal = Core(IdealDevice(core.device.g_max), core.cell, core.periphery)
    full = full_range(core)
    weights, x = spanning_task(SIZE, SIZE, VECTORS, full, rng=1300)
    error = ideal.program(weights, w_max=1.0).forward(x) - x @ weights.T
    inside = np.abs(x @ weights.T) <= full
    assert 100 * np.std(error[inside]) / full < 0.35 * sigma("pwm")
