"""Lab 8: every student's chip can be kept alive, and wrong answers get their words."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from aimc.recovery.compensation import GlobalDrift, VectorFactor
from aimc.units import DAY, HOUR, YEAR
from aimc_answers.lab08 import answers as eight
from aimc_course import start
from aimc_course.explorers.accuracy.compensated import cores_of
from aimc_course.explorers.accuracy.glyphs import forward, glyphs, trained
from aimc_course.labs.lab08 import given
from aimc_course.labs.lab08.questions import LAB

pytestmark = pytest.mark.native("it repeats for long what other tests run there")

SERIAL = 11
SERIALS = [0, 7, 12, 20261125]


def said(question, answer):
    return str(start("lab-8", serial=SERIAL).check(question, answer))


@pytest.mark.parametrize("serial", SERIALS)
def test_every_chip_collapses_and_comes_back_step_by_step(serial):
    factors, alone, repaired, adapted = eight.measured(serial)
    assert alone < 0.65 < 0.8 < repaired < adapted < 0.95
    assert np.all((factors > 1.4) & (factors < 1.8))
    # answers of neighbouring questions can be told apart beyond their tolerances
    assert adapted / repaired > 1.015
    assert eight.measured(serial, DAY)[1] / alone > 1.2


def test_references_agree_with_the_library():
    core = cores_of(SERIAL, given.DEVICES)[1]
    library = GlobalDrift()
    library.prepare(core)
    first, later = given.currents(SERIAL)
    by_sums = eight.factor_by_sums(first, later)
    assert library.apply(core, YEAR).view.gain == pytest.approx(by_sums, rel=0.02)
    vectors = VectorFactor(count=16)
    vectors.prepare(core)
    products = eight.factor_by_products(first[0] - first[1], later[0] - later[1])
    assert vectors.apply(core, YEAR).view.gain == pytest.approx(products, rel=0.05)
    assert by_sums / products == pytest.approx(eight.excess(SERIAL)[0])


@pytest.mark.parametrize("serial", SERIALS)
def test_the_sum_of_currents_is_too_large_on_every_chip(serial):
    with_reset, without = eight.excess(serial)
    assert 1.1 < without < with_reset < 1.25
    # devices in RESET make up less than a tenth of the excess, and yet can be told from none
    assert 1.006 < with_reset / without < 1.012
    # beyond the tolerance of the check, all currents in place of net ones can be told apart
    assert with_reset / eight.excess(serial, split=False)[0] > 1.006


def test_a_plan_of_equal_ratios_is_the_shortest_that_holds():
    nu, plan = eight.exponent(SERIAL), eight.plan(SERIAL)
    assert len(plan) == eight.fewest(SERIAL) == eight.count(HOUR, YEAR, nu, given.TOLERANCE)
    for now, then in zip(plan[1:], plan, strict=False):
        assert eight.kept(now, then, nu) == pytest.approx(1 - given.TOLERANCE)
    assert eight.kept(YEAR, plan[-1], nu) >= 1 - given.TOLERANCE
    assert eight.kept(YEAR, plan[-2], nu) < 1 - given.TOLERANCE


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ([HOUR], "expected a list"),
        ([2 * HOUR, DAY], "after an hour"),
        ([HOUR, 2 * YEAR], "from programming"),
        ([HOUR, DAY], "0 of 4"),
        (list(np.arange(1, 53) * 7 * DAY), "after an hour"),
        ([HOUR, *(np.arange(1, 53) * 7 * DAY)], "0 of 4"),
        (list(np.arange(1, 8766) * HOUR), "0 of 4"),
        (list(np.geomspace(HOUR, YEAR * 0.99, eight.fewest(SERIAL) + 2)), "0 of 4"),
        (list(np.geomspace(HOUR, YEAR * 0.99, eight.fewest(SERIAL) + 1)), "2 of 4"),
    ],
)
def test_a_plan_earns_by_what_it_keeps_and_by_its_length(plan, words):
    assert words in said("q14", plan)


def a_year_later(serial, seed, spread=np.var):
    """Return factors and accuracies as a student measures them, with reads of its own."""
    cores, network = cores_of(serial, given.DEVICES), trained(eight.LAYERS)
    (x,), batches = given.vectors(serial), np.split(glyphs(3000, 2)[0][:2600], 13)
    gains = []
    for core, limit in zip(cores, network.ranges, strict=True):
        reads = [core.at(t).forward(limit * x, rng=seed + t) for t in (0, int(YEAR))]
        gains.append(eight.factor_by_products(*reads))
    views = [core.at(YEAR, gain) for core, gain in zip(cores, gains, strict=True)]
    p = eight.momentum(len(batches))
    statistics = list(zip(network.means, network.variances, strict=True))
    for batch in batches:
        seen = []

        def product(view, k, inputs, seen=seen):
            seen.append(view.forward(inputs, rng=k))
            return seen[-1]

        forward(network, batch, [partial(product, v, k) for k, v in enumerate(views)], statistics)
        statistics = [
            (p * mean + (1 - p) * y.mean(axis=0), p * variance + (1 - p) * spread(y, axis=0))
            for (mean, variance), y in zip(statistics, seen[:4], strict=True)
        ]
    return gains, eight.accuracy(views), eight.accuracy(views, statistics)


@pytest.mark.parametrize("serial", [5, 12, 2024, 20384, 1, 7, 99, 4711])
def test_other_reads_of_the_same_chip_are_as_right(serial):
    lab = start("lab-8", serial=serial)
    factors, with_factors, adapted = a_year_later(serial, 9)
    for question, answer in (("q7", [with_factors, *factors]), ("q10", adapted)):
        lab.check(question, answer)
        assert lab.verdicts[question].right, question


@pytest.mark.parametrize("serial", [3, 20384])
def test_statistics_of_the_wrong_kind_are_refused(serial):
    lab = start("lab-8", serial=serial)
    lab.check("q10", a_year_later(serial, 9, np.std)[2])
    assert lab.verdicts["q10"].points == 0


@pytest.mark.parametrize("serial", range(6))
def test_the_line_through_a_log_has_an_intercept_of_its_own(serial):
    lab = start("lab-8", serial=serial)
    times, sizes = given.log(serial)
    x, y = np.log(times / HOUR), np.log(sizes)
    lab.check("q11", -(x @ y) / (x @ x))
    assert lab.verdicts["q11"].points == 0
    lab.check("q11", -y[-1] / x[-1])
    assert lab.verdicts["q11"].points == 0
    lab.check("q11", round(eight.exponent(serial), 4))
    assert lab.verdicts["q11"].right


def test_an_approximate_logarithm_gives_another_number_of_calibrations():
    for serial in range(1, 21):
        lab = start("lab-8", serial=serial)
        lab.check("q13", lambda a, b, nu, d: 1 + np.floor(np.log(b / a) * nu / d))
        assert lab.verdicts["q13"].points == 0


def test_logs_give_different_exponents_and_numbers():
    found = [eight.exponent(serial) for serial in range(30)]
    assert 0.024 < min(found) < 0.035
    assert 0.1 < max(found) < 0.121
    assert len({eight.fewest(serial) for serial in range(30)}) > 6


@pytest.mark.parametrize(
    ("question", "answer", "word"),
    [
        ("q2", 100 * eight.measured(SERIAL)[1], "fraction"),
        ("q5", eight.excess(SERIAL) - 1, "not as a difference"),
        ("q6", lambda a, b, x, limit: eight.factor_of(a, b, x, 1.0), "`limit * vectors`"),
        ("q7", eight.repaired(SERIAL)[:1] + eight.repaired(SERIAL)[:0:-1], "in their order"),
        ("q11", -eight.exponent(SERIAL), "minus the slope"),
        ("q15", eight.energy(SERIAL) / eight.fewest(SERIAL), "one calibration"),
    ],
)
def test_wrong_answers_get_the_hint_that_fits(question, answer, word):
    message = said(question, answer)
    assert "✔" not in message
    assert word in message


@pytest.mark.parametrize("serial", range(1, 21))
def test_the_model_answer_to_the_open_question_holds_on_every_chip(serial):
    root = Path(__file__).parents[2]
    cells = json.loads((root / "labs" / f"{LAB.slug}.ipynb").read_text(encoding="utf-8"))["cells"]
    code = ["".join(c["source"]) for c in cells if "instructor" in c["metadata"].get("tags", [])]
    known = {
        "np": np,
        "HOUR": HOUR,
        "DAY": DAY,
        "nu": eight.exponent(serial),
        "next_time": eight.next_time,
        "plan": eight.plan(serial),
    }
    exec(next(text for text in code if "effective_age(summer" in text), known)
    assert len(known["due"]) < 2 * len(known["plan"]) + 10
