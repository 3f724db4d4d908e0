"""Lab 3's chip, its lots, and the hints of the questions that have no single answer."""

from statistics import NormalDist

import numpy as np
import pytest

from aimc.devices import pcm_2019
from aimc.published import fact
from aimc_answers.lab03 import answers as ref
from aimc_course import start
from aimc_course.labs.devices.own_chip import Lot, OwnChip, lot_of
from aimc_course.labs.lab03 import given

pytestmark = pytest.mark.native("it repeats for long what other tests run there")

SERIAL = 11


def test_same_serial_same_devices_and_another_run_is_another_programming():
    chip = OwnChip(SERIAL)
    first = chip.program(10e-6, run=1).trace([0.0, 10.0])
    np.testing.assert_array_equal(first, OwnChip(SERIAL).program(10e-6, run=1).trace([0.0, 10.0]))
    assert not np.array_equal(first, chip.program(10e-6, run=2).trace([0.0, 10.0]))
    assert not np.array_equal(first, OwnChip(SERIAL + 1).program(10e-6, run=1).trace([0.0, 10.0]))
    assert first.shape == (8, 256, 2)


def test_stuck_devices_are_the_same_in_every_run():
    chip = OwnChip(SERIAL)
    stuck = ref.stuck_devices(SERIAL)
    assert 1 <= stuck.sum() <= 40
    for run in (20, 21):
        moved = chip.program(18e-6, run=run).read(0.0)[stuck]
        assert np.all((moved < 2e-6) | (moved > 21e-6))


def test_screening_finds_exactly_the_defects_of_the_chip():
    for serial in range(20):
        faults = OwnChip(serial)._device.stuck((8, 256))
        np.testing.assert_array_equal(ref.stuck_devices(serial), faults.reset | faults.set)


def test_lots_differ_and_keep_within_the_published_bounds():
    lots = [lot_of(serial) for serial in range(50)]
    assert len({lot.programming for lot in lots}) == 50
    _, _, lowest, highest = fact("B006").numbers
    published = pcm_2019().programming_std(given.STATES)
    for lot in lots:
        device = lot.device()
        mean = device.drift_exponent_mean(given.STATES)
        assert np.all((mean >= lowest) & (mean <= highest))
        np.testing.assert_allclose(
            device.programming_std(given.STATES), lot.programming * published, rtol=1e-12
        )


@pytest.mark.parametrize("serial", [7, 11, 20261125])
def test_what_students_measure_is_what_the_lot_has(serial):
    lot = lot_of(serial)
    device = lot.device()
    assert ref.lot_factor(serial) == pytest.approx(lot.programming, rel=0.08)
    q = float(device.read_noise_factor(np.array(1e-5)))
    assert ref.read_factor(serial) == pytest.approx(q, rel=0.05)
    expected = device.drift_exponent_mean(given.STATES)
    np.testing.assert_allclose(ref.nu_medians(serial)[1:], expected[1:], atol=0.003)
    assert ref.nu_spread(serial) == pytest.approx(0.008, rel=0.25)


def test_medians_lie_within_the_published_clips():
    """B006: within 5 % at every state, a few standard errors of a median of 250 devices."""
    _, _, lowest, highest = fact("B006").numbers
    for serial in (7, 11, 20261125):
        medians = ref.nu_medians(serial)
        assert np.all((medians > 0.95 * lowest) & (medians < 1.05 * highest))


def test_a_lot_without_differences_is_the_published_model():
    constant, linear, square = fact("B001").numbers
    g = given.STATES / OwnChip.g_max
    found = pcm_2019().programming_std(given.STATES)
    np.testing.assert_allclose(found, 1e-6 * (constant + linear * g + square * g**2))
    same, published = Lot(1.0, 1.0, 0.0, 0.0).device(), pcm_2019()
    for name in ("programming_std", "drift_exponent_mean", "read_noise_factor"):
        np.testing.assert_allclose(
            getattr(same, name)(given.STATES), getattr(published, name)(given.STATES)
        )


def _screened_wrongly(extra):
    mask = ref.stuck_devices(SERIAL).copy()
    where = np.argwhere(mask != extra)[0]
    mask[tuple(where)] = extra
    return mask


@pytest.mark.parametrize(
    ("question", "answer", "points", "word"),
    [
        ("q2", _screened_wrongly(False), 0, "still missing"),
        ("q2", _screened_wrongly(True), 1, "accused too"),
        ("q2", np.zeros((8, 256)), 0, "True and False"),
        ("q2", np.zeros(2048, dtype=bool), 0, "(8, 256)"),
        ("q11", lambda t, g, k: ref.fit_plain(t, g), 0, "too narrow"),
        (
            "q11",
            lambda t, g, k: (ref.fit_honest(t, g, k)[0], 3 * ref.fit_honest(t, g, k)[1]),
            0.5,
            "wider than",
        ),
        ("q11", lambda t, g, k: 1.0, 0, "fit_honest"),
        ("q14", (np.geomspace(1, 1e4, 20), 30), 0, "too wide"),
        ("q14", ([0.0, 1e4], 300), 0.5, "two points"),
        ("q14", ([0.0, 1e4], 301), 0, "600 reads"),
        ("q14", ([0.0, 0.0, 1e4], 200), 0, "different times"),
        ("q14", ([0.0, 1.0, 2e4], 200), 0, "10000 s"),
        ("q14", ([0.0, 100.0, 1e4], 199.5), 0, "expected (times, devices)"),
    ],
)
def test_open_ended_answers_get_the_hint_that_fits(question, answer, points, word):
    lab = start("lab-3", serial=SERIAL)
    shown = str(lab.check(question, answer))
    assert lab.points == points
    assert word in shown


def test_the_first_plan_that_comes_to_mind_fails_and_the_good_one_holds_for_every_lot():
    for serial in range(40):
        assert ref.plan_result((np.geomspace(1, 1e4, 20), 30), serial) > 1.2 * given.GOAL
        assert ref.plan_result(([0.0, 100.0, 1e4], 200), serial) < 0.96 * given.GOAL


def test_a_student_who_changes_what_was_given_changes_no_check():
    lab = start("lab-3", serial=SERIAL)
    right = ref.fit_plain(*lab.given("practice")[:2])[0]
    for array in lab.given("practice"):
        array *= 2
    np.testing.assert_array_equal(ref.fit_plain(*lab.given("practice")[:2])[0], right)
    assert given.TIMES[0] == 10.0


@pytest.mark.parametrize("targets", [-1e-6, 30e-6, np.full(7, 1e-6), float("nan")])
def test_targets_out_of_range_are_refused(targets):
    with pytest.raises(ValueError, match="targets"):
        OwnChip(7).program(targets)


def test_other_bad_input_is_refused():
    with pytest.raises(ValueError, match="serial"):
        OwnChip(-1)
    with pytest.raises(ValueError, match="run"):
        OwnChip(7).program(1e-5, run=-1)
    with pytest.raises(ValueError, match="times"):
        OwnChip(7).program(1e-5).trace(np.array([[1.0]]))
    run = OwnChip(7).program(1e-5)
    run.read(10.0)
    with pytest.raises(ValueError, match="t="):
        run.read(5.0)


@pytest.mark.parametrize("question", ["q3", "q5"])
def test_a_quantile_of_more_digits_is_no_mistake(question):
    exact = NormalDist().inv_cdf(0.975)
    reference = {"q3": ref.spread_interval, "q5": ref.fit_plain}[question]

    def precise(*arguments):
        low_or_value, *rest = reference(*arguments)
        if question == "q5":
            return low_or_value, rest[0] * exact / 1.96
        middle = low_or_value
        return middle, *(middle + (end - middle) * exact / 1.96 for end in rest)

    for serial in range(1, 6):
        lab = start("lab-3", serial=serial)
        lab.check(question, precise)
        assert lab.verdicts[question].right
