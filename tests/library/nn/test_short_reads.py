"""In training, a read of a plain periphery is one step, which does what the general way does."""

import copy
import warnings

import pytest
import torch
from torch.utils.checkpoint import checkpoint

import aimc
import aimc.nn as analog
from aimc.backend import gradients, supports
from aimc.circuits import ADC, DAC, Periphery
from aimc.circuits.mvm import TrainingRead
from aimc.devices import pcm_2019
from aimc.nn.matrix import AnalogMatrix, NoisyWeights
from aimc.recovery.training import GaussianNoise

needs_bfloat16 = pytest.mark.skipif(
    not supports("bfloat16", torch.ones(1)), reason="no instructions for it"
)


def core(
    serial: int = 0,
    index: int = 0,
    precision: str | None = None,
    noise: float = 0.05,
    **more: object,
) -> aimc.Core:
    """Return a core of 256 inputs whose converters clip a few inputs and outputs."""
    device, dac = pcm_2019(), DAC(8)
    unit = device.g_max * dac.v_read
    around = Periphery(
        dac,
        ADC(8, 12 * unit),
        2.0,
        read_noise=False,
        output_noise=noise * unit,
        precision=precision,
        **more,
    )
    return aimc.Core(device, periphery=around, serial=serial, index=index)


LAYERS = {
    "one core": lambda: (torch.nn.Linear(200, 70, bias=False), torch.randn(90, 200)),
    "more vectors than inputs": lambda: (torch.nn.Linear(40, 30), torch.randn(5, 60, 40)),
    "two cores of other outputs": lambda: (torch.nn.Linear(200, 300), torch.randn(90, 200)),
    "six cores": lambda: (torch.nn.Linear(600, 300), torch.randn(90, 600)),
    "images": lambda: (torch.nn.Conv2d(3, 8, 3, padding=1), torch.randn(4, 3, 12, 12)),
}


def run(layer: torch.nn.Module, x: torch.Tensor, noise: object) -> list[torch.Tensor]:
    layer.weight_noise, given = noise, x.detach().clone().requires_grad_()
    y = layer(given)
    weights = torch.rand(y.shape, generator=torch.Generator().manual_seed(1)).to(y.dtype)
    return [y.detach(), *torch.autograd.grad((y * weights).sum(), [given, *layer.parameters()])]


@pytest.mark.filterwarnings("ignore::aimc.RangeWarning")
@pytest.mark.parametrize("place", ["weights", "outputs"])
@pytest.mark.parametrize("relative_to", ["output", "tensor"])  # noise of cells, and of each output
@pytest.mark.parametrize("size", [1.0, 0.1], ids=["some clipped", "none clipped"])
@pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
def test_outputs_and_gradients_are_those_of_the_general_way(
    make, size, place, relative_to, monkeypatch
) -> None:
    monkeypatch.setattr(gradients, "AT_ONCE", 1 << 10)  # several parts
    torch.manual_seed(0)
    digital, x = make()
    x = size * x
    both = []
    for short in (True, False):
        with monkeypatch.context() as patch:
            if not short:
                patch.setattr(Periphery, "short", property(lambda self: False))
            layer = analog.convert(copy.deepcopy(digital), core, weight_range="output")
            rng = torch.Generator().manual_seed(3)
            both.append(run(layer, x, GaussianNoise(0.05, relative_to, place, rng)))
    found, wanted = both
    assert torch.equal(found[0], wanted[0])
    torch.testing.assert_close(found[1:], wanted[1:])


@pytest.mark.parametrize("wrong", [torch.nan, torch.inf])
def test_an_input_that_is_not_finite_is_an_error(wrong: float) -> None:
    layer = analog.AnalogLinear(20, 10, preset=core)
    layer.weight_noise = GaussianNoise(0.05, "output", "outputs")
    x = torch.zeros(7, 20)
    x[3, 4] = wrong
    for _ in range(2):  # what was made of the first may be known still
        with pytest.raises(ValueError, match="x must be finite"):
            layer(x)


@pytest.mark.parametrize(
    ("more", "short"),
    [
        ({}, True),
        ({"input_clip": 1.0}, False),
        ({"input_noise": 0.1}, False),
        ({"nonlinearity": 0.1}, False),
        ({"series_resistance": 100.0}, False),
        ({"bound_management": 2}, False),
    ],
)
def test_what_stands_between_takes_the_general_way(more, short, monkeypatch) -> None:
    taken = []
    read = TrainingRead.__call__
    monkeypatch.setattr(TrainingRead, "__call__", lambda *a: taken.append(1) or read(*a))
    layer = analog.AnalogLinear(20, 10, preset=lambda **named: core(**named, **more))
    layer.weight_noise = lambda w: w
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", aimc.RangeWarning)
        layer(torch.randn(7, 20))
    assert bool(taken) is short


class OutputNoise:
    """Noise on outputs alone, whose size may change."""

    size = 0.0

    def for_matrix(self, matrix: AnalogMatrix, weights: torch.Tensor) -> NoisyWeights:
        rng = torch.Generator().manual_seed(3)
        return NoisyWeights(weights, rng=rng, output_noise=self.size)


@pytest.mark.filterwarnings("ignore::aimc.RangeWarning")
@pytest.mark.parametrize(("limit", "size"), [(0.7, 0.0), (None, 0.5)], ids=["range", "noise"])
def test_what_changes_around_the_weights_counts_from_the_next_forward(
    limit: float | None, size: float
) -> None:
    torch.manual_seed(0)
    digital, x = torch.nn.Linear(200, 70), torch.randn(90, 200)
    used, fresh = (analog.convert(digital, core, weight_range="output") for _ in range(2))
    used.weight_noise = fresh.weight_noise = OutputNoise()
    before = used(x)
    fresh.weight_noise.size = size
    if limit is not None:
        used.matrices[0].input_range = fresh.matrices[0].input_range = limit
    assert torch.equal(used(x), fresh(x))
    assert not torch.equal(used(x), before)


@pytest.mark.parametrize(("size", "what"), [(10.0, "inputs"), (1.5, "bit-line currents")])
def test_it_tells_what_is_clipped(size: float, what: str) -> None:
    layer = analog.AnalogLinear(200, 10, bias=False, preset=core)
    torch.nn.init.constant_(layer.weight, 0.1 if what != "inputs" else 0.0)
    layer.weight_noise = lambda w: w
    with pytest.warns(aimc.RangeWarning, match=rf"100\.0% of the {what} lie beyond"):
        layer(torch.full((7, 200), size))


@needs_bfloat16
@pytest.mark.filterwarnings("ignore::aimc.RangeWarning")
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("inputs", [200, 600])  # on one core, and on three that add up
def test_outputs_of_16_bits_are_rounded_once(inputs: int, bias: bool) -> None:
    torch.manual_seed(0)
    digital, x = (
        torch.nn.Linear(inputs, 70, bias=bias).bfloat16(),
        torch.randn(90, inputs).bfloat16(),
    )
    found = []
    for model, given in ((digital, x), (digital.float(), x.float())):
        layer = analog.convert(
            model, lambda **named: core(**named, precision="bfloat16"), weight_range="output"
        )
        layer.weight_noise = GaussianNoise(0.05, "output", "outputs", torch.Generator())
        found.append(layer(given))
        digital = digital.bfloat16()
    assert found[0].dtype == torch.bfloat16
    assert torch.equal(found[0], found[1].bfloat16())


@needs_bfloat16
@pytest.mark.filterwarnings("ignore::aimc.RangeWarning")
@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_activations_computed_again_meet_the_same_noise(kind: torch.dtype) -> None:
    torch.manual_seed(0)
    digital = torch.nn.Sequential(torch.nn.Linear(60, 50), torch.nn.Linear(50, 40)).to(kind)
    x, model = torch.randn(90, 60).to(kind), analog.convert(digital, core, weight_range="output")
    for layer in model:
        layer.weight_noise = GaussianNoise(0.05, "output", "outputs", torch.default_generator)
    found = []
    for again in (False, True):
        torch.manual_seed(7)
        y = checkpoint(model, x, use_reentrant=False) if again else model(x)
        found.append([y, *torch.autograd.grad(y.square().sum(), list(model.parameters()))])
    assert all(torch.equal(*pair) for pair in zip(*found, strict=True))


class Three(torch.nn.Module):
    """Three layers that read one tensor, as queries, keys and values do."""

    def __init__(self, change: float = 0.0) -> None:
        super().__init__()
        self.layers = torch.nn.ModuleList(torch.nn.Linear(60, 50) for _ in range(3))
        self.change = change

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = 2 * x
        found = self.layers[0](x)
        if self.change:
            x += self.change
        return found + self.layers[1](x) * self.layers[2](x)


@pytest.fixture
def conversions(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows with each tensor whose entries become codes."""
    seen: list[int] = []
    rounded = gradients._rounded
    monkeypatch.setattr(gradients, "_rounded", lambda *a: seen.append(1) or rounded(*a))
    return seen


def three(change: float = 0.0) -> torch.nn.Module:
    torch.manual_seed(0)
    model = analog.convert(Three(change), core, weight_range="output")
    for layer in model.layers:
        layer.weight_noise = GaussianNoise(0.05, "output", "outputs", torch.default_generator)
    return model


def gradients_of(
    model: torch.nn.Module, x: torch.Tensor, again: bool = False
) -> list[torch.Tensor]:
    torch.manual_seed(7)
    y = checkpoint(model, x, use_reentrant=False) if again else model(x)
    return [y.detach(), *torch.autograd.grad(y.square().sum(), [x, *model.parameters()])]


@pytest.mark.filterwarnings("ignore::aimc.RangeWarning")
@pytest.mark.parametrize(("change", "times"), [(0.0, 1), (0.5, 2)])
def test_layers_that_read_one_tensor_convert_it_once(
    change, times, conversions, monkeypatch
) -> None:
    model, x = three(change), torch.randn(90, 60, requires_grad=True)
    found = gradients_of(model, x)
    assert len(conversions) == times
    assert gradients._ROUNDED._kept[0]() is None  # nothing outlives the tensor
    again = gradients_of(model, x, again=True)
    assert len(conversions) == 3 * times
    monkeypatch.setattr(gradients._Last, "of", lambda self, source, how, make: make())
    wanted = gradients_of(model, x)
    assert len(conversions) == 3 * times + 3
    assert all(map(torch.equal, found, wanted))
    assert all(map(torch.equal, again, wanted))


@pytest.mark.filterwarnings("ignore::aimc.RangeWarning")
def test_one_reader_may_be_computed_again_and_another_not() -> None:
    model, x = three(), torch.randn(90, 60, requires_grad=True)
    inner, outer = model.layers[0], model.layers[1]
    found = []
    for again in (True, False):
        torch.manual_seed(7)
        y = 2 * x
        first = outer(y)
        second = checkpoint(inner, y, use_reentrant=False) if again else inner(y)
        found.append(
            torch.autograd.grad((first * second).sum(), [x, *model.layers[:2].parameters()])
        )
    assert all(map(torch.equal, *found))


@pytest.mark.filterwarnings("ignore::aimc.RangeWarning")
def test_another_range_is_another_conversion(conversions) -> None:
    model, x = three(), torch.randn(90, 60)
    model.layers[1].matrices[0].input_range = 1.0
    model(x)
    assert len(conversions) == 3
    with torch.inference_mode():  # where changes of a tensor cannot be told
        model(x)
    assert len(conversions) == 6


@pytest.mark.filterwarnings("ignore::aimc.RangeWarning")
def test_a_conversion_in_inference_mode_serves_no_training() -> None:
    model, x = three(), torch.randn(90, 60, requires_grad=True)
    layer = model.layers[0]
    wanted = gradients_of(layer, x.detach().clone().requires_grad_())
    with torch.inference_mode():
        layer(x)
    assert all(map(torch.equal, gradients_of(layer, x), wanted))
