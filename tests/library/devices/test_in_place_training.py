"""Devices for training in memory: steps, bounds, symmetry points, and who differs from whom."""

from dataclasses import replace

import numpy as np
import pytest

from aimc.devices.in_place_presets import (
    capacitor,
    constant_step,
    ecram,
    pcm_accumulation,
    reram_exponential,
    reram_soft_bounds,
)
from aimc.devices.in_place_training import ExponentialStep, SoftBounds
from aimc.published import fact

PRESETS = [
    reram_soft_bounds(), reram_exponential(), ecram(), capacitor(), constant_step(),
    pcm_accumulation(),
]  # fmt: skip
TWO_SIDED = PRESETS[:4]
by_preset = pytest.mark.parametrize("model", PRESETS, ids=lambda model: model.name)


def quiet(model, **changes):
    return replace(model, cycle_noise=0.0, **changes)


@by_preset
def test_same_serial_same_devices(model) -> None:
    one, two, other = (model.fabricate((30, 20), serial) for serial in (5, 5, 6))
    np.testing.assert_array_equal(one.step_up, two.step_up)
    np.testing.assert_array_equal(one.w_max, two.w_max)
    assert np.abs(one.step_up - other.step_up).max() > 0
    ups = np.full((30, 20), 3)
    np.testing.assert_array_equal(
        one.pulse(np.zeros((30, 20)), ups, 1), two.pulse(np.zeros((30, 20)), ups, 1)
    )


@by_preset
def test_device_to_device_spread_is_as_asked(model) -> None:
    n = 100_000
    devices = model.fabricate((n,), 1)
    mean_step = (devices.step_up + devices.step_down) / 2
    tolerance = 4.5 / np.sqrt(2 * n)
    assert mean_step.mean() == pytest.approx(model.step, rel=0.01)
    assert mean_step.std() / model.step == pytest.approx(model.step_spread, rel=0.03)
    bias = (devices.step_up - devices.step_down) / (2 * model.step)
    assert bias.mean() == pytest.approx(model.asymmetry, abs=0.005)
    if model.step_spread < 0.25:  # wider ones are folded at zero
        assert bias.std() == pytest.approx(model.asymmetry_spread, rel=3 * tolerance)
    assert devices.w_max.mean() == pytest.approx(model.w_max, rel=0.01)
    assert devices.w_max.std() == pytest.approx(model.w_max * model.w_max_spread, rel=0.03)


def test_soft_bounds_are_approached_and_not_reached() -> None:
    device = SoftBounds("test", 0.01, -1.0, 1.0).fabricate((1,), 0)
    w, path = np.zeros(1), []
    for _ in range(600):
        w = device.pulse(w, np.ones(1), 0)
        path.append(w[0])
    # dw = step (1 - w): a geometric approach, known in closed form
    np.testing.assert_allclose(path, 1 - 0.99 ** np.arange(1, 601), rtol=1e-12)
    up, down = device.steps(np.array([0.5]))
    assert (up[0], down[0]) == (pytest.approx(0.005), pytest.approx(0.015))


def test_small_slopes_hit_a_hard_bound() -> None:
    device = quiet(capacitor(), w_max_spread=0.0).fabricate((4,), 0)
    w = device.pulse(np.zeros(4), np.full(4, 2000), 0)
    np.testing.assert_array_equal(w, device.w_max)


@pytest.mark.native("it repeats for long what other tests run there")
@pytest.mark.parametrize("model", TWO_SIDED, ids=lambda model: model.name)
def test_alternating_pulses_end_at_the_symmetry_point(model) -> None:
    # steps ten times as large get there ten times as fast, to the same point
    device = quiet(model, step=10 * model.step).fabricate((60,), 3)
    w = np.full(60, 0.2)
    slow = model.name == capacitor().name
    for k in range(12_000 if slow else 3000):
        w = device.pulse(w, np.full(60, 1 if k % 2 == 0 else -1), 0)
    point = device.symmetry_point()
    up, down = device.steps(point)
    # the last step must not end at a bound
    inside = (point - down > device.w_min) & (point + up < device.w_max)
    assert inside.mean() > 0.3
    # after a pulse down a device stands less than a step below its point, after one up above it
    below, above = point - w, device.pulse(w, np.ones(60), 0) - point
    assert np.all((below > 0)[inside] & (above > 0)[inside])
    assert np.all((below < down)[inside] & (above < up)[inside])
    np.testing.assert_allclose(up[inside], down[inside], rtol=1e-9)


def test_symmetry_point_in_closed_form() -> None:
    device = SoftBounds("test", 0.01, -0.5, 1.0, asymmetry=0.2).fabricate((1,), 0)
    # 1.2 (1 - w) = 0.8 (1 + 2 w)
    assert device.symmetry_point()[0] == pytest.approx(0.4 / 2.8)


def test_presets_are_shifted_to_a_symmetry_point_of_zero() -> None:
    for model in (reram_soft_bounds(), ecram()):
        assert model.fabricate((20_000,), 1).symmetry_point().mean() == pytest.approx(0, abs=0.01)
    spread = {m.name: m.fabricate((5000,), 1).symmetry_point().std() for m in TWO_SIDED}
    assert spread["ReRAM, soft bounds"] < spread["ReRAM, exponential step"]
    assert spread["ECRAM, lithium"] < spread["capacitor cell"]


def test_cycle_noise_has_the_size_that_the_model_gives() -> None:
    n = 100_000
    base = {"step_spread": 0.0, "asymmetry_spread": 0.0, "w_min_spread": 0.0, "w_max_spread": 0.0}
    for model, w0, expected in (
        (replace(reram_soft_bounds(), **base), 0.6, 3.75 * 0.002),  # additive: as at zero
        (replace(ecram(), slope_spread=0.0, **base), 0.6, None),
        (replace(pcm_accumulation(), **base), 0.6, None),
    ):
        device = model.fabricate((n,), 0)
        w = np.full(n, w0)
        up, _ = device.steps(w)
        change = device.pulse(w, np.ones(n), 4) - w
        if expected is None:
            floor, slope = (getattr(model, k, 0.0) for k in ("noise_floor", "noise_slope"))
            expected = model.cycle_noise * (up[0] + floor + slope * w0)
        assert change.mean() == pytest.approx(up[0], abs=4.5 * expected / np.sqrt(n))
        assert change.std() == pytest.approx(expected, rel=4.5 / np.sqrt(2 * n))


def test_pulses_one_by_one_or_all_at_once() -> None:
    device = quiet(reram_exponential()).fabricate((50,), 2)
    counts = np.arange(50) - 25
    at_once = device.pulse(np.zeros(50), counts, 0)
    w = np.zeros(50)
    for k in range(25):
        w = device.pulse(w, np.sign(counts) * (np.abs(counts) > k), 0)
    np.testing.assert_allclose(w, at_once, rtol=1e-12)
    assert np.all(at_once[counts > 0] > 0)
    assert np.all(at_once[counts < 0] < 0)
    assert at_once[25] == 0.0


def test_a_boolean_array_means_up_or_down() -> None:
    device = quiet(ecram()).fabricate((2,), 2)
    up = device.pulse(np.zeros(2), np.array([True, False]), 0)
    assert up[0] > 0 > up[1]


def test_presets_hold_the_published_numbers() -> None:
    numbers = iter(fact("B084").numbers)
    for model in (reram_soft_bounds(), reram_exponential(), ecram(), capacitor()):
        assert (model.step, model.w_min, model.w_max) == tuple(next(numbers) for _ in range(3))
    pcm, known = pcm_accumulation(), fact("B045").numbers
    assert (pcm.step, pcm.w_max, pcm.factor_up, pcm.rate, pcm.tilt) == known[:5]
    assert (pcm.cycle_noise, pcm.noise_floor, pcm.noise_slope) == known[5:8]


def test_accumulation_slows_down() -> None:
    device = quiet(pcm_accumulation()).fabricate((500,), 1)
    w, means = np.zeros(500), [0.0]
    for _ in range(20):
        w = device.pulse(w, np.ones(500), 0)
        means.append(w.mean())
    steps = np.diff(means)
    assert np.all(np.diff(steps) < 0)
    assert steps[0] > 4 * steps[5]


@pytest.mark.torch
@by_preset
def test_torch_gives_the_same(model) -> None:
    import torch

    device, counts = model.fabricate((40,), 7), np.full(40, 5)
    one = device.pulse(np.full(40, 0.1), counts, 3)
    two = device.pulse(torch.full((40,), 0.1, dtype=torch.float64), torch.tensor(counts), 3)
    np.testing.assert_allclose(two.numpy(), one, rtol=1e-12)
    assert two.dtype == torch.float64


@pytest.mark.parametrize(
    ("name", "call", "kind"),
    [
        ("step", lambda: SoftBounds("t", 0.0, -1.0, 1.0), ValueError),
        ("w_min", lambda: SoftBounds("t", 0.1, 0.0, 1.0), ValueError),
        ("w_max", lambda: SoftBounds("t", 0.1, -1.0, 0.0), ValueError),
        ("asymmetry", lambda: SoftBounds("t", 0.1, -1.0, 1.0, asymmetry=2.0), ValueError),
        ("cycle_noise", lambda: SoftBounds("t", 0.1, -1.0, 1.0, cycle_noise=-1.0), ValueError),
        ("slope_up", lambda: SoftBounds("t", 0.1, -1.0, 1.0, slope_up=-1.0), ValueError),
        ("rate", lambda: ExponentialStep("t", 0.1, -1.0, 1.0, rate=0.0), ValueError),
        ("one_sided", lambda: ExponentialStep("t", 0.1, -1.0, 1.0, one_sided="yes"), ValueError),
        ("shape", lambda: ecram().fabricate((0,), 1), ValueError),
        ("serial", lambda: ecram().fabricate((2,), -1), ValueError),
        ("w ", lambda: ecram().fabricate((2,), 1).steps(np.zeros(3)), ValueError),
        ("pulses", lambda: ecram().fabricate((2,), 1).pulse(np.zeros(2), [1], 0), ValueError),
        ("pulses", lambda: ecram().fabricate((2,), 1).pulse(np.zeros(2), [1, 0.5], 0), ValueError),
        (
            "pulses",
            lambda: pcm_accumulation().fabricate((2,), 1).pulse(np.zeros(2), [1, -1], 0),
            ValueError,
        ),
        ("symmetry point", lambda: constant_step().fabricate((2,), 1).symmetry_point(), ValueError),
        ("symmetry", lambda: pcm_accumulation().fabricate((2,), 1).symmetry_point(), ValueError),
        ("rng", lambda: ecram().fabricate((2,), 1).pulse(np.zeros(2), [1, 1], None), TypeError),
    ],
)
def test_bad_input_is_named(name: str, call, kind: type) -> None:
    with pytest.raises(kind) as caught:
        call()
    assert name.strip() in str(caught.value)
