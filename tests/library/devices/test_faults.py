"""Stuck devices belong to the chip, not to the act of programming."""

import numpy as np
import pytest

from aimc.circuits import mvm_error
from aimc.cores import Core
from aimc.devices import IdealDevice, pcm_2019
from aimc.devices.base import Device
from aimc.devices.faults import Faulty, device_fault_rate, faulty_2019, faulty_hermes
from aimc.devices.reram import reram_wan2022
from aimc.published import fact

SHAPE = (200, 150)


def faulty(serial: int = 3, low: float = 0.02, high: float = 0.03, device=None) -> Faulty:
    return Faulty(IdealDevice() if device is None else device, low, high, serial)


def test_same_serial_same_faults_whatever_is_programmed() -> None:
    array, rng = faulty(device=pcm_2019()), np.random.default_rng(0)
    faults = array.stuck(SHAPE)
    first = array.program(rng.uniform(0, 25e-6, SHAPE), 1)
    second = array.program(rng.uniform(0, 25e-6, SHAPE), 2)
    both = faults.reset | faults.set
    np.testing.assert_array_equal(first.g_programmed[both], second.g_programmed[both])
    np.testing.assert_array_equal(first.at(1e5)[both], second.at(1e5)[both])
    assert np.all(first.g_programmed[~both] != second.g_programmed[~both])
    np.testing.assert_array_equal(array.stuck(SHAPE).set, faults.set)
    assert not np.array_equal(faulty(4).stuck(SHAPE).set, faults.set)
    assert not np.array_equal(Faulty(IdealDevice(), 0.02, 0.03, 3, 1).stuck(SHAPE).set, faults.set)


def test_rates_and_report() -> None:
    faults = faulty().stuck((400, 500))
    assert not np.any(faults.reset & faults.set)
    low, high = faults.counts
    # 4.5 standard deviations of a binomial
    assert low == pytest.approx(4000, abs=4.5 * np.sqrt(4000))
    assert high == pytest.approx(6000, abs=4.5 * np.sqrt(6000))
    assert str(faults).startswith("200000 devices: ")
    assert f"{high} stuck in SET" in str(faults)


def test_a_stuck_set_device_cannot_be_reset_nor_the_other_set() -> None:
    array = faulty()
    faults = array.stuck(SHAPE)
    erased, filled = array.program(np.zeros(SHAPE), 0), array.program(np.full(SHAPE, 25e-6), 0)
    np.testing.assert_array_equal(erased.g_programmed[faults.set], 25e-6)
    np.testing.assert_array_equal(erased.g_programmed[~faults.set], 0.0)
    np.testing.assert_array_equal(filled.g_programmed[faults.reset], 0.0)
    np.testing.assert_array_equal(filled.g_programmed[~faults.reset], 25e-6)
    np.testing.assert_array_equal(erased.g_target, 0.0)  # what was asked for, not what came out


def test_working_devices_are_those_of_the_model() -> None:
    model = pcm_2019()
    targets = np.full(SHAPE, 1e-5)
    array = faulty(device=model)
    faults, state, plain = array.stuck(SHAPE), array.program(targets, 9), model.program(targets, 9)
    fine = ~(faults.reset | faults.set)
    np.testing.assert_array_equal(state.at(1e4)[fine], plain.at(1e4)[fine])
    np.testing.assert_array_equal(state.read_noise_std(1e4)[fine], plain.read_noise_std(1e4)[fine])
    # stuck devices have the statistics of RESET and SET devices: the RESET state drifts more
    nu = state.drift_exponent
    assert nu[faults.reset].mean() > 1.5 * nu[faults.set].mean()


def test_single_devices_break_in_an_element_of_several() -> None:
    full = 20.7e-6
    array = Faulty(IdealDevice(full), 0.1, 0.1, serial=3, devices=2)
    faults = array.stuck(SHAPE)
    assert faults.set.shape == (*SHAPE, 2)
    for target in (0.0, 0.3, 0.8):  # of the full scale of both, filled one after the other
        got = array.program(np.full(SHAPE, target * full), 0).g_programmed / full
        one, two = min(target, 0.5), max(target - 0.5, 0.0)
        first = np.where(faults.set[..., 0], 0.5, np.where(faults.reset[..., 0], 0.0, one))
        second = np.where(faults.set[..., 1], 0.5, np.where(faults.reset[..., 1], 0.0, two))
        np.testing.assert_allclose(got, first + second, atol=1e-12)


@pytest.mark.parametrize("zeros", [0.0, 0.3])
def test_error_of_faults_in_an_element_follows_the_chapter(zeros: float) -> None:
    rng = np.random.default_rng(0)
    w = np.where(rng.random((300, 400)) < zeros, 0.0, rng.uniform(-1, 1, (300, 400)))
    targets = np.stack([np.maximum(w, 0), np.maximum(-w, 0)]) * 1e-5
    coefficients = (5 / 8, 17 / 8 + 3 * zeros / (1 - zeros))
    for share, coefficient in zip(((0.02, 0.0), (0.0, 0.02)), coefficients, strict=True):
        g = Faulty(IdealDevice(1e-5), *share, serial=1, devices=2).program(targets, 0).g_programmed
        off = (g[0] - g[1]) / 1e-5 - w
        assert (off**2).mean() / (w**2).mean() == pytest.approx(0.02 * coefficient, rel=0.05)


def test_other_models_can_be_wrapped() -> None:
    array = faulty(device=reram_wan2022())
    faults, state = array.stuck(SHAPE), array.program(np.full(SHAPE, 2e-5), 1)
    late = state.at(86400.0)
    assert late[faults.set].mean() == pytest.approx(40e-6, rel=0.02)
    assert late[faults.reset].max() < 5e-6
    assert late[~(faults.set | faults.reset)].mean() == pytest.approx(20e-6, rel=0.01)


def test_faults_in_a_core() -> None:
    w = np.random.default_rng(0).uniform(-1, 1, (64, 64))
    x = np.random.default_rng(1).uniform(-1, 1, (100, 64))

    def error(rate: float) -> float:
        device = Faulty(IdealDevice(), rate / 2, rate / 2, serial=1)
        assert isinstance(device, Device)
        return mvm_error(Core(device).program(w).forward(x), x @ w.T)

    # a few faults add up as independent errors do: with the root of their share
    assert error(0.0) < 1e-12
    assert error(0.04) / error(0.01) == pytest.approx(2.0, rel=0.25)


def test_published_yield_becomes_a_rate_per_device() -> None:
    cells = fact("A064").number / 100
    rate = device_fault_rate(cells, int(fact("A010").number))
    assert rate == pytest.approx(0.00251, abs=5e-6)
    assert (1 - rate) ** 4 == pytest.approx(cells, rel=1e-12)
    chip, worst = faulty_hermes(7), faulty_hermes(7, outlier=True)
    assert chip.stuck_reset + chip.stuck_set == pytest.approx(rate, rel=1e-12)
    assert worst.stuck_reset + worst.stuck_set == pytest.approx(0.00402, abs=5e-6)
    faults = chip.stuck((256, 256, 4))
    good = ~(faults.reset | faults.set).any(axis=-1)
    assert good.mean() == pytest.approx(cells, abs=4.5 * np.sqrt(0.01 / 65536))
    old = faulty_2019(7, share_set=0.0)
    assert old.stuck_set == 0.0
    assert old.stuck_reset == pytest.approx(1 - fact("B031").number / 100, rel=1e-9)


@pytest.mark.torch
def test_torch_has_the_same_faults() -> None:
    import torch

    targets = np.full(SHAPE, 1e-5)
    array = faulty(device=pcm_2019())
    one, two = array.program(targets, 2), array.program(torch.tensor(targets), 2)
    np.testing.assert_allclose(two.at(1e4).numpy(), one.at(1e4), rtol=1e-12)
    leaf = torch.tensor(targets, requires_grad=True)
    array.program(leaf, 2).g_programmed.sum().backward()
    faults = array.stuck(SHAPE)
    assert np.all(leaf.grad.numpy()[faults.reset | faults.set] == 0)
    assert np.all(leaf.grad.numpy()[~(faults.reset | faults.set)] != 0)


@pytest.mark.torch
def test_gradients_pass_the_device_that_works_beside_a_broken_one() -> None:
    torch = pytest.importorskip("torch")
    device = Faulty(
        pcm_2019().without("programming_noise", "drift", "read_noise"), 0.15, 0.15, 3, devices=2
    )
    weights = torch.linspace(0.1, 0.95, 24, dtype=torch.float64)[None].requires_grad_()

    def read(w):
        return Core(device).program(w, w_max=1.0).weights()

    (found,) = torch.autograd.grad(read(weights).sum(), weights)
    with torch.no_grad():
        step = 1e-5
        wanted = (read(weights + step) - read(weights - step)) / (2 * step)
    torch.testing.assert_close(found, wanted, atol=1e-6, rtol=0)
    assert 0 < int((found == 0).sum()) < 12


@pytest.mark.parametrize(
    ("name", "call", "kind"),
    [
        ("device", lambda: Faulty("PCM", 0.1, 0.1, 0), TypeError),
        ("stuck_reset", lambda: Faulty(IdealDevice(), -0.1, 0.1, 0), ValueError),
        ("stuck_set", lambda: Faulty(IdealDevice(), 0.1, 1.1, 0), ValueError),
        ("stuck_reset + stuck_set", lambda: Faulty(IdealDevice(), 0.6, 0.6, 0), ValueError),
        ("serial", lambda: Faulty(IdealDevice(), 0.1, 0.1, -1), ValueError),
        ("index", lambda: Faulty(IdealDevice(), 0.1, 0.1, 1, 0.5), TypeError),
        ("g_target", lambda: faulty().program(np.array([1.0]), 0), ValueError),
        ("share_set", lambda: faulty_hermes(1, share_set=2.0), ValueError),
        ("share_set", lambda: faulty_2019(1, share_set=-1.0), ValueError),
        ("cell_yield", lambda: device_fault_rate(0.0, 4), ValueError),
        ("devices", lambda: device_fault_rate(0.9, 0), ValueError),
    ],
)
def test_bad_input_is_named(name: str, call, kind: type) -> None:
    with pytest.raises(kind) as caught:
        call()
    assert name in str(caught.value)
