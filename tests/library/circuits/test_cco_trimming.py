"""Trimming of oscillator converters: what the analog loop mends, and what is left to digits."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from aimc.circuits.cco import CCOADC
from aimc.circuits.cco_trimming import MIRROR_BITS, TAPS, CCOTrimming, UntrimmedCCO
from aimc.published import fact

RAW = UntrimmedCCO.fabricate(256, serial=7)
DONE = RAW.trim(rng=1)


def rms(adc: CCOADC) -> float:
    """Return the error of reading random currents, in nominal counts."""
    current = np.random.default_rng(0).uniform(-adc.i_max, adc.i_max, (300, adc.columns))
    return float(np.std(adc.convert(current, 2) - current)) / adc.step


def worst(adc: CCOADC) -> np.ndarray:
    return np.abs(adc.inl()[1]).max(axis=0)


def test_the_loop_makes_the_curves_straight() -> None:
    """Before, every converter misses the published nonlinearity; after, all are within it."""
    limit = fact("A115").number
    assert np.mean(worst(RAW.converters())) > 10 * limit
    assert worst(RAW.converters()).min() > limit
    for serial in range(6):
        assert worst(UntrimmedCCO.fabricate(256, serial).trim(serial).adc).max() <= limit
    assert np.mean(DONE.bend[0]) > 0.25
    assert np.abs(DONE.bend[-1]).max() < 0.015


def test_offsets_vanish_because_the_lines_come_to_one_voltage() -> None:
    assert np.std(DONE.trimmed.line_voltage) < 0.05 * np.std(RAW.line_voltage)
    assert np.std(DONE.offset[-1]) < 0.05 * np.std(DONE.offset[0])
    # a stray current adds to one sign and takes from the other
    np.testing.assert_allclose(
        RAW.converters().offset[0] / RAW.converters().gain[0],
        -RAW.converters().offset[1] / RAW.converters().gain[1],
    )


@pytest.mark.native("it repeats for long what other tests run there")
def test_four_bits_leave_the_published_spread_of_gains() -> None:
    gains = np.concatenate([UntrimmedCCO.fabricate(256, s).trim(s).gain[-1] for s in range(4)])
    nominal = 1e12 * fact("A112").number
    assert np.mean(gains) == pytest.approx(nominal, rel=0.02)
    assert np.std(gains) / nominal == pytest.approx(0.0709, rel=0.1)
    assert np.std(RAW.converters().gain) / nominal > 0.15


def test_analog_and_digital_need_each_other() -> None:
    """Neither the straight line alone nor the trimming alone comes near a count."""
    raw = RAW.converters()
    error = {
        "raw": rms(raw),
        "digital only": rms(raw.calibrate(1)),
        "trimmed only": rms(DONE.trimmed.converters()),
        "both": rms(DONE.adc),
    }
    assert error["raw"] > 40
    assert 6 < error["digital only"] < 15
    assert 10 < error["trimmed only"] < 30
    assert error["both"] < 0.5


def test_a_pulse_and_its_mean_count_alike_after_trimming_only() -> None:
    steady = np.full((128, 256), 0.5 * RAW.template.i_max)
    burst = np.where(np.arange(128)[:, None] < 64, 2 * steady, 0.0)
    for adc, least, most in ((RAW.converters(), 10, 60), (DONE.adc, -1, 1)):
        a, b = (adc.counts_over(wave, 1)[0].mean() for wave in (steady, burst))
        assert least <= a - b <= most


def test_order_of_the_stages_and_shape_of_the_course() -> None:
    seen = list(dict.fromkeys(DONE.stage))
    assert seen == ["fabricated", "offset", "gain", "feed-forward", "trimmed"]
    for values in (DONE.offset, DONE.gain, DONE.bend):
        assert values.shape == (len(DONE.stage), 2, 256)
    # one step at a time, and never past the ends
    assert DONE.stage.count("offset") <= TAPS + 1
    assert DONE.trimmed.mirror.max() <= 2**MIRROR_BITS - 1


def test_same_serial_same_course() -> None:
    again: CCOTrimming = UntrimmedCCO.fabricate(8, serial=3).trim(5)
    same = UntrimmedCCO.fabricate(8, serial=3).trim(5)
    np.testing.assert_array_equal(again.bend, same.bend)
    assert not np.any(UntrimmedCCO.fabricate(8, serial=4).delay == same.trimmed.delay)


def test_measured_law_is_the_law() -> None:
    """Three currents, averaged, show gain, bend and offset of the converters."""
    adc = RAW.converters()
    gain, bend, offset = adc.measure(rng=1, reads=256)
    up = adc.offset[0] > 0  # where the offset does not silence the counter
    np.testing.assert_allclose(gain[0, up], adc.gain[0, up], rtol=0.03)
    np.testing.assert_allclose(
        bend[0, up] * adc.i_max, adc.nonlinearity[0, up] * adc.i_max, atol=0.02
    )
    np.testing.assert_allclose(offset[0, up] / 3.3e9, adc.offset[0, up] / 3.3e9, atol=2e-3)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: UntrimmedCCO.fabricate(0), "columns=0"),
        (lambda: UntrimmedCCO.fabricate(4, serial=-1), "serial=-1"),
        (lambda: UntrimmedCCO.fabricate(4).trim(reads=0), "reads=0"),
        (lambda: replace(RAW, tap=np.full(256, 99)), "tap must lie between -64 and 64"),
        (lambda: replace(RAW, mirror=np.zeros((2, 256))), "mirror must lie between 1 and 15"),
        (lambda: replace(RAW, lead=np.full((2, 256), 40)), "lead must lie between 0 and 31"),
        (lambda: replace(RAW, delay=np.zeros(256)), r"delay must have shape \(2, 256\)"),
        (lambda: replace(RAW, voltage_error=np.full(256, np.nan)), "voltage_error must be finite"),
        (lambda: RAW.converters().measure(reads=0), "reads=0"),
    ],
)
def test_bad_values_are_named(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
