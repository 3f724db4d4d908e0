"""Lab 5: every student's chip and network can be solved, and wrong answers get their words."""

import itertools

import numpy as np
import pytest

from aimc.chip import Chip, resnet9_cifar10
from aimc.chip.floorplan import hermes_floorplan
from aimc.chip.mapping import cores_needed, map_network
from aimc.layers.workload import Layer, Network
from aimc.networks import ResNet9, put
from aimc.published import fact
from aimc.units import DAY
from aimc_answers.catalogue import find
from aimc_answers.copies import one_by_one
from aimc_answers.lab05 import answers as five
from aimc_answers.lab05.judges import q7
from aimc_course import start
from aimc_course.labs.lab05 import given

pytestmark = pytest.mark.native("it repeats for long what other tests run there")

SERIAL = 7


def best_interval(cores, reads, budget):
    """Return the reads in a row of the slowest layer with the copies of the reference."""
    return int(np.max(-(-reads // five.balance(cores, reads, budget))))


def first_gap(path):
    """Return the first two consecutive cores that are not linked; ``None`` if all are."""
    links = hermes_floorplan().is_link
    return next(((a, b) for a, b in itertools.pairwise(path) if not links(a, b)), None)


def said(question, answer):
    return str(start("lab-5", serial=SERIAL).check(question, answer))


def test_the_numbers_of_the_lab_are_the_published_ones():
    assert fact("A030").number * 1e-9 == given.READ
    assert fact("A029").number * 1e-9 == given.FAST_READ
    assert fact("A002").number - given.BROKEN == given.WORKING
    assert five.resnet_cores(56) == fact("A078").number
    assert fact("A008").numbers == (given.SIDE, given.SIDE)


def test_references_agree_with_the_library():
    shapes, reads = given.network(SERIAL)
    layers = [
        Layer(f"l{k}", tuple(s), int(n)) for k, (s, n) in enumerate(zip(shapes, reads, strict=True))
    ]
    assert five.layer_cores(SERIAL).sum() == cores_needed(layers)
    copies = five.balance(five.layer_cores(SERIAL), reads, given.WORKING)
    plan = map_network(
        Network("own", tuple(layers)),
        copies={f"l{k}": int(n) for k, n in enumerate(copies)},
        available=given.WORKING,
    )
    assert plan.utilisation == pytest.approx(
        np.sum(copies * np.prod(shapes, axis=1)) / (plan.cores * 256**2)
    )
    most = max(plan.reads(layer.name) for layer in layers)
    assert most == best_interval(five.layer_cores(SERIAL), reads, given.WORKING)
    names = [layer.name for layer in resnet9_cifar10().layers]
    times = five.times(np.array([x.mvms for x in resnet9_cifar10().layers]), np.ones(9), given.READ)
    mapping = map_network(resnet9_cifar10())
    assert times[1] == pytest.approx(given.READ * max(mapping.reads(name) for name in names))


def test_hops_are_those_of_the_floorplan():
    plan, cores = hermes_floorplan(), range(64)
    for a, b in itertools.product(cores, cores):
        assert five.hops(a, b) == plan.hops(a, b)


@pytest.mark.parametrize("seed", range(4))
def test_no_choice_of_copies_beats_the_reference(seed):
    rng = np.random.default_rng(seed)
    cores, reads = rng.integers(1, 4, 3), rng.choice((40, 25, 16, 9), 3)
    budget = int(cores.sum() + rng.integers(3, 15))
    found = [
        max(-(-reads // np.array(copies)))
        for copies in itertools.product(range(1, 12), repeat=3)
        if np.sum(cores * np.array(copies)) <= budget
    ]
    assert best_interval(cores, reads, budget) == min(found)
    assert np.sum(cores * five.balance(cores, reads, budget)) <= budget


@pytest.mark.parametrize("serial", [0, 7, 12, 20261125])
def test_every_chip_and_every_network_can_be_solved(serial):
    shapes, reads = given.network(serial)
    assert five.layer_cores(serial).sum() <= given.WORKING - 12  # room for copies
    assert reads.max() / best_interval(five.layer_cores(serial), reads, given.WORKING) > 2
    assert len(given.broken(serial)[0]) == given.BROKEN
    path = five.snake(serial)
    assert len(set(path)) == given.WORKING
    assert first_gap(path) is None
    assert not np.any(shapes == 0)


def test_students_have_different_chips_and_networks():
    assert np.any(given.broken(1)[0] != given.broken(2)[0])
    assert np.any(given.network(1)[0] != given.network(2)[0])
    np.testing.assert_array_equal(given.network(1)[0], given.network(1)[0])


def test_the_staircase_has_its_large_step_at_sixty_five():
    assert five.widest() == 64
    assert five.resnet_cores(64) == 47
    assert five.resnet_cores(72) == 96
    assert five.resnet_cores(65) > 80


def test_the_factor_brings_back_the_size_of_the_outputs():
    assert 1.1 < five.measured(SERIAL)[2] < 1.5
    (once, _), (later, _) = five.run_twice(SERIAL)
    assert 0.3 < later <= once + 0.05 <= 1.05


def test_balancing_halves_the_energy_of_the_small_network():
    plan = given.plan_of(SERIAL)
    names = [layer.name for layer in plan.network.static]
    cores = np.array([len(plan.mapping.of(name)) for name in names])
    reads = np.array([layer.mvms for layer in plan.network.static])
    copies = dict(zip(names, five.balance(cores, reads, given.WORKING).tolist(), strict=True))
    better = given.plan_of(SERIAL, copies).performance()
    assert better.energy / plan.performance().energy < 0.6
    assert "✔ q15" in said("q15", copies)


def once(cores, reads, budget):
    return np.ones(len(cores), dtype=int)


def greedy(cores, reads, budget):
    # gives one copy after the other to the slowest layer and stops when that does not fit
    copies = np.ones(len(cores), dtype=int)
    while True:
        slowest = int(np.argmax(-(-reads // copies)))
        copies[slowest] += 1
        if np.sum(copies * cores) > budget:
            copies[slowest] -= 1
            return copies


def timid(cores, reads, budget):
    return five.balance(cores, reads, int(cores.sum() + 0.4 * (budget - cores.sum())))


@pytest.mark.parametrize(
    ("answer", "share", "word"),
    [
        (five.balance, 1.0, "right"),
        (once, 0.0, "slowest *now*"),
        (lambda cores, reads, budget: five.balance(cores, reads, 2 * budget), 0.0, "more than"),
        (lambda cores, reads, budget: once(cores, reads, budget) - 1, 0.0, "at least once"),
        (lambda cores, reads, budget: 1.0 * once(cores, reads, budget), 0.0, "whole numbers"),
        (lambda cores, reads, budget: np.ones(2), 0.0, "one number per layer"),
        (lambda cores, reads, budget: None, 0.0, "returned nothing"),
        (lambda cores, reads, budget: "all", 0.0, "wrong type"),
        (lambda cores: cores, 0.0, "raised TypeError"),
        (3, 0.0, "without brackets"),
        (timid, 1 / 3, "is possible"),
    ],
)
def test_sharing_out_is_judged_by_its_interval(answer, share, word):
    found = q7.judge(answer, SERIAL)
    assert found.share == pytest.approx(share)
    assert word in found.message


@pytest.mark.parametrize("serial", [0, 7, 12, 20261125])
def test_copies_handed_out_one_by_one_earn_two_points(serial):
    for hand_out in (greedy, one_by_one):
        found = q7.judge(hand_out, serial)
        assert found.share == pytest.approx(2 / 3)
        assert "which copies shorten nothing?" in found.message
    assert q7.judge(five.balance, serial).share == 1


PATH = five.snake(SERIAL)
BROKEN = int(given.broken(SERIAL)[0][0])
GAP = first_gap(sorted(PATH))


@pytest.mark.parametrize(
    ("question", "answer", "word"),
    [
        ("q2", 12, "expected 5 values, got one"),
        ("q2", five.layer_cores(SERIAL)[:-1], "the one at index 4 is missing"),
        ("q2", [1, 2, 3, 4], "expected 5 values, got 4: is one missing?"),
        ("q5", 72, "width 72 takes 96 cores: there are 64"),
        ("q5", 65, "there are 64"),
        ("q5", 56, "width 56 fits, on 40 cores, but a wider one does, too"),
        ("q5", 47, "the number of cores of the widest"),
        ("q5", 63.5, "whole"),
        ("q5", 1e6, "far too many"),
        ("q5", [64, 65], "expected one number"),
        ("q5", "wide", "expected numbers"),
        ("q14", five.efficiency_gap(SERIAL) / 1e12, "a factor of 1e12"),
        ("q3", 55.0, "too large"),
        ("q10", PATH[:-1], "expected 60"),
        ("q10", [*PATH[1:], PATH[1]], "every working core once"),
        ("q10", [*PATH[1:], BROKEN], "a broken core"),
        ("q10", [*range(64)], f"a broken core is in it: {BROKEN}"),
        ("q10", [PATH], "one after another"),
        ("q10", [*PATH[1:], 0.5], "one after another"),
        ("q10", sorted(PATH), f"no link leads from core {GAP[0]} to core {GAP[1]}"),
        ("q11", 0.5, "two pairs"),
        ("q11", [0.9, 0.85], "two pairs"),
        ("q13", 0.9, "a pair"),
        ("q15", [2, 2], "expected a dict"),
        ("q15", {"conv9": 2}, "refuses"),
        ("q15", {"conv1": 64}, "refuses"),
        ("q15", {"conv1": 46}, "more than the 60"),
        ("q15", {"conv1": 2.0}, "whole numbers"),
        ("q15", {"conv1": True}, "whole numbers"),
        ("q15", {"dense": 2}, "shorten the interval"),
    ],
)
def test_wrong_answers_get_the_hint_that_fits(question, answer, word):
    message = said(question, answer)
    assert "✔" not in message
    assert word in message


@pytest.mark.parametrize(
    ("copies", "earned"),
    [
        ({"conv1": 1}, "0 of 1"),
        ({"conv1": 46}, "0 of 1"),
        ({"conv1": 2, "conv2": 2}, "0.333 of 1"),
        ({"conv1": 4, "conv2": 4}, "0.667 of 1"),
    ],
)
def test_a_plan_earns_by_the_energy_and_the_interval_it_reaches(copies, earned):
    assert earned in said("q15", copies)


@pytest.fixture
def few_images(monkeypatch):
    """Let all runs take 40 images."""
    monkeypatch.setattr(given, "IMAGES", 40)
    for known in (five.runs, five.measured):
        known.cache_clear()
    yield
    for known in (five.runs, five.measured):
        known.cache_clear()


def second_runs(serial, factor):
    """Return what a student measures who has run the chip before at each of the times."""
    resnet, chip, found = ResNet9(), Chip(serial=serial), []
    (images, _), forward = resnet.test_images(given.IMAGES), put(resnet, chip)
    for time, gain in ((0.0, 1.0), (DAY, 1.0), (DAY, factor)):
        chip.at(time, gain).run(images, forward)
        found.append(five.with_outputs(chip.run(images, forward).outputs))
    return found


@pytest.mark.parametrize("serial", [1, 7, 20384])
def test_a_second_run_of_a_chip_is_as_right_as_the_first_and_no_other_network(serial, few_images):
    lab = start("lab-5", serial=serial)
    once, later, corrected = second_runs(serial, 1.015 * five.measured(serial)[2])
    assert lab.check("q11", [once, later]).symbol == "✔"
    assert lab.check("q13", corrected).symbol == "✔"
    resnet = ResNet9()
    digital = five.with_outputs(resnet.scores(resnet.test_images(given.IMAGES)[0]))
    other = five.run_twice(serial + 1)
    for wrong in ([digital, later], [once, once], [later, later], [other[0], later], other):
        assert "not what your chip gives" in str(lab.check("q11", wrong))
    assert "exchanged" in str(lab.check("q11", [later, once]))
    assert "an accuracy is not" in str(lab.check("q11", [(once[0] - 0.03, once[1]), later]))
    for wrong in (digital, once, five.run_corrected(serial + 1)):
        assert "not what your chip gives" in str(lab.check("q13", wrong))
    assert "applies the factor" in str(lab.check("q13", later))


@pytest.fixture
def runs(monkeypatch):
    """Times of the chip at each run of a network on four images."""
    run, times = Chip.run, []

    def counted(chip, *arguments):
        done = run(chip, *arguments)
        times.append(done.t)
        return done

    monkeypatch.setattr(given, "IMAGES", 4)
    monkeypatch.setattr(Chip, "run", counted)
    for known in (five.runs, five.measured):
        known.cache_clear()
    yield times
    for known in (five.runs, five.measured):
        known.cache_clear()


def test_a_question_runs_the_network_no_more_often_than_it_asks_for(runs):
    lab = start("lab-5", serial=SERIAL)
    made_up = (0.5, np.ones((4, 10)))
    lab.check("q11", [made_up, made_up])
    assert runs == [0.0, DAY]
    lab.check("q13", made_up)
    lab.check("q13", made_up)
    assert runs == [0.0, DAY, DAY]


def test_what_was_measured_is_not_measured_again_when_the_chip_is_gone(runs):
    first, second = five.measured(1), five.measured(2)
    assert len(runs) == 4
    assert five.measured(1) is first
    assert five.measured(2) is second
    assert len(runs) == 4
    late = first[3]()  # on a chip that was made anew
    assert runs[4:] == [0.0, DAY, DAY]
    assert first[3]() is late
    assert len(runs) == 7


def test_no_slip_earns_points_on_any_chip():
    for question in (q for q in find("lab-5").questions if q.id in ("q3", "q8", "q14")):
        for serial in range(1, 41):
            assert question.verdict(question.right_answer(serial), serial).right, serial
            for message, wrong in question.wrong_answers(serial):
                if wrong is not None:
                    assert question.verdict(wrong, serial).points == 0, (serial, message)


def test_the_interval_on_all_cores_is_right_where_four_make_no_difference():
    serial = next(s for s in range(60) if five.own_interval(s, 64) == five.own_interval(s))
    assert start("lab-5", serial=serial).check("q8", five.own_interval(serial, 64)).symbol == "✔"
