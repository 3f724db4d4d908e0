"""GRUs on ideal cores are torch's; a network that spots keywords runs on a chip and has a cost."""

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
    "one": {},
    "batch first": {"batch_first": True},
    "deep, no bias": {"num_layers": 3, "bias": False},
    "both ways": {"bidirectional": True},
    "both ways, deep": {"bidirectional": True, "num_layers": 2, "batch_first": True},
}


def same(found, expected, tolerance: float = 1e-5) -> None:
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=tolerance)


@pytest.mark.parametrize("options", CASES.values(), ids=CASES)
def test_on_ideal_cores(options: dict) -> None:
    digital = nn.GRU(7, 9, **options)
    gru = analog.convert(digital, SMALL)
    analog.program(gru)
    x, cells = torch.randn(3, 5, 7), digital.num_layers * (1 + digital.bidirectional)
    n = 3 if digital.batch_first else 5
    for given in (None, torch.randn(cells, n, 9)):
        same(gru(x, given), digital(x, given))
    one = torch.randn(cells, 9)
    same(gru(x[0], one), digital(x[0], one))
    ranges = analog.calibrate(gru, [x])
    assert list(ranges)[:4] == [
        "weight_ih_l0:rz", "weight_hh_l0:rz", "weight_ih_l0:n", "weight_hh_l0:n",
    ]  # fmt: skip
    analog.program(gru)
    for gru.digital in (False, True):
        same(gru(x), digital(x))


@pytest.mark.parametrize("through_devices", [False, True])
@pytest.mark.parametrize("options", CASES.values(), ids=CASES)
def test_gradients_are_those_of_torch(options: dict, through_devices: bool) -> None:
    digital, x = nn.GRU(7, 9, **options), torch.randn(4, 3, 7)
    gru = analog.convert(digital, SMALL)
    drawn = []
    if through_devices:
        analog.program(gru, gradients=True)
    else:
        gru.weight_noise = lambda weights: drawn.append(tuple(weights.shape)) or weights
    inputs = [x.clone().requires_grad_() for _ in range(2)]
    for module, given in zip((digital, gru), inputs, strict=True):
        (module(given)[0] ** 2).sum().backward()
    same(inputs[1].grad, inputs[0].grad, 1e-4)
    for name, parameter in digital.named_parameters():
        same(gru.get_parameter(name).grad, parameter.grad, 1e-4)
    if not through_devices:
        assert drawn[:4] == [(18, 7), (18, 9), (9, 7), (9, 9)]
        assert len(drawn) == len(gru.matrices)


def test_changed_parameters_are_noticed() -> None:
    gru, x = analog.convert(nn.GRU(7, 9), SMALL), torch.randn(4, 3, 7)
    analog.program(gru)
    with torch.no_grad():
        gru.weight_hh_l0[20:] += 0.1  # the new gate
    with pytest.warns(analog.StaleWeightsWarning):
        before = gru(x)[0]
    analog.program(gru)
    assert not torch.allclose(gru(x)[0], before, atol=1e-3)


def test_wrong_inputs_are_named() -> None:
    gru = analog.AnalogGRU(7, 9, 2, bidirectional=True, preset=SMALL)
    analog.program(gru)
    x = torch.rand(5, 3, 7)
    assert gru(x)[0].shape == (5, 3, 18)
    with pytest.raises(ValueError, match=r"hx must have shape \(4, 3, 9\), got \(2, 3, 9\)"):
        gru(x, torch.zeros(2, 3, 9))
    with pytest.raises(TypeError, match="hx must be a tensor, got tuple"):
        gru(x, (torch.zeros(4, 3, 9), torch.zeros(4, 3, 9)))
    with pytest.raises(TypeError, match="PackedSequence"):
        gru(nn.utils.rnn.pack_sequence([x[:, 0]]))
    with pytest.raises(ValueError, match="at least one step"):
        gru(x[:0])
    with pytest.raises(ValueError, match="7 entries"):
        gru(torch.zeros(5, 3, 8))
    with pytest.raises(ValueError, match="proj_size"):
        analog.AnalogGRU(7, 9, proj_size=3, preset=SMALL)


def test_few_bits_are_sent_after_calibration() -> None:
    digital, x = nn.GRU(7, 9), torch.randn(20, 3, 7)
    gru = analog.convert(digital, SMALL, output_bits=8)
    analog.calibrate(gru, [x])
    analog.program(gru)
    error = float((gru(x)[0] - digital(x)[0]).detach().abs().max())
    assert 1e-4 < error < 0.05


class KeywordSpotter(nn.Module):
    """40 cepstral coefficients, 100 steps, 12 words."""

    def __init__(self) -> None:
        super().__init__()
        self.gru, self.words = nn.GRU(40, 128, batch_first=True), nn.Linear(128, 12)

    def forward(self, x: "torch.Tensor") -> "torch.Tensor":
        return self.words(self.gru(x)[0][:, -1])


def test_a_keyword_spotter_runs_on_a_chip() -> None:
    model, x = KeywordSpotter(), torch.randn(4, 100, 40)
    converted = analog.convert(model, HERMES, serial=7)
    chip = Chip(serial=7, devices=2)
    plan = chip.map(converted, x)
    assert {layer.name: layer.shape for layer in plan.network.layers} == {
        "gru.weight_ih_l0:rz": (256, 40),
        "gru.weight_hh_l0:rz": (256, 128),
        "gru.weight_ih_l0:n": (128, 40),
        "gru.weight_hh_l0:n": (128, 128),
        "words": (12, 128),
    }
    assert [group.chain for group in plan.groups] == [2, 1, 1, 1]
    assert [group.stage for group in plan.groups] == [0, 0, 0, 1]
    assert plan.mapping.cores == 5
    # the gates, with the longest chain, set the pace of the steps
    gates, words = plan.groups[0], plan.groups[-1]
    assert plan.schedule().interval == pytest.approx(100 * plan.constants.latency(gates, "4-phase"))
    assert (gates.mvms, words.mvms) == (100, 1)
    performance = plan.performance()
    assert performance.operations == 2 * (100 * 384 * 168 + 12 * 128)
    assert 0 < performance.energy.value < 1e-3
    assert performance.scope == "network"
    analog.calibrate(converted, [x])
    chip.program()
    result = chip.run(x)
    assert result.vectors["gru.weight_hh_l0:n"] == 400
    error = float((result.outputs - model(x)).detach().std())
    assert 0.001 < error < 0.2
