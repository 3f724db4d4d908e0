"""Lab 6: every student's network and order can be solved, and wrong answers get their words."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from aimc.chip import (
    NotEnoughCoresError,
    ScopeError,
    layer_performance,
    map_network,
    mvm_performance,
    network_performance,
    peak_performance,
)
from aimc.chip.chains import groups
from aimc.chip.hermes import hermes_constants
from aimc.chip.schedule import schedule
from aimc.compare.roofline import access_energy, digital_machine, mac_energy
from aimc.layers.workload import Layer, Network
from aimc.published import fact
from aimc_answers.lab05 import answers as five
from aimc_answers.lab06 import answers as six
from aimc_course import start
from aimc_course.labs.lab06 import given
from aimc_course.labs.lab06.questions import LAB

pytestmark = pytest.mark.native("it repeats for long what other tests run there")

SERIAL = 11
SERIALS = [0, 7, 12, 20261125]


def ends(serial):
    """Return the range of the efficiency of reads, low and high."""
    return six.reads_only(serial, end=1), six.reads_only(serial, end=0)


def paced_energy(serial, copies):
    """Return the energy (J) of an image at the customer's pace, which the chip waits for."""
    cost, rate = given.image(serial, copies), given.terms(serial)[1]
    moved = cost.energy.value - cost.energies["standing power"]
    return moved + hermes_constants().standing_power * cost.cores / rate


def said(question, answer):
    return str(start("lab-6", serial=SERIAL).check(question, answer))


def test_the_peak_agrees_with_the_printed_one():
    chip = hermes_constants()
    for k, (mode, speed, efficiency) in enumerate(
        (("1-phase", "A031", "A033"), ("4-phase", "A032", "A034"))
    ):
        ops, per_joule = six.peak(64, 256, 256, chip.read_time(mode), six.read_energies()[k])
        assert ops == pytest.approx(fact(speed).number * 1e12, rel=0.005)
        assert per_joule == pytest.approx(fact(efficiency).number * 1e12, rel=0.005)
        assert chip.read_energy(mode) == pytest.approx(six.read_energies()[k])


def test_references_agree_with_the_library():
    chip, layer = hermes_constants(), given.own_layer(SERIAL)
    parts = six.layer_parts(
        layer.cores,
        layer.values,
        chip.latency(layer, given.MODE),
        chip.read_energy(given.MODE, utilisation=layer.utilisation()),
        chip.energy_value,
        chip.standing_power,
    )
    np.testing.assert_allclose(six.own_parts(SERIAL), parts)
    # All reads of an image, layer by layer, without what surrounds them.
    reads = [
        (group.mvms, mvm_performance(group, read_mode=given.MODE))
        for group in groups(given.network_of(SERIAL))
    ]
    useful = sum(n * cost.operations for n, cost in reads)
    joules = sum(n * cost.energy.value for n, cost in reads)
    assert six.reads_only(SERIAL) == pytest.approx(useful / joules)
    for end, efficiency in zip((1, 0), ends(SERIAL), strict=True):
        joules = sum(n * cost.energy_range[end].value for n, cost in reads)
        assert efficiency == pytest.approx(useful / joules)


@pytest.mark.parametrize("serial", range(0, 200, 20))
def test_empty_cells_are_neither_free_nor_as_dear_as_full_ones(serial):
    like_full, free = six.empty_like_full(serial), peak_performance(read_mode=given.MODE)
    low, high = ends(serial)
    assert like_full < low < six.reads_only(serial) < high < free.efficiency.value
    # beyond the 1 % that the check allows
    assert six.reads_only(serial) / like_full > 1.05
    full = given.own_layer(serial).cores * six.read_energies()[1]
    assert (
        full / six.own_parts(serial).sum() - six.own_parts(serial)[0] / six.own_parts(serial).sum()
        > 0.002
    )


@pytest.mark.parametrize("serial", SERIALS)
def test_the_factors_lead_from_the_peak_of_the_mode_to_the_image(serial):
    factors = six.gap_factors(serial)
    gap = (
        peak_performance(read_mode=given.MODE).efficiency.value
        / given.image(serial).efficiency.value
    )
    assert np.prod(factors) == pytest.approx(gap)
    assert np.all(factors > 1)


def test_a_digital_machine_breaks_even_where_the_lab_says():
    layer, reads = given.own_layer(SERIAL), six.breakeven(SERIAL)
    own = layer_performance(layer, read_mode=given.MODE).energy.value
    assert layer.weights * (mac_energy("INT8") + access_energy("DRAM") / reads) == (
        pytest.approx(own)
    )
    shape = layer.layers[0].shape
    for count, cheaper in ((int(reads / 2), False), (int(2 * reads), True)):
        energy = digital_machine("DRAM").energy(Network("one", (Layer("l", shape, count),)))
        assert (energy.weights + energy.arithmetic < count * own) is cheaper


def test_an_image_alone_pays_for_its_latency():
    alone, stream = six.image_energies(SERIAL)
    cost = given.image(SERIAL)
    power = cost.cores * hermes_constants().standing_power
    assert alone - stream == pytest.approx(power * (cost.seconds - cost.period))


@pytest.mark.parametrize("serial", SERIALS)
def test_every_order_can_be_met_and_pays(serial):
    budget, rate, good, limit = given.order(serial)[0]
    plan = given.image(serial, six.best_plan(serial))
    assert plan.cores <= budget <= 64
    assert 0 < good <= 64
    assert plan.rate.value >= rate > given.image(serial).rate.value
    assert 1e6 * plan.seconds <= limit < 1e6 * given.image(serial).seconds
    every = dict(zip(given.NAMES, five.balance(*sides(serial), budget).tolist(), strict=True))
    for other in ({"conv1": 2, "conv2": 2}, every):  # neither a guess nor the plan of lab 5
        cost = given.image(serial, other)
        assert cost.cores > plan.cores or 1e6 * cost.seconds > limit
    cheaper, faster = six.halved(serial)
    assert abs(cheaper / faster - 1) > 0.005  # exchanged answers can be told apart


def sides(serial):
    sets = groups(given.network_of(serial))
    return np.array([g.cores for g in sets]), np.array([g.mvms for g in sets])


@pytest.mark.parametrize("serial", [7, SERIAL])
def test_no_plan_within_the_order_beats_the_reference(serial):
    budget, rate, _, limit = given.order(serial)[0]
    best = paced_energy(serial, six.best_plan(serial))
    cores = [group.cores for group in groups(given.network_of(serial))]
    found = []
    for copies in itertools.product(range(1, 18), range(1, 10), range(1, 4), range(1, 3)):
        if np.dot(copies, cores[:4]) + cores[4] > budget:
            continue
        named = dict(zip(given.NAMES[:4], copies, strict=True))
        cost = given.image(serial, named)
        if cost.rate.value >= rate and 1e6 * cost.seconds <= limit:
            found.append(paced_energy(serial, named))
    assert len(found) > 20
    assert min(found) == pytest.approx(best)


def test_students_have_different_networks_plans_and_answers():
    assert np.any(given.network(1)[0] != given.network(2)[0])
    assert len({six.reads_only(serial) for serial in range(20)}) == 20
    assert len({tuple(six.best_plan(serial).values()) for serial in range(30)}) > 5
    np.testing.assert_array_equal(given.order(1)[0], given.order(1)[0])


def test_the_library_refuses_the_three_traps():
    fast, precise = (peak_performance(read_mode=mode) for mode in ("1-phase", "4-phase"))
    for trap in (
        lambda: fast.efficiency / precise.efficiency,
        lambda: given.image(SERIAL).energy + precise.energy,
        lambda: precise.density("MVM area") / precise.density("die"),
    ):
        with pytest.raises(ScopeError):
            trap()


def test_a_plan_earns_by_its_distance_from_the_best():
    best = six.best_plan(SERIAL)
    assert "✔ q12: 3 of 3" in said("q12", best)
    points = [
        ({**best, "conv1": best["conv1"] + 1}, "2 of 3"),
        ({**best, "conv1": best["conv1"] + 5}, "1 of 3"),
        ({"conv1": 2, "conv2": 2}, "too late"),
    ]
    for copies, earned in points:
        assert earned in said("q12", copies)
    # Equal numbers of another type, whose plan is known by now.
    assert "whole numbers" in said("q12", {name: float(count) for name, count in best.items()})


@pytest.mark.parametrize(
    ("question", "answer", "word"),
    [
        ("q1", 5e-8, "expected 2 values, got one"),
        ("q1", 1e3 * six.read_energies(), "give it in J"),
        ("q11", [given.image(SERIAL).energy] * 2, "`.value`"),
        ("q3", 1e18, "too large"),
        ("q5", [1e-7, 1e-7], "expected 3 values, got 2: is one missing?"),
        ("q8", 1e10, "too small"),
        ("q8", six.empty_like_full(SERIAL), "nearly empty core"),
        ("q8", ends(SERIAL)[1], "upper end"),
        ("q12", [2, 2], "expected a dict"),
        ("q12", {"conv9": 2}, "refuses"),
        ("q12", {"conv1": True}, "whole numbers"),
        ("q12", {"conv1": 60}, "more cores than"),
        ("q12", {"dense": 2}, "does not keep the rate"),
    ],
)
def test_wrong_answers_get_the_hint_that_fits(question, answer, word):
    message = said(question, answer)
    assert "✔" not in message
    assert word in message


def test_a_rounded_efficiency_is_right_beside_a_slip_of_nearly_the_same_size():
    lab, right = start("lab-6", serial=1), six.reads_only(1)
    counted_once = given.image(1).utilisation * six.peak_efficiency()
    assert abs(counted_once / right - 1) < 0.002
    assert "each core once" in str(lab.check("q8", counted_once))
    for rounded in (float(f"{right:.3g}"), float(f"{right:.2e}"), 1.004 * right, 0.996 * right):
        assert lab.check("q8", rounded).symbol == "✔"


def model_answer():
    """Return the code of the model answer to the open question."""
    root = Path(__file__).parents[2]
    cells = json.loads((root / "labs" / f"{LAB.slug}.ipynb").read_text(encoding="utf-8"))["cells"]
    code = ["".join(c["source"]) for c in cells if "instructor" in c["metadata"].get("tags", [])]
    return next(text for text in code if "choices = {" in text)


@pytest.mark.parametrize("serial", range(1, 21))
def test_the_model_answer_to_the_open_question_holds_on_every_chip(serial):
    known = {
        "map_network": map_network,
        "schedule": schedule,
        "network_performance": network_performance,
        "chip": hermes_constants(),
        "network": given.network_of(serial),
        "best": six.best_plan(serial),
        "rate": given.terms(serial)[1],
        "SERIAL": serial,
    }
    exec(model_answer(), known)
    assert set(known["lines"]) == set(known["singles"])


def test_the_budget_is_a_limit_of_the_library_too():
    budget = int(given.order(SERIAL)[0][0])
    with pytest.raises(NotEnoughCoresError):
        map_network(given.network_of(SERIAL), copies={"conv1": 60}, available=budget)
