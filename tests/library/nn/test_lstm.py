"""LSTMs in both directions and with projections: torch's on ideal cores, priced on a chip."""

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

CASES = {
    "both ways": {"bidirectional": True},
    "both ways, deep": {"bidirectional": True, "num_layers": 3, "batch_first": True},
    "no bias": {"bidirectional": True, "bias": False, "num_layers": 2},
    "projected": {"proj_size": 4, "batch_first": True},
    "projected, deep": {"proj_size": 3, "num_layers": 2, "bias": False},
    "all": {"proj_size": 4, "num_layers": 2, "bidirectional": True},
}


def same(found, expected, tolerance: float = 1e-5) -> None:
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=tolerance)


def states(lstm: "nn.LSTM", *batch: int):
    cells = lstm.num_layers * (1 + lstm.bidirectional)
    sizes = lstm.proj_size or lstm.hidden_size, lstm.hidden_size
    return tuple(torch.randn(cells, *batch, size) for size in sizes)


@pytest.mark.parametrize("options", CASES.values(), ids=CASES)
def test_on_ideal_cores(options: dict) -> None:
    digital = nn.LSTM(7, 9, **options)
    lstm = analog.convert(digital, SMALL)
    analog.program(lstm)
    x = torch.randn(3, 5, 7)
    n = 3 if digital.batch_first else 5
    for given in (None, states(digital, n)):
        same(lstm(x, given), digital(x, given))
    one = states(digital)
    same(lstm(x[0], one), digital(x[0], one))
    ranges = analog.calibrate(lstm, [x])
    assert list(ranges) == [matrix.name for matrix in lstm.matrices]
    analog.program(lstm)
    for lstm.digital in (False, True):
        same(lstm(x), digital(x))


@pytest.mark.parametrize("options", CASES.values(), ids=CASES)
def test_training_with_weight_noise(options: dict) -> None:
    digital, x = nn.LSTM(7, 9, **options), torch.randn(4, 3, 7)
    lstm = analog.convert(digital, SMALL)
    drawn = []
    lstm.weight_noise = lambda weights: drawn.append(tuple(weights.shape)) or weights
    for module in (digital, lstm):
        (module(x)[0] ** 2).sum().backward()
    assert len(drawn) == len(lstm.matrices)  # once per forward, not per step
    for name, parameter in digital.named_parameters():
        same(lstm.get_parameter(name).grad, parameter.grad, 1e-4)


def test_dropout_is_between_layers() -> None:
    digital = nn.LSTM(7, 9, 2, dropout=0.9, bidirectional=True).eval()
    lstm, x = analog.convert(digital, SMALL), torch.randn(4, 3, 7)
    analog.program(lstm)
    same(lstm(x)[0], digital(x)[0])
    lstm.train()
    assert not torch.allclose(lstm(x)[0], digital(x)[0], atol=1e-3)


def test_states_have_the_sizes_of_cells() -> None:
    lstm = analog.convert(nn.LSTM(7, 9, bidirectional=True, proj_size=4), SMALL)
    good = torch.zeros(2, 3, 4), torch.zeros(2, 3, 9)
    with pytest.raises(ValueError, match=r"hx\[0\] must have shape \(2, 3, 4\), got \(2, 3, 9\)"):
        lstm(torch.zeros(5, 3, 7), (good[1], good[1]))
    with pytest.raises(ValueError, match=r"hx\[1\] must have shape \(2, 3, 9\), got \(1, 3, 9\)"):
        lstm(torch.zeros(5, 3, 7), (good[0], good[1][:1]))


def test_directions_of_equal_size_are_two_sums_of_one_stage() -> None:
    model = nn.LSTM(40, 50, bidirectional=True, batch_first=True)
    converted, x = analog.convert(model, HERMES, serial=7), torch.randn(2, 6, 40)
    chip = Chip(serial=7, devices=2)
    plan = chip.map(converted, x)
    assert [layer.stage for layer in plan.network.layers] == [0, 0, 0, 0]
    there, back = plan.groups
    assert there.name == "AnalogLSTM.weight_ih_l0 + AnalogLSTM.weight_hh_l0"
    assert back.layers[1].name == "AnalogLSTM.weight_hh_l0_reverse"
    assert (there.chain, there.mvms, there.gdpu) == (2, 6, True)
    # both ways work at the same time: as long as one, and twice the operations
    one = analog.convert(nn.LSTM(40, 50, batch_first=True), HERMES, serial=7)
    single = Chip(serial=7, devices=2).map(one, x)
    assert plan.schedule().interval == pytest.approx(single.schedule().interval)
    assert plan.performance().operations == 2 * single.performance().operations
    assert plan.performance().energy.value > 1.5 * single.performance().energy.value
    analog.calibrate(converted, [x])
    chip.program()
    result = chip.run(x)
    assert set(result.vectors.values()) == {12}
    error = float((result.outputs[0] - model(x)[0]).detach().std())
    assert 0.001 < error < 0.1


def test_a_projection_waits_for_its_gates() -> None:
    model = nn.LSTM(40, 50, 2, proj_size=20, batch_first=True)
    converted, x = analog.convert(model, HERMES, serial=7), torch.randn(2, 6, 40)
    chip = Chip(serial=7, devices=2)
    plan = chip.map(converted, x)
    assert [layer.stage for layer in plan.network.layers] == [0, 0, 1, 2, 2, 3]
    assert plan.mapping.cores == 6
    assert [layer.mvms for layer in plan.network.layers] == [6] * 6
    assert plan.performance().energy.value > 0
    analog.calibrate(converted, [x])
    chip.program()
    assert chip.run(x).outputs[0].shape == (2, 6, 20)
