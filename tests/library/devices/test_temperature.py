"""Drift under a changing temperature: limits that the physics fixes, and what a core sees."""

import math

import numpy as np
import pytest

from aimc.circuits import best_scale, mvm_error
from aimc.cores import Core
from aimc.devices import pcm_2019, pcm_hermes
from aimc.devices.base import Device
from aimc.devices.faults import Faulty
from aimc.devices.reram import reram_wan2022
from aimc.devices.temperature import (
    BOLTZMANN_EV,
    Ambient,
    TemperatureProfile,
    Thermal,
    effective_age,
)
from aimc.published import fact
from aimc.validation import RangeWarning

REF, HOT, COLD, DAY = 298.15, 343.15, 263.15, 86400.0
ROOM = TemperatureProfile.constant(REF)
NOON = TemperatureProfile((0.0, 43200.0, 46800.0), (REF, HOT, REF))


def programmed(device=None, n: int = 400):
    device = pcm_2019() if device is None else device
    return device.program(np.linspace(0.02, 1.0, n) * device.g_max, 1)


@pytest.mark.parametrize("device", [pcm_2019(), pcm_hermes(1), pcm_hermes(2)])
def test_constant_reference_temperature_is_plain_drift(device) -> None:
    state = programmed(device)
    many = TemperatureProfile((0.0, 10.0, 500.0), (REF, REF, REF))
    for t in (0.0, 60.0, DAY, 365 * DAY):
        np.testing.assert_allclose(Thermal().at(state, ROOM, t), state.at(t), rtol=1e-13)
        np.testing.assert_allclose(Thermal().at(state, many, t), state.at(t), rtol=1e-13)


def test_effective_age_follows_the_barrier() -> None:
    # an hour at a constant temperature reaches kT ln(t / tau), whatever the reference
    tau = 1e-13
    for kelvin in (COLD, REF, HOT):
        age = effective_age(TemperatureProfile.constant(kelvin), 3600.0, tau, REF)
        barrier = BOLTZMANN_EV * kelvin * math.log(3600.0 / tau)
        assert BOLTZMANN_EV * REF * math.log(age / tau) == pytest.approx(barrier, rel=1e-12)
    # of the size of an electronvolt
    assert 0.9 < Thermal().barrier(ROOM, 3600.0, 20.0) < 1.1


def test_hot_hours_age_and_cold_ones_freeze() -> None:
    assert effective_age(ROOM, DAY) == DAY
    assert effective_age(NOON, DAY) > 10 * DAY
    winter = TemperatureProfile((0.0, 3600.0), (REF, COLD))
    assert effective_age(winter, 3600.0) == pytest.approx(3600.0, rel=1e-12)
    # a night in the cold adds next to nothing to an hour at room temperature
    assert effective_age(winter, 3600.0 + 43200.0) < 1.2 * 3600.0
    ages = [effective_age(NOON, t) for t in np.linspace(0, DAY, 200)]
    assert np.all(np.diff(ages) > 0)


def test_age_is_continuous_when_the_temperature_jumps() -> None:
    for edge in NOON.times[1:]:
        before, after = (effective_age(NOON, edge + shift) for shift in (-1e-6, 1e-6))
        assert after == pytest.approx(before, rel=1e-4)


@pytest.mark.parametrize("kelvin", [COLD, REF, HOT])
def test_exponent_is_the_same_at_every_constant_temperature(kelvin: float) -> None:
    state, thermal = programmed(), Thermal()
    profile = TemperatureProfile.constant(kelvin)
    t = np.array([30 * DAY, 300 * DAY])  # long after the age at programming is forgotten
    early, late = (thermal.at(state, profile, x) for x in t)
    nu = -np.log(late / early) / math.log(t[1] / t[0])
    np.testing.assert_allclose(nu, state.drift_exponent, rtol=2e-3)


def test_hot_storage_leaves_more_drift_when_read_at_room_temperature() -> None:
    state, thermal = programmed(), Thermal()
    room, noon = thermal.at(state, ROOM, DAY), thermal.at(state, NOON, DAY)
    assert np.all(noon < room)
    # what is left is the drift of the effective age and nothing else
    age = effective_age(NOON, DAY, start=state.device.t_0) - state.device.t_0
    np.testing.assert_allclose(noon, state.at(age), rtol=1e-10)


def test_conduction_is_thermally_activated_in_the_amorphous_part_only() -> None:
    thermal = Thermal()
    factor = thermal.conduction(np.array([0.0, 0.5, 1.0]), HOT)
    beta = (1 / REF - 1 / HOT) / BOLTZMANN_EV
    assert factor[0] == pytest.approx(math.exp(thermal.activation_amorphous * beta), rel=1e-12)
    assert factor[0] > factor[1] > factor[2] == 1.0
    # two resistances in series can never conduct better than the crystalline one alone
    g = np.linspace(0.01, 1, 50)
    assert np.all(g * thermal.conduction(g, 353.15) <= 1 + 1e-12)
    assert thermal.conduction(np.array([0.0]), COLD)[0] < 1.0


def test_collected_drift_weighs_more_in_the_cold() -> None:
    state = programmed()
    drift_only = Thermal(activation_amorphous=0.0)
    profile = TemperatureProfile((0.0, DAY), (REF, COLD))
    warm, cold = drift_only.at(state, ROOM, DAY), drift_only.at(state, profile, DAY)
    gained = np.log(warm / state.g_programmed) / np.log(cold / state.g_programmed)
    np.testing.assert_allclose(gained, COLD / REF, rtol=1e-6)


def test_defaults_are_backed_by_the_table() -> None:
    low, high = fact("B081").numbers
    assert low < Thermal().activation_amorphous < high
    notes = Thermal().confidence
    assert {"reference", "attempt_time", "activation_amorphous", "activation_crystalline"} <= set(
        notes
    )
    for text in notes.values():
        assert text.startswith(("assumed", "published"))


def test_drift_can_be_off() -> None:
    state = programmed(pcm_2019().without("drift"))
    np.testing.assert_array_equal(Thermal().at(state, NOON, DAY), state.g_programmed)


def test_a_core_in_the_sun() -> None:
    w = np.random.default_rng(0).uniform(-1, 1, (64, 64))
    x = np.random.default_rng(1).uniform(-1, 1, (200, 64))
    exact = x @ w.T

    def error(profile: TemperatureProfile, t: float) -> float:
        device = Ambient(pcm_hermes(1), profile)
        assert isinstance(device, Device)
        y = Core(device, serial=3).program(w).at(t).forward(x)
        return mvm_error(best_scale(y, exact) * y, exact)

    plain = Core(pcm_hermes(1), serial=3).program(w).at(DAY).forward(x)
    assert error(ROOM, DAY) == pytest.approx(
        mvm_error(best_scale(plain, exact) * plain, exact), rel=1e-9
    )
    assert error(NOON, 45000.0) > 1.3 * error(ROOM, 45000.0)  # hot: states bend apart
    assert error(ROOM, DAY) < error(NOON, DAY) < error(NOON, 45000.0)  # afterwards only aged


def test_wrappers_can_be_combined() -> None:
    targets = np.full((50, 60), 1e-5)
    outer = Faulty(Ambient(pcm_2019(), NOON), 0.05, 0.05, 1)
    inner = Ambient(Faulty(pcm_2019(), 0.05, 0.05, 1), NOON)
    one, two = outer.program(targets, 2), inner.program(targets, 2)
    np.testing.assert_allclose(one.at(DAY), two.at(DAY), rtol=1e-12)
    assert one.at(DAY)[outer.stuck((50, 60)).set].mean() > 1.3e-5


@pytest.mark.torch
def test_torch_gives_the_same() -> None:
    import torch

    targets = np.linspace(1e-6, 24e-6, 30)
    device = Ambient(pcm_2019(), NOON)
    one, two = device.program(targets, 2), device.program(torch.tensor(targets), 2)
    np.testing.assert_allclose(two.at(45000.0).numpy(), one.at(45000.0), rtol=1e-12)
    assert two.read_noise_std(45000.0).shape == (30,)


@pytest.mark.parametrize("kelvin", [100.0, 360.0])
def test_temperatures_without_data_warn(kelvin: float) -> None:
    with pytest.warns(RangeWarning, match="crystallise"):
        TemperatureProfile.constant(kelvin)


@pytest.mark.filterwarnings("ignore::aimc.validation.RangeWarning")
@pytest.mark.parametrize("kelvin", [2.0, 10.0, 40.0])
def test_devices_that_were_frozen_go_on_where_they_stood(kelvin: float) -> None:
    frozen = TemperatureProfile((0.0, 3600.0, 2 * DAY), (REF, kelvin, REF))
    assert effective_age(frozen, DAY) == pytest.approx(3600.0, rel=1e-9)
    assert effective_age(frozen, 2 * DAY + 60.0) == pytest.approx(3660.0, rel=1e-9)
    g = Thermal().at(programmed(), frozen, DAY)
    assert np.isfinite(g).all()
    assert (g[:100] < 1e-6 * Thermal().at(programmed(), ROOM, DAY)[:100]).all()


@pytest.mark.parametrize(
    ("name", "call", "kind"),
    [
        ("temperatures", lambda: TemperatureProfile.constant(0.0), ValueError),
        ("temperatures", lambda: TemperatureProfile.constant(-5.0), ValueError),
        ("temperatures", lambda: TemperatureProfile((0.0, 1.0), (300.0,)), ValueError),
        ("temperatures", lambda: TemperatureProfile((), ()), ValueError),
        ("times", lambda: TemperatureProfile((1.0,), (300.0,)), ValueError),
        ("times", lambda: TemperatureProfile((0.0, 5.0, 5.0), (300.0,) * 3), ValueError),
        ("t=", lambda: ROOM.at(-1.0), ValueError),
        ("t=", lambda: effective_age(ROOM, -1.0), ValueError),
        ("attempt_time", lambda: effective_age(ROOM, 1.0, 0.0), ValueError),
        ("reference", lambda: effective_age(ROOM, 1.0, 1e-13, 0.0), ValueError),
        ("start", lambda: effective_age(ROOM, 1.0, start=-1.0), ValueError),
        ("activation_amorphous", lambda: Thermal(activation_amorphous=-0.1), ValueError),
        ("attempt_time", lambda: Thermal(attempt_time=0.0), ValueError),
        ("temperature", lambda: Thermal().conduction(np.ones(1), 0.0), ValueError),
        ("g_relative", lambda: Thermal().conduction(np.array([0.5, np.nan]), 300.0), ValueError),
        ("profile", lambda: Ambient(pcm_2019(), 300.0), TypeError),
        ("device", lambda: Ambient("PCM", ROOM), TypeError),
        (
            "state",
            lambda: Thermal().at(reram_wan2022().program(np.zeros(2), 0), ROOM, 1.0),
            TypeError,
        ),
        ("state must be a ConductanceState", lambda: Thermal().at(5, ROOM, 1.0), TypeError),
        ("profile must be a", lambda: Thermal().at(programmed(), 300.0, 1.0), TypeError),
        ("profile must be a", lambda: effective_age(300.0, 1.0), TypeError),
        ("times must be a tuple", lambda: TemperatureProfile(0.0, (300.0,)), TypeError),
        ("times must be a tuple", lambda: TemperatureProfile("1 d", (300.0,)), TypeError),
        ("temperatures must be a tuple", lambda: TemperatureProfile((0.0,), 300.0), TypeError),
    ],
)
def test_bad_input_is_named(name: str, call, kind: type) -> None:
    with pytest.raises(kind) as caught:
        call()
    assert name in str(caught.value)
