"""Converted torch models on a chip: one mapping, vectors counted by a traced forward."""

import warnings
from typing import Any

import pytest

import aimc
from aimc.chip import Chip, NotEnoughCoresError, ScopeError
from aimc.cores import Programmed

torch = pytest.importorskip("torch")
pytest.importorskip("aimc.nn")
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
    return aimc.nn.convert(model, aimc.presets.hermes, serial=serial, input_range=None)


def test_the_plan_is_the_models_own_cores() -> None:
    analog, x = converted(convolutional()), torch.rand(4, 3, 16, 16)
    chip = Chip(serial=7)
    plan = chip.map(analog, x)
    assert [layer.mvms for layer in plan.network.layers] == [256, 49, 1]
    assert [layer.kind for layer in plan.network.layers] == ["convolution", "convolution", "dense"]
    indices = [core.index for core in aimc.nn.report(analog).cores]
    assert [tile.core for tile in plan.mapping.tiles] == indices
    chip.program()
    result = chip.run(x)
    assert result.outputs.shape == (4, 10)
    assert result.vectors == {"0": 1024, "2": 196, "5": 4}
    again = converted(convolutional())
    aimc.nn.program(again)
    assert torch.equal(result.outputs, again(x))


def test_models_and_their_chip_keep_the_protocol_of_what_is_programmed() -> None:
    analog, x = converted(Characters()), torch.rand(2, 12, 50)
    model, chip = aimc.nn.AnalogModel(analog), Chip(serial=7)
    chip.map(analog, x)
    for each in (model, chip, analog.lstm, analog.out):
        assert isinstance(each, Programmed)
    assert chip.cores == model.cores == (*analog.lstm.cores, *analog.out.cores)
    with pytest.raises(TypeError, match="a torch model has its own weights"):
        model.program({"out": analog.out.weight})  # type: ignore[arg-type]
    assert model.program() is model
    now = {name: w.clone() for name, w in model.weights().items()}
    assert list(now) == ["lstm.weight_ih_l0", "lstm.weight_hh_l0", "out"]
    assert torch.equal(now["out"], analog.out.weights())
    assert torch.equal(now["lstm.weight_hh_l0"], analog.lstm.weights()["weight_hh_l0"])
    assert torch.equal(chip.matrix("out").weights(), now["out"])
    later = chip.at("1 d").weights()["out"]
    assert later.abs().sum() < 0.97 * now["out"].abs().sum()
    assert chip.forward(x).shape == model.forward(x).shape == (2, 12, 50)
    with pytest.raises(ValueError, match="layer='lstm' is no matrix"):
        chip.matrix("lstm")


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
    with pytest.raises(ValueError, match=r"aimc\.nn\.convert"):
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
    for empty in (lambda: chip.map(analog, x[:0]), lambda: chip.run(x[:0])):
        with pytest.raises(ValueError, match=r"(sample|x) must hold examples"):
            empty()
    with pytest.raises(TypeError, match="x: batch 0 must be a NumPy array or a torch tensor"):
        chip.run(x.tolist())


def test_a_model_is_mapped_and_run_in_batches() -> None:
    analog, x = converted(convolutional()), torch.rand(4, 3, 16, 16)
    chip = Chip(serial=7)
    data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, x), batch_size=2)
    one, plan = chip.map(analog, x), chip.map(analog, data)
    assert plan.network == one.network
    aimc.nn.calibrate(analog, data)
    chip.program()
    whole, parts = chip.run(x), chip.run(data)
    assert parts.vectors == whole.vectors
    assert parts.outputs.shape == whole.outputs.shape
    assert float((parts.outputs - whole.outputs).detach().abs().max()) < 0.2


def test_copies_of_one_of_two_matrices_that_add_up() -> None:
    analog, x = converted(Characters()), torch.rand(2, 12, 50)
    name = next(layer.name for layer in Chip(serial=7).map(analog, x).network.layers)
    with pytest.raises(ValueError, match="copies of layers whose sums are added must be equal"):
        Chip(serial=7).map(analog, x, copies={name: 2})


def test_two_layers_on_one_core_are_refused() -> None:
    layers = [aimc.nn.AnalogLinear(8, 8, preset=aimc.presets.hermes, serial=7) for _ in range(2)]
    with pytest.raises(ValueError, match=r"0\.weight and 1\.weight are both on core 0"):
        Chip(serial=7).map(torch.nn.Sequential(*layers), torch.rand(2, 8))


class ByName(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = torch.nn.Linear(8, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc(input=x)


def test_inputs_by_name_are_counted() -> None:
    chip, x = Chip(serial=7), torch.rand(3, 8)
    chip.map(converted(ByName()), x)
    chip.program()
    assert chip.run(x).vectors == {"fc": 3}


def test_a_sample_may_hold_tensors_by_name() -> None:
    plan = Chip(serial=7).map(converted(ByName()), {"x": torch.rand(3, 8)})
    assert [layer.mvms for layer in plan.network.layers] == [1]


def test_outputs_of_a_recurrent_layer_are_described() -> None:
    chip, x = Chip(serial=7), torch.rand(2, 3, 20)
    chip.map(converted(torch.nn.LSTM(20, 10, batch_first=True)), x)
    chip.program()
    text = str(chip.run(x))
    assert text.startswith("outputs of shape ((2, 3, 10), ((1, 2, 10), (1, 2, 10))), 0 s after")


def test_time_is_that_of_the_devices_whoever_set_it() -> None:
    analog, x = converted(convolutional()), torch.rand(2, 3, 16, 16)
    chip = Chip(serial=7)
    chip.map(analog, x)
    chip.program()
    times = [chip.at(3600.0).run(x).t]
    for t in (86400.0, 0.0):
        aimc.nn.at(analog, t)
        times.append(chip.run(x).t)
    assert times == [3600.0, 86400.0, 0.0]
    analog[0].at(60.0)
    with pytest.warns(aimc.RangeWarning, match="from 0 s to 60 s"):
        assert chip.run(x).t == 60.0


def silent(chip: Chip, x: torch.Tensor) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        chip.run(x)


def test_outputs_that_are_not_of_the_devices_are_loud() -> None:
    model = convolutional()
    model.insert(4, torch.nn.Dropout(0.5))
    analog, x = converted(model), torch.rand(2, 3, 16, 16)
    chip = Chip(serial=7)
    chip.map(analog, x)
    chip.program()
    with pytest.warns(aimc.RangeWarning, match=r"training mode.*model\.eval\(\)"):
        chip.run(x)
    analog.eval()
    silent(chip, x)
    analog[0].weight_noise = lambda weights: weights
    with pytest.warns(aimc.RangeWarning, match="1 of 3 matrices compute with weight_noise"):
        chip.run(x)
    for layer in (analog[0], analog[2], analog[6]):
        layer.digital = True
    with pytest.warns(aimc.RangeWarning) as caught:
        chip.run(x)
    (warning,) = caught  # what is digital meets no weight noise
    assert "3 of 3 matrices compute in floating point" in str(warning.message)


def test_outputs_of_another_chip_are_not_beside_the_costs_of_this() -> None:
    analog, x = converted(convolutional()), torch.rand(2, 3, 16, 16)
    chip = Chip(serial=7)
    chip.map(analog, x)
    aimc.nn.program(analog, serial=9)
    with pytest.raises(ValueError, match=r"the model is on chip \[9\], this is chip 7"):
        chip.run(x)


@pytest.mark.parametrize(
    ("option", "other", "words"),
    [
        ("devices", 1, "devices=1, the costs of cores with devices=2"),
        ("read_mode", "1-phase", "with a 1-phase read, the costs of a 4-phase read"),
    ],
)
def test_outputs_and_costs_are_of_one_kind_of_core(option: str, other: Any, words: str) -> None:
    x, one = torch.rand(2, 8), {option: other}
    analog = aimc.nn.convert(
        torch.nn.Linear(8, 4), aimc.presets.hermes, serial=7, polarity_asymmetry=0.1, **one
    )
    chip, same = Chip(serial=7), Chip(serial=7, polarity_asymmetry=0.1, **one)
    with pytest.warns(aimc.RangeWarning, match=words):
        chip.map(analog, x)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        same.map(analog, x)
    for each in (chip, same):
        each.program()
    with pytest.warns(aimc.RangeWarning, match=words):
        chip.run(x)
    silent(same, x)
    if option == "devices":  # costs of a given activity do not depend on them
        given = Chip(serial=7, activity=1.0)
        given.map(analog, x)
        silent(given, x)


class Residual(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.c1 = torch.nn.Conv2d(3, 16, 3, padding=1)
        self.c2 = torch.nn.Conv2d(16, 16, 3, padding=1)
        self.pool = torch.nn.AdaptiveAvgPool2d(1)
        self.norm, self.act = torch.nn.LayerNorm(16), torch.nn.GELU()
        self.fc = torch.nn.Linear(16, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        first = torch.relu(self.c1(x))
        pooled = self.pool(first + torch.relu(self.c2(first))).flatten(1)
        return torch.softmax(self.fc(self.act(self.norm(pooled))), -1)


def test_a_cost_names_what_stayed_digital() -> None:
    x, costs = torch.rand(2, 3, 16, 16), []
    for skip in ((), ("c2",)):
        analog = aimc.nn.convert(Residual(), aimc.presets.hermes, serial=7, skip=skip)
        costs.append(Chip(serial=7).map(analog, x).performance())
    whole, part = costs
    others = ("sums of activations", "AdaptiveAvgPool2d", "LayerNorm", "GELU", "softmax")
    for cost in costs:
        text = "; ".join(cost.not_included)
        assert all(name in text for name in others)
        assert "relu" not in text.lower()  # local digital units do it
        assert "Conv2d" not in text.replace("c2 (Conv2d)", "")
    assert (whole.scope, part.scope) == ("network", "part")
    assert "whole inference" in str(whole)
    assert "whole inference" not in str(part)
    assert "layers that stayed digital: c2 (Conv2d)" in str(part)
    assert part.energy.value < 0.7 * whole.energy.value
    with pytest.raises(ScopeError, match="scope"):
        _ = part.energy / whole.energy


def test_sums_and_products_of_activations_are_seen_in_functions_only() -> None:
    class Attention(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.q, self.k, self.v = (torch.nn.Linear(8, 8) for _ in range(3))
            self.look, self.turn = torch.nn.Embedding(5, 8), torch.nn.RNN(8, 8, batch_first=True)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y = self.turn(self.look(x))[0]
            scores = self.q(y) @ self.k(y).transpose(1, 2)
            return scores.softmax(-1) @ self.v(y) + 1.0

    with pytest.warns(aimc.nn.LeftDigitalWarning):
        analog = converted(Attention())
    plan = Chip(serial=7).map(analog, torch.zeros(2, 4, dtype=torch.long))
    cost = plan.performance()
    assert cost.scope == "part"
    assert cost.digital == ("turn (RNN)",)
    assert set(cost.other) == {
        "Embedding", "softmax", "products of activations, such as attention",
    }  # fmt: skip
    again = Chip(serial=7).map(analog, torch.zeros(2, 4, dtype=torch.long))
    assert again.performance().other == cost.other  # hooks are gone after each look
