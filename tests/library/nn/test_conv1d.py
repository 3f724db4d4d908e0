"""Convolutions over time on ideal cores are torch's; on a chip they are counted and priced."""

from functools import partial

import pytest

import aimc
from aimc.chip import Chip

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
pytestmark = pytest.mark.torch

nn = torch.nn
SMALL = partial(aimc.presets.ideal, 20, 12)

OPTIONS = {
    "plain": {"kernel_size": 3},
    "stride and padding": {"kernel_size": 4, "stride": 3, "padding": 2},
    "no bias": {"kernel_size": 5, "bias": False},
    "same": {"kernel_size": 4, "padding": "same", "dilation": 2},
    "valid": {"kernel_size": 2, "padding": "valid"},
    "dilated": {"kernel_size": 3, "dilation": 4, "padding": 3},
    "reflected": {"kernel_size": 3, "padding": 2, "padding_mode": "reflect"},
    "replicated": {"kernel_size": 3, "padding": 2, "padding_mode": "replicate", "stride": 2},
    "circular": {"kernel_size": 5, "padding": "same", "padding_mode": "circular"},
    "one by one": {"kernel_size": 1},
}


def same(found, expected) -> None:
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_on_ideal_cores(options: dict) -> None:
    digital, x = nn.Conv1d(7, 14, **options), torch.randn(3, 7, 19)
    layer = analog.convert(digital, SMALL)
    analog.program(layer)
    for _ in range(2):
        same(layer(x), digital(x))
        same(layer(x[0]), digital(x[0]))
        ranges = analog.calibrate(layer, [x])
        assert ranges == {"weight": pytest.approx(float(x.abs().max()), rel=0.01)}
        layer.digital = True
    assert layer.matrix().shape == (14, 7 * digital.kernel_size[0])


def test_training_with_weight_noise_reaches_kernels_and_inputs() -> None:
    digital, x = nn.Conv1d(7, 14, 3, padding=1), torch.randn(3, 7, 19)
    layer = analog.convert(digital, SMALL)
    layer.weight_noise = lambda weights: weights
    inputs = [x.clone().requires_grad_() for _ in range(2)]
    for module, given in zip((digital, layer), inputs, strict=True):
        (module(given) ** 2).sum().backward()
    for name, parameter in digital.named_parameters():
        torch.testing.assert_close(
            layer.get_parameter(name).grad, parameter.grad, rtol=1e-4, atol=1e-4
        )
    torch.testing.assert_close(inputs[1].grad, inputs[0].grad, rtol=1e-4, atol=1e-4)
    layer.weight_noise = lambda weights: weights + 0.1
    assert not torch.allclose(layer(x), digital(x), atol=1e-2)


def test_on_a_chip() -> None:
    model = nn.Sequential(nn.Conv1d(40, 64, 9, stride=2), nn.ReLU(), nn.Conv1d(64, 12, 1))
    x = torch.rand(5, 40, 99)
    converted = analog.convert(model, aimc.presets.hermes, serial=7, devices=2)
    chip = Chip(serial=7, devices=2)
    plan = chip.map(converted, x)
    assert [layer.mvms for layer in plan.network.layers] == [46, 46]
    assert [layer.kind for layer in plan.network.layers] == ["convolution"] * 2
    assert plan.mapping.cores == 3  # 360 inputs take two
    analog.calibrate(converted, [x])
    chip.program()
    result = chip.run(x)
    assert result.vectors == {"0": 230, "2": 230}
    error = (result.outputs - model(x)).detach().std() / model(x).detach().std()
    assert 0.005 < float(error) < 0.3
    performance = plan.performance()
    assert performance.energy.value > 0
    assert performance.operations == 2 * 46 * (64 * 360 + 12 * 64)


def test_wrong_inputs_are_named() -> None:
    layer = analog.AnalogConv1d(7, 4, 3, preset=SMALL)
    analog.program(layer)
    assert layer(torch.rand(2, 7, 9)).shape == (2, 4, 7)
    for wrong in (torch.zeros(2, 6, 9), torch.zeros(2, 7, 9, 9), torch.zeros(9)):
        with pytest.raises(ValueError, match=r"input must have shape \(n, 7, length\)"):
            layer(wrong)
    with pytest.raises(ValueError, match=r"layer .*: the kernel reaches over 3 pixels"):
        layer(torch.ones(2, 7, 2))
    with pytest.raises(TypeError, match="floating-point"):
        layer(torch.ones(2, 7, 9, dtype=torch.long))
