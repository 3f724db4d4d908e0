"""Sweeps: the same serial is the same chip, whatever else is evaluated, and the model stays."""

import copy
import math
import re
import warnings

import numpy as np
import pytest

import aimc
from aimc.recovery.compensation import GlobalDrift, ReadCost, drift_gain
from aimc.validation import RangeWarning

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
evaluation = pytest.importorskip("aimc.recovery.evaluation")
pytestmark = pytest.mark.torch

evaluate = evaluation.evaluate
QUIET = {"progress": False}


def test_values_have_chips_times_and_draws(case):
    report = evaluate(case.model, case.test, chips=[5, 2], times=["1 d", 60], draws=3, **QUIET)
    assert report.values.shape == (2, 2, 3)
    assert (report.chips, report.times) == ((5, 2), (86400.0, 60.0))
    with torch.no_grad():
        exact = float((case.net(case.x).argmax(dim=1) == case.labels).double().mean())
    assert report.floating_point == pytest.approx(exact)
    assert report.chance == pytest.approx(1 / 6)
    assert len(np.unique(report.values)) > 1
    assert np.any(np.ptp(report.values, axis=2) > 0)  # draws differ


def test_a_chip_is_the_same_in_every_sweep(case):
    """Neither other chips, nor other times, nor the order, nor more draws change it."""
    large = evaluate(case.model, case.test, chips=3, times=["1 h", "1 d"], draws=2, **QUIET)
    small = evaluate(case.model, case.test, chips=[2], times=["1 d"], **QUIET)
    assert small.values[0, 0, 0] == large.values[2, 1, 0]
    turned = evaluate(case.model, case.test, chips=3, times=["1 d", "1 h"], **QUIET)
    np.testing.assert_array_equal(turned.values[:, ::-1, 0], large.values[:, :, 0])


class ReadsInVain:
    """Reads all cores, and corrects nothing."""

    def prepare(self, model, batches=None):
        pass

    def apply(self, model, t, batches=None):
        analog.at(model, t, lambda core, t: 1.0 + 0.0 * drift_gain(core, t))


def test_the_noise_of_a_draw_does_not_depend_on_the_compensation(case):
    """Else a paired comparison of two compensations would be one of noise as well."""
    same = {"chips": 2, "times": ["1 d"], "read_noise": "fresh", "measure": "loss", **QUIET}
    none = evaluate(case.model, case.test, compensation="none", **same)
    vain = evaluate(case.model, case.test, compensation=ReadsInVain(), **same)
    np.testing.assert_array_equal(none.values, vain.values)


def test_another_seed_reads_the_same_chips_anew(case):
    first = evaluate(case.model, case.test, chips=4, times=["1 d"], **QUIET)
    other = evaluate(case.model, case.test, chips=4, times=["1 d"], rng=1, **QUIET)
    assert not np.array_equal(first.values, other.values)
    # the devices are those of before: differences between chips are larger than those of reads
    assert abs(first.mean("1 d") - other.mean("1 d")) < 0.05


def test_it_is_what_one_would_do_by_hand(case):
    """Fresh noise, uncompensated and compensated: the same mean as with `aimc.nn` alone."""
    report = evaluate(
        case.model, case.test, chips=2, times=["1 d"], draws=20, read_noise="fresh", **QUIET
    )
    model = copy.deepcopy(case.model)
    for k in range(2):
        analog.program(model, serial=k)
        analog.at(model, 86400.0, drift_gain, noise="fresh")
        with torch.no_grad():
            right = [
                (model(case.x).argmax(dim=1) == case.labels).double().mean() for _ in range(20)
            ]
        assert float(np.mean(right)) == pytest.approx(report.values[k].mean(), abs=0.02)


def test_momentary_noise_is_one_state_for_all_inputs(case):
    """Inputs that are alike give outputs that are alike; fresh noise tells them apart."""
    same = case.x[:1].repeat(50, 1)
    spread = {}

    def measure(model, test):
        return float(model(same).std(dim=0).max())

    for kind in ("momentary", "fresh"):
        found = evaluate(
            case.model, None, chips=1, times=["1 d"], draws=2, measure=measure, read_noise=kind,
            **QUIET,
        )  # fmt: skip
        spread[kind] = found.values
    assert spread["momentary"].max() < 1e-6 < spread["fresh"].min()


def test_momentary_noise_has_the_strength_of_the_law(case):
    layer = next(iter(analog.analog_layers(case.model).values()))

    def measure(model, test):
        views = model[0].matrices[0].views
        return (
            float(views[0].weights(noise=True)[3, 4]) if views else 0.0
        )  # the floating-point yardstick

    found = evaluate(
        case.model, None, chips=1, times=["1 d"], draws=400, measure=measure, compensation="none",
        **QUIET,
    )  # fmt: skip
    model = copy.deepcopy(case.model)
    analog.program(model, serial=0)
    core = model[0].cores[0]
    std = core.state.read_noise_std(86400.0)[0, :, :, 3, 4]
    law = float(torch.sqrt((std**2).sum())) / core.device.g_max
    law *= float(torch.as_tensor(core.w_max)[3] if np.ndim(core.w_max) else core.w_max)
    assert len(layer.cores) == 1
    assert found.values.std() == pytest.approx(law, rel=0.15)


def test_the_model_stays_as_it_is(case):
    model = copy.deepcopy(case.model)
    analog.program(model, serial=9)
    analog.at(model, 3600.0)
    model.train()
    before = [view.t for layer in analog.analog_layers(model).values()
              for matrix in layer.matrices for view in matrix.views]  # fmt: skip
    state = model[0].cores[0].state
    evaluate(model, case.test, chips=2, times=["1 d"], **QUIET)
    after = [view.t for layer in analog.analog_layers(model).values()
             for matrix in layer.matrices for view in matrix.views]  # fmt: skip
    assert before == after
    assert model.training
    assert model[0].cores[0].state is state
    assert model[0].cores[0].serial == 9


def test_compensation_and_draws_count_their_cost(case):
    report = evaluate(case.model, case.test, chips=2, times=["1 h", "1 d"], **QUIET)
    assert report.total("reads", "compensation") > 0
    assert report.total("energy_J", "compensation") > 0
    assert "compensation global: " in str(report)
    none = evaluate(case.model, case.test, chips=2, times=["1 d"], compensation="none", **QUIET)
    assert none.total("reads", "compensation") == 0


@pytest.mark.parametrize("preset", ["joshi2020", "rasch2023", "ideal"])
def test_other_cores_are_not_priced_as_the_64_core_chip(preset):
    torch.manual_seed(0)
    model = analog.convert(torch.nn.Linear(6, 3), preset, serial=1)
    test = (torch.rand(20, 6), torch.randint(3, (20,)))
    analog.calibrate(model, [test[0]])
    report = evaluate(model, test, chips=1, times=["1 h"], **QUIET)
    assert report.total("reads", "compensation") > 0
    assert math.isnan(report.total("energy_J", "compensation"))
    assert "pass read=ReadCost" in str(report)
    known = GlobalDrift(read=ReadCost(1e-6, 2e-9))
    told = evaluate(model, test, chips=1, times=["1 h"], compensation=known, **QUIET)
    assert told.total("energy_J", "compensation") > 0
    assert "pass read=ReadCost" not in str(told)


def test_pulses_that_nobody_counted_are_a_lower_bound():
    model = analog.convert(torch.nn.Linear(6, 3), "ideal")
    test = (torch.rand(20, 6), torch.randint(3, (20,)))
    said = str(evaluate(model, test, chips=1, times=["1 h"], **QUIET))
    assert re.search(r"programming direct: at least \d+ pulses a chip; time and energy", said)


@pytest.mark.parametrize("name", ["none", "global", "test_vectors", "affine"])
def test_each_compensation_runs(case, name):
    report = evaluate(case.model, case.test, chips=1, times=["1 d"], compensation=name, **QUIET)
    assert 0.3 < report.mean("1 d") <= 1.0


def test_compensation_beats_none_on_the_same_chips(case):
    """Measured at the outputs: a decision is not changed by a common factor."""
    with torch.no_grad():
        exact = case.net(case.x)

    def error(model, test):
        return torch.linalg.norm(model(case.x) - exact) / torch.linalg.norm(exact)

    same = {"times": ["1 y"], "chips": 5, "measure": error, **QUIET}
    compensated = evaluate(case.model, None, **same)
    drifted = evaluate(case.model, None, compensation="none", **same)
    assert compensated.compare(drifted).intervals[0].high < 0


def test_measures_of_ones_own(case):
    def margin(model, test):
        return model(test).sum()

    report = evaluate(case.model, case.x, measure=margin, chips=2, times=[60], **QUIET)
    assert report.measure == "margin"
    assert report.chance is None
    with pytest.raises(ValueError, match="guessing"):
        report.a_star()


def test_data_come_in_several_forms(case):
    from torch.utils.data import DataLoader, TensorDataset

    dataset = TensorDataset(*case.test)
    forms = [
        case.test,
        (case.x.double().numpy(), case.labels.numpy()),
        dataset,
        DataLoader(dataset, batch_size=100),
        list(zip(case.x.split(100), case.labels.split(100), strict=True)),
    ]
    found = [evaluate(case.model, form, chips=1, times=[60], **QUIET).mean()[0] for form in forms]
    assert len(set(found)) == 1


def test_layers_that_stay_digital_are_said_loudly(case):
    net = torch.nn.Sequential(
        torch.nn.Linear(40, 24), torch.nn.ReLU(), torch.nn.Bilinear(24, 24, 6)
    )

    class Both(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.net = net

        def forward(self, x):
            h = self.net[:2](x)
            return self.net[2](h, h)

    with pytest.warns(analog.LeftDigitalWarning):
        model = analog.convert(Both(), aimc.presets.hermes)
    analog.calibrate(model, case.x)
    report = evaluate(model, case.test, chips=2, times=[60], **QUIET)
    assert any("net.2 (Bilinear)" in note for note in report.notes)
    assert "net.2 (Bilinear)" in str(report)


def test_layers_that_are_switched_to_digital_warn(case):
    model = copy.deepcopy(case.model)
    model[2].digital = True
    with pytest.warns(RangeWarning, match="1 of 2 analog layers compute in floating point"):
        report = evaluate(model, case.test, chips=2, times=[60], **QUIET)
    assert "Note: 1 of 2 analog layers" in str(report)


def test_training_noise_that_is_still_there_is_refused(case):
    model = copy.deepcopy(case.model)
    model[0].weight_noise = lambda w: w
    with pytest.raises(ValueError, match="'0' have weight_noise"):
        evaluate(model, case.test, **QUIET)


def test_warnings_of_reads_come_once_with_how_many_chips(case):
    model = copy.deepcopy(case.model)
    for layer in analog.analog_layers(model).values():
        layer.matrices[0].input_range = 0.3  # far too narrow
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        report = evaluate(model, case.test, chips=3, times=[60, 600], **QUIET)
    ranged = [w for w in caught if w.category is RangeWarning]
    assert len(ranged) == 1
    text = str(ranged[0].message)
    assert "inputs were clipped on 3 of 3 chips" in text
    assert "in layer '0', up to" in text
    assert "aimc.nn.calibrate" in text
    assert str(ranged[0].message) in report.notes


BAD = [
    ({"chips": []}, ValueError, "chips is empty"),
    ({"chips": [1, 1]}, ValueError, "names a chip twice"),
    ({"chips": [-1]}, ValueError, "chips=-1"),
    ({"times": []}, ValueError, "times is empty"),
    ({"times": ["1 h", 3600]}, ValueError, "holds a time twice"),
    ({"times": ["soon"]}, ValueError, "'soon' is no time"),
    ({"draws": 0}, ValueError, "draws=0"),
    ({"measure": "f1"}, ValueError, "measure='f1'"),
    ({"measure": 3}, TypeError, "measure must be"),
    ({"compensation": "magic"}, ValueError, "'magic' is not allowed"),
    ({"programming": "magic"}, ValueError, "'magic' is not allowed"),
    ({"read_noise": "none"}, ValueError, "read_noise='none'"),
    ({"executor": "threads"}, TypeError, "executor must be"),
    ({"executor": 0}, ValueError, "executor=0"),
    ({"cost": 5}, TypeError, "cost must be"),
    ({"store": 5}, TypeError, "store must be"),
    ({"rng": -1}, ValueError, "rng=-1"),
]


@pytest.mark.parametrize(("options", "error", "match"), BAD)
def test_bad_arguments(case, options, error, match):
    with pytest.raises(error, match=match):
        evaluate(case.model, case.test, **{"chips": 1, "times": [60], **QUIET, **options})


@pytest.mark.parametrize(
    ("test", "error", "match"),
    [
        (torch.ones(3, 40), TypeError, "test must be a pair"),
        ([], ValueError, "test is empty"),
        ([torch.ones(3, 40)], TypeError, "batch 0 must be a pair"),
        ((torch.ones(3, 40), torch.ones(2)), ValueError, "3 inputs and 2 labels"),
        ((torch.ones(3, 40), torch.ones(3, 2)), ValueError, "do not fit labels"),
    ],
)
def test_bad_data(case, test, error, match):
    with pytest.raises(error, match=match):
        evaluate(case.model, test, chips=1, times=[60], **QUIET)


def test_a_digital_model_is_refused(case):
    with pytest.raises(ValueError, match="convert"):
        evaluate(case.net, case.test, **QUIET)


@pytest.mark.parametrize(
    "name", ["direct", "program_and_verify", "gradient_descent", "optimised_split"]
)
def test_each_way_of_programming_runs_and_counts(case, name):
    report = evaluate(case.model, case.test, chips=1, times=[60], programming=name, **QUIET)
    assert report.mean()[0] > 0.4
    assert report.total("pulses", "programming") > 0
    assert report.setting["programming"] == name


def test_programming_against_products_is_better_on_the_same_chips(case):
    with torch.no_grad():
        exact = case.net(case.x)

    def error(model, test):
        return torch.linalg.norm(model(case.x) - exact) / torch.linalg.norm(exact)

    found = [
        evaluate(case.model, None, chips=4, times=[60], measure=error, programming=name, **QUIET)
        for name in ("gradient_descent", "direct")
    ]
    assert found[0].compare(found[1]).intervals[0].high < 0
