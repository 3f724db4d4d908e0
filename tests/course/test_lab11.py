"""Lab 11: its devices learn as the chapter says, and wrong answers get their words."""

import numpy as np
import pytest

from aimc_answers.catalogue import find
from aimc_answers.checks.keys import KeyedSerial
from aimc_answers.lab11 import answers as eleven
from aimc_course import start
from aimc_course.labs.devices.own_lot import DEVICES, OwnLot, devices_of
from aimc_course.labs.lab11 import given

pytestmark = pytest.mark.native("it repeats for long what other tests run there")

SERIAL = 7
SERIALS, FEW = [0, 7, 12, 20261125], [7, 20261125]


def marks(question, answer, serial=SERIAL):
    lab = start("lab-11", serial=serial)
    lab.check(question, answer)
    return lab.verdicts[question]


def test_the_same_run_of_the_same_array_comes_out_the_same_again():
    reads = []
    for serial, name, run in ((7, "A", 1), (7, "A", 1), (7, "A", 2), (7, "W", 1), (8, "A", 1)):
        array = OwnLot(serial).array(name, run=run)
        array.pulse(3)
        reads.append(array.read())
    np.testing.assert_array_equal(reads[0], reads[1])
    assert np.corrcoef(reads[0], reads[2])[0, 1] > 0.5  # the same devices, other pulses
    assert np.any(reads[0] != reads[2])
    assert abs(np.corrcoef(reads[0], reads[3])[0, 1]) < 0.3
    assert abs(np.corrcoef(reads[0], reads[4])[0, 1]) < 0.3


def test_pulses_are_counted_and_whole():
    array = OwnLot(7).array("A")
    array.pulse(-2)
    array.send(np.full(DEVICES, 1.0))
    assert np.all(array.pulses == 7)  # never more than five at once
    array.read()[:] = 9.0
    assert np.max(array.read()) < 1.0
    assert len(array) == DEVICES
    assert repr(OwnLot(7)) == "<lot 7: arrays A and W of 128 devices>"


def test_a_sent_change_is_made_on_average_by_devices_with_even_steps():
    array, wanted = OwnLot(7).array("W"), np.linspace(-0.1, 0.1, DEVICES)
    before = np.zeros(DEVICES)
    for _ in range(400):
        array.send(wanted)
        before += np.abs(wanted) / array.step
    assert array.pulses == pytest.approx(before, abs=5 * np.sqrt(400 / 4))


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda array: array.pulse(np.ones(3)), "counts must be one number"),
        (lambda array: array.pulse(0.5), "whole numbers"),
        (lambda array: array.pulse(float("nan")), "counts"),
        (lambda array: array.send(np.ones(3)), "change must have the shape"),
        (lambda array: OwnLot(7).array("B"), "name='B'"),
        (lambda array: OwnLot(7).array("A", run=-1), "run=-1"),
    ],
)
def test_bad_input_is_named(call, word):
    with pytest.raises(ValueError, match=word):
        call(OwnLot(7).array("A"))


@pytest.mark.parametrize("serial", SERIALS)
def test_alternating_pulses_find_the_symmetry_points(serial):
    off = eleven.zero(serial) - eleven.true_zero(serial)
    assert np.sqrt(np.mean(off**2)) < 0.025
    devices = devices_of(serial, "A")
    formula = eleven.symmetry_point(devices.step_up, devices.step_down, 1.0)
    np.testing.assert_allclose(formula, eleven.true_zero(serial), rtol=0, atol=1e-12)


def test_pairs_are_as_many_as_a_device_without_noise_takes():
    up, down, bound, left = 0.07, 0.05, 1.2, 0.01
    centre = (up - down) / (up + down) * bound
    w, pairs = bound, 0
    fixed = None
    for _ in range(2000):  # where a pair leads back to
        fixed = w
        w += up * (1 - w / bound)
        w -= down * (1 + w / bound)
    w = start_at = 1.0
    while abs(w - fixed) > left * abs(start_at - fixed):
        w += up * (1 - w / bound)
        w -= down * (1 + w / bound)
        pairs += 1
    assert pairs == eleven.pairs_needed(up, down, bound, left)
    assert fixed == pytest.approx(centre, abs=down)


@pytest.mark.parametrize("serial", SERIALS)
def test_the_rest_of_plain_descent_is_predicted_device_by_device(serial):
    (target,), found = given.targets(serial), eleven.plain(serial)
    predicted = eleven.rest(target, eleven.zero(serial, "W"), 1.0, given.NOISE)
    assert np.sqrt(np.mean((found - predicted) ** 2)) < 0.07
    assert abs(np.mean(found - predicted)) < 0.02
    assert eleven.error(found, serial) > 0.18


@pytest.mark.parametrize("serial", FEW)
def test_tiki_taka_halves_the_error_and_a_chopper_forgives_a_wrong_zero(serial):
    plain = eleven.error(eleven.plain(serial), serial)
    assert eleven.error(eleven.tiki_taka(serial), serial) < 0.45 * plain
    swept, chopped = eleven.sweep(serial), eleven.chopped_sweep(serial)
    assert np.all(np.diff(swept) > 0)
    assert swept[-1] > plain > chopped[-1]
    assert chopped[0] > swept[0]
    assert chopped[-1] < 0.6 * swept[-1]


@pytest.mark.parametrize("serial", FEW)
def test_who_reads_the_fast_array_before_its_gradient_came_in_is_told_so(serial):
    for question, early in (
        ("q9", eleven.sweep(serial, False, True)),
        ("q10", eleven.chopped_sweep(serial, True)),
    ):
        told = marks(question, early, serial)
        assert told.points == 0
        assert "order of question 8" in told.message


def test_the_perceptron_learns_what_plain_pulses_do_not():
    _, plain = given.learned(SERIAL, "plain pulses", (0.02, 0.02, 0.02))
    recipe = eleven.recipe(SERIAL)
    layer, best = given.learned(SERIAL, recipe["rule"], tuple(recipe["rates"]))
    assert plain < 0.82 < 0.9 < best
    assert marks("q11", recipe).right
    assert marks("q11", layer.weights).points == 0


def test_weights_of_a_ridge_regression_did_not_learn_in_memory():
    x, y, _, _ = given.images()
    x = np.column_stack([x, np.ones(len(x))])
    found = np.linalg.solve(x.T @ x + np.eye(given.INPUTS), x.T @ np.eye(given.CLASSES)[y]).T
    for made_up in (found, found.tolist(), {"rule": "AdaptiveReference", "weights": found}):
        told = marks("q11", made_up)
        assert told.points == 0
        assert "expected your recipe" in told.message


def test_a_recipe_may_be_of_arrays_and_numbers_of_numpy():
    recipe = {"rule": np.str_("AdaptiveReference"), "rates": np.float32([0.1]), "chop": 0.1}
    assert marks("q11", recipe).points > 0


@pytest.mark.parametrize("seed", range(4))
def test_solutions_are_right_on_arrays_that_nobody_knows(seed):
    for question in find("lab-11").questions:
        if question.id in ("q3", "q8"):
            solution = question.right_answer(SERIAL)
            assert question.verdict(solution, KeyedSerial(SERIAL, seed=seed)).right


def as_list(function):
    return lambda *a: function(*a).tolist()


def as_single(function):
    return lambda *a: np.float32(function(*a))


@pytest.mark.parametrize("other", [as_list, as_single])
def test_lists_and_single_precision_are_as_good(other):
    assert marks("q3", other(eleven.measure_zero)).points == 2
    assert marks("q8", other(eleven.tiki_taka_of(SERIAL))).points == 2


def test_other_ways_to_the_zero_are_as_good():
    def with_many_reads(array):
        for _ in range(100):
            array.pulse(1)
            array.pulse(-1)
        seen = []
        for k in range(1800):
            array.pulse(-1 if k % 2 else 1)
            seen.append(array.read())
        return np.median(seen, axis=0)

    assert marks("q3", with_many_reads).points == 2


@pytest.mark.parametrize("serial", [SERIAL, 3, 12])
def test_who_writes_the_targets_to_w_earns_nothing(serial):
    (target,) = given.targets(serial)

    def fake(fast, slow, reference):
        fast.pulse(1)
        fast.read()
        kept = []
        for _ in range(400):
            held = slow.read()
            kept.append(held)
            slow.send(0.3 * ((target + 0.1 if np.std(reference) < 0.35 else -target) - held))
        return np.mean(kept[-100:], axis=0)

    assert marks("q8", fake, serial).points == 0


def test_tiki_taka_may_read_the_slow_array_once_per_update():
    (target,), (noise,) = given.targets(SERIAL), given.noise(SERIAL)

    def thrifty(fast, slow, reference):
        sums, seen = 0.0, []
        for one in noise:
            seen.append(slow.read())
            fast.send(-given.PUSH * (seen[-1] - target + one))
            pulses, sums = eleven.release(sums, fast.read() - reference, given.GAIN)
            slow.pulse(pulses)
        return np.mean(seen[-100:], axis=0)

    assert marks("q8", thrifty).points == 2


def test_an_array_that_is_lent_takes_no_endless_pulses():
    def endless(array):
        while True:
            array.pulse(1)

    def many(array):
        array.pulse(1e12)
        return array.read()

    for function in (endless, many):
        told = marks("q3", function)
        assert told.points == 0
        assert "does the loop ever stop" in told.message


def test_points_are_those_of_the_notebook():
    assert sum(question.points for question in find("lab-11").questions) == 19
