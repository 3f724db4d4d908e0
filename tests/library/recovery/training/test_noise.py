"""Noise on weights and noise on outputs have one distribution; gradients follow its size."""

import math

import numpy as np
import pytest
import torch

import aimc.nn
from aimc.devices import IdealDevice, pcm_2019, pcm_hermes, weight_space_moments
from aimc.recovery.training import (
    DropConnect,
    GaussianNoise,
    ProgrammingNoise,
    Recipe,
    noisy_training,
)

DRAWS = 1500


def layer_of(small, weights: torch.Tensor, **options) -> torch.nn.Module:
    linear = torch.nn.Linear(*weights.T.shape, bias=False)
    linear.weight.data.copy_(weights)
    return small.analog(model=linear, **options)


def drawn(layer: torch.nn.Module, noise, x: torch.Tensor) -> np.ndarray:
    """Return outputs of one vector, shape (draws, out), a fresh noise for each."""
    layer.weight_noise = noise
    with torch.no_grad():
        if noise.on == "outputs":
            return layer(x.expand(DRAWS, -1)).double().numpy()
        return torch.stack([layer(x) for _ in range(DRAWS)]).double().numpy()


def kolmogorov(values: np.ndarray) -> float:
    """Return the largest distance of a sample from the standard normal, times the root of n."""
    order, n = np.sort(values), len(values)
    cdf = np.array([0.5 * (1 + math.erf(each / math.sqrt(2))) for each in order])
    steps = np.arange(n + 1) / n
    return math.sqrt(n) * float(max((steps[1:] - cdf).max(), (cdf - steps[:-1]).max()))


NOISES = {
    "tensor": lambda on: GaussianNoise(0.1, "tensor", on, rng=1),
    "output": lambda on: GaussianNoise(0.1, "output", on, rng=2),
    "core": lambda on: GaussianNoise(0.1, "core", on, rng=3),
    "devices": lambda on: ProgrammingNoise(on=on, rng=4),
    "other devices": lambda on: ProgrammingNoise(pcm_hermes(1), t=None, scale=2.0, on=on, rng=5),
}


@pytest.mark.parametrize(
    ("kind", "rows"),
    [*((kind, 512) for kind in NOISES), ("output", 5), ("devices", 5)],
)
def test_both_places_give_each_output_the_same_distribution(small, kind: str, rows: int) -> None:
    torch.manual_seed(3)
    weights, x = torch.randn(4, 15), torch.randn(15)
    weights[2] *= 0.2
    layer = layer_of(small, weights, rows=rows, weight_range="output")
    noise = NOISES[kind]("weights")
    std = noise.deviation(layer.matrix(), layer.weight.detach()).double().expand(4, 15)
    sigma = ((std**2) @ (x.double() ** 2)).sqrt().numpy()
    mean = (weights.double() @ x.double()).numpy()
    for on in ("weights", "outputs"):
        found = drawn(layer, NOISES[kind](on), x)
        for i in range(4):
            scaled = (found[:, i] - mean[i]) / sigma[i]
            assert abs(scaled.mean()) < 4 / math.sqrt(DRAWS)
            assert scaled.std() == pytest.approx(1.0, abs=4 / math.sqrt(2 * DRAWS))
            assert kolmogorov(scaled) < 1.95  # passed by one true sample in a thousand


def test_each_vector_meets_noise_of_its_own_on_outputs_only(small) -> None:
    layer, x = layer_of(small, torch.randn(3, 7)), torch.randn(7).expand(2, 7)
    layer.weight_noise = GaussianNoise(0.1, on="outputs")
    assert not torch.equal(*layer(x))
    layer.weight_noise = GaussianNoise(0.1, on="weights")
    assert torch.allclose(*layer(x))
    assert not torch.allclose(layer(x), layer(x))


def test_programming_noise_is_that_of_the_devices_at_each_weight(small) -> None:
    layer = layer_of(small, torch.linspace(-1, 1, 40)[None])
    device = pcm_2019().without("drift")
    _, wanted = weight_space_moments(device, layer.weight.detach(), 20.0, 1.0)
    std = ProgrammingNoise().deviation(layer.matrix(), layer.weight.detach())
    assert torch.allclose(std, wanted)
    assert std.max() > 1.5 * std.min()
    twice = ProgrammingNoise(scale=2.0).deviation(layer.matrix(), layer.weight.detach())
    assert torch.allclose(twice, 2 * wanted)


@pytest.mark.parametrize(
    "noise", [GaussianNoise(0.3, "output", "outputs"), ProgrammingNoise(scale=4.0, on="outputs")]
)
def test_gradients_follow_the_size_of_the_noise(small, noise) -> None:
    """With the same draw, gradients are those of finite differences of the noisy output."""
    layer = layer_of(small, torch.randn(3, 6)).double()
    x = torch.randn(2, 6, dtype=torch.float64, requires_grad=True)

    def run(at: torch.Tensor) -> torch.Tensor:
        layer.weight_noise = type(noise)(**{**vars_of(noise), "rng": 7})
        return layer(at)

    def vars_of(each) -> dict:
        return {name: getattr(each, name) for name in each.__dataclass_fields__}

    assert torch.autograd.gradcheck(run, (x,), atol=1e-5)
    x.grad = None
    run(x).sum().backward()
    assert not torch.allclose(x.grad, layer.weight.detach().sum(0).expand(2, 6))


def test_an_input_of_zeros_meets_no_noise_and_has_finite_gradients(small) -> None:
    layer = layer_of(small, torch.randn(3, 6))
    for on in ("weights", "outputs"):
        layer.weight_noise = GaussianNoise(0.3, on=on)
        x = torch.zeros(2, 6, requires_grad=True)
        y = layer(x)
        y.sum().backward()
        assert torch.equal(y, torch.zeros(2, 3))
        assert torch.isfinite(x.grad).all()


@pytest.mark.parametrize("rows", [512, 5], ids=["one core", "parts of kernels"])
def test_convolutions_meet_noise_by_the_length_of_each_patch(small, rows: int) -> None:
    conv = torch.nn.Conv2d(2, 3, 3, stride=2, padding=1, bias=False).double()
    layer = small.analog(model=conv, rows=rows, weight_range="output")
    image = torch.randn(1, 2, 5, 5, dtype=torch.float64)
    layer.weight_noise = GaussianNoise(0.1, "output", "outputs", rng=1)
    with torch.no_grad():
        found = torch.cat([layer(image.expand(500, -1, -1, -1)) for _ in range(3)])
        patches = torch.nn.functional.unfold(image, 3, padding=1, stride=2)
        sigma = 0.1 * conv.weight.flatten(1).abs().amax(1)[:, None] * patches[0].norm(dim=0)
        wanted = torch.nn.functional.conv2d(image, conv.weight, stride=2, padding=1)[0]
    scaled = ((found - wanted) / sigma.unflatten(1, (3, 3))).flatten(1)
    assert scaled.mean(0).abs().max() < 4.5 / math.sqrt(DRAWS)
    assert (scaled.std(0) - 1).abs().max() < 4.5 / math.sqrt(2 * DRAWS)
    # vectors of one forward meet noise of their own
    assert abs(float(torch.corrcoef(scaled.T)[0, 1])) < 4.5 / math.sqrt(DRAWS)

    def run(at: torch.Tensor) -> torch.Tensor:
        layer.weight_noise = GaussianNoise(0.3, "output", "outputs", rng=7)
        return layer(at)

    assert torch.autograd.gradcheck(run, (image.requires_grad_(),), atol=1e-5)


def test_noise_joins_that_of_the_output_circuits(small) -> None:
    """Squares add: 0.1 of each weight and 0.5 of a cell's current."""
    layer = layer_of(small, torch.ones(1, 9))
    for matrix in layer.matrices:
        matrix.input_range = 1.0
    recipe = Recipe(noise=GaussianNoise(0.1, on="outputs"), output_noise=0.5)
    noisy_training(layer, recipe, rng=1)
    with torch.no_grad():
        y = layer(torch.ones(DRAWS, 9))
    assert float(y.std()) == pytest.approx(math.hypot(0.1 * 3, 0.5), rel=0.05)


@pytest.mark.parametrize("on", ["weights", "outputs"])
def test_lost_weights_are_zero_and_without_noise(small, on: str) -> None:
    layer = layer_of(small, torch.ones(400, 1))
    for matrix in layer.matrices:
        matrix.input_range = 1.0
    noisy_training(layer, Recipe(noise=GaussianNoise(0.01, on=on), drop=DropConnect(0.25)), rng=1)
    with torch.no_grad():
        y = layer(torch.ones(1))
    assert float((y == 0).double().mean()) == pytest.approx(0.25, abs=0.08)
    assert (y[y != 0] - 1).std() > 0.005


@pytest.mark.parametrize("on", ["weights", "outputs"])
def test_cells_off_the_diagonal_stay_silent(small, on: str) -> None:
    """Four groups of one channel: an output hears its own group alone, noise and all."""
    conv = torch.nn.Conv2d(4, 4, 1, groups=4, bias=False)
    layer = small.analog(model=conv)
    layer.weight_noise = GaussianNoise(0.5, on=on)
    x = torch.zeros(1, 4, 3, 3)
    x[:, 0] = 1.0
    y = layer(x)
    assert y[:, 0].abs().min() > 0
    assert torch.equal(y[:, 1:], torch.zeros(1, 3, 3, 3))


def test_same_seed_same_noise(small) -> None:
    model, x = small.analog(), torch.randn(5, 12)
    for on in ("weights", "outputs"):
        runs = []
        for seed in (1, 1, 2):
            training = noisy_training(
                model, Recipe(noise=GaussianNoise(0.1, on=on)), 2 * x, rng=seed
            )
            runs.append(model(x).detach())
            training.finish()
        assert torch.equal(runs[0], runs[1])
        assert not torch.equal(runs[0], runs[2])


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: GaussianNoise(-0.1), ValueError, "std=-0.1"),
        (lambda: GaussianNoise(0.1, "column"), ValueError, "relative_to='column'"),
        (lambda: GaussianNoise(0.1, on="inputs"), ValueError, "on='inputs'"),
        (lambda: GaussianNoise(0.1, rng="x"), TypeError, "rng must be"),
        (lambda: ProgrammingNoise(IdealDevice()), TypeError, "device must be a StatisticalPCM"),
        (lambda: ProgrammingNoise(t=-1.0), ValueError, "t=-1.0"),
        (lambda: DropConnect(1.5), ValueError, "p=1.5"),
    ],
)
def test_bad_input_is_refused(make, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_devices_without_a_model_are_refused_when_they_are_met() -> None:
    layer = aimc.nn.convert(torch.nn.Linear(3, 2), aimc.presets.ideal)
    layer.weight_noise = ProgrammingNoise()
    with pytest.raises(TypeError, match="got IdealDevice"):
        layer(torch.ones(3))
