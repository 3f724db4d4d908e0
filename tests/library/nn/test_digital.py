"""The way back: a converted model becomes the digital model that it was, with its parameters."""

import copy

import pytest

import aimc

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
pytestmark = pytest.mark.torch

nn = torch.nn


class Network(nn.Module):
    """A convolution, an LSTM and a dense layer, of which one is also in a plain list."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3, padding=1)
        self.lstm = nn.LSTM(8, 5, 2, batch_first=True)
        self.out = nn.Linear(5, 3)
        self.listed = [self.out]

    def forward(self, x):
        h, _ = self.lstm(self.conv(x).relu().flatten(1, 2).flatten(2))
        return self.listed[0](h)


def images():
    return torch.rand(4, 1, 3, 8, generator=torch.Generator().manual_seed(1))


def on_chip(model):
    converted = analog.convert(model, aimc.presets.hermes, serial=3)
    analog.calibrate(converted, [images()])
    analog.program(converted)
    return converted


def test_the_way_there_and_back_is_the_model_itself() -> None:
    model, x = Network(), images()
    converted = on_chip(model)
    cores = analog.report(converted).cores
    back = analog.to_digital(converted)
    assert torch.equal(back(x), model(x))
    assert repr(back) == repr(model)
    for one, other in zip(back.modules(), model.modules(), strict=True):
        assert type(one) is type(other)
        assert vars(one).keys() == vars(other).keys()
    model.load_state_dict(back.state_dict())
    converted.load_state_dict(back.state_dict())
    # the converted model is left as it is
    assert analog.report(converted).cores == cores
    assert converted.out.programmed
    assert back.out.weight is not converted.out.weight
    assert back.listed[0] is back.out


def test_the_parameters_are_those_of_now() -> None:
    converted = on_chip(Network())
    with torch.no_grad():
        converted.out.weight.mul_(2)
    back = analog.to_digital(converted)
    assert torch.equal(back.out.weight, converted.out.weight)
    assert analog.convert(back, aimc.presets.ideal).out.weight.equal(back.out.weight)


def test_what_was_set_on_layers_does_not_come_along() -> None:
    converted = on_chip(Network())
    converted.out.digital, converted.conv.weight_noise = True, torch.sin
    back = analog.to_digital(copy.deepcopy(converted))
    assert not {"digital", "weight_noise", "sums"} & (
        vars(back.out).keys() | vars(back.conv).keys()
    )


def test_layers_that_were_made_analog() -> None:
    layer = analog.AnalogLinear(4, 3, preset=aimc.presets.ideal)
    back = analog.to_digital(layer)
    assert type(back) is nn.Linear
    assert torch.equal(back.weight, layer.weight)


def test_only_models_with_analog_layers_have_a_way_back() -> None:
    with pytest.raises(ValueError, match="no analog layer"):
        analog.to_digital(nn.Linear(4, 3))
    with pytest.raises(TypeError, match="got None"):
        analog.to_digital(None)


def test_the_cores_are_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a core was copied")

    converted = on_chip(Network())
    monkeypatch.setattr(aimc.Core, "__deepcopy__", refuse, raising=False)
    analog.to_digital(converted)
