"""Converters: levels, symmetry, saturation, gradients, and how long an input takes."""

import math
from typing import Any

import numpy as np
import pytest

from aimc.circuits import ADC, DAC, Crossbar, Periphery, levels_per_sign, mvm, quantise

try:
    import torch
except ImportError:  # the NumPy half of this file needs no torch
    torch = None
else:
    torch.set_num_threads(1)

BITS = [2, 3, 4, 8, 12]
LIBRARIES = [
    pytest.param(np.asarray, id="numpy"),
    pytest.param(lambda x: torch.from_numpy(x), id="torch", marks=pytest.mark.torch),
]


def crossbar(seed: int = 0, shape: tuple[int, int] = (6, 40)) -> Crossbar:
    g = np.random.default_rng(seed).uniform(-20e-6, 20e-6, (1, *shape))
    return Crossbar(g, np.zeros_like(g), (1.0,), 20e-6, 1.0)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("bits", BITS)
def test_levels(bits: int, library: Any) -> None:
    x = library(np.linspace(-3, 3, 40_001))
    found = np.unique(np.asarray(quantise(x, bits, 2.0)))
    top = 2 ** (bits - 1) - 1
    assert levels_per_sign(bits) == top
    np.testing.assert_allclose(found, 2.0 * np.arange(-top, top + 1) / top, atol=1e-12)


@pytest.mark.parametrize("bits", BITS)
def test_mid_tread_symmetry(bits: int) -> None:
    x = np.random.default_rng(1).uniform(-1, 1, 1000)
    np.testing.assert_array_equal(quantise(-x, bits), -quantise(x, bits))
    step = 1.0 / levels_per_sign(bits)
    # zero is a level: everything within half a step of it becomes zero
    assert not quantise(np.array([0.0, 0.49 * step, -0.49 * step]), bits).any()
    assert quantise(np.array([0.51 * step]), bits)[0] == pytest.approx(step)


@pytest.mark.parametrize("bits", BITS)
def test_error_is_at_most_half_a_step_and_saturation_is_exact(bits: int) -> None:
    x = np.random.default_rng(2).uniform(-1, 1, 1000)
    assert np.abs(quantise(x, bits) - x).max() <= 0.5 / levels_per_sign(bits) + 1e-12
    far = quantise(np.array([-1e9, -1.001, 1.001, 1e9]), bits, 1.0)
    np.testing.assert_allclose(far, [-1, -1, 1, 1])
    np.testing.assert_array_equal(quantise(quantise(x, bits), bits), quantise(x, bits))


def test_no_bits_means_no_quantiser() -> None:
    x = np.array([-7.3, 0.123, 55.0])
    np.testing.assert_array_equal(quantise(x, None), x)


@pytest.mark.torch
def test_gradient_is_straight_through_inside_and_zero_outside() -> None:
    assert torch is not None
    x = torch.tensor([-2.0, -0.6, 0.0, 0.01, 0.7, 1.5], dtype=torch.float64, requires_grad=True)
    quantise(x, 4).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [0, 1, 1, 1, 1, 0])


@pytest.mark.torch
@pytest.mark.parametrize("encoding", ["pwm", "bit_serial", "amplitude"])
def test_gradient_of_a_whole_read_is_that_of_the_exact_product(encoding: str) -> None:
    assert torch is not None
    array = crossbar()
    on_torch = Crossbar(
        torch.from_numpy(array.conductance), torch.zeros(1, 6, 40).double(), (1.0,), 20e-6, 1.0
    )
    x = torch.from_numpy(np.random.default_rng(4).uniform(-0.9, 0.9, (5, 40))).requires_grad_()
    mvm(x, on_torch, Periphery(DAC(8, encoding), ADC(10, 1e-3))).sum().backward()
    expected = np.broadcast_to(array.weights().sum(axis=0), (5, 40))
    np.testing.assert_allclose(x.grad.numpy(), expected, rtol=1e-6)


@pytest.mark.parametrize("bits", [2, 4, 8])
@pytest.mark.parametrize("adc", [ADC(None), ADC(None, i_max=1e-3)], ids=["ideal", "unsaturated"])
def test_bit_serial_equals_pwm_with_an_ideal_adc(bits: int, adc: ADC) -> None:
    x = np.random.default_rng(5).uniform(-1, 1, (50, 40))
    by_time, by_bits, by_height = (
        mvm(x, crossbar(), Periphery(DAC(bits, encoding), adc))
        for encoding in ("pwm", "bit_serial", "amplitude")
    )
    np.testing.assert_allclose(by_bits, by_time, atol=1e-12)
    np.testing.assert_array_equal(by_height, by_time)


def test_bit_serial_converts_once_per_bit() -> None:
    """With a coarse ADC the sum of rounded partial sums differs from one rounded sum."""
    x = np.random.default_rng(6).uniform(-1, 1, (200, 40))
    adc = ADC(5, i_max=40e-6)
    exact = x @ crossbar().weights().T
    error = {
        encoding: float(np.std(mvm(x, crossbar(), Periphery(DAC(8, encoding), adc)) - exact))
        for encoding in ("pwm", "bit_serial")
    }
    # seven conversions weighted 2^k / 127 instead of one: sqrt(sum 4^k) / 127 = 0.58 of the error
    assert 0.5 < error["bit_serial"] / error["pwm"] < 0.7


@pytest.mark.parametrize(
    ("bits", "encoding", "slots"),
    [
        (8, "pwm", 128),
        (4, "pwm", 8),
        (8, "bit_serial", 7),
        (2, "bit_serial", 1),
        (8, "amplitude", 1),
        (None, "pwm", 1),
    ],
)
def test_durations(bits: int | None, encoding: str, slots: int) -> None:
    dac = DAC(bits, encoding, t_slot=2e-9)
    assert dac.slots == slots
    assert dac.duration == pytest.approx(2e-9 * slots)


@pytest.mark.parametrize("bits", [None, 4, 8])
def test_a_dac_clips_at_full_scale(bits: int | None) -> None:
    np.testing.assert_allclose(DAC(bits).convert(np.array([-1.7, 0.0, 3.0])), [-1, 0, 1])


def test_adc_in_amperes() -> None:
    adc = ADC(bits=4, i_max=70e-6)
    assert adc.step == pytest.approx(10e-6)
    got = adc.convert(np.array([-90e-6, -14e-6, 4e-6, 26e-6, 71e-6]))
    np.testing.assert_allclose(got, [-70e-6, -10e-6, 0, 30e-6, 70e-6], atol=1e-18)
    assert ADC(bits=None).step == 0
    clipped = ADC(bits=None, i_max=1e-6).convert(np.array([-3e-6, 0.3e-6]))
    np.testing.assert_allclose(clipped, [-1e-6, 0.3e-6])
    np.testing.assert_array_equal(ADC(bits=None).convert(np.array([5.0])), [5.0])


def test_two_unsigned_counters_have_one_bit_more_than_one_signed() -> None:
    single, dual = ADC(12, 100e-6), ADC(12, 100e-6, dual=True)
    assert (single.signed_bits, dual.signed_bits) == (12, 13)
    assert dual.step == pytest.approx(100e-6 / 4095)
    assert single.step == pytest.approx(100e-6 / 2047)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: quantise(np.ones(2), 1), ValueError, "bits=1"),
        (lambda: quantise(np.ones(2), 3.5), TypeError, "bits must be an integer"),
        (lambda: quantise(np.ones(2), 4, 0.0), ValueError, "full_scale=0.0"),
        (lambda: quantise(["a"], 4), TypeError, "x must hold real numbers"),
        (lambda: levels_per_sign(None), ValueError, "bits=None"),  # type: ignore[arg-type]
        (lambda: DAC(bits=0), ValueError, "bits=0"),
        (lambda: DAC(encoding="morse"), ValueError, "encoding='morse'"),
        (lambda: DAC(v_read=0.0), ValueError, "v_read=0.0"),
        (lambda: DAC(t_slot=-1e-9), ValueError, "t_slot=-1e-09"),
        (lambda: DAC(None, "bit_serial"), ValueError, "bits=None"),
        (lambda: DAC().codes(np.ones(2), 0), ValueError, "x_max=0"),
        (lambda: DAC().codes(["a"], 1.0), TypeError, "values must hold real numbers"),
        (lambda: ADC(bits=8), ValueError, "i_max=inf"),
        (lambda: ADC(bits=8, i_max=math.nan), ValueError, "i_max=nan"),
        (lambda: ADC(bits=33, i_max=1e-6), ValueError, "bits=33"),
    ],
)
def test_bad_values_are_named(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_codes_of_a_list() -> None:
    np.testing.assert_array_equal(DAC(bits=8).codes([1, -0.5], 2.0), [64, -32])


def test_slots_do_not_overflow_a_32_bit_integer() -> None:
    assert DAC(bits=np.int32(32)).slots == 2**31
