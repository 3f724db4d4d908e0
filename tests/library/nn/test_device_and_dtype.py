"""Layers are made where and in which format torch's are."""

import pytest

import aimc

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
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
