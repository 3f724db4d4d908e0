"""Weights of aihwkit and aihwkit-lightning, from files that they made, and back to their layers.

The stored models and their accuracies are described in scripts/make_aihwkit_training_reference.py.
"""

from __future__ import annotations

import json
import math
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import aimc
import aimc.nn
from aimc import datasets
from aimc.circuits import ADC, DAC, Periphery
from aimc.cores import Core
from aimc.devices import pcm_2019
from aimc.nn import aihwkit
from aimc.recovery.compensation.global_drift import GlobalDrift

REFERENCE = json.loads(
    (Path(__file__).parent / "data" / "aihwkit_training.json").read_text(encoding="utf-8")
)
CHIPS = 60
# of a difference of two means, and of the ratio of two spreads of so many chips: one false alarm in
# about ten thousand comparisons
FALSE_ALARM = 4.0


def tensors(state: dict[str, Any]) -> dict[str, Any]:
    """Return a stored state dictionary as torch would load it."""
    return {
        name: tensors(value) if isinstance(value, dict) else torch.tensor(value)
        for name, value in state.items()
    }


def perceptron() -> nn.Sequential:
    return nn.Sequential(nn.Linear(64, 24), nn.ReLU(), nn.Linear(24, 10))


class Recurrent(nn.Module):
    """An LSTM under a name, as it would stand in a model."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(3, 4, num_layers=2)


DIGITAL = {
    "linear": lambda: nn.Linear(6, 5),
    "conv": lambda: nn.Conv2d(2, 5, 3),
    "lstm": lambda: nn.LSTM(3, 4, num_layers=2),
}


@pytest.mark.parametrize("name", DIGITAL)
@pytest.mark.parametrize("analog", [False, True])
def test_outputs_are_those_that_aihwkit_computed(name: str, analog: bool) -> None:
    stored = REFERENCE["layers"][name]
    model: Any = DIGITAL[name]()
    if analog:
        model = aimc.nn.convert(model, aimc.presets.ideal)
    written = aihwkit.import_weights(model, tensors(stored["state"]))
    assert set(written) == {key for key, _ in model.named_parameters()}
    if analog:
        aimc.nn.program(model)
    y = model(torch.tensor(stored["x"]))
    y = y[0] if name == "lstm" else y
    torch.testing.assert_close(y, torch.tensor(stored["y"]), rtol=1e-5, atol=2e-6)


def test_names_in_front_are_kept() -> None:
    state = tensors(REFERENCE["layers"]["lstm"]["state"])
    model = Recurrent()
    aihwkit.import_weights(model, {f"lstm.{key}": value for key, value in state.items()})
    x, y = (torch.tensor(REFERENCE["layers"]["lstm"][key]) for key in "xy")
    torch.testing.assert_close(model.lstm(x)[0], y, rtol=1e-5, atol=2e-6)


def test_both_directions_of_a_layer_are_told_apart() -> None:
    model = nn.LSTM(3, 4, bidirectional=True)
    theirs = {
        f"rnn.layers.0.directions.{way}.cell.weight_{kind}.{what}": getattr(
            model, f"{what}_{kind}_l0{'_reverse' if way else ''}"
        ).detach()
        for way in (0, 1)
        for kind in ("ih", "hh")
        for what in ("weight", "bias")
    }
    found = aihwkit.parameters(theirs)
    assert set(found) == set(dict(model.named_parameters()))
    torch.testing.assert_close(found["bias_hh_l0_reverse"], model.bias_hh_l0_reverse)


def test_weights_of_a_compiled_tile_are_found_in_its_state() -> None:
    weight = torch.randn(2, 3)
    state = {
        "analog_module.analog_tile_state": {"analog_tile_weights": weight},
        "analog_module.bias": torch.ones(2),
        "analog_module.mapping_scales": torch.tensor([2.0, 3.0]),
    }
    found = aihwkit.parameters(state)
    torch.testing.assert_close(found["weight"], weight * torch.tensor([[2.0], [3.0]]))


def test_a_bias_in_the_array_is_found_there() -> None:
    class Mapping:
        digital_bias = False

    class Config:
        mapping = Mapping()

    weight = torch.randn(2, 4)
    state = {
        "analog_module.analog_tile_state": {"analog_tile_weights": weight, "rpu_config": Config}
    }
    found = aihwkit.parameters(state)
    torch.testing.assert_close(found["weight"], weight[:, :3])
    torch.testing.assert_close(found["bias"], weight[:, 3])


def test_lightning_and_aihwkit_hold_the_same_perceptron() -> None:
    stored = REFERENCE["perceptron"]
    one, two = perceptron(), perceptron()
    aihwkit.import_weights(one, tensors(stored["state"]))
    aihwkit.import_weights(two, tensors(stored["lightning"]))
    for mine, theirs in zip(one.parameters(), two.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-6, atol=1e-7)
    data = datasets.digits()
    y = one(torch.tensor(datasets.digit_inputs(data.x_test))).argmax(1)
    right = float((y.numpy() == data.y_test).mean())
    assert right == pytest.approx(stored["floating_point"], abs=1e-6)


def core(serial: int = 0, *, index: int = 0) -> Core:
    """Return a core whose devices are all that is not ideal, as in the reference."""
    quiet = Periphery(dac=DAC(bits=None, v_read=0.2), adc=ADC(bits=None), input_range=None)
    return Core(pcm_2019(), periphery=quiet, serial=serial, index=index)


@cache
def over_time(compensated: bool) -> np.ndarray:
    """Return accuracies of shape (chips, times) of the imported perceptron on our cores."""
    data = datasets.digits()
    x, y = torch.tensor(datasets.digit_inputs(data.x_test)), data.y_test
    found = np.empty((CHIPS, len(REFERENCE["times"])))
    digital = perceptron()
    aihwkit.import_weights(digital, tensors(REFERENCE["perceptron"]["state"]))
    for chip in range(CHIPS):
        model = aimc.nn.convert(digital, core, serial=chip)
        aimc.nn.program(model)
        factor = GlobalDrift(probe="one_hot")
        if compensated:
            factor.prepare(model)
        for k, t in enumerate(REFERENCE["times"]):
            gains = dict.fromkeys(range(len(REFERENCE["times"])), 1.0)
            if compensated:
                factor.apply(model, t)
                gains = {view.core.index: view.gain for view in views(model)}
            # one state of read noise for all images, as there
            aimc.nn.at(model, t, partial(_gain, gains), noise="momentary")
            with torch.no_grad():
                found[chip, k] = (model(x).argmax(1).numpy() == y).mean()
    return found


def _gain(gains: dict[int, float], core: Core, t: float) -> float:
    return gains[core.index]


def views(model: nn.Module) -> list[Any]:
    matrices = [m for layer in aimc.nn.analog_layers(model).values() for m in layer.matrices]
    return [view for matrix in matrices for view in matrix.views]


@pytest.mark.parametrize("compensated", [False, True], ids=["raw", "compensated"])
def test_imported_weights_have_the_accuracy_over_time_that_aihwkit_finds(compensated: bool) -> None:
    theirs = np.array(REFERENCE["perceptron"]["compensated" if compensated else "raw"])
    ours = over_time(compensated)
    assert theirs.shape == ours.shape
    for k, t in enumerate(REFERENCE["times"]):
        one, two = theirs[:, k], ours[:, k]
        error = math.sqrt(one.var(ddof=1) / len(one) + two.var(ddof=1) / len(two))
        assert abs(one.mean() - two.mean()) < FALSE_ALARM * error, t
        # spreads of so many values differ by 1 / sqrt(2 n) each, more with tails
        off = abs(math.log(one.std(ddof=1) / two.std(ddof=1)))
        assert off < FALSE_ALARM * 1.3 / math.sqrt(len(one)), t
    # the comparison would notice: a year costs more than the bound, and compensation gives it back
    assert ours[:, 0].mean() - over_time(False)[:, -1].mean() > 0.015
    assert over_time(True)[:, -1].mean() - over_time(False)[:, -1].mean() > 0.01


class Tile(nn.Module):
    """A layer of aihwkit, as far as its weights go."""

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__()
        self.analog_module = nn.Module()
        self.analog_module.register_buffer("alpha", torch.ones(1))
        self.analog_module.bias = nn.Parameter(torch.zeros(rows))
        self.held = torch.zeros(rows, columns), torch.zeros(rows)

    def get_weights(self) -> tuple[torch.Tensor, torch.Tensor]:
        return self.held

    def set_weights(self, weight: torch.Tensor, bias: torch.Tensor) -> None:
        self.held = weight, bias


def test_weights_are_written_to_layers_of_tiles_and_to_what_stands_between() -> None:
    ours = nn.Sequential(nn.Conv2d(2, 5, 3), nn.BatchNorm2d(5), nn.Flatten(), nn.Linear(5, 3))
    theirs = nn.Sequential(Tile(5, 18), nn.BatchNorm2d(5), nn.Flatten(), Tile(3, 5))
    with torch.no_grad():
        ours[1].running_mean += 2.0  # type: ignore[operator]
        ours[1].weight *= 3.0  # type: ignore[operator]
    written = aihwkit.export_weights(aimc.nn.convert(ours, aimc.presets.ideal), theirs)
    assert set(written) == set(ours.state_dict())
    first, norm = theirs[0], theirs[1]
    assert isinstance(first, Tile)
    torch.testing.assert_close(first.held[0], ours[0].weight.flatten(1))
    torch.testing.assert_close(norm.running_mean, ours[1].running_mean)
    torch.testing.assert_close(norm.weight, ours[1].weight)


def test_weights_are_written_to_a_model_of_lightning() -> None:
    class Linear(nn.Linear):
        """A layer of lightning, as far as its weights go."""

        def __init__(self) -> None:
            super().__init__(6, 5)
            self.register_buffer("input_range", torch.tensor([3.0]))

    ours, theirs = nn.Sequential(nn.Linear(6, 5)), nn.Sequential(Linear())
    assert aihwkit.export_weights(ours, theirs) == ("0.weight", "0.bias")
    torch.testing.assert_close(theirs[0].weight, ours[0].weight)
    assert aihwkit.import_weights(ours, theirs) == ("0.weight", "0.bias")
    assert aihwkit.input_ranges(theirs) == {"0": 3.0}


def test_input_ranges_of_tiles_side_by_side_are_the_largest() -> None:
    state = {
        "a.analog_module.array.0.0.input_range": torch.tensor([2.0]),
        "a.analog_module.array.1.0.input_range": torch.tensor([5.0]),
        "b.analog_module.input_range": torch.tensor([1.5]),
        "c.rnn.layers.0.cell.weight_hh.input_range": torch.tensor([0.5]),
    }
    assert aihwkit.input_ranges(state) == {"a": 5.0, "b": 1.5, "c.weight_hh_l0": 0.5}


def broken(**changes: Any) -> dict[str, Any]:
    state = tensors(REFERENCE["layers"]["linear"]["state"]) | changes
    return {name: value for name, value in state.items() if value is not None}


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({}, "source has no 'bias', 'weight' of model; it has nothing"),
        ({"0.weight": torch.ones(5, 6)}, r"it has '0.weight': layers must have the same names"),
        (broken(extra=torch.ones(2)), "model has no 'extra', which source holds"),
        (
            {"weight": torch.ones(6, 5), "bias": torch.ones(5)},
            r"weight has shape \(6, 5\) in source and \(5, 6\)",
        ),
        (
            broken(
                **{
                    "analog_module.array.0.0.tile.weight": None,
                    "analog_module.array.0.0.analog_tile_state": None,
                }
            ),
            "layer '' has a tile without weights.*'analog_tile_state'",
        ),
        (
            broken(**{"analog_module.array.0.0.tile.weight": torch.ones(2, 3)}),
            "do not fit",
        ),
    ],
)
def test_what_cannot_be_read_says_why_and_nothing_is_written(
    source: dict[str, Any], message: str
) -> None:
    model = nn.Linear(6, 5)
    before = model.weight.detach().clone()
    with pytest.raises((ValueError, RuntimeError), match=message):
        aihwkit.import_weights(model, source)
    torch.testing.assert_close(model.weight, before)


def test_other_mistakes_are_named() -> None:
    model = nn.Linear(6, 5)
    with pytest.raises(TypeError, match=r"source must be a torch.nn.Module or a state dictionary"):
        aihwkit.import_weights(model, [1.0])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"model must be a torch.nn.Module, got dict"):
        aihwkit.import_weights({}, model)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="target must be a model of aihwkit"):
        aihwkit.export_weights(model, aimc.nn.convert(model, aimc.presets.ideal))
    with pytest.raises(ValueError, match=r"weight has shape \(5, 6\), target needs \(5, 7\)"):
        aihwkit.export_weights(model, Tile(5, 7))
    with pytest.raises(ValueError, match=r"model has no '0.weight'"):
        aihwkit.export_weights(model, nn.Sequential(Tile(5, 6)))
    with pytest.raises(ValueError, match=r"target has no place for '1.bias', '1.weight' of model"):
        aihwkit.export_weights(nn.Sequential(model, nn.Linear(5, 5)), nn.Sequential(Tile(5, 6)))


def test_stale_devices_of_an_analog_model_are_told() -> None:
    model = aimc.nn.convert(nn.Linear(6, 5), aimc.presets.ideal)
    aimc.nn.program(model)
    stored = REFERENCE["layers"]["linear"]
    aihwkit.import_weights(model, tensors(stored["state"]))
    with pytest.warns(aimc.nn.StaleWeightsWarning, match="hold"):
        model(torch.tensor(stored["x"]))
