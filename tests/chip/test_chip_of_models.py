"""Converted torch models on a chip: one mapping, vectors counted by a traced forward."""

import pytest

torch = pytest.importorskip("torch")

import aimc  # noqa: E402
import aimc.nn  # noqa: E402
from aimc.chip import Chip, NotEnoughCoresError  # noqa: E402

pytestmark = pytest.mark.torch


class Characters(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = torch.nn.LSTM(50, 130, batch_first=True)
        self.out = torch.nn.Linear(130, 50)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.out(self.lstm(x)[0])


def convolutional() -> torch.nn.Module:
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Conv2d(3, 16, 3, padding=1),
        torch.nn.ReLU(),
        torch.nn.Conv2d(16, 32, 3, stride=2),
        torch.nn.ReLU(),
        torch.nn.Flatten(),
        torch.nn.Linear(32 * 49, 10),
    )


def converted(model: torch.nn.Module, serial: int = 7) -> torch.nn.Module:
    return aimc.nn.convert(model, aimc.presets.hermes_core, serial=serial, input_range=None)


def test_the_plan_is_the_models_own_cores() -> None:
    analog, x = converted(convolutional()), torch.rand(4, 3, 16, 16)
    chip = Chip(serial=7)
    plan = chip.map(analog, x)
    assert [layer.mvms for layer in plan.network.layers] == [256, 49, 1]
    assert [layer.kind for layer in plan.network.layers] == ["convolution", "convolution", "dense"]
    indices = [core.index for core in aimc.nn.report(analog).cores]
    assert [tile.core for tile in plan.mapping.placements] == indices
    chip.program()
    result = chip.run(x)
    assert result.outputs.shape == (4, 10)
    assert result.vectors == {"0": 1024, "2": 196, "5": 4}
    again = converted(convolutional())
    aimc.nn.program(again)
    assert torch.equal(result.outputs, again(x))


def test_matrices_of_an_lstm_are_one_group() -> None:
    analog, x = converted(Characters()), torch.rand(2, 12, 50)
    chip = Chip(serial=7)
    plan = chip.map(analog, x)
    gates, output = plan.groups
    assert gates.gdpu
    assert gates.chain == 2
    assert (gates.mvms, output.mvms) == (12, 12)
    time_step = plan.constants.latency(gates, "4-phase")
    assert plan.schedule().interval == pytest.approx(12 * time_step)
    chip.program()
    assert chip.at(3600.0).run(x).outputs.shape == (2, 12, 50)
    with pytest.warns(aimc.RangeWarning, match="plan counts 12"):
        chip.run(x[:, :6])


def test_copies_cost_cores_and_save_time() -> None:
    analog, x = converted(convolutional()), torch.rand(2, 3, 16, 16)
    chip = Chip(serial=7)
    once, more = chip.map(analog, x), chip.map(analog, x, copies={"0": 4})
    assert more.mapping.cores == once.mapping.cores + 3
    assert more.schedule().interval < once.schedule().interval


def test_refusals() -> None:
    x = torch.rand(2, 3, 16, 16)
    with pytest.raises(TypeError, match=r"aimc\.nn\.convert"):
        Chip(serial=7).map(convolutional(), x)
    analog = converted(convolutional())
    with pytest.raises(ValueError, match="sample=None"):
        Chip(serial=7).map(analog)
    with pytest.raises(ValueError, match="serial=8"):
        Chip(serial=8).map(analog, x)
    with pytest.raises(NotEnoughCoresError, match="7 too few"):
        Chip((1, 2), serial=7).map(analog, x)
    with pytest.raises(ValueError, match="copies names 'conv'"):
        Chip(serial=7).map(analog, x, copies={"conv": 2})
    with pytest.raises(ValueError, match="share=True"):
        Chip(serial=7).map(analog, x, share=True)
    chip = Chip(serial=7)
    chip.map(analog, x)
    with pytest.raises(ValueError, match="has its own"):
        chip.program({})
