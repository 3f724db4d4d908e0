"""What programming leaves behind: state that keeps its identity."""

from dataclasses import replace

import numpy as np
import pytest

from aimc.cores import Core
from aimc.devices import IdealDevice, pcm_2019, pcm_hermes
from aimc.devices.base import Device, ReadsInOnePass


class Toy:
    """A device that somebody began to write."""

    name = "toy"
    g_max = 25e-6

    def program(self, g_target, rng):
        return None

    def drift_factor(self, drift_exponent, age):
        return 0 * drift_exponent + 1


def test_what_a_device_of_ones_own_lacks_is_shown_as_one_writes_it() -> None:
    with pytest.raises(TypeError, match="device must be a Device, got Toy, which lacks") as told:
        Core(Toy())  # type: ignore[arg-type]
    said = str(told.value)
    assert "sources: tuple[str, ...]  # Bibliography keys" in said
    assert "def read_noise_std(self, g_programmed: " in said
    assert "drift_factor" not in said
    with pytest.raises(TypeError, match="got the class Toy: call it"):
        Core(Toy)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="device must be a Device, got None"):
        Core(None)  # type: ignore[arg-type]


MODELS = [pcm_2019(), pcm_hermes(1), pcm_hermes(2)]


@pytest.mark.parametrize("device", MODELS, ids=lambda device: device.name)
def test_same_seed_same_devices(device) -> None:
    targets = np.linspace(0, device.g_max, 1000)
    one, two, other = (device.program(targets, seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one.g_programmed, two.g_programmed)
    np.testing.assert_array_equal(one.drift_exponent, two.drift_exponent)
    assert np.abs(one.g_programmed - other.g_programmed).max() > 0


@pytest.mark.parametrize("device", MODELS, ids=lambda device: device.name)
def test_looking_twice_shows_the_same_device(device) -> None:
    state = device.program(np.full(500, 0.6 * device.g_max), 1)
    np.testing.assert_array_equal(state.at(3600.0), state.at(3600.0))
    # the order of devices survives as long as their exponents are all alike: no redraw per call
    fixed = device.without("drift_spread").program(np.linspace(0.5, 1, 50) * device.g_max, 1)
    nu = fixed.drift_exponent
    expected = fixed.g_programmed * (1 + 1e4 / device.t_0) ** -nu
    np.testing.assert_allclose(fixed.at(1e4), expected, rtol=1e-12)


@pytest.mark.parametrize("device", MODELS, ids=lambda device: device.name)
@pytest.mark.parametrize("relative", [0.5, 0.8])
def test_spread_of_programming_drift_and_reading(device, relative: float) -> None:
    n, target = 200_000, relative * device.g_max
    state = device.program(np.full(n, target), 11)
    # the standard error of a standard deviation is sigma / sqrt(2 n); 4.5 of them is p < 1e-5
    tolerance = 4.5 / np.sqrt(2 * n)
    sigma = device.programming_std(np.array([target]))[0]
    assert state.g_programmed.std() == pytest.approx(sigma, rel=tolerance)
    assert state.g_programmed.mean() == pytest.approx(target, abs=4.5 * sigma / np.sqrt(n))
    nu_std = device.drift_exponent_std(np.array([target]))[0]
    assert state.drift_exponent.std() == pytest.approx(nu_std, rel=2 * tolerance)
    noise = state.read(60.0, 5) - state.at(60.0)
    assert (noise / state.read_noise_std(60.0)).std() == pytest.approx(1.0, rel=tolerance)


def test_switching_one_effect_off_leaves_the_other_draws_alone() -> None:
    device = pcm_2019()
    targets = np.linspace(0, device.g_max, 300)
    everything = device.program(targets, 2)
    without = device.without("programming_noise").program(targets, 2)
    np.testing.assert_array_equal(without.g_programmed, targets)
    np.testing.assert_array_equal(without.drift_exponent, everything.drift_exponent)
    frozen = device.without("drift").program(targets, 2)
    np.testing.assert_array_equal(frozen.at(1e6), everything.g_programmed)
    silent = device.without("read_noise").program(targets, 2)
    np.testing.assert_array_equal(silent.read(9.0, 1), silent.at(9.0))


def test_conductances_never_become_negative() -> None:
    device = pcm_hermes(1)
    state = device.program(np.zeros(100_000), 0)
    assert state.g_programmed.min() == 0
    assert state.read(10.0, 1).min() >= 0
    assert (state.g_programmed == 0).mean() == pytest.approx(0.5, abs=0.01)


def test_ideal_device_keeps_what_it_was_given() -> None:
    device = IdealDevice(g_max=1e-6)
    targets = np.linspace(0, 1e-6, 7)
    state = device.program(targets)
    np.testing.assert_array_equal(state.at(1e9), targets)
    np.testing.assert_array_equal(state.read(1e9, 0), targets)


def test_clock_can_start_at_another_time() -> None:
    from dataclasses import replace

    device = pcm_2019()
    state = device.program(np.full(10, 1e-5), 0)
    later = replace(state, programmed_at=1000.0)
    np.testing.assert_array_equal(later.at(1500.0), state.at(500.0))
    with pytest.raises(ValueError, match="t="):
        later.at(999.0)


@pytest.mark.parametrize("device", MODELS, ids=lambda device: device.name)
def test_a_read_in_one_pass_is_the_read_in_three_steps(device) -> None:
    class InThreeSteps:
        """The same model without its own way to read."""

        name, g_max, sources, program = device.name, device.g_max, device.sources, device.program
        drift_factor, read_noise_std = device.drift_factor, device.read_noise_std

    assert isinstance(device, ReadsInOnePass)
    assert isinstance(InThreeSteps(), Device)
    assert not isinstance(InThreeSteps(), ReadsInOnePass)
    state = device.program(np.linspace(0, device.g_max, 1000), 5)
    steps = replace(state, device=InThreeSteps())
    for k in range(4):  # what is kept between reads changes none of them
        t = 3600.0 * k
        np.testing.assert_allclose(state.read(t, 6), steps.read(t, 6), rtol=1e-12)
        np.testing.assert_array_equal(state.read_noise_std(t), steps.read_noise_std(t))
    other = replace(state, g_programmed=0.5 * state.g_programmed)
    expected = replace(other, device=InThreeSteps()).read(3600.0, 6)
    np.testing.assert_allclose(other.read(3600.0, 6), expected, rtol=1e-12)
