"""Noise on weights has the mean and spread that the devices of a pair have."""

import numpy as np
import pytest

from aimc.backend.blockwise import BLOCK
from aimc.devices import IdealDevice, pcm_2019, pcm_2025, pcm_hermes
from aimc.devices.weight_noise import (
    INTERVALS,
    device_moments,
    weight_space_moments,
    weight_space_noise,
)
from aimc.validation import RangeWarning

DEVICES = [pcm_2019(), pcm_hermes(1), pcm_hermes(2)]
WEIGHTS = (0.0, 0.02, 0.1, 0.4, 1.0)
TIMES = (1.0, 3600.0, 86400.0, 2.592e6, 3.1536e7)
DRAWS = 100_000


@pytest.mark.parametrize("device", DEVICES, ids=lambda device: device.name)
@pytest.mark.parametrize("weight", WEIGHTS)
def test_moments_equal_those_of_pairs_that_keep_their_state(device, weight: float) -> None:
    """The mean to 5 standard errors, the spread to 1.5 %, which is 5 of its own and more."""
    pair = np.stack([np.full(DRAWS, weight * device.g_max), np.zeros(DRAWS)])
    state = device.program(pair, 5)
    means, stds = np.array(
        [weight_space_moments(device, np.array([weight]), t, w_max=1.0) for t in TIMES]
    ).T[0]
    for k, t in enumerate(TIMES):
        plus, minus = state.read(t, 6) / device.g_max
        found = plus - minus
        assert found.mean() == pytest.approx(means[k], abs=5 * stds[k] / np.sqrt(DRAWS))
        assert found.std() == pytest.approx(stds[k], rel=0.015)


@pytest.mark.parametrize("device", DEVICES, ids=lambda device: device.name)
@pytest.mark.parametrize("effect", ["programming_noise", "drift", "drift_spread", "read_noise"])
def test_every_effect_can_be_switched_off(device, effect: str) -> None:
    model, t = device.without(effect), 86400.0
    state = model.program(np.full(DRAWS, 0.3 * device.g_max), 1)
    mean, variance = device_moments(model, np.array([0.3 * device.g_max]), t)
    read = state.read(t, 2)
    error = 5 * np.sqrt(variance[0] / DRAWS)
    assert read.mean() == pytest.approx(mean[0], abs=error)
    assert read.std() == pytest.approx(np.sqrt(variance[0]), rel=0.015)
    all_mean, all_variance = device_moments(device, np.array([0.3 * device.g_max]), t)
    changed = abs(all_mean[0] - mean[0]) > error or abs(all_variance[0] / variance[0] - 1) > 0.02
    assert changed


def test_draws_have_these_moments_and_the_table_is_fine_enough() -> None:
    device, t = pcm_2019(), 86400.0
    for weight in (0.0, 0.0075, -0.21, 0.77, 1.0):
        g = np.array([abs(weight), 0.0]) * device.g_max
        mean, variance = device_moments(device, g, t)
        exact_mean = np.sign(weight) * (mean[0] - mean[1]) / device.g_max
        exact_std = np.sqrt(variance.sum()) / device.g_max
        draws = 2.0 * np.full(DRAWS, weight)
        noisy = weight_space_noise(device, draws, t, 3, w_max=2.0) / 2.0
        tabled_mean, tabled_std = weight_space_moments(device, draws[:1], t, w_max=2.0)
        assert tabled_mean[0] / 2 == pytest.approx(exact_mean, abs=0.003 * exact_std)
        assert tabled_std[0] / 2 == pytest.approx(exact_std, rel=0.003)
        assert noisy.mean() == pytest.approx(exact_mean, abs=5 * exact_std / np.sqrt(DRAWS))
        assert noisy.std() == pytest.approx(exact_std, rel=5 / np.sqrt(2 * DRAWS) + 0.003)


def test_noise_does_not_know_the_sign() -> None:
    weights = np.linspace(0, 1, 501)
    mean, std = weight_space_moments(pcm_hermes(1), weights, 60.0)
    other_mean, other_std = weight_space_moments(pcm_hermes(1), -weights, 60.0)
    np.testing.assert_allclose(other_mean, -mean, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(other_std, std, rtol=1e-9)
    assert np.all(np.diff(mean) > 0)


def test_quiet_devices_return_the_weights() -> None:
    quiet = pcm_2019().without("programming_noise", "drift", "read_noise")
    weights = np.random.default_rng(0).uniform(-3, 3, (20, 30))
    np.testing.assert_allclose(weight_space_noise(quiet, weights, 1e6, 0), weights, atol=1e-8)


def test_weights_that_are_not_programmed_stay_zero_in_the_2025_fit() -> None:
    device = pcm_2025()
    weights = np.array([0.0, 0.002, 0.5])
    _, std = weight_space_moments(device, weights, 0.0, w_max=1.0)
    np.testing.assert_array_equal(std[:2], 0.0)
    expected = device.programming_std(weights[2:] * device.g_max)[0] / device.g_max
    assert std[2] == pytest.approx(expected, rel=1e-3)
    with pytest.warns(RangeWarning, match="age=1 s"):
        weight_space_noise(device, weights, 1.0, 0)


def test_range_may_differ_from_output_to_output() -> None:
    device = pcm_2019()
    weights = np.random.default_rng(0).uniform(-1, 1, (4, 300))
    ranges = np.array([1.0, 2.0, 5.0, 10.0])
    got = weight_space_noise(device, weights, 60.0, 1, w_max=ranges)
    mean, std = weight_space_moments(device, weights, 60.0, w_max=ranges)
    for k, full in enumerate(ranges):
        one_mean, one_std = weight_space_moments(device, weights[k], 60.0, w_max=float(full))
        np.testing.assert_allclose(mean[k], one_mean)
        np.testing.assert_allclose(std[k], one_std)
    draws = np.random.default_rng(1).standard_normal(weights.shape)
    np.testing.assert_allclose(got, mean + std * draws)


def test_the_largest_weight_is_the_default_range() -> None:
    weights = np.array([[0.5, -4.0], [1.0, 2.0]])
    default = weight_space_noise(pcm_2019(), weights, 60.0, 1)
    explicit = weight_space_noise(pcm_2019(), weights, 60.0, 1, w_max=4.0)
    np.testing.assert_array_equal(default, explicit)
    assert weight_space_noise(pcm_2019(), np.zeros((2, 2)), 60.0, 1).std() > 0


def test_same_seed_same_noise_and_a_stream_moves_on() -> None:
    weights = np.linspace(-1, 1, BLOCK + 50)
    one, two, other = (weight_space_noise(pcm_2019(), weights, 1.0, seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one, two)
    assert not np.array_equal(one, other)
    rng = np.random.default_rng(3)
    first, second = (weight_space_noise(pcm_2019(), weights, 1.0, rng) for _ in range(2))
    np.testing.assert_array_equal(first, one)
    assert not np.array_equal(first, second)


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        ({"device": IdealDevice()}, TypeError, "device must be a StatisticalPCM, got IdealDevice"),
        ({"weights": [[0.5, float("nan")]]}, ValueError, "weights must be finite"),
        ({"weights": "heavy"}, TypeError, "weights"),
        ({"t": -1.0}, ValueError, r"t=-1\.0"),
        ({"t": "now"}, ValueError, "t=.now. is no time"),
        ({"t": None}, TypeError, "t must be a real number"),
        ({"rng": 1.5}, TypeError, "rng must be"),
        ({"w_max": 0.0}, ValueError, r"w_max=0\.0"),
        ({"w_max": 0.25}, ValueError, r"w_max=0\.25 is too small: .* 2 times"),
        ({"w_max": [1.0, 1.0]}, ValueError, "w_max must have 1 entries"),
        ({"w_max": [-1.0]}, ValueError, "w_max must lie in"),
    ],
)
def test_bad_input(change: dict, error: type, match: str) -> None:
    arguments = {"device": pcm_2019(), "weights": [[0.5, -0.1]], "t": 60.0, "rng": 0}
    with pytest.raises(error, match=match):
        weight_space_noise(**(arguments | change))


@pytest.mark.torch
def test_torch_gives_what_numpy_gives() -> None:
    import torch

    weights = np.random.default_rng(0).uniform(-1, 1, (40, 60))
    on_numpy = weight_space_noise(pcm_hermes(2), weights, 3600.0, 7)
    on_torch = weight_space_noise(pcm_hermes(2), torch.from_numpy(weights), 3600.0, 7)
    np.testing.assert_allclose(on_torch.numpy(), on_numpy, rtol=1e-12)
    single = weight_space_noise(pcm_hermes(2), torch.from_numpy(weights).float(), 3600.0, 7)
    assert single.dtype == torch.float32
    np.testing.assert_allclose(single.numpy(), on_numpy, atol=2e-6)


@pytest.mark.torch
def test_half_precision_weights_keep_their_statistics() -> None:
    import torch

    weights = torch.full((DRAWS,), 0.4, dtype=torch.bfloat16)
    rng = torch.Generator().manual_seed(0)
    noisy = weight_space_noise(pcm_2019(), weights, 3600.0, rng, w_max=1.0)
    assert noisy.dtype == torch.bfloat16
    exact = weights[:1].double().numpy()
    mean, std = weight_space_moments(pcm_2019(), exact, 3600.0, w_max=1.0)
    assert float(noisy.double().mean()) == pytest.approx(mean[0], rel=2e-3)
    assert float(noisy.double().std()) == pytest.approx(std[0], rel=0.02)


@pytest.mark.torch
@pytest.mark.parametrize("size", [200, BLOCK + 200])
def test_gradient_is_the_slope_of_the_mean(size: int) -> None:
    import torch

    device, t = pcm_2019(), 86400.0
    weights = torch.linspace(-0.93, 0.97, size, dtype=torch.float64, requires_grad=True)
    noisy = weight_space_noise(device, weights, t, 0, w_max=1.0)
    noisy.sum().backward()
    values, step = weights.detach().numpy(), 1e-5
    above, _ = weight_space_moments(device, values + step, t, w_max=1.0)
    below, _ = weight_space_moments(device, values - step, t, w_max=1.0)
    slope = (above - below) / (2 * step)
    # the mean is a chain of straight lines: leave out where two of them meet
    place = values * INTERVALS
    inside = np.abs(place - np.round(place)) > 2 * step * INTERVALS
    np.testing.assert_allclose(weights.grad.numpy()[inside], slope[inside], rtol=1e-6)
    assert inside.mean() > 0.8
    assert 0.5 < float(weights.grad[-1]) < 0.7  # a day of drift takes a third

    fixed = weights.detach()
    np.testing.assert_allclose(
        weight_space_noise(device, fixed, t, 0, w_max=1.0).numpy(),
        noisy.detach().numpy(),
        rtol=1e-12,
    )
