"""Each question of each lab: its reference is right, and every known slip gets its own words."""

from importlib.util import find_spec

import numpy as np
import pytest

from aimc import circuits, cores
from aimc_answers.catalogue import LABS
from aimc_answers.checks.common_slips import COMMON
from aimc_answers.checks.judges import FunctionOnInputs, ValueClose
from aimc_answers.checks.weighted import Weighted
from aimc_answers.lab01 import answers as one
from aimc_answers.lab02 import answers as two
from aimc_answers.lab02 import judges as second
from aimc_course import start

pytestmark = pytest.mark.native("it repeats for long what other tests run there")

SERIAL = 7  # four cores more or less change its interval in lab 5: not so for every number
# Many networks are run for these; answers to the others are networks.
WHOLE_NETWORKS = ("lab-5 q11", "lab-5 q13")
NEED_TORCH = ("lab-7 q8", "lab-7 q9", "lab-10 q4", "lab-10 q9")
QUESTIONS = {
    name: question
    for name, question in ((f"{lab.name} {q.id}", q) for lab in LABS for q in lab.questions)
    if name not in NEED_TORCH or find_spec("torch")
}


def judges_of(question):
    """Return the judge of a question, or those of its classes of inputs."""
    if isinstance(question.judge, Weighted):
        return [judge for _, judge in question.judge.parts]
    return [question.judge]


COMPARED = [
    pytest.param(question, judge, id=f"{name} {k}")
    for name, question in QUESTIONS.items()
    for k, judge in enumerate(judges_of(question))
    if isinstance(judge, FunctionOnInputs | ValueClose)
]


@pytest.mark.portable
@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=pytest.mark.slow if n in WHOLE_NETWORKS else ()) for n in QUESTIONS],
)
def test_references_earn_all_points(name):
    question = QUESTIONS[name]
    verdict = question.verdict(question.right_answer(SERIAL), SERIAL)
    assert verdict.right, verdict.message
    assert verdict.message == question.praise


@pytest.mark.parametrize("name", [n for n in QUESTIONS if n not in (*WHOLE_NETWORKS, *NEED_TORCH)])
def test_functions_get_their_arguments_by_place(name):
    question = QUESTIONS[name]
    right = question.right_answer(SERIAL)
    if callable(right):  # a function of a student that runs elsewhere knows no others
        verdict = question.verdict(lambda *arguments: right(*arguments), SERIAL)
        assert verdict.right, verdict.message


def answered(judge, cases, numbers):
    """Return an answer that gives these numbers, one array for each case."""
    left = iter(numbers)
    return (lambda *_: next(left)) if isinstance(judge, FunctionOnInputs) else next(left)


@pytest.mark.parametrize(("question", "judge"), COMPARED)
def test_common_slips_are_recognised_by_every_question_and_never_accepted(question, judge):
    cases = judge.cases(SERIAL)
    own, tried = [message for message, _ in question.wrong_answers(SERIAL)], 0
    for slip in COMMON:
        if not all(slip.is_apart(case) for case in cases):
            continue
        wrong = [slip.answer(case) for case in cases]
        finding = judge(answered(judge, cases, wrong), SERIAL)
        assert finding.share < 1
        assert finding.share == 0 or judge.parts  # entries that the slip leaves as they are
        # Two slips may give the very same numbers; those of the question come first.
        same = [
            other.says(cases[0])
            for other in COMMON
            if all(other.explains(w, case) for w, case in zip(wrong, cases, strict=True))
        ]
        assert slip.says(cases[0]) in same
        assert any(words in finding.message for words in own + same), finding.message
        tried += 1
    assert tried >= 10


@pytest.mark.parametrize(("question", "judge"), COMPARED)
@pytest.mark.parametrize("sign", [-1, 1])
def test_the_edge_of_the_tolerance_is_right_and_just_beyond_is_no_slip(question, judge, sign):
    cases = judge.cases(SERIAL)
    for share in (0.99, 1.5):
        off = [case.expected * (1 + sign * share * judge.rtol) for case in cases]
        finding = judge(answered(judge, cases, off), SERIAL)
        assert finding.share == float(share < 1)
        assert not any(slip.says(cases[0]) in finding.message for slip in COMMON)


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize(
    "answer",
    ["text", 1j, float("nan"), True, False, [], {}, np.zeros((2, 2)), lambda: None],
    ids=lambda answer: "function" if callable(answer) else repr(answer),
)
def test_no_answer_breaks_a_check_or_earns_points(name, answer):
    verdict = QUESTIONS[name].verdict(answer, SERIAL)
    assert verdict.points == 0
    assert verdict.message


@pytest.mark.parametrize(
    ("lab", "question", "answer", "word"),
    [
        ("lab-1", "q5", 10.0, "give a fraction"),
        ("lab-1", "q10", np.zeros((256, 200)), "(200, 256)"),
        ("lab-1", "q8", ("0.1", "3"), "got str"),
        ("lab-2", "q8", "2700", "got str"),
        ("lab-2", "q10", "50e-6", "got str"),
        ("lab-4", "q10", True, "got bool"),
        ("lab-4", "q10", "1.0", "got str"),
        ("lab-4", "q10", [1.0, 1.0], "shape (2,)"),
        ("lab-2", "q8", 256, "above 256"),
        ("lab-2", "q8", 300, "swallows"),
        ("lab-2", "q8", 10**6, "costs time"),
        ("lab-2", "q10", 50.0, "amperes"),
        ("lab-2", "q10", 20e-6, "too small"),
        ("lab-2", "q10", 150e-6, "too large"),
        ("lab-2", "q13", np.full((6, 10), 0.1), "one row per chip"),
        ("lab-2", "q13", np.full((10, 6), 10.0), "about 0.1"),
        ("lab-2", "q13", np.full((10, 6), 0.1), "grow with time"),
        ("lab-2", "q13", np.tile(np.linspace(0.1, 0.17, 6), (10, 1)), "its own serial number"),
    ],
)
def test_open_ended_answers_get_the_hint_that_fits(lab, question, answer, word):
    assert word in str(start(lab, serial=SERIAL).check(question, answer))


# Mean errors of ten chips at 0 s, a minute, an hour, a day, a week and a month.
MONTH = np.array([0.0999, 0.0998, 0.1085, 0.1340, 0.1545, 0.1709])


@pytest.mark.parametrize(
    ("means", "right"),
    [
        (MONTH, True),  # as on chip 2, where read noise outdoes the drift of the first minute
        (MONTH[[1, 0, 2, 3, 4, 5]], True),
        (MONTH[[0, 0, 2, 3, 4, 5]], False),  # the first column twice
        (MONTH[[0, 1, 2, 2, 4, 5]], False),
        (MONTH[[0, 1, 3, 2, 4, 5]], False),
        (MONTH[0] * (1 + 1e-4 * np.arange(6)), False),  # time stood still but for noise
    ],
)
def test_the_mean_error_of_ten_chips_grows_but_for_read_noise(means, right):
    chips = np.array(two.errors_of_chips(2, (0.0,))) * means / means[0]
    shown = str(start("lab-2", serial=2).check("q13", chips))
    assert ("should grow with time" in shown) is not right
    assert ("2 of 4 points" in shown) is right  # chips of one's own, but made up from there on


def test_errors_of_other_chips_and_invented_ones_are_refused():
    invented = MONTH + 2e-4 * np.linspace(-1, 1, 10)[:, None]
    for errors in (two.errors_of_chips(3), invented):
        assert "not your ten chips" in str(start("lab-2", serial=2).check("q13", errors))


@pytest.mark.parametrize(
    ("column", "words"),
    [(0, "right after programming need more digits"), (-1, "after 30 days need more digits")],
)
def test_rounded_errors_of_ten_chips_are_told_that_more_digits_are_needed(column, words):
    errors = np.array(two.errors_of_chips(9))
    errors[:, column] = np.round(errors[:, column], 3)
    assert words in str(start("lab-2", serial=9).check("q13", errors))


def test_outputs_of_another_chip_and_invented_ones_are_refused():
    lab = start("lab-1", serial=SERIAL)
    for outputs in (one.activations(SERIAL + 1), 1.02 * one.exact_activations()):
        assert "not the outputs of your chip" in str(lab.check("q10", outputs))
    again = 0.5 * one.activations(SERIAL) + 0.5 * one.exact_activations()
    assert lab.check("q10", again).symbol == "✔"  # the mean of many reads is nearer to exact


def test_exact_outputs_are_not_taken_for_a_chip():
    shown = str(start("lab-1", serial=SERIAL).check("q10", one.exact_activations()))
    assert "suspiciously exact" in shown


def test_forgotten_partial_sums_are_refused():
    exact = one.exact_activations()
    assert not QUESTIONS["lab-1 q10"].verdict(exact / 2, 7).right


def test_references_agree_with_the_library():
    rng = np.random.default_rng(3)
    weights = rng.uniform(-2, 2, (4, 5))
    targets = circuits.DifferentialPair().split(weights / 2, 25e-6)
    np.testing.assert_allclose(one.split(weights, 2.0, 25e-6), targets[0, 0])
    np.testing.assert_allclose(one.join(*targets[0, 0], 2.0, 25e-6), weights)
    np.testing.assert_allclose(two.quantise(weights, 4, 1.5), circuits.quantise(weights, 4, 1.5))
    for shape in ((256, 784), (10, 256), (257, 1)):
        grid = cores.tile_grid(shape, rows=256, columns=128)
        assert one.cores_needed(*shape, 256, 128) == grid[0] * grid[1]
    x, y, exact = second.draw_decompose(rng)
    parts = circuits.decompose(x, y, exact)
    assert two.decompose(x, y, exact) == pytest.approx((parts.linear, parts.residual))
