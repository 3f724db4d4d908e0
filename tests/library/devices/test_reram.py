"""The ReRAM model: published spreads at published times, devices that keep their deviation."""

import math

import numpy as np
import pytest

import aimc
from aimc.circuits import DifferentialPair, Periphery, mvm_error
from aimc.cores import Core
from aimc.devices.base import ConductanceState, Device
from aimc.devices.fits import Polynomial
from aimc.devices.reram import ReRAMState, StatisticalReRAM, reram_wan2022
from aimc.published import fact

DAY = 86400.0
TIMES = (0.0, DAY - 1.0, 2 * DAY - 1.0)  # ages: the clock starts at the first read, 1 s
COEFFICIENTS = np.array(fact("B043").numbers).reshape(3, 5)


def published(k: int, relative: np.ndarray) -> np.ndarray:
    return sum(c * relative**power for power, c in enumerate(COEFFICIENTS[k]))


@pytest.mark.parametrize("k", range(3))
def test_spreads_are_the_published_polynomials(k: int) -> None:
    device, relative = reram_wan2022(), np.linspace(0, 1, 41)
    got = device.spread(relative * device.g_max, TIMES[k]) * 1e6
    np.testing.assert_allclose(got, published(k, relative), rtol=1e-9)


def test_the_reference_range_is_used() -> None:
    # the same relative error at any range: at 25 uS the microsiemens shrink by 25/40
    half = np.array([0.5])
    for g_max in (40e-6, 25e-6, 10e-6):
        device = reram_wan2022(g_max)
        assert device.spread(half * g_max)[0] * 1e6 == pytest.approx(
            published(0, half)[0] * g_max / 40e-6, rel=1e-12
        )


def test_sample_has_the_spread_and_no_mean_drift() -> None:
    device, n = reram_wan2022(), 200_000
    state = device.program(np.full(n, 20e-6), 3)
    for k, t in enumerate(TIMES):
        g = state.at(t) * 1e6
        sigma = published(k, np.array([0.5]))[0]
        assert g.std() == pytest.approx(sigma, rel=4.5 / math.sqrt(2 * n))
        assert g.mean() == pytest.approx(20.0, abs=4.5 * sigma / math.sqrt(n))


def test_a_device_keeps_its_deviation() -> None:
    device = reram_wan2022()
    state = device.program(np.full(2000, 20e-6), 5)
    early, late = state.at(0.0) - 20e-6, state.at(DAY) - 20e-6
    assert np.corrcoef(early, late)[0, 1] == pytest.approx(1.0, abs=1e-12)
    assert late.std() > 1.5 * early.std()
    np.testing.assert_array_equal(state.at(3600.0), state.at(3600.0))
    np.testing.assert_array_equal(state.at(0.0), state.g_programmed)
    again = device.program(np.full(2000, 20e-6), 5)
    np.testing.assert_array_equal(again.at(DAY), state.at(DAY))


def test_between_the_times_the_spread_is_linear_in_the_logarithm() -> None:
    device, g = reram_wan2022(), np.array([20e-6])
    middle = math.sqrt(DAY) - 1.0  # halfway between 1 s and a day on a logarithmic axis
    start, end = (device.spread(g, t)[0] for t in TIMES[:2])
    assert device.spread(g, middle)[0] == pytest.approx((start + end) / 2, rel=1e-12)
    series = [device.spread(g, t)[0] for t in np.geomspace(1, DAY, 30) - 1.0]
    assert np.all(np.diff(series) > 0)


def test_two_days_by_the_clock_are_allowed_and_no_more() -> None:
    state = reram_wan2022().program(np.full(5, 1e-5), 0)
    np.testing.assert_array_equal(state.at(2 * DAY), state.at(2 * DAY - 1.0))
    with pytest.raises(ValueError, match="age=172801 s is not allowed"):
        state.at(2 * DAY + 1.0)
    with pytest.raises(ValueError, match="NeuRRAM"):
        state.read(365 * DAY, 0)


def test_effects_can_be_switched_off() -> None:
    device, targets = reram_wan2022(), np.linspace(0, 40e-6, 50)
    still = device.without("relaxation").program(targets, 1)
    np.testing.assert_array_equal(still.at(DAY), still.at(0.0))
    exact = device.without("programming_noise").program(targets, 1)
    np.testing.assert_array_equal(exact.g_programmed, targets)
    assert np.abs(exact.at(DAY) - targets).max() > 0.5e-6
    silent = device.without("read_noise").program(targets, 1)
    np.testing.assert_array_equal(silent.read(9.0, 0), silent.at(9.0))


def test_read_noise_of_a_pair_is_the_advised_share() -> None:
    device = reram_wan2022()
    noise = device.program(np.full(100_000, 20e-6), 1).read(0.0, 2)
    noise = noise - device.program(np.full(100_000, 20e-6), 1).at(0.0)
    pair = math.sqrt(2) * noise.std() / device.g_max
    assert 100 * pair == pytest.approx(fact("B080").number, rel=0.02)


def test_a_core_takes_it() -> None:
    device = reram_wan2022()
    assert isinstance(device, Device)
    w = np.random.default_rng(0).uniform(-1, 1, (48, 32))
    x = np.random.default_rng(1).uniform(-1, 1, (200, 32))
    core = Core(device, DifferentialPair(), Periphery(), serial=2).program(w)
    assert isinstance(core.state, ReRAMState)
    assert isinstance(core.state, ConductanceState)
    errors = [mvm_error(core.at(t).forward(x), x @ w.T) for t in (0.0, 3600.0, DAY)]
    assert errors == sorted(errors)
    assert 0.05 < errors[0] < 0.12
    assert errors[2] > 1.4 * errors[0]
    assert aimc.citations(core) == ("wan2022neurram", "aihwkit")


@pytest.mark.torch
def test_torch_gives_the_same_devices_and_gradients() -> None:
    import torch

    device, targets = reram_wan2022(), np.linspace(1e-6, 39e-6, 20)
    one = device.program(targets, 4)
    leaf = torch.tensor(targets, requires_grad=True)
    two = device.program(leaf, 4)
    np.testing.assert_allclose(two.at(3600.0).detach().numpy(), one.at(3600.0), rtol=1e-12)
    two.at(0.0).sum().backward()
    assert bool(torch.isfinite(leaf.grad).all())
    assert float(leaf.grad.abs().min()) > 0


def broken(**changes: object) -> StatisticalReRAM:
    from dataclasses import replace

    return replace(reram_wan2022(), **changes)


@pytest.mark.parametrize(
    ("name", "call", "kind"),
    [
        ("g_max", lambda: reram_wan2022(0.0), ValueError),
        ("g_max", lambda: reram_wan2022("40 uS"), TypeError),
        ("g_target", lambda: reram_wan2022().program(np.array([41e-6]), 0), ValueError),
        ("g_target", lambda: reram_wan2022().program(np.array([-1e-6]), 0), ValueError),
        ("rng", lambda: reram_wan2022().program(np.zeros(2), None), TypeError),
        ("t=", lambda: reram_wan2022().program(np.zeros(2), 0).at(-1.0), ValueError),
        ("effects", lambda: reram_wan2022().without("drift"), ValueError),
        ("times", lambda: broken(times=(1.0, 1.0, 2.0)), ValueError),
        ("times", lambda: broken(spread_fits=(Polynomial((1.0,)),)), ValueError),
        ("times[0]", lambda: broken(times=(0.0, 1.0, 2.0)), ValueError),
        ("read_noise_share", lambda: broken(read_noise_share=-0.1), ValueError),
    ],
)
def test_bad_input_is_named(name: str, call, kind: type) -> None:
    with pytest.raises(kind) as caught:
        call()
    assert name in str(caught.value)
