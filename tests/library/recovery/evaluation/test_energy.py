"""Energy and latency stand beside an accuracy, with their scope and what they leave out."""

import pytest

import aimc
from aimc.chip import Chip

torch = pytest.importorskip("torch")
analog = pytest.importorskip("aimc.nn")
evaluation = pytest.importorskip("aimc.recovery.evaluation")
pytestmark = pytest.mark.torch

SWEEP = {"chips": 2, "times": ["1 h"], "progress": False}


def test_costs_are_those_of_the_same_model_on_the_chip(case):
    chip = Chip(serial=4, devices=1)
    report = evaluation.evaluate(case.model, case.test, cost=chip, **SWEEP)
    by_hand = analog.convert(case.net, aimc.presets.hermes, serial=4, devices=1)
    plan = Chip(serial=4, devices=1).map(by_hand, case.x[:1])
    assert report.energy == plan.performance().energy
    assert report.latency == plan.performance().latency
    assert report.energy.scope == "network"
    assert "energy per inference" in str(report)
    assert report.to_dict()["cost"]["energy_J"] == report.energy.value


def test_a_part_of_a_model_never_passes_for_the_whole(case):
    model = analog.convert(case.net, aimc.presets.hermes, skip=["0"], devices=1)
    analog.calibrate(model, case.x)
    chip = Chip(devices=1)
    report = evaluation.evaluate(model, case.test, cost=chip, **SWEEP)
    assert report.energy.scope == "part"
    assert "0 (Linear)" in report.cost_text
    assert "not in this energy" in str(report)
    assert any("0 (Linear)" in note for note in report.notes)


def test_without_a_chip_the_report_says_how(case):
    report = evaluation.evaluate(case.model, case.test, **SWEEP)
    assert report.energy is None
    assert "cost=aimc.chip.Chip()" in str(report)


def test_cores_of_unknown_cost_are_refused(case):
    model = analog.convert(case.net, aimc.presets.rasch2023)
    with pytest.raises(ValueError, match="no known costs"):
        evaluation.evaluate(model, case.test, cost=Chip(), **SWEEP)


def test_a_price_of_other_devices_says_whose_it_is(case):
    words = "whose devices these cores do not hold"

    def others(serial, index):
        return aimc.presets.joshi2020(serial, index=index, rows=256, columns=256)

    for preset, told in (("hermes", False), (others, True)):
        model = analog.convert(case.net, preset)
        report = evaluation.evaluate(model, case.test, cost=Chip(), **SWEEP)
        assert (words in report.cost_text) is told


def test_a_measure_of_ones_own_needs_inputs_for_the_cost(case):
    def margin(model, test):
        return model(case.x).std()

    given = {"measure": margin, "cost": Chip(devices=1), **SWEEP}
    with pytest.raises(ValueError, match="pass some as batches"):
        evaluation.evaluate(case.model, None, **given)
    report = evaluation.evaluate(case.model, None, batches=case.x[:5], **given)
    assert report.energy.value > 0
