"""What other simulators let pass without a word, and what a user lost days with: here it is told.

Each test is a mistake that has been seen in the field (configurations with a misspelt field, layers
that stayed digital, noise that was never on, weights that never changed), made on purpose.
"""

from __future__ import annotations

import warnings
from dataclasses import FrozenInstanceError, replace
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import aimc
import aimc.nn
from aimc.circuits import ADC, DAC, Periphery
from aimc.devices import pcm_2019, pcm_2025, pcm_hermes
from aimc.nn import LeftDigitalWarning, StaleWeightsWarning
from aimc.nn.layer import ConstantDevicesWarning
from aimc.recovery.compensation.global_drift import GlobalDrift
from aimc.validation import RangeWarning, UnprogrammedError

DAY = 86400.0
HERMES = partial(aimc.presets.hermes, devices=2)
X = torch.linspace(-0.9, 0.9, 40).reshape(5, 8)


def dense(out: int = 6) -> nn.Linear:
    torch.manual_seed(0)
    return nn.Linear(8, out)


def programmed(serial: int = 3, model: nn.Module | None = None) -> Any:
    made: Any = aimc.nn.convert(dense() if model is None else model, HERMES, serial=serial)
    aimc.nn.calibrate(made, [X])
    aimc.nn.program(made)
    return made


# ---- settings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda: ADC(bit=8),  # type: ignore[call-arg]
        lambda: DAC(resolution=8),  # type: ignore[call-arg]
        lambda: Periphery(input_bound=1.0),  # type: ignore[call-arg]
        lambda: replace(pcm_2019(), gmax=1e-5),  # type: ignore[call-arg]
        lambda: aimc.nn.convert(dense(), aimc.presets.hermes, device=2),
        lambda: aimc.nn.convert(dense(), HERMES, weights_range="output"),
    ],
)
def test_a_misspelt_setting_is_refused(make: Any) -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument"):
        make()


@pytest.mark.parametrize("thing", [DAC(bits=8), Periphery(), pcm_2019()])
def test_a_setting_that_does_not_exist_cannot_be_assigned(thing: Any) -> None:
    with pytest.raises((AttributeError, TypeError, FrozenInstanceError)):
        thing.noise_level = 0.1
    with pytest.raises(FrozenInstanceError):
        setattr(thing, next(iter(thing.__dataclass_fields__)), None)


def test_bits_are_bits_and_zero_is_not_ideal() -> None:
    for bits in (0, 1, 256):
        with pytest.raises(ValueError, match=f"bits={bits}"):
            ADC(bits=bits)
    with pytest.raises(TypeError, match="bits must be an integer"):
        DAC(bits=1 / 254)  # type: ignore[arg-type]


# ---- layers that stay digital -------------------------------------------------------------------


def test_attention_and_recurrent_layers_are_on_cores_too() -> None:
    encoder = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    names = set(aimc.nn.analog_layers(aimc.nn.convert(encoder, HERMES)))
    assert {"linear1", "linear2"} < names
    assert any("attn" in name for name in names)
    lstm = aimc.nn.convert(nn.Sequential(nn.LSTM(8, 4)), HERMES)
    assert set(aimc.nn.analog_layers(lstm)) == {"0"}


def test_a_layer_that_stays_digital_is_named() -> None:
    model = nn.ModuleDict({"good": dense(), "left": nn.Bilinear(4, 4, 3)})
    with pytest.warns(LeftDigitalWarning, match="left"):
        aimc.nn.convert(model, HERMES)


def test_a_bare_matrix_is_named() -> None:
    class Own(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = dense()
            self.bare = nn.Parameter(torch.zeros(8, 8))

    with pytest.warns(LeftDigitalWarning, match="bare|Own"):
        aimc.nn.convert(Own(), HERMES)


class Listed(nn.Module):
    """A module that keeps some of its layers where torch does not look."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Sequential(dense(), nn.ReLU())
        self.again = [self.inner[0]]  # one that torch knows of
        self.parts = {"a": [nn.ReLU(), dense(8)]}
        self.parts["self"] = self.parts


def test_layers_in_a_plain_list_are_named() -> None:
    with pytest.warns(
        LeftDigitalWarning, match=r"x\.parts\['a'\]\[1\] \(Linear\).*ModuleList"
    ) as told:
        model = aimc.nn.convert(nn.ModuleDict({"x": Listed()}), HERMES)
    assert len(told) == 1
    assert "again" not in str(told[0].message)
    assert [each.path for each in aimc.nn.report(model).digital] == ["x.parts['a'][1]"]
    assert aimc.nn.report(model).analog_share < 0.5
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        aimc.nn.convert(nn.ModuleDict({"x": Listed(), "y": dense()}), HERMES, skip=("x",))
    with pytest.raises(ValueError, match=r"parts\['a'\]\[1\]"):
        aimc.nn.convert(nn.ModuleDict({"x": Listed()}), HERMES, skip=("x.inner",))


# ---- devices that were never written ------------------------------------------------------------


def test_what_was_not_programmed_cannot_be_evaluated_or_drift() -> None:
    model = aimc.nn.convert(dense(), HERMES)
    with pytest.raises(UnprogrammedError, match="program"):
        model(X)
    with pytest.raises(UnprogrammedError, match="program"):
        aimc.nn.at(model, DAY)


def test_weights_that_changed_after_programming_are_told() -> None:
    model = programmed()
    with torch.no_grad():
        model.weight *= 1.5
    with pytest.warns(StaleWeightsWarning, match="program"):
        model(X)
    model = programmed()
    model.load_state_dict(nn.Linear(8, 6).state_dict())
    with pytest.warns(StaleWeightsWarning, match="program"):
        model(X)


def test_a_training_that_does_not_reach_the_weights_is_told() -> None:
    """Devices are constants to a gradient: a loop on them learns biases and nothing else."""
    model = programmed().train()
    with pytest.warns(ConstantDevicesWarning, match="reaches no weight"):
        model(X).sum().backward()
    assert model.weight.grad is None
    assert model.bias.grad is not None


@pytest.mark.parametrize("way", ["noise", "digital", "gradients", "eval", "frozen", "no_grad"])
def test_a_loop_that_knows_what_it_does_is_not_told_so(way: str) -> None:
    model, x = programmed().train(), X.clone().requires_grad_()
    if way == "noise":
        model.weight_noise = lambda w: w + 0.01 * torch.randn_like(w)
    elif way == "digital":
        model.digital = True
    elif way == "gradients":
        aimc.nn.program(model, gradients=True)
    elif way == "eval":
        model.eval()
    elif way == "frozen":
        model.weight.requires_grad_(False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with torch.set_grad_enabled(way != "no_grad"):
            y = model(x)
        if way != "no_grad":
            y.sum().backward()


# ---- noise that is not there --------------------------------------------------------------------


@pytest.mark.parametrize("training", [False, True])
def test_noise_is_on_in_evaluation_as_in_training(training: bool) -> None:
    model = programmed().train(training)
    with torch.no_grad():
        one, two = model(X), model(X)
        exact = nn.functional.linear(X, model.weight, model.bias)
    assert not torch.equal(one, two)  # read noise is drawn for each read
    assert 0.005 < float((one - exact).std() / exact.std()) < 0.5


@pytest.mark.parametrize("training", [False, True])
def test_a_compensation_acts_in_training_mode_too(training: bool) -> None:
    model = programmed().train(training)
    with torch.no_grad():
        aimc.nn.at(model, DAY, 1.0)
        one = sum(model(X) for _ in range(100)) / 100 - model.bias
        aimc.nn.at(model, DAY, 2.0)
        two = sum(model(X) for _ in range(100)) / 100 - model.bias
    assert float((one * two).sum() / (one * one).sum()) == pytest.approx(2.0, rel=0.02)


def test_drift_keeps_the_programming_error_and_the_devices() -> None:
    """Time neither replaces the programming error nor draws other devices."""
    targets = np.full(4000, 10e-6)
    state = pcm_hermes(2).program(targets, 1)
    first, later = state.at(0.0), state.at(DAY)
    assert np.corrcoef(first, later)[0, 1] > 0.85  # devices drift differently
    np.testing.assert_array_equal(later, state.at(DAY))
    np.testing.assert_array_equal(first, state.at(0.0))


def test_a_model_without_drift_warns_when_it_is_asked_for_it() -> None:
    state = pcm_2025().program(np.full(5, 10e-6), 1)
    with pytest.warns(RangeWarning, match="extrapolation"):
        state.at(DAY)


def test_a_time_beyond_the_model_is_told() -> None:
    model = programmed()
    with pytest.warns(RangeWarning, match="extrapolation"):
        aimc.nn.at(model, 100 * 365 * DAY)


# ---- drift compensation -------------------------------------------------------------------------


def test_a_compensation_without_a_reference_is_refused() -> None:
    model, factor = programmed(), GlobalDrift()
    with pytest.raises(ValueError, match="call prepare"):
        factor.apply(model, DAY)
    factor.prepare(model)
    aimc.nn.program(model, serial=4)
    with pytest.raises(ValueError, match="again after each programming"):
        factor.apply(model, DAY)


def test_the_bias_of_magnitudes_is_shown_and_smaller_in_the_projection() -> None:
    """Small weights under noise and converters that do not drift: one of two factors is too low."""
    rng = np.random.default_rng(0)
    weights = np.clip(0.05 * rng.normal(size=(128, 128)), -1, 1)
    weights[0, 0] = 1.0
    factors = {}
    for estimate in ("mean", "projection"):
        core = aimc.presets.rasch2023(5, rows=128, columns=128).program(weights)
        factor = GlobalDrift(probe="one_hot", estimate=estimate)
        factor.prepare(core)
        factors[estimate] = factor.apply(core, 365 * DAY).view.gain
    held, now = core.at(0.0).weights(), core.at(365 * DAY).weights()
    best = float((held * now).sum() / (now * now).sum())
    assert factors["mean"] < 0.8 * best
    assert abs(factors["projection"] - best) < 0.6 * abs(factors["mean"] - best)


# ---- seeds --------------------------------------------------------------------------------------


def test_the_serial_number_and_nothing_else_chooses_the_devices() -> None:
    outputs = []
    for seed, serial in ((0, 3), (1, 3), (0, 4)):
        torch.manual_seed(seed)
        np.random.seed(seed)  # noqa: NPY002 (what another program may do)
        model = programmed(serial, dense())
        with torch.no_grad():
            outputs.append(model(X))
    assert torch.equal(outputs[0], outputs[1])
    assert not torch.equal(outputs[0], outputs[2])


# ---- ranges -------------------------------------------------------------------------------------


def test_ranges_are_of_magnitudes_not_of_signed_values() -> None:
    model = aimc.nn.convert(dense(), HERMES)
    aimc.nn.calibrate(model, [-X.abs() - 2.0])
    assert model.matrices[0].input_range > 2.0


def test_inputs_beyond_the_range_are_told() -> None:
    model = programmed()
    with pytest.warns(RangeWarning, match="input_range"):
        model(10 * X)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_numbers_that_are_none_do_not_pass(bad: float) -> None:
    model = dense()
    with torch.no_grad():
        model.weight[0, 0] = bad
    with pytest.raises(ValueError, match="finite"):
        aimc.nn.program(aimc.nn.convert(model, HERMES))
    wild = X.clone()
    wild[0, 0] = bad
    with pytest.raises(ValueError, match="finite"):
        programmed()(wild)


def test_no_two_layers_share_devices_unseen() -> None:
    """Layers made one by one on one chip must not stand on the same cores."""
    make = partial(aimc.nn.AnalogLinear, 8, 6, preset=HERMES, serial=3)
    model = nn.Sequential(make(), make())
    with pytest.raises(ValueError, match="first_core"):
        aimc.nn.program(model)


def test_a_matrix_of_a_layer_takes_tensors_alone_and_stays_as_it_was() -> None:
    layer = aimc.nn.convert(nn.Linear(6, 4), "hermes")
    aimc.nn.program(layer)
    before = layer.matrix().cores[0].weights()
    with pytest.raises(TypeError, match="weights must be a tensor, got ndarray"):
        layer.matrix().program(np.zeros((4, 6)))
    assert torch.equal(layer.matrix().cores[0].weights(), before)
