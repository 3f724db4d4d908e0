"""Layers are made where and in which format torch's are."""

import pytest

import aimc
from aimc.backend import supports
from aimc.circuits import ADC, DAC, Periphery
from aimc.circuits.mvm import TrainingRead
from aimc.devices import pcm_2019

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
training = pytest.importorskip("aimc.recovery.training")
pytestmark = pytest.mark.torch

LAYERS = {
    "linear": (analog.AnalogLinear, (4, 3), (2, 4)),
    "convolution": (analog.AnalogConv2d, (1, 2, 3), (2, 1, 5, 5)),
    "one axis": (analog.AnalogConv1d, (1, 2, 3), (2, 1, 5)),
    "transposed": (analog.AnalogConvTranspose2d, (1, 2, 3), (2, 1, 5, 5)),
    "gru": (analog.AnalogGRU, (4, 3), (5, 2, 4)),
    "lstm": (analog.AnalogLSTM, (4, 3), (5, 2, 4)),
}


@pytest.mark.parametrize(("kind", "sizes", "shape"), LAYERS.values(), ids=LAYERS)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float16])
def test_parameters_and_outputs_have_the_dtype(kind, sizes, shape, dtype) -> None:
    layer = kind(*sizes, preset=aimc.presets.ideal, device="cpu", dtype=dtype)
    assert {parameter.dtype for parameter in layer.parameters()} == {dtype}
    layer.program()
    y = layer(torch.rand(shape, dtype=dtype))
    assert (y[0] if isinstance(y, tuple) else y).dtype == dtype
    exact = analog.to_digital(layer)(torch.ones(shape, dtype=dtype))
    y = layer(torch.ones(shape, dtype=dtype))
    torch.testing.assert_close(y, exact, rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize(("kind", "sizes", "shape"), LAYERS.values(), ids=LAYERS)
def test_a_large_layer_can_be_made_without_memory(kind, sizes, shape) -> None:
    layer = kind(*sizes, preset=aimc.presets.hermes, device="meta")
    assert {parameter.device.type for parameter in layer.parameters()} == {"meta"}
    assert len(layer.cores) == len(kind(*sizes, preset=aimc.presets.hermes).cores)


def test_the_preset_does_not_get_them() -> None:
    def preset(serial: int, index: int, **options: object):
        assert options == {"devices": 1}
        return aimc.presets.hermes(serial, index=index)

    analog.AnalogLinear(4, 3, preset=preset, device="cpu", dtype=torch.float32, devices=1)


def bfloat16_core(serial: int = 0, index: int = 0) -> aimc.Core:
    """Return a core of 256 inputs and outputs whose products are computed in 16 bits."""
    device, dac = pcm_2019(), DAC(8)
    adc = ADC(8, 20 * device.g_max * dac.v_read)
    around = Periphery(dac, adc, 1.0, read_noise=False, precision="bfloat16")
    return aimc.Core(device, periphery=around, serial=serial, index=index)


@pytest.mark.skipif(not supports("bfloat16", torch.ones(1)), reason="no instructions for it")
@pytest.mark.parametrize("vectors", [20, 700])  # fewer than inputs, and more
@pytest.mark.parametrize("inputs", [200, 500])  # on one core, and on two
def test_weights_of_16_bits_train_without_a_copy_as_their_copies_do(
    vectors, inputs, monkeypatch
) -> None:
    """Products read the parameter's own memory; outputs and gradients are those of 32 bits."""
    torch.manual_seed(0)
    read, made = [], TrainingRead._made

    def watched(self: TrainingRead, *given: object) -> object:
        found = made(self, *given)
        read.append(found.matrix)
        return found

    monkeypatch.setattr(TrainingRead, "_made", watched)
    half = torch.nn.Linear(inputs, 300).bfloat16()
    x = torch.rand(vectors, inputs).bfloat16()
    found = []
    for digital in (half.float(), half.bfloat16()):
        layer = analog.convert(digital, bfloat16_core, weight_range="output")
        layer.weight_noise = training.GaussianNoise(0.05, "output", "outputs")
        given = x.detach().to(layer.weight.dtype, copy=True).requires_grad_()
        read.clear()
        y = layer(given)
        y.sum().backward()
        found.append((y, given.grad, layer.weight.grad, layer.bias.grad))
    for other, one in zip(*found, strict=True):
        assert (one.float() - other).norm() < 0.02 * other.norm()
    own = layer.weight.untyped_storage().data_ptr()
    assert len(read) == len(layer.cores)
    assert all(each.untyped_storage().data_ptr() == own for each in read)
