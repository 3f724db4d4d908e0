"""NumPy and torch give the same numbers, and torch gives gradients besides."""

from dataclasses import replace

import numpy as np
import pytest

import aimc
from aimc.circuits import ADC, DAC, BitSliced, DifferentialPair, Periphery

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch
torch.set_num_threads(1)

CELLS = [DifferentialPair(), DifferentialPair(devices=3), BitSliced(slice_bits=2, slices=3)]


def matrix(seed: int = 0, shape: tuple[int, int] = (40, 60)) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, shape)


def core(cell=None, serial: int = 5, read_noise: bool = False, encoding: str = "pwm") -> aimc.Core:
    periphery = Periphery(
        DAC(8, encoding), ADC(12, 300e-6, dual=True), input_range=1.0, read_noise=read_noise
    )
    return aimc.Core(aimc.devices.pcm_hermes(2), cell, periphery, serial=serial)


@pytest.mark.parametrize("cell", CELLS, ids=repr)
@pytest.mark.parametrize("encoding", ["pwm", "bit_serial", "amplitude"])
@pytest.mark.parametrize("t", [0.0, 86400.0])
def test_same_state_same_numbers(cell, encoding: str, t: float) -> None:
    w, x = matrix(), matrix(1, (7, 60))
    on_numpy = core(cell, encoding=encoding).program(w)
    on_torch = core(cell, encoding=encoding).program(torch.from_numpy(w))
    np.testing.assert_allclose(
        on_torch.state.g_programmed.numpy(), on_numpy.state.g_programmed, rtol=1e-12
    )
    y = on_torch.at(t).forward(torch.from_numpy(x))
    np.testing.assert_allclose(y.numpy(), on_numpy.at(t).forward(x), atol=1e-6)
    np.testing.assert_allclose(
        on_torch.at(t).weights().numpy(), on_numpy.at(t).weights(), atol=1e-6
    )


def test_single_precision_agrees_to_a_few_counts() -> None:
    w, x = matrix(), matrix(1, (7, 60))
    exact = core().program(w).forward(x)
    single = core().program(torch.from_numpy(w).float()).forward(torch.from_numpy(x).float())
    assert single.dtype == torch.float32
    # a rounding difference may move a result by one ADC count
    count = 300e-6 / 4095 / (0.2 * 20.7e-6)
    assert np.abs(single.numpy() - exact).max() <= 1.01 * count


def test_noise_has_the_same_distribution() -> None:
    w, x = matrix(2, (50, 50)), matrix(3, (1, 50))
    repeated = np.repeat(x, 4000, axis=0)
    numpy_core = core(read_noise=True).program(w)
    torch_core = core(read_noise=True).program(torch.from_numpy(w))
    a = numpy_core.forward(repeated)
    b = torch_core.forward(torch.from_numpy(repeated)).numpy()
    n = repeated.shape[0]
    spread = a.std(axis=0)
    # 50 outputs, 5 standard errors each: a false alarm once in 35,000 seeds
    assert np.all(np.abs(a.mean(0) - b.mean(0)) < 5 * spread * np.sqrt(2 / n))
    assert np.all(np.abs(b.std(0) / spread - 1) < 5 * np.sqrt(1 / n))


def test_a_numpy_generator_gives_the_same_noise_on_both() -> None:
    w, x = matrix(), matrix(1, (7, 60))
    a = core(read_noise=True).program(w).at(60).forward(x, rng=9)
    view = core(read_noise=True).program(torch.from_numpy(w)).at(60)
    b = view.forward(torch.from_numpy(x), rng=np.random.default_rng(9))
    np.testing.assert_allclose(b.numpy(), a, atol=1e-6)


def test_torch_generator_is_reproducible() -> None:
    view = core(read_noise=True).program(torch.from_numpy(matrix())).at(0)
    x = torch.from_numpy(matrix(1, (7, 60)))
    outputs = [view.forward(x, rng=torch.Generator().manual_seed(s)) for s in (4, 4, 5)]
    assert torch.equal(outputs[0], outputs[1])
    assert not torch.equal(outputs[0], outputs[2])


@pytest.mark.parametrize("cell", CELLS, ids=repr)
def test_gradients_reach_weights_and_inputs(cell) -> None:
    w = torch.from_numpy(matrix()).requires_grad_()
    x = torch.from_numpy(0.9 * matrix(1, (7, 60))).requires_grad_()
    ideal = aimc.Core(
        aimc.devices.IdealDevice(), cell, Periphery(DAC(8), ADC(None), read_noise=False)
    )
    got = ideal.program(w, w_max=1.0).forward(x)
    got.square().sum().backward()
    # the straight-through gradient is that of the exact product at the quantised point
    upstream = 2 * got.detach()
    torch.testing.assert_close(
        x.grad, upstream @ ideal.at(0).weights().detach(), rtol=1e-6, atol=1e-8
    )
    expected = upstream.T @ torch.round(x.detach() * 127).div(127)
    torch.testing.assert_close(w.grad, expected, rtol=1e-5, atol=1e-6)


def test_gradient_is_zero_for_inputs_beyond_the_range() -> None:
    w = torch.from_numpy(matrix())
    x = torch.full((1, 60), 0.5, dtype=torch.float64)
    x[0, 0] = 3.0
    x.requires_grad_()
    noiseless = core().program(w)
    noiseless.periphery = replace(noiseless.periphery, adc=ADC(None))
    with pytest.warns(aimc.RangeWarning, match="input_range"):
        noiseless.forward(x).sum().backward()
    assert x.grad[0, 0] == 0
    assert torch.all(x.grad[0, 1:] != 0)


def test_a_network_of_cores_learns() -> None:
    """Gradient descent through two programmed cores lowers the loss of a small regression."""
    rng = np.random.default_rng(0)
    x = torch.from_numpy(rng.uniform(-1, 1, (64, 8)))
    target = x @ torch.from_numpy(rng.uniform(-1, 1, (3, 8))).T
    w = torch.from_numpy(rng.normal(0, 0.1, (3, 8))).requires_grad_()
    optimiser = torch.optim.SGD([w], lr=0.1)
    losses = []
    for _ in range(150):
        loss = (core(serial=1, read_noise=True).program(w).forward(x) - target).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.25 * losses[0]
