"""Transposed convolutions on ideal cores are torch's; they are read once per input position."""

from functools import partial

import pytest

import aimc
from aimc.chip import Chip

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
pytestmark = pytest.mark.torch

nn = torch.nn
SMALL = partial(aimc.presets.ideal, 20, 12)
HERMES = partial(aimc.presets.hermes, devices=2)

OPTIONS = {
    "plain": {"kernel_size": 3},
    "doubled": {"kernel_size": 4, "stride": 2, "padding": 1},
    "output padding": {"kernel_size": 3, "stride": 3, "padding": 2, "output_padding": 1},
    "padding beyond the edge": {"kernel_size": 2, "stride": 3, "output_padding": 2},
    "dilated": {"kernel_size": 3, "dilation": 3, "stride": 2, "output_padding": 2, "bias": False},
    "gaps": {"kernel_size": 1, "stride": 3},
    "groups": {"kernel_size": 3, "stride": 2, "groups": 2},
    "depthwise": {"kernel_size": 3, "groups": 6, "padding": 1},
}
AXES = {
    1: (nn.ConvTranspose1d, (3, 6, 8)),
    2: (nn.ConvTranspose2d, (2, 6, 5, 4)),
}


def same(found, expected, tolerance: float = 1e-5) -> None:
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=tolerance)


@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_on_ideal_cores(options: dict, axes: int) -> None:
    kind, shape = AXES[axes]
    digital, x = kind(6, 12, **options), torch.randn(shape)
    layer = analog.convert(digital, SMALL)
    analog.program(layer)
    same(layer(x), digital(x))
    same(layer(x[0]), digital(x[0]))
    same(layer(x[:0]), digital(x[:0]))
    ranges = analog.calibrate(layer, [x])
    assert list(ranges) == [matrix.name for matrix in layer.matrices]
    assert max(ranges.values()) == pytest.approx(float(x.abs().max()), rel=0.01)
    analog.program(layer)
    for layer.digital in (False, True):
        same(layer(x), digital(x))
    assert sum(matrix.size for matrix in layer.matrices) == digital.weight.numel()


def test_options_of_two_axes_and_sizes_of_the_output() -> None:
    digital = nn.ConvTranspose2d(4, 5, (2, 5), (3, 2), (0, 3), (1, 0), dilation=(2, 1))
    layer, x = analog.convert(digital, SMALL), torch.randn(2, 4, 5, 6)
    analog.program(layer)
    same(layer(x), digital(x))
    for size in ((15, 9), (16, 10)):
        same(layer(x, size), digital(x, size))
        same(layer(x[0], output_size=size), digital(x[0], output_size=size))


@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_training_with_weight_noise(options: dict, axes: int) -> None:
    kind, shape = AXES[axes]
    digital, x = kind(6, 12, **options), torch.randn(shape)
    layer = analog.convert(digital, SMALL)
    layer.weight_noise = lambda weights: weights
    inputs = [x.clone().requires_grad_() for _ in range(2)]
    for module, given in zip((digital, layer), inputs, strict=True):
        (module(given) ** 2).sum().backward()
    same(inputs[1].grad, inputs[0].grad, 2e-4)
    for name, parameter in digital.named_parameters():
        torch.testing.assert_close(
            layer.get_parameter(name).grad, parameter.grad, rtol=1e-4, atol=2e-4
        )


def test_in_chunks_it_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    digital, x = nn.ConvTranspose2d(6, 4, 3), torch.randn(7, 6, 5, 4)
    layer = analog.convert(digital, SMALL)
    analog.program(layer)
    monkeypatch.setattr("aimc.nn.conv_transpose.CHUNK", 2 * 20 * 36)
    same(layer(x), digital(x))


def test_few_bits_are_sent_after_calibration() -> None:
    digital, x = nn.ConvTranspose1d(6, 4, 3, stride=2), torch.randn(5, 6, 8)
    layer = analog.convert(digital, SMALL, output_bits=8)
    analog.calibrate(layer, [x])
    analog.program(layer)
    error = float((layer(x) - digital(x)).detach().abs().max())
    assert 1e-4 < error < 0.05


def test_wrong_inputs_are_named() -> None:
    layer = analog.AnalogConvTranspose1d(6, 4, 3, stride=2, preset=SMALL)
    analog.program(layer)
    assert layer(torch.rand(2, 6, 5)).shape == (2, 4, 11)
    with pytest.raises(ValueError, match=r"input must have shape \(n, 6, length\)"):
        layer(torch.zeros(2, 5, 5))
    with pytest.raises(TypeError, match="floating-point"):
        layer(torch.ones(2, 6, 5, dtype=torch.long))


def test_on_a_chip() -> None:
    model = nn.Sequential(
        nn.Conv2d(3, 16, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.ConvTranspose2d(16, 3, 4, stride=2, padding=1),
    )
    x = torch.rand(2, 3, 12, 12)
    converted = analog.convert(model, HERMES, serial=7)
    chip = Chip(serial=7, devices=2)
    plan = chip.map(converted, x)
    first, last = plan.network.layers
    assert (first.shape, first.mvms) == ((16, 27), 36)
    assert (last.shape, last.mvms, last.kind) == ((48, 16), 36, "convolution")
    assert plan.performance().operations == 2 * 36 * (16 * 27 + 48 * 16)
    assert plan.performance().energy.value > 0
    assert "sums of overlaps" in "; ".join(plan.performance().not_included)
    analog.calibrate(converted, [x])
    chip.program()
    result = chip.run(x)
    assert result.outputs.shape == (2, 3, 12, 12)
    assert result.vectors == {"0": 72, "2": 72}
    error = float((result.outputs - model(x)).detach().std() / model(x).detach().std())
    assert 0.005 < error < 0.4
