"""Evaluation by blocks changes the speed and nothing else."""

import warnings

import numpy as np
import pytest

from aimc.backend import namespace, normal
from aimc.backend.blockwise import BLOCK, with_normals
from aimc.devices import pcm_2019, pcm_hermes
from aimc.validation import RangeWarning


def formula(a, b, normal):
    return namespace(a).exp(-a) * normal + b


@pytest.mark.parametrize("size", [1, 16, 63, 64, 65, 128, 640, 643, 655, 656])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_blocks_give_what_one_piece_gives(size: int, dtype) -> None:
    a, b = np.random.default_rng(0).random((2, size)).astype(dtype)
    whole = with_normals(formula, a, b, rng=5, block=10_000)
    blocks = with_normals(formula, a, b, rng=5, block=64)
    assert blocks.dtype == whole.dtype == dtype
    np.testing.assert_allclose(blocks, whole, rtol=4 * np.finfo(dtype).eps)


@pytest.mark.parametrize("over", [-1, 0, 5, 16, 3000])
def test_very_many_are_drawn_alike_in_blocks_and_in_one_piece(over: int) -> None:
    a = np.zeros(2 * BLOCK + over)
    blocks = with_normals(lambda a, normal: normal, a, rng=5)
    np.testing.assert_array_equal(blocks, normal(5, a.shape, a, a.size))


def test_shape_and_order_of_a_matrix_survive() -> None:
    a = np.asfortranarray(np.random.default_rng(0).random((30, 50)))
    got = with_normals(lambda a, normal: a + 0 * normal, a, rng=0, block=64)
    np.testing.assert_array_equal(got, a)
    draws = with_normals(lambda a, normal: normal, a, rng=7, block=64)
    np.testing.assert_array_equal(draws, np.random.default_rng(7).standard_normal((30, 50)))


@pytest.mark.parametrize("device", [pcm_2019(), pcm_hermes(2)], ids=lambda device: device.name)
def test_a_large_array_is_programmed_and_read_as_the_model_says(device) -> None:
    """First all draws of programming, then all of drift, then a read: the order seeds rely on."""
    shape = (3, BLOCK // 2 + 5)
    targets = np.random.default_rng(0).uniform(0, device.g_max, shape)
    rng, draws = np.random.default_rng(9), np.random.default_rng(9)
    state = device.program(targets, rng)
    read = state.read(3600.0, rng)
    g = targets + device.programming_std(targets) * normal(draws, shape, targets, targets.size)
    np.testing.assert_allclose(state.g_programmed, np.maximum(g, 0), rtol=1e-12)
    nu = device.drift_exponent_std(targets) * normal(draws, shape, targets, targets.size)
    nu = np.abs(device.drift_exponent_mean(targets) + nu)
    np.testing.assert_allclose(state.drift_exponent, nu, rtol=1e-12)
    noise = state.read_noise_std(3600.0) * normal(draws, shape, targets, targets.size)
    expected = np.maximum(state.at(3600.0) + noise, 0)
    np.testing.assert_allclose(read, expected, rtol=1e-10, atol=1e-15)


def test_switched_off_effects_stay_off_in_a_large_array() -> None:
    targets = np.full(BLOCK + 100, 1e-5)
    quiet = pcm_2019().without("programming_noise", "drift", "drift_spread", "read_noise")
    state = quiet.program(targets, 0)
    np.testing.assert_array_equal(state.g_programmed, targets)
    np.testing.assert_array_equal(state.drift_exponent, quiet.drift_exponent_mean(targets))
    np.testing.assert_array_equal(state.read(1e6, 1), targets)


@pytest.mark.parametrize(
    "look", [lambda s: s.read(1e12, 0), lambda s: s.at(1e12), lambda s: s.moments(1e12)]
)
def test_a_time_far_in_the_future_warns_once(look) -> None:
    state = pcm_2019().program(np.full(3 * BLOCK, 1e-5), 0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        look(state)
    assert [item.category for item in caught] == [RangeWarning]
    assert caught[0].filename == __file__


@pytest.mark.torch
@pytest.mark.parametrize("size", [65, 640, 643, 655, 656])
@pytest.mark.parametrize("numpy_draws", [True, False])
def test_torch_blocks_give_what_one_piece_gives(size: int, numpy_draws: bool) -> None:
    import torch

    def rng():
        return 5 if numpy_draws else torch.Generator().manual_seed(5)

    a, b = torch.rand(2, size, generator=torch.Generator().manual_seed(0))
    whole = with_normals(formula, a, b, rng=rng(), block=10_000)
    blocks = with_normals(formula, a, b, rng=rng(), block=64)
    torch.testing.assert_close(blocks, whole, rtol=1e-6, atol=1e-6)


@pytest.mark.torch
@pytest.mark.parametrize("device", [pcm_2019(), pcm_hermes(2)], ids=lambda device: device.name)
def test_torch_and_numpy_make_the_same_large_array(device) -> None:
    import torch

    targets = np.random.default_rng(0).uniform(0, device.g_max, 2 * BLOCK + 3)
    on_numpy = device.program(targets, 4)
    on_torch = device.program(torch.from_numpy(targets), 4)
    np.testing.assert_allclose(
        on_torch.g_programmed.numpy(), on_numpy.g_programmed, rtol=1e-12, atol=1e-18
    )
    np.testing.assert_allclose(
        on_torch.read(60.0, 1).numpy(), on_numpy.read(60.0, 1), rtol=1e-9, atol=1e-15
    )


@pytest.mark.torch
def test_gradients_flow_through_a_large_array() -> None:
    import torch

    targets = torch.full((BLOCK + 100,), 1e-5, dtype=torch.float64, requires_grad=True)
    device = pcm_2019().without("read_noise")
    device.program(targets, 0).read(3600.0, 0).sum().backward()
    assert targets.grad is not None
    # a stronger target is programmed to a stronger conductance, and drift takes about a quarter
    assert float(targets.grad.mean()) == pytest.approx(0.775, abs=0.01)
    assert int((targets.grad == 0).sum()) == 0


@pytest.mark.torch
def test_gradients_of_fits_in_pieces_are_slopes_of_the_piece() -> None:
    import torch

    fit = pcm_hermes(2).read_noise_fit
    g = torch.tensor([0.02, 0.1, 0.17, 0.6, 0.9], dtype=torch.float64, requires_grad=True)
    fit(g).sum().backward()
    step = 1e-6
    x = g.detach().numpy()
    slope = (fit(x + step) - fit(x - step)) / (2 * step)
    np.testing.assert_allclose(g.grad.numpy(), slope, rtol=1e-6, atol=1e-9)
