"""Layers of one's own: said where their matrix is, they go on cores like torch's."""

import copy
import pickle
from collections.abc import Iterator

import pytest

import aimc
from aimc.chip import Chip

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
selection = pytest.importorskip("aimc.nn.selection")
pytestmark = pytest.mark.torch

nn = torch.nn


class Conv1D(nn.Module):
    """As in GPT-2 of Hugging Face's ``transformers``: weight (in, out), y = x W + b."""

    def __init__(self, nf: int, nx: int) -> None:
        super().__init__()
        self.nf, self.nx = nf, nx
        self.weight = nn.Parameter(0.1 * torch.randn(nx, nf))
        self.bias = nn.Parameter(torch.rand(nf))

    def forward(self, x):
        out = torch.addmm(self.bias, x.view(-1, x.size(-1)), self.weight)
        return out.view(*x.size()[:-1], self.nf)


class AnalogConv1D(analog.AnalogDense, Conv1D):
    transposed_weight = True


class Table(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.rand(3, 5))

    def forward(self, features):
        return features @ self.table.T


class AnalogTable(analog.AnalogDense, Table):
    weight_name, bias_name = "table", None


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    before = dict(selection.COUNTERPARTS)
    analog.register(Conv1D, AnalogConv1D)
    analog.register(Table, AnalogTable)
    yield
    selection.COUNTERPARTS.clear()
    selection.COUNTERPARTS.update(before)


class Block(nn.Module):
    """The feed-forward part of a block of GPT-2, and a last layer."""

    def __init__(self) -> None:
        super().__init__()
        self.c_fc, self.c_proj, self.table = Conv1D(280, 5), Conv1D(5, 280), Table()

    def forward(self, x):
        return self.table(features=self.c_proj(nn.functional.gelu(self.c_fc(x=x))))


def converted(preset=aimc.presets.ideal, **options):
    digital = Block()
    model = analog.convert(digital, preset, **options)
    analog.calibrate(model, torch.randn(3, 4, 5))
    analog.program(model)
    return digital, model


def test_transposed_weights_are_multiplied_the_right_way() -> None:
    digital, model = converted()
    x = torch.randn(2, 4, 5)
    torch.testing.assert_close(model(x), digital(x), rtol=1e-5, atol=1e-5)
    shapes = {m.layer: (m.shape, m.grid) for m in analog.report(model).matrices}
    assert shapes == {
        "c_fc": ((280, 5), (2, 1)),
        "c_proj": ((5, 280), (1, 2)),
        "table": ((3, 5), (1, 1)),
    }
    assert isinstance(model.c_fc, Conv1D)
    assert model.state_dict().keys() == digital.state_dict().keys()


def test_the_devices_are_those_of_a_dense_layer() -> None:
    own, dense = Conv1D(280, 5), nn.Linear(5, 280)
    with torch.no_grad():
        dense.weight.copy_(own.weight.T)
    cores = []
    for layer in (own, dense):
        model = analog.convert(layer, aimc.presets.hermes, serial=3)
        analog.program(model)
        cores.append([core.at(0.0).weights() for core in model.cores])
    assert [len(each) for each in cores] == [2, 2]
    for one, other in zip(*cores, strict=True):
        assert torch.equal(one, other)


def test_they_can_do_what_other_layers_can() -> None:
    digital, model = converted(aimc.presets.hermes, serial=3)
    x = torch.randn(2, 4, 5)
    for copied in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        same = model.c_fc.cores[1].at(0.0).weights()
        assert torch.equal(copied.c_fc.cores[1].at(0.0).weights(), same)
        assert copied(x).shape == (2, 4, 3)
    back = analog.to_digital(model)
    assert [type(module) for module in back.children()] == [Conv1D, Conv1D, Table]
    assert torch.equal(back(x), digital(x))
    chip = Chip(serial=3)
    plan = chip.map(model, x)
    assert {layer.name: layer.mvms for layer in plan.network.layers} == {
        "c_fc": 4,
        "c_proj": 4,
        "table": 4,
    }
    run = chip.run(x)
    assert run.vectors == {"c_fc": 8, "c_proj": 8, "table": 8}
    model.requires_grad_(False)
    model.c_fc.requires_grad_(True)
    for layer in (model.c_fc, model.c_proj):
        layer.weight_noise = torch.clone
    model(x).sum().backward()
    assert model.c_fc.weight.grad.shape == (5, 280)


def test_a_layer_that_is_not_what_was_said_is_refused() -> None:
    class Wrong(analog.AnalogDense, Conv1D):
        pass

    selection.COUNTERPARTS[Conv1D] = Wrong
    with pytest.raises(
        analog.NotConvertibleError, match=r"bias must have shape \(5,\).*transposed"
    ):
        analog.convert(Conv1D(280, 5), aimc.presets.ideal)
    selection.COUNTERPARTS[Conv1D] = AnalogConv1D
    model = converted()[1]
    for x, error, message in (
        (torch.rand(2, 6), ValueError, "'c_fc': input must have 5 entries"),
        (torch.ones(2, 5, dtype=torch.int64), TypeError, "floating-point"),
    ):
        with pytest.raises(error, match=message):
            model(x)
    with pytest.raises(TypeError, match="takes one input, got 2"):
        model.c_fc(torch.rand(2, 5), torch.rand(2, 5))


def test_only_counterparts_can_be_registered() -> None:
    class Elsewhere(analog.AnalogDense):
        pass

    class Reversed(Conv1D, analog.AnalogDense):
        pass

    for kind, counterpart, message in (
        (3, AnalogConv1D, "kind must be a class"),
        (Conv1D, Conv1D, "analog must inherit from an analog layer"),
        (Conv1D, Elsewhere, r"AnalogConv1D\(aimc\.nn\.AnalogDense, Conv1D\)"),
        (Conv1D, Reversed, "and then from Conv1D"),
        (analog.AnalogLinear, AnalogConv1D, "kind must be the digital layer"),
    ):
        with pytest.raises(TypeError, match=message):
            analog.register(kind, counterpart)
    analog.register(Conv1D, AnalogConv1D)

    class Another(analog.AnalogDense, Conv1D):
        pass

    with pytest.raises(ValueError, match="on cores as AnalogConv1D already"):
        analog.register(Conv1D, Another)
