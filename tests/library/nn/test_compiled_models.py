"""Converted models under `torch.compile`: one graph, the numbers of the model without it."""

import copy
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch._dynamo.testing import CompileCounterWithBackend  # noqa: E402
from torch.utils.checkpoint import checkpoint  # noqa: E402

import aimc  # noqa: E402
import aimc.nn  # noqa: E402
from aimc.nn.compiled_call import _KEPT  # noqa: E402
from aimc.recovery.training import GaussianNoise, Recipe, noisy_training  # noqa: E402

pytestmark = pytest.mark.torch

# traces as the default does, and needs no C++ compiler
compiled: Any = partial(torch.compile, fullgraph=True, backend="aot_eager")

NOISE = Recipe(noise=GaussianNoise(0.1, on="outputs"))


class Attending(nn.Module):
    """Attention, whose outputs are a tuple, with a layer behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2)
        self.head = nn.Linear(8, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y, _ = self.attention(x, x, x, need_weights=False)
        return self.head(y)


class Borrowing(nn.Module):
    """A module that asks for the format of another's weights, or multiplies with them."""

    def __init__(self, multiplies: bool) -> None:
        super().__init__()
        self.layer, self.multiplies = nn.Linear(4, 4, bias=False), multiplies

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.multiplies:
            return x @ self.layer.weight
        return self.layer(x.to(self.layer.weight.dtype))


class Router(nn.Module):
    """Scores of experts, with a correction that is no parameter."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(5, 12))
        self.register_buffer("correction", torch.rand(5))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.linear(x, self.weight).sigmoid() + self.correction


def routed() -> nn.Module:
    return nn.Sequential(nn.Linear(12, 12), Router())


def perceptron() -> nn.Module:
    return nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 3))


def convolutional() -> nn.Module:
    grouped = nn.Conv2d(8, 8, 3, stride=2, groups=4)
    up = nn.ConvTranspose2d(8, 2, 3)
    return nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), grouped, up)


MODELS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "dense": (perceptron, (20, 12)),
    "convolutions": (convolutional, (2, 3, 8, 8)),
    "attention": (Attending, (5, 2, 8)),
    "router with a buffer": (routed, (20, 12)),
}


@pytest.fixture(autouse=True)
def _fresh() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    torch._dynamo.reset()
    torch._dynamo.utils.counters.clear()


def programmed(digital: nn.Module, x: torch.Tensor, preset: Any = "hermes") -> Any:
    model = aimc.nn.convert(digital, preset).eval()
    aimc.nn.calibrate(model, [x])
    return aimc.nn.program(model)


@pytest.mark.parametrize("name", MODELS)
def test_without_noise_a_compiled_model_returns_the_same_numbers_in_one_graph(name: str) -> None:
    make, shape = MODELS[name]
    x = torch.rand(shape)
    model = programmed(make(), x, aimc.presets.ideal)
    with torch.no_grad():
        assert torch.equal(compiled(model)(x), model(x))


def test_with_read_noise_it_has_the_same_distribution_and_follows_the_time() -> None:
    x = torch.rand(20, 12)
    model = programmed(perceptron(), x)
    fast = compiled(model)
    means = []
    with torch.no_grad():
        for time in ("1 min", "1 year"):
            aimc.nn.at(model, time, noise="fresh")
            one, other = (torch.stack([run(x) for _ in range(200)]) for run in (fast, model))
            error = (one.var(0) + other.var(0)).div(200).sqrt()
            assert error.min() > 0
            off = (one.mean(0) - other.mean(0)) / error
            assert off.abs().max() < 4.5  # of 60 normal numbers
            assert 0.9 < float(one.std(0).mean() / other.std(0).mean()) < 1.1
            means.append(one.mean())
    assert means[1] < 0.95 * means[0] or means[1] > 1.05 * means[0]


@pytest.mark.parametrize(
    ("name", "again"), [("dense", True), ("convolutions", False), ("attention", False)]
)
def test_a_training_step_is_the_same_and_leaves_nothing_behind(name: str, again: bool) -> None:
    make, shape = MODELS[name]
    x = torch.rand(shape)
    model = aimc.nn.convert(make(), aimc.presets.ideal).train()
    noisy_training(model, NOISE, rng=torch.default_generator)

    def loss(x: torch.Tensor) -> torch.Tensor:
        y = checkpoint(model, x, use_reentrant=False) if again else model(x)
        return y.square().sum()

    gradients = []
    for run in (loss, compiled(loss)):
        torch.manual_seed(1)
        model.zero_grad()
        given = x.clone().requires_grad_()
        run(given).backward()
        gradients.append([given.grad, *(each.grad.clone() for each in model.parameters())])
    for one, other in zip(*gradients, strict=True):
        torch.testing.assert_close(one, other)
    assert not _KEPT
    compiled(loss)(x)  # and no backward pass
    assert not _KEPT


def test_devices_pass_gradients_to_what_lies_before_them_and_to_biases_alone() -> None:
    x = torch.rand(20, 12)
    model = programmed(perceptron(), x)
    given = x.clone().requires_grad_()
    compiled(model)(given).sum().backward()
    assert given.grad is not None
    assert given.grad.abs().max() > 0
    assert model[0].weight.grad is None
    assert model[2].weight.grad is None
    assert model[0].bias.grad is not None


def test_weights_that_are_lent_for_a_call_are_refused() -> None:
    x = torch.rand(20, 12)
    model = aimc.nn.convert(perceptron(), aimc.presets.ideal)
    noisy_training(model, NOISE)
    others = {name: 2 * each for name, each in model.named_parameters()}
    with pytest.raises(RuntimeError, match="lent"):
        compiled(lambda x: torch.func.functional_call(model, others, x))(x)


def test_no_recorded_cuda_graph_repeats_the_numbers_of_an_analog_layer() -> None:
    unsafe = getattr(torch.Tag, "cudagraph_unsafe", None)
    if unsafe is None:
        pytest.skip("this torch has no such tag")
    for operation in (torch.ops.aimc.analog_layer, torch.ops.aimc.analog_layer_backward):
        assert unsafe in operation.default.tags


def test_products_of_other_modules_with_weights_on_cores_are_refused() -> None:
    x = torch.rand(3, 4)
    asks, multiplies = (
        aimc.nn.program(aimc.nn.convert(Borrowing(each), aimc.presets.ideal)).eval()
        for each in (False, True)
    )
    with torch.no_grad():
        assert torch.equal(compiled(asks)(x), asks(x))
        with pytest.raises(aimc.nn.NotConvertibleError, match="compiled"):
            compiled(multiplies)(x)


class Residual(nn.Module):
    """Two layers around a nonlinearity, beside a wire."""

    def __init__(self, inner: int = 16) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(8, inner), nn.Linear(inner, 8)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.second(torch.relu(self.first(x)))


def counting() -> tuple[Any, Callable[..., Any]]:
    """Return what counts graphs, and a compiler that it watches."""
    counter = CompileCounterWithBackend("aot_eager")
    return counter, partial(torch.compile, fullgraph=True, backend=counter)


SAVED = """
import sys, torch, aimc.nn
program = torch.export.load(sys.argv[1])
other = aimc.nn.program(aimc.nn.convert(torch.nn.Linear(8, 4), "ideal"))
try:
    program.module()(torch.ones(2, 8))
except RuntimeError as error:
    print(error)
"""


def test_an_exported_program_finds_no_layer_of_another_process(tmp_path: Path) -> None:
    model, x = aimc.nn.program(aimc.nn.convert(nn.Linear(8, 4), "ideal")).eval(), torch.ones(2, 8)
    program = torch.export.export(model, (x,), strict=True)
    torch.testing.assert_close(program.module()(x), model(x))
    torch.export.save(program, tmp_path / "one.pt2")
    command = [sys.executable, "-c", SAVED, str(tmp_path / "one.pt2")]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "is not in this process" in said


def test_copies_of_a_model_share_a_graph_and_each_reads_its_own_devices() -> None:
    counter, watched = counting()
    x = torch.rand(20, 8)
    model = programmed(nn.Sequential(*[Residual() for _ in range(6)]), x)  # twelve layers
    chips = [aimc.nn.program(copy.deepcopy(model), serial) for serial in range(10)]
    with torch.no_grad():
        for chip in chips:
            aimc.nn.at(chip, "1 month", noise="fresh")
            one, other = (torch.stack([run(x) for _ in range(60)]) for run in (watched(chip), chip))
            error = (one.var(0) + other.var(0)).div(60).sqrt()
            assert ((one.mean(0) - other.mean(0)) / error).abs().max() < 5  # of 160
            assert 0.9 < float(one.std(0).mean() / other.std(0).mean()) < 1.1
        means = torch.stack([torch.stack([chip(x) for _ in range(20)]).mean(0) for chip in chips])
        assert means.std(0).mean() > 3 * error.mean()  # other chips do give other numbers
    assert counter.frame_count == 1
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] == 1


def test_blocks_of_one_make_share_a_graph_in_training_too() -> None:
    counter, watched = counting()
    x = torch.rand(20, 8)
    model = aimc.nn.convert(nn.Sequential(*[Residual() for _ in range(12)]), aimc.presets.ideal)
    noisy_training(model, NOISE, rng=torch.default_generator)

    def step(blocks: Any) -> list[torch.Tensor]:
        torch.manual_seed(1)
        model.zero_grad()
        y = x
        for block in blocks:
            y = block(y)
        y.square().sum().backward()
        return [each.grad.clone() for each in model.parameters()]

    for one, other in zip(step(model), step([watched(each) for each in model]), strict=True):
        torch.testing.assert_close(one, other)
    assert counter.frame_count <= 2  # the first block's input follows no gradient


def test_layers_of_another_make_have_a_graph_of_their_own() -> None:
    class Doubled(nn.Linear):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.cat([super().forward(x)] * 2, dim=-1)

    first = Doubled

    class Doubled(nn.Linear):  # type: ignore[no-redef]
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.cat([super().forward(x)] * 3, dim=-1)

    x = torch.rand(5, 8)
    layers = (first(8, 4), Doubled(8, 4), first(8, 6))
    models = [
        programmed(nn.Sequential(each, nn.Flatten(0)), x, aimc.presets.ideal)  # knows the shape
        for each in layers
    ]
    with torch.no_grad():
        for model in models:
            assert isinstance(model[0], aimc.nn.AnalogLayer)
            assert torch.equal(compiled(model)(x), model(x))


def test_a_model_compiles_beside_an_older_one_that_went_digital() -> None:
    digital = aimc.nn.to_digital(aimc.nn.convert(nn.Sequential(nn.Linear(7, 5)), "ideal"))
    model = aimc.nn.program(aimc.nn.convert(digital, "ideal"))
    x = torch.rand(2, 7)
    assert torch.equal(torch.compile(model, backend="eager")(x), model(x))
