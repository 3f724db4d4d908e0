"""Oscillator converters: the law, the counters, calibration, nonlinearity, gradients, bad input."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from aimc.circuits.cco import CCOADC, GAIN_LIMIT
from aimc.circuits.cco_curve import fit_transfer
from aimc.published import fact

try:
    import torch
except ImportError:  # the NumPy half of this file needs no torch
    torch = None
else:
    torch.set_num_threads(1)

LIBRARIES = [
    pytest.param(np.asarray, id="numpy"),
    pytest.param(lambda x: torch.from_numpy(x), id="torch", marks=pytest.mark.torch),
]


def simple(columns: int = 3, bend: float = 0.0, **changes: Any) -> CCOADC:
    """Return nominal converters of 1 GHz at 100 uA and 100 counts."""
    shape = (2, columns)
    made = CCOADC(
        gain=np.full(shape, 1e13),
        nonlinearity=np.full(shape, bend / 100e-6),
        offset=np.zeros(shape),
        seen_gain=np.full(shape, 1e13),
        seen_offset=np.zeros(shape),
        nominal_gain=1e13,
        i_max=100e-6,
        integration_time=100e-9,
        start_phase="middle",
    )
    return replace(made, **changes)


def random_currents(adc: CCOADC, vectors: int = 400, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-adc.i_max, adc.i_max, (vectors, adc.columns))


@pytest.mark.parametrize("library", LIBRARIES)
def test_counts_round_and_keep_the_signs_apart(library: Any) -> None:
    current = library(np.array([[40.4e-6, -40.6e-6, 0.0]]))
    positive, negative = simple().counts(current)
    np.testing.assert_array_equal(np.asarray(positive), [[40, 0, 0]])
    np.testing.assert_array_equal(np.asarray(negative), [[0, 41, 0]])
    got = np.asarray(simple().convert(current))
    np.testing.assert_allclose(got, [[40e-6, -41e-6, 0.0]], atol=1e-12)


def test_current_beyond_full_scale_saturates() -> None:
    adc = simple()
    np.testing.assert_allclose(adc.convert(np.array([1.0, -1.0, 100e-6])), [1e-4, -1e-4, 1e-4])
    assert adc.levels == 100
    assert adc.step == pytest.approx(1e-6)
    # a 9-bit unsigned counter of the same time has the width, not the levels
    assert (adc.bits, adc.dual) == (12, True)


def test_law_is_a_charge_and_a_delay() -> None:
    """1/f = 1/(A i) + t_d, with B = A t_d."""
    delay = 0.3e-9
    adc = simple(bend=1e13 * delay * 100e-6)
    current = np.array([10e-6, 50e-6, 100e-6])
    np.testing.assert_allclose(1 / adc.frequency(current), 1 / (1e13 * current) + delay)
    np.testing.assert_array_equal(adc.frequency(-current), adc.frequency(current))


def test_random_phase_is_right_on_average_and_costs_a_known_variance() -> None:
    adc = simple(columns=1, start_phase="random")
    current = np.full((40_000, 1), 33.25e-6)
    counted = adc.counts(current, rng=1)[0]
    assert set(np.unique(counted)) == {33.0, 34.0}
    assert counted.mean() == pytest.approx(33.25, abs=0.01)
    assert counted.var() == pytest.approx(0.25 * 0.75, rel=0.03)
    # over all fractions: 1/6 of a squared count, against 1/12 for a converter that rounds
    spread = np.random.default_rng(2).uniform(0, 90e-6, (40_000, 1))
    for phase, power in (("random", 1 / 6), ("middle", 1 / 12)):
        error = replace(adc, start_phase=phase).convert(spread, rng=3) - spread
        assert np.mean((error / adc.step) ** 2) == pytest.approx(power, rel=0.03)


def test_time_sets_the_number_of_counts() -> None:
    adc = CCOADC.fabricate(4, serial=1)
    twice = adc.with_time(2 * adc.integration_time)
    assert twice.levels in (2 * adc.levels, 2 * adc.levels + 1)
    assert twice.step == pytest.approx(adc.step / 2)
    current = np.full((2000, 4), 30e-6)
    error = [np.std(a.convert(current, 1) - current) / adc.step for a in (adc, twice)]
    assert error[1] < 0.75 * error[0]


def test_same_serial_same_converters() -> None:
    one, same, other = (CCOADC.fabricate(16, serial=s) for s in (5, 5, 6))
    np.testing.assert_array_equal(one.gain, same.gain)
    np.testing.assert_array_equal(one.seen_gain, same.seen_gain)
    assert not np.any(one.gain == other.gain)
    assert not np.any(one.gain == CCOADC.fabricate(16, serial=5, index=1).gain)


def test_spread_of_the_gain_is_the_published_one() -> None:
    gains = np.concatenate([CCOADC.fabricate(256, s).gain.ravel() for s in range(20)])
    published = 1e12 * fact("A112").number
    assert np.mean(gains) == pytest.approx(published, rel=0.005)
    assert np.std(gains) / published == pytest.approx(0.0709, rel=0.03)
    assert np.max(np.abs(gains / published - 1)) <= GAIN_LIMIT + 1e-12


@pytest.mark.parametrize("feed_forward", [True, False])
def test_three_currents_give_three_parameters(feed_forward: bool) -> None:
    adc = CCOADC.fabricate(32, serial=2, feed_forward=feed_forward)
    currents = adc.i_max * np.array([0.1, 0.5, 1.0])
    exact = np.array([adc.frequency(np.full(32, i)) for i in currents])
    gain, bend, offset = fit_transfer(currents, exact)
    live = adc.offset[0] > 0  # a negative offset leaves a dead zone, which the law does not have
    np.testing.assert_allclose(gain, adc.gain[0], rtol=1e-9)
    np.testing.assert_allclose(bend * adc.i_max, adc.nonlinearity[0] * adc.i_max, atol=1e-9)
    np.testing.assert_allclose(offset[live], adc.offset[0][live], rtol=1e-4, atol=1.0)


def test_calibration_removes_gain_and_offset_but_not_a_bend() -> None:
    """Root mean square error in nominal counts; a perfect counter has sqrt(1/6)."""
    error = {}
    for name, options in {
        "raw": {"calibrated": False},
        "calibrated": {},
        "bent": {"feed_forward": False},
    }.items():
        adc = CCOADC.fabricate(256, serial=3, **options)
        current = random_currents(adc)
        error[name] = float(np.std(adc.convert(current, 1) - current)) / adc.step
    assert error["raw"] > 10
    assert error["calibrated"] < 0.5
    assert error["bent"] > 5


def test_feed_forward_straightens_and_speeds_up() -> None:
    straight, bent = (CCOADC.fabricate(256, 4, feed_forward=f) for f in (True, False))
    full = np.full(256, straight.i_max)
    assert np.mean(straight.frequency(full)) > 3e9 > np.mean(bent.frequency(full))
    assert np.abs(straight.inl()[1]).max() < 1
    assert np.abs(bent.inl()[1]).max(axis=0).min() > 10


def test_inl_of_a_bent_curve_is_that_of_a_parabola() -> None:
    """A small bend b over N counts leaves N b / 6 at the ends of the best line."""
    current, deviation = simple(columns=1, bend=0.01).inl(201)
    assert current[0] == 0
    assert deviation.shape == (201, 2, 1)
    assert np.abs(deviation).max() == pytest.approx(100 * 0.01 / 6, rel=0.03)
    assert np.abs(simple(columns=1).inl()[1]).max() < 1e-9


def test_a_pulse_and_its_mean_count_alike_only_on_a_straight_line() -> None:
    """The same charge in half of the time: what no correction after the counter can mend."""
    long = np.full((128, 8), 40e-6)
    short = np.where(np.arange(128)[:, None] < 64, 80e-6, 0.0) * np.ones(8)
    for feed_forward, least, most in ((True, 0.0, 2.0), (False, 10.0, 60.0)):
        adc = CCOADC.fabricate(8, serial=5, feed_forward=feed_forward, start_phase="middle")
        a, b = (adc.counts_over(wave)[0] for wave in (long, short))
        assert least <= np.abs(a - b).max() <= most
        np.testing.assert_array_equal(a, adc.counts(long[0])[0])


def test_both_counters_run_if_the_current_changes_sign() -> None:
    wave = np.concatenate([np.full((30, 3), 50e-6), np.full((70, 3), -20e-6)])
    positive, negative = simple().counts_over(wave)
    np.testing.assert_array_equal(positive, 15)
    np.testing.assert_array_equal(negative, 14)
    np.testing.assert_allclose(simple().read(positive, negative), 1e-6, atol=1e-12)


def test_fewer_outputs_use_the_first_converters() -> None:
    adc = replace(CCOADC.fabricate(16, serial=6), start_phase="middle")
    current = random_currents(adc)
    np.testing.assert_array_equal(adc.convert(current[:, :5]), adc.convert(current)[:, :5])


def test_half_precision_is_converted_in_single() -> None:
    """Gains of 1e13 Hz/A are infinite in 16 bits."""
    current = np.linspace(-90e-6, 90e-6, 24).reshape(8, 3)
    got = simple().convert(current.astype(np.float16))
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, current, atol=0.51 * simple().step)


@pytest.mark.torch
def test_torch_gives_the_same_numbers_and_a_straight_gradient() -> None:
    adc = CCOADC.fabricate(8, serial=7, start_phase="middle")
    current = random_currents(adc)
    x = torch.from_numpy(1.5 * current).requires_grad_()
    got = adc.convert(x)
    np.testing.assert_allclose(got.detach().numpy(), adc.convert(1.5 * current), rtol=1e-12)
    got.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), np.abs(1.5 * current) <= adc.i_max)
    single = adc.convert(x.detach().float())
    assert single.dtype == torch.float32
    assert float((single - got.detach()).abs().max()) <= 1.3 * adc.step


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: CCOADC.fabricate(0), ValueError, "columns=0"),
        (lambda: CCOADC.fabricate(4, serial=-1), ValueError, "serial=-1"),
        (lambda: CCOADC.fabricate(4, index=-1), ValueError, "index=-1"),
        (lambda: CCOADC.fabricate(4, start_phase="odd"), ValueError, "start_phase='odd'"),
        (lambda: CCOADC.fabricate(4, integration_time=-1.0), ValueError, "integration_time=-1.0"),
        (lambda: CCOADC.fabricate(4, integration_time=1e-5), ValueError, "overflow"),
        (lambda: simple(gain=np.ones(3)), ValueError, r"gain must have shape \(2, columns\)"),
        (lambda: simple(offset=np.zeros((2, 4))), ValueError, "offset must have shape"),
        (lambda: simple(seen_gain=np.full((2, 3), np.nan)), ValueError, "seen_gain must be finite"),
        (lambda: simple(nonlinearity=np.full((2, 3), -2e4)), ValueError, "nonlinearity"),
        (lambda: simple(counter_bits=1), ValueError, "counter_bits=1"),
        (lambda: simple().convert(np.zeros(4)), ValueError, "at most 3 entries"),
        (lambda: simple().convert(["a"]), TypeError, "current must hold real numbers"),
        (lambda: simple().counts([1e-6, np.nan, 0.0]), ValueError, "current must be finite"),
        (lambda: simple().frequency([np.inf]), ValueError, "current must be finite"),
        (lambda: simple().counts_over(np.zeros((0, 3))), ValueError, "currents is empty"),
        (
            lambda: simple().counts_over(np.zeros(3)),
            ValueError,
            r"\(slots, ..., columns\), got \(3,",
        ),
        (lambda: simple().counts_over(np.full((2, 3), np.nan)), ValueError, "currents must be fi"),
        (lambda: simple().calibrate(reads=0), ValueError, "reads=0"),
        (lambda: simple().inl(2), ValueError, "points=2"),
        (lambda: fit_transfer(np.ones(3), np.ones((3, 2))), ValueError, "three different"),
        (lambda: fit_transfer(np.arange(3.0), np.ones((2, 2))), ValueError, "three different"),
    ],
)
def test_bad_values_are_named(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()
