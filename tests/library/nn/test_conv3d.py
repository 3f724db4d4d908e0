"""Convolutions over three axes on ideal cores are torch's; on a chip they are counted."""

from functools import partial

import pytest

import aimc
from aimc.chip import Chip

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
GaussianNoise = pytest.importorskip("aimc.recovery.training").GaussianNoise
pytestmark = pytest.mark.torch

nn = torch.nn
SMALL = partial(aimc.presets.ideal, 20, 12)

OPTIONS = {
    "plain": {"kernel_size": (3, 2, 1)},
    "stride and padding": {"kernel_size": 3, "stride": (1, 2, 2), "padding": (0, 1, 2)},
    "no bias": {"kernel_size": 2, "bias": False},
    "same": {"kernel_size": (2, 3, 4), "padding": "same", "dilation": (1, 2, 1)},
    "valid": {"kernel_size": 2, "padding": "valid"},
    "dilated": {"kernel_size": 2, "dilation": (2, 3, 1), "padding": 1},
    "reflected": {"kernel_size": 3, "padding": 1, "padding_mode": "reflect"},
    "circular": {"kernel_size": 3, "padding": "same", "padding_mode": "circular"},
    "one by one": {"kernel_size": 1},
    "groups": {"kernel_size": 2, "groups": 3},
    "depthwise": {"kernel_size": 3, "groups": 6},
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_on_ideal_cores(options: dict) -> None:
    digital, x = nn.Conv3d(6, 12, **options), torch.randn(3, 6, 5, 8, 7)
    layer = analog.program(analog.convert(digital, SMALL))
    for _ in range(2):
        torch.testing.assert_close(layer(x), digital(x), rtol=1e-5, atol=1e-5)
        torch.testing.assert_close(layer(x[0]), digital(x[0]), rtol=1e-5, atol=1e-5)
        layer.digital = True


@pytest.mark.parametrize("noise", [lambda weights: weights, GaussianNoise(0.0, on="outputs")])
def test_gradients_are_those_of_torch(noise) -> None:
    digital, x = nn.Conv3d(4, 6, 3, padding=1), torch.randn(2, 4, 5, 6, 7)
    layer = analog.convert(digital, SMALL)
    layer.weight_noise = noise
    found = [x.clone().requires_grad_() for _ in range(2)]
    for module, given in zip((digital, layer), found, strict=True):
        (module(given) ** 2).sum().backward()
    for name, parameter in digital.named_parameters():
        torch.testing.assert_close(
            layer.get_parameter(name).grad, parameter.grad, rtol=1e-4, atol=1e-4
        )
    torch.testing.assert_close(found[1].grad, found[0].grad, rtol=1e-4, atol=1e-4)


def test_noise_on_outputs_is_that_of_the_weights() -> None:
    """Its variance grows with the squares of what each position meets."""
    layer = analog.convert(nn.Conv3d(4, 6, 2, bias=False), SMALL)
    x = torch.randn(1, 4, 3, 3, 4)
    spread = {}
    for on in ("weights", "outputs"):
        layer.weight_noise = GaussianNoise(0.1, on=on, rng=3)
        with torch.no_grad():
            spread[on] = torch.stack([layer(x) for _ in range(3000)]).std(dim=0)
    torch.testing.assert_close(spread["outputs"], spread["weights"], rtol=0.08, atol=0.0)


def test_on_a_chip() -> None:
    model = nn.Sequential(nn.Conv3d(3, 8, 3, bias=False), nn.BatchNorm3d(8), nn.Conv3d(8, 4, 1))
    x = torch.rand(2, 3, 5, 6, 7)
    model(x)
    folded = analog.fold_batch_norm(model.eval())
    assert isinstance(folded[1], nn.Identity)
    torch.testing.assert_close(folded(x), model(x))
    converted = analog.convert(folded, aimc.presets.hermes, serial=7, devices=2)
    chip = Chip(serial=7, devices=2)
    plan = chip.map(converted, x)
    assert [layer.mvms for layer in plan.network.layers] == [3 * 4 * 5] * 2
    assert plan.mapping.cores == 2
    analog.calibrate(converted, [x])
    chip.program()
    result = chip.run(x)
    assert result.vectors == {"0": 120, "2": 120}
    error = (result.outputs - model(x)).detach().std() / model(x).detach().std()
    assert 0.005 < float(error) < 0.3
    back = analog.to_digital(converted)
    assert type(back[0]) is nn.Conv3d
    torch.testing.assert_close(back(x), folded(x))
