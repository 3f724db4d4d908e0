"""Copies of models are the same chips, and layers notice that their devices hold old weights."""

import copy
import pickle
import warnings

import pytest

import aimc

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
pytestmark = pytest.mark.torch

nn = torch.nn


def on_cores(module, preset=aimc.presets.ideal, **options):
    converted = analog.convert(module, preset, **options)
    analog.program(converted)
    return converted


def same(found, expected, tolerance: float = 2e-6) -> None:
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=tolerance)


def test_old_weights_on_devices_are_pointed_out() -> None:
    layer = on_cores(nn.Linear(4, 3))
    x = torch.rand(2, 4)
    before = layer(x)
    with torch.no_grad():
        layer.weight.mul_(2)
    with pytest.warns(analog.StaleWeightsWarning, match="old weights") as caught:
        after = layer(x)
    assert caught[0].filename == __file__
    same(after, before)
    layer.program()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not torch.allclose(layer(x), before)


def fused_step(layer) -> None:
    layer.weight_noise = lambda weights: weights
    optimiser = torch.optim.AdamW(layer.parameters(), 0.1, fused=True)
    layer(torch.rand(2, 4)).square().sum().backward()
    optimiser.step()
    layer.weight_noise = None


def fused_step_elsewhere(layer) -> None:
    layer.weight.grad = torch.ones_like(layer.weight)  # of a module that shares it
    torch.optim.SGD([layer.weight], 0.1, fused=True).step()


def added_to_data(layer) -> None:
    layer.weight.data += 0.1


def replaced_twice(layer) -> None:
    for _ in range(2):
        layer.weight = nn.Parameter(torch.randn_like(layer.weight))


def rounded(layer) -> None:
    layer.bfloat16().float()


UNCOUNTED = [fused_step, fused_step_elsewhere, added_to_data, replaced_twice, rounded]


@pytest.mark.parametrize("change", UNCOUNTED)
def test_changes_that_torch_does_not_count_are_pointed_out(change) -> None:
    for _ in range(4):  # a new tensor may be where an old one was, by chance
        layer, x = on_cores(nn.Linear(4, 3)), torch.rand(2, 4)
        layer(x)
        change(layer)
        with pytest.warns(analog.StaleWeightsWarning):
            layer(x)


COPIES = {
    "copy": copy.deepcopy,
    "pickle": lambda layer: pickle.loads(pickle.dumps(layer)),
    "the layer itself": lambda layer: layer,
}


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
def test_copies_know_whether_their_devices_hold_old_weights(copied) -> None:
    fresh, stale = on_cores(nn.Linear(4, 3)), on_cores(nn.LSTM(4, 3, 2))
    with torch.no_grad():
        stale.weight_hh_l1.mul_(2)
    fresh, stale = copied(copied(fresh)), copied(copied(stale))
    x = torch.rand(2, 4)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fresh(x)
    for _ in range(2):
        with pytest.warns(analog.StaleWeightsWarning) as caught:
            stale(x)
        assert len(caught) == 1


def test_only_other_values_are_old_weights() -> None:
    layer, x = on_cores(nn.Linear(4, 3)), torch.rand(2, 4)
    vector = nn.utils.parameters_to_vector(layer.parameters()).detach()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(2):
            nn.utils.vector_to_parameters(vector.clone(), layer.parameters())
            layer(x)
        layer.half()
        layer(x.half())
        layer.load_state_dict(layer.state_dict())
        layer(x.half())
    layer.float().program()
    nn.utils.vector_to_parameters(2 * vector, layer.parameters())
    with pytest.warns(analog.StaleWeightsWarning, match="old weights"):
        layer(x)


def test_a_copy_of_a_layer_with_gradients_has_constant_devices() -> None:
    layer = analog.convert(nn.LSTM(4, 3), aimc.presets.hermes)
    analog.program(layer, gradients=True)
    analog.at(layer, 60.0, noise="momentary")
    x = torch.rand(5, 4)
    layer(x)
    twin = copy.deepcopy(nn.Sequential(layer))[0]
    assert not twin.cores[0].state.g_programmed.requires_grad
    same(twin(x)[0], layer(x)[0], 1e-6)
    layer(x)[0].sum().backward()
    assert layer.weight_ih_l0.grad is not None


def test_a_copy_of_a_programmed_layer_is_the_same_chip() -> None:
    layer = on_cores(nn.Linear(4, 3), aimc.presets.hermes, serial=2)
    twin = copy.deepcopy(layer)
    x = torch.rand(2, 4)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        same(twin.cores[0].at(0.0).weights(), layer.cores[0].at(0.0).weights(), 0.0)
        same(twin(x), layer(x), 0.05)


class Tied(nn.Module):
    """Multiplies with a parameter of its part, as `torch.fx` writes it down."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 4, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.linear(self.layer(x), self.layer.weight)


def test_copies_of_traced_models_are_on_cores_and_in_the_same_mode() -> None:
    x, model = torch.rand(2, 4), torch.fx.symbolic_trace(Tied().eval())
    digital = model(x)
    chips = on_cores(model), copy.deepcopy(copy.deepcopy(on_cores(model)))
    for chip in (*chips, pickle.loads(pickle.dumps(chips[0]))):
        assert not chip.training
        with torch.no_grad():
            chip.layer.weight.zero_()
        with pytest.warns(analog.StaleWeightsWarning):
            same(chip(x), digital)  # both products are those of the devices


def test_a_forward_may_be_called_by_its_name() -> None:
    model, x = Tied(), torch.rand(2, 4)
    digital, chip = model(x), on_cores(model)
    with torch.no_grad():
        chip.layer.weight.zero_()
    with pytest.warns(analog.StaleWeightsWarning):
        same(chip.forward(x), digital)


def test_to_compile_a_layer_alone_changes_nothing() -> None:
    layer, x = on_cores(nn.Linear(4, 3)), torch.rand(2, 4)
    layer.compile(fullgraph=True)
    twin = copy.deepcopy(layer)
    with torch.no_grad():
        twin.weight.zero_()
    twin.program()
    same(twin(x), twin.bias.expand(2, 3))
    assert not torch.allclose(layer(x), twin(x))
