"""What each flaw and each layer costs: the parts behave as parts, on the same chips."""

import copy
import warnings
from functools import partial

import numpy as np
import pytest

import aimc
from aimc.circuits import equivalent_bits
from aimc.devices import IdealDevice
from aimc.validation import RangeWarning

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
evaluation = pytest.importorskip("aimc.recovery.evaluation")
flaws = pytest.importorskip("aimc.recovery.evaluation.flaws")
pytestmark = pytest.mark.torch

QUIET = {"progress": False}


@pytest.fixture(scope="module")
def budget(case):
    return evaluation.error_budget(case.model, case.test, chips=4, t="1 d", **QUIET)


@pytest.fixture(scope="module")
def sensitivity(case):
    return evaluation.sensitivity(case.model, case.test, chips=4, t="1 d", measure="loss", **QUIET)


@pytest.fixture(scope="module")
def rasch(case):
    model = analog.convert(case.net, aimc.presets.rasch2023)
    analog.calibrate(model, case.x)
    return model


def test_flaws_are_those_of_the_cores(case, rasch):
    assert flaws.present(case.model) == (
        "programming noise", "drift", "read noise", "input converter", "output converter",
    )  # fmt: skip
    assert flaws.present(rasch)[-2:] == ("circuit noise", "wires")
    ideal = analog.convert(case.net, aimc.presets.ideal)
    assert flaws.present(ideal) == ()
    rounded = analog.convert(case.net, aimc.presets.ideal, output_bits=8)
    assert flaws.present(rounded) == ("rounded sums",)


def test_without_all_flaws_nothing_is_left_of_the_error(case, rasch):
    for model in (case.model, rasch):
        freed = flaws.freed(model, flaws.present(model))
        analog.program(freed, serial=3)
        analog.at(freed, 86400.0)
        with torch.no_grad():
            torch.testing.assert_close(freed(case.x), case.net(case.x), rtol=1e-4, atol=1e-4)


def test_an_ideal_input_converter_does_not_clip(case):
    model = copy.deepcopy(case.model)
    for layer in analog.analog_layers(model).values():
        layer.matrices[0].input_range = 0.1
    freed = flaws.freed(model, flaws.present(model))
    analog.program(freed, serial=3)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore", RangeWarning)
        torch.testing.assert_close(freed(case.x), case.net(case.x), rtol=1e-4, atol=1e-4)


def test_an_ideal_input_converter_changes_nothing_behind_it(rasch):
    """Currents keep their size, so that output noise and wires weigh as much as before."""
    weights = {}
    for off in ((), ("input converter",)):
        model = flaws.freed(rasch, off)
        analog.program(model, serial=1)
        core = model[0].cores[0]
        weights[off] = core.periphery.input_range, core.periphery.output_noise, core.weights()
    (one, two) = weights.values()
    assert one[:2] == two[:2]
    torch.testing.assert_close(one[2], two[2])


def test_an_ideal_output_converter_leaves_the_mapping_alone():
    """Weights that are scaled down for an ADC stay so: else their devices would be better ones."""
    layer = torch.nn.Linear(60, 3, bias=False)
    torch.nn.init.uniform_(layer.weight, 0.8, 1.0)
    model = analog.convert(torch.nn.Sequential(layer), aimc.presets.rasch2023)
    analog.calibrate(model, torch.ones(10, 60))
    states = []
    for off in ((), ("output converter",)):
        freed = flaws.freed(model, off)
        analog.program(freed, serial=1)
        states.append(freed[0].cores[0].state.g_target)
    assert states[0].max() < 0.5 * freed[0].cores[0].device.g_max
    torch.testing.assert_close(*states)


def test_clipped_inputs_are_said_once(case):
    model = copy.deepcopy(case.model)
    model[0].matrices[0].input_range = 0.5
    with pytest.warns(RangeWarning) as caught:
        evaluation.error_budget(model, case.test, chips=2, flaws=["drift"], **QUIET)
    assert len(caught) == 1


def test_freeing_leaves_the_model_and_its_preset_alone(case):
    twin = flaws.freed(case.model, ["drift"])
    assert isinstance(twin[0].matrices[0].setup.preset, flaws.Flawed)
    analog.program(twin, serial=1)
    assert not twin[0].cores[0].device.drift
    assert twin[0].cores[0].device.programming_noise
    assert not isinstance(case.model[0].matrices[0].setup.preset, flaws.Flawed)


def test_a_freed_chip_keeps_its_other_errors(case):
    """The programming errors of a chip are the same with and without drift."""
    found = []
    for off in ([], ["drift", "read noise"]):
        model = flaws.freed(case.model, off)
        analog.program(model, serial=1)
        found.append(model[0].cores[0].state.g_programmed)
    torch.testing.assert_close(*found)


def test_alone_is_less_than_together_and_each_helps(budget):
    whole = budget.errors["all flaws"].mean()
    assert budget.errors["no flaw"].max() < 1e-5
    for flaw in budget.flaws:
        assert budget.errors[f"only {flaw}"].mean() < whole
    for flaw in ("programming noise", "drift", "read noise"):
        assert np.all(budget.errors[f"all but {flaw}"] < budget.errors["all flaws"])


def test_independent_errors_add_as_squares(budget):
    """What single flaws cost alone explains the whole, nearly: the layers see the same inputs."""
    parts = sum(budget.errors[f"only {flaw}"].mean() ** 2 for flaw in budget.flaws)
    assert parts**0.5 == pytest.approx(budget.errors["all flaws"].mean(), rel=0.15)


def test_bits_and_losses_are_of_the_numbers(budget):
    error = float(budget.errors["all flaws"].mean())
    assert budget.bits("all flaws") == equivalent_bits(error)
    lost = budget.loss("all flaws").mean
    assert lost == pytest.approx(budget.floating_point - budget.values["all flaws"].mean())
    assert budget.loss("no flaw").mean == 0.0
    with pytest.raises(ValueError, match="variant='only rain'"):
        budget.loss("only rain")


def test_tables_and_figures(budget, sensitivity):
    for found in (budget, sensitivity):
        assert str(found).count("±") >= 2
        assert found.as_rows()
        assert found.plot().axes
    assert "all but drift" in str(budget)
    assert "won if digital" in str(sensitivity)


def test_chosen_flaws_only(case):
    found = evaluation.error_budget(
        case.model, case.test, chips=2, flaws=["drift"], measure="loss", **QUIET
    )
    assert list(found.values) == ["all flaws", "no flaw", "only drift", "all but drift"]
    assert found.loss("all flaws").mean > 0  # a loss grows
    for names, match in ((["rain"], "'rain' is not allowed"), (["wires"], "do not have")):
        with pytest.raises(ValueError, match=match):
            evaluation.error_budget(case.model, case.test, chips=2, flaws=names, **QUIET)


def test_devices_without_single_effects_are_refused(case):
    class Plain:
        name, sources, g_max = "plain", (), 1e-6
        program = IdealDevice(1e-6).program
        drift_factor = IdealDevice(1e-6).drift_factor
        read_noise_std = IdealDevice(1e-6).read_noise_std

    with pytest.raises(ValueError, match="'plain' have no single effects"):
        flaws.has_flaw(aimc.Core(Plain()), "drift")


def test_errors_of_layers_do_not_pile_up(case):
    """The second layer's error is for exact inputs: it is that of the layer alone."""
    model = copy.deepcopy(case.model)
    analog.program(model, serial=2)
    both = evaluation.layer_errors(model, case.x)
    model[0].digital = True
    alone = evaluation.layer_errors(model, case.x)
    assert list(both) == ["0", "2"]
    assert list(alone) == ["2"]
    assert both["2"] == pytest.approx(alone["2"], rel=0.1)
    model[2].digital = True
    with pytest.raises(ValueError, match="no error to see"):
        evaluation.layer_errors(model, case.x)


def test_errors_leave_the_bias_out():
    """A large bias is digital and exact: it must not make the error look small."""
    found = []
    for bias in (0.0, 100.0):
        layer = torch.nn.Conv2d(3, 4, 3)
        torch.manual_seed(1)
        torch.nn.init.normal_(layer.weight)
        torch.nn.init.constant_(layer.bias, bias)
        model = analog.convert(torch.nn.Sequential(layer), aimc.presets.hermes, serial=1)
        x = torch.rand(4, 3, 8, 8, generator=torch.Generator().manual_seed(2))
        analog.program(model)
        found.append(evaluation.layer_errors(model, x)["0"])
    assert found[0] == pytest.approx(found[1], rel=0.05)


def test_each_layer_alone_costs_less_than_all(sensitivity):
    whole = sensitivity.everything.mean() - sensitivity.floating_point
    assert sensitivity.layers == ("0", "2")
    assert sensitivity.weights == (40 * 24, 24 * 6)
    for layer in sensitivity.layers:
        assert 0 < sensitivity.loss(layer).mean < whole
        assert sensitivity.gain(layer).mean > 0
    with pytest.raises(ValueError, match="layer='9'"):
        sensitivity.loss("9")


def test_layers_can_be_chosen(case):
    found = evaluation.sensitivity(case.model, case.test, chips=2, layers=["2"], **QUIET)
    assert found.alone.shape == (1, 2)
    with pytest.raises(ValueError, match="layers names '7'"):
        evaluation.sensitivity(case.model, case.test, chips=2, layers=["7"], **QUIET)


def test_with_two_layers_sparing_one_is_the_other_alone(case):
    found = evaluation.sensitivity(case.model, case.test, chips=3, **QUIET)
    np.testing.assert_array_equal(found.alone, found.spared[::-1])


def test_presets_stay_picklable(case):
    import pickle

    twin = pickle.loads(pickle.dumps(flaws.freed(case.model, ["drift"])))
    assert isinstance(twin[0].matrices[0].setup.preset.preset, partial)


@pytest.mark.parametrize("account", ["error_budget", "sensitivity"])
@pytest.mark.parametrize("chips", [1, [4]])
def test_one_chip_is_too_few_for_an_interval(account, chips) -> None:
    model = aimc.nn.convert(torch.nn.Linear(4, 3), "ideal")
    test = torch.rand(8, 4), torch.randint(3, (8,))
    with pytest.raises(ValueError, match=r"chips=\[\d\] are too few"):
        getattr(aimc.recovery.evaluation, account)(model, test, chips=chips, progress=False)
