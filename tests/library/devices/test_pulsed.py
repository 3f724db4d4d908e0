"""Devices pulse by pulse: the programming curve, accumulation, reads and counters."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from aimc.devices.pulsed import PulsedArray, PulsedPCM, pulsed_2019, pulsed_hermes
from aimc.published import fact

MICRO = 1e-6
MODELS = [pulsed_hermes(), pulsed_2019()]
each_model = pytest.mark.parametrize("model", MODELS, ids=["hermes", "2019"])


def after(array: PulsedArray, current: float, rng: int = 5) -> np.ndarray:
    twin = array.copy()
    twin.pulse(current, rng)
    return twin.g


@each_model
def test_curve_falls_from_set_to_reset(model: PulsedPCM) -> None:
    currents = np.linspace(model.i_full, model.reset_pulse[0], 200)
    g = model.curve(currents)
    assert np.all(np.diff(g) < 0)
    assert g[0] > 0.98 * model.g_set
    assert g[-1] == pytest.approx(model.g_reset, rel=0.04)
    slopes = -np.diff(g) / np.diff(currents)
    assert slopes.max() == pytest.approx(model.steepest, rel=1e-3)


def test_curve_spans_the_published_axes() -> None:
    low_g, high_g, _, high_i = fact("B032").numbers
    model = pulsed_hermes()
    assert model.curve(np.array(model.i_full)) > high_g * MICRO
    assert low_g * MICRO < model.curve(np.array(high_i * MICRO)) < 3 * low_g * MICRO


@each_model
def test_current_for_inverts_the_curve(model: PulsedPCM) -> None:
    g = np.linspace(0.1, 0.9, 9) * model.g_max
    np.testing.assert_allclose(model.curve(model.current_for(g)), g, rtol=1e-9)
    ends = model.current_for(np.array([0.0, 1.0]))  # beyond both ends of the curve
    assert ends[1] == model.current_range[0] < ends[0] <= model.current_range[1]


def test_published_numbers_of_hermes() -> None:
    model = pulsed_hermes()
    assert model.lsb == pytest.approx(fact("A063").number * MICRO, rel=0.005)
    assert model.margin == pytest.approx(fact("A057").number * model.lsb)
    assert model.max_iterations == fact("A058").number
    assert fact("A053").numbers == pytest.approx(
        (1e9 * model.reset_pulse[1], model.reset_pulse[0] / MICRO)
    )
    flat, current, edge = fact("A054").numbers
    assert model.set_pulse == pytest.approx((current * MICRO, (flat + edge) * 1e-9))
    assert fact("A055").numbers == pytest.approx(
        (1e9 * model.t_pulse, *(i / MICRO for i in model.current_range))
    )
    read, volt, precharge = fact("A056").numbers
    assert (model.t_verify, model.v_read) == pytest.approx(((read + precharge) * 1e-9, volt))


def test_published_numbers_of_2019() -> None:
    model = pulsed_2019()
    low, high, iterations, margin = fact("B030").numbers
    assert model.current_range == pytest.approx((low * MICRO, high * MICRO))
    assert (model.max_iterations, model.margin) == pytest.approx((iterations, margin * MICRO))
    assert fact("B029").numbers == pytest.approx(
        (1e9 * model.reset_pulse[1], model.reset_pulse[0] / MICRO)
    )


def test_yield_and_tenth_percentile_of_hermes() -> None:
    model = pulsed_hermes()
    array = model.fabricate(20_000, serial=3)
    array.reset(rng=1)
    low = array.g < 5 * model.lsb
    array.set(rng=2)
    good = np.mean(low & (array.g > 50 * model.lsb))
    assert 100 * good > fact("A064").number
    assert np.quantile(array.g, 0.1) == pytest.approx(model.g_max, rel=0.01)  # A059


@each_model
def test_melting_overwrites_the_past(model: PulsedPCM) -> None:
    fully_set, fully_reset = (model.fabricate(500, serial=1) for _ in range(2))
    fully_reset.reset(rng=2)
    np.testing.assert_array_equal(after(fully_set, model.i_half), after(fully_reset, model.i_half))


@each_model
def test_weak_pulses_do_nothing_then_crystallise(model: PulsedPCM) -> None:
    array = model.fabricate(2000, serial=1)
    array.reset(rng=2)
    np.testing.assert_array_equal(after(array, model.i_onset), array.g)
    currents = np.linspace(model.i_onset, model.i_full, 6)
    means = [after(array, i).mean() for i in currents]
    assert np.all(np.diff(means) > 0)
    assert means[-1] > 0.9 * model.g_set  # a pulse of the SET current undoes a RESET
    assert after(array, 1.4 * model.i_half).mean() < 0.5 * means[-1]  # and then the curve falls


@each_model
def test_accumulation_saturates(model: PulsedPCM) -> None:
    array = model.fabricate(4000, serial=1)
    rng = np.random.default_rng(2)
    array.reset(rng)
    trace = [array.g.copy()]
    for _ in range(40):
        array.accumulate(rng)
        trace.append(array.g.copy())
    means = np.mean(trace, axis=1)
    steps = np.diff(means)
    assert np.all(steps > 0)
    assert np.all(np.diff(steps) < 0)  # each step smaller than the last
    assert means[-1] > 0.9 * model.g_set
    assert np.all(trace[-1] <= array.g_set)
    # the spread of a step follows its mean (fact B045)
    first, late = (trace[k + 1] - trace[k] for k in (0, 15))
    assert first.std() > 2 * late.std()
    assert model.step_spread == fact("B045").numbers[5]


def test_a_step_scatters_from_pulse_to_pulse_as_published() -> None:
    model = replace(pulsed_hermes(), rate_spread=0.0, g_set_spread=0.0, g_reset_spread=0.0)
    array = model.fabricate(20_000, serial=1)
    array.reset(rng=2)
    start = array.g.copy()
    array.accumulate(rng=3)
    step = array.g - start
    assert step.std() / step.mean() == pytest.approx(model.step_spread, rel=0.06)


def test_cycle_to_cycle_scatter_is_largest_where_the_curve_is_steep() -> None:
    model = pulsed_hermes()
    array = model.fabricate(1, serial=1)
    spread = {}
    for current in (150e-6, float(array.i_half[0]), 600e-6):
        values = [float(after(array, current, rng)[0]) for rng in range(300)]
        spread[current] = np.std(values)
    middle = spread[float(array.i_half[0])]
    assert middle > 10 * max(spread[150e-6], spread[600e-6])
    slope = (array.g_set - array.g_reset)[0] / (4 * array.width[0])
    assert middle == pytest.approx(model.current_scatter * array.i_half[0] * slope, rel=0.15)


def test_same_serial_same_devices() -> None:
    one, same, other = (pulsed_hermes().fabricate((3, 4), serial) for serial in (7, 7, 8))
    np.testing.assert_array_equal(one.i_half, same.i_half)
    assert np.all(one.i_half != other.i_half)
    assert one.shape == (3, 4)


def test_a_device_does_not_feel_which_others_are_pulsed() -> None:
    array = pulsed_hermes().fabricate(6, serial=7)
    alone, all_of_them = array.copy(), array.copy()
    chosen = np.arange(6) == 4
    alone.pulse(300e-6, rng=1, where=chosen)
    all_of_them.pulse(300e-6, rng=1)
    assert alone.g[4] == all_of_them.g[4] != array.g[4]
    np.testing.assert_array_equal(alone.g[~chosen], array.g[~chosen])
    assert alone.pulses.tolist() == [0, 0, 0, 0, 1, 0]


def test_reads_average_and_round_to_counts() -> None:
    model = replace(pulsed_2019(), read_noise=0.02)
    array = model.fabricate(20_000, serial=1)
    once, ninefold = (array.read(1, reads) - array.g for reads in (1, 9))
    assert once.std() == pytest.approx(np.hypot(0.02 * array.g, model.read_floor).mean(), rel=0.02)
    assert ninefold.std() == pytest.approx(once.std() / 3, rel=0.03)
    hermes = pulsed_hermes().fabricate(100, serial=1)
    counts = hermes.read(rng=1) / hermes.model.lsb
    np.testing.assert_allclose(counts, np.round(counts), atol=1e-9)


def test_counters_charge_pulses_and_reads() -> None:
    model = pulsed_hermes()
    array = model.fabricate(2, serial=1)
    array.reset(rng=1)
    array.set(rng=2, where=np.array([True, False]))
    array.pulse(400e-6, rng=3)
    g = array.g.copy()
    array.read(rng=4, reads=2)
    assert array.pulses.tolist() == [3, 2]
    assert array.reads.tolist() == [2, 2]
    t_read = 2 * 768e-9
    np.testing.assert_allclose(array.time, [550e-9 + t_read, 250e-9 + t_read])
    charge = np.array([700 * 125 + 125 * 300 + 400 * 125, 700 * 125 + 400 * 125]) * 1e-15
    np.testing.assert_allclose(array.energy, 2.5 * charge + 0.04 * g * t_read)


def test_relaxation_has_the_stated_spread_and_leaves_the_array_alone() -> None:
    model = pulsed_2019()
    array = model.fabricate(50_000, serial=1)
    array.g[:] = 0.5 * model.g_max
    later = array.relaxed(rng=2)
    assert later.std() == pytest.approx(model.relaxation[5], rel=0.02)
    assert np.all(array.g == 0.5 * model.g_max)
    array.g[:] = 0.0
    assert array.relaxed(rng=3).min() == 0.0


def hermes_pair() -> PulsedArray:
    return pulsed_hermes().fabricate(2)


BAD: list[tuple[str, Callable[[], Any], type[Exception]]] = [
    ("shape", lambda: pulsed_hermes().fabricate(0), ValueError),
    ("serial", lambda: pulsed_hermes().fabricate(2, serial=-1), ValueError),
    ("current", lambda: hermes_pair().pulse(-1e-6, 0), ValueError),
    ("current", lambda: hermes_pair().pulse(300.0, 0), ValueError),
    ("current", lambda: hermes_pair().pulse(np.array([1e-4, np.nan]), 0), ValueError),
    ("where", lambda: hermes_pair().reset(0, where=np.array([1, 0])), ValueError),
    ("where", lambda: hermes_pair().reset(0, where=np.array([True])), ValueError),
    ("rng", lambda: hermes_pair().reset("seed"), TypeError),
    ("reads", lambda: hermes_pair().read(0, reads=0), ValueError),
    ("g_max", lambda: replace(pulsed_hermes(), g_max=0.0), ValueError),
    ("i_full", lambda: replace(pulsed_hermes(), i_full=1e-6), ValueError),
    ("current_range", lambda: replace(pulsed_hermes(), current_range=(2e-4, 1e-4)), ValueError),
    ("reset_pulse", lambda: replace(pulsed_hermes(), reset_pulse=(7e-4, 0.0)), ValueError),
    ("relaxation", lambda: replace(pulsed_hermes(), relaxation=(1e-7,)), ValueError),
    ("relaxation", lambda: replace(pulsed_hermes(), relaxation=(1e-7, -1e-7)), ValueError),
    ("current_scatter", lambda: replace(pulsed_hermes(), current_scatter=2.0), ValueError),
]


@pytest.mark.parametrize(
    ("name", "call", "error"), BAD, ids=[f"{k}-{b[0]}" for k, b in enumerate(BAD)]
)
def test_bad_input_is_named(name: str, call: Callable[[], Any], error: type[Exception]) -> None:
    with pytest.raises(error, match=name):
        call()
