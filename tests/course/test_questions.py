"""Judges: right answers earn points, wrong ones a reason, and no answer can break them."""

import numpy as np
import pytest

from aimc_answers.checks.judges import Outcome, earns, needs
from aimc_answers.checks.question import array, function, number, properties
from aimc_answers.checks.slips import but, inverse, scaled, slip
from aimc_course.checks.question import Question, lab

QUESTION = function(
    Question("title", 3),
    lambda rng: (rng.normal(size=(3, 2)),),
    lambda x: 2 * x,
    slip("that is the square of x", lambda x: x**2),
    praise="Well done.",
)
DOUBLE = QUESTION.judge


def test_number_close_accepts_numbers_and_arrays_of_one():
    checker = number(Question("title", 1), lambda serial: 10.0 + serial, rtol=0.01).judge
    for answer in (17.0, 17, np.float32(17.05), np.array([17.0]), [16.95]):
        assert checker(answer, 7).share == 1
    assert checker(17.5, 7).share == 0
    assert checker(17.0, 8).share == 0
    assert "one number" in checker([17.0, 17.0], 7).message
    assert "expected numbers" in checker("17", 7).message


def test_array_close_knows_its_mistakes_before_the_general_ones():
    checker = array(
        Question("title", 1),
        lambda serial: np.array([1.0, 2.0]),
        slip("the known slip", lambda serial: np.array([2.0, 4.0])),
    ).judge
    assert checker([1.0, 2.0], 0).share == 1
    assert checker([2.0, 4.0], 0).message == "the known slip"
    assert "sign" in checker([-1.0, -2.0], 0).message


@pytest.mark.parametrize(
    ("function", "word"),
    [
        (lambda x: x**2, "that is the square of x"),
        (lambda x: x, "half of what it should be"),
        (lambda x: 12 * x, "by the number of entries"),
        (lambda x: None, "return"),
        (lambda x: "text", "wrong type returned"),
        (lambda x: 2 * x.T, "transposed"),
        (lambda x: 1 / 0, "raised ZeroDivisionError (division by zero)"),
        (lambda: 3, "raised TypeError"),
        (np.zeros(3), "expected a function, got ndarray"),
    ],
)
def test_functions_are_called_on_fresh_inputs_and_their_failures_explained(function, word):
    finding = DOUBLE(function, 7)
    assert finding.share == 0
    assert word in finding.message


def test_a_function_may_spoil_its_arguments():
    def spoil(x):
        x *= 2
        return x

    assert DOUBLE(spoil, 7).share == 1


def test_inputs_follow_from_the_seed_and_differ_between_rounds():
    first, again, other = DOUBLE.cases(3), DOUBLE.cases(3), DOUBLE.cases(4)
    np.testing.assert_array_equal(first[0].arguments[0], again[0].arguments[0])
    assert not np.array_equal(first[0].arguments[0], other[0].arguments[0])
    assert not np.array_equal(first[0].arguments[0], first[1].arguments[0])


def test_results_can_be_judged_without_the_function():
    cases = DOUBLE.cases(5)
    right = [Outcome(2 * case.arguments[0]) for case in cases]
    assert DOUBLE.compare(right, cases, "f").share == 1
    squares = [Outcome(case.arguments[0] ** 2) for case in cases]
    assert DOUBLE.compare(squares, cases, "f").message.endswith(": that is the square of x")
    assert DOUBLE.compare([Outcome(raised="raised it"), *right[1:]], cases, "f").share == 0


def test_a_function_is_called_once_for_each_set_of_inputs():
    calls = []
    DOUBLE(lambda x: calls.append(x), 5)
    assert len(calls) == len(DOUBLE.cases(5))


def test_the_slip_that_explains_all_inputs_is_named():
    checker = function(
        Question("title", 1),
        lambda rng: (int(rng.integers(2, 9)),),
        lambda n: n**3,
        slip("doubled, eight at least", lambda n: max(2 * n, 8)),
        slip("doubled", lambda n: 2 * n),
        rounds=12,
    ).judge
    seed = next(s for s in range(50) if checker.cases(s)[0].arguments[0] == 5)
    assert checker(lambda n: 2 * n, seed).message.endswith(": doubled")
    assert checker(lambda n: max(2 * n, 8), seed).message.endswith("eight at least")
    # One that explains the first input alone is better than none.
    assert checker(lambda n: 10, seed).message.endswith("eight at least")


def test_a_copy_of_an_input_is_recognised():
    judge = function(
        Question("title", 1),
        lambda rng: (rng.normal(size=4), rng.normal(size=4)),
        lambda a, b: a - b,
    ).judge
    assert judge(lambda a, b: b, 3).message.endswith("that is its second argument as it came")


def test_slips_of_a_question_may_change_the_right_answer_or_its_arguments():
    question = number(
        Question("title", 1),
        lambda serial, factor=3.0: factor * (1 + serial),
        but("another factor", factor=5.0),
        inverse("upside down, in its own words"),
        scaled("times seven", 7),
    )
    for answer, word in ((5.0, "another factor"), (1 / 3, "its own words"), (21.0, "times seven")):
        assert question.verdict(answer, 0).message.endswith(word)
    assert [message for message, _ in question.wrong_answers(0)] == [
        "another factor",
        "upside down, in its own words",
        "times seven",
    ]


def test_a_slip_within_the_tolerance_is_still_told_by_its_digits():
    near = slip("the known slip", lambda serial: 10.02 + serial)
    same = slip("no slip on chip 0", lambda serial: 10.0 * (1 + serial))
    question = number(Question("title", 1), lambda serial: 10.0 + serial, near, same)
    verdict = question.verdict(10.02, 0)
    assert (verdict.points, verdict.message) == (0, "the known slip")
    for right in (10.0, 10.01, 10.019, 10.03, 9.95):
        assert question.verdict(right, 0).right
    assert [answer for _, answer in question.wrong_answers(0)] == [10.02, None]
    assert [answer for _, answer in question.wrong_answers(1)] == [11.02, 20.0]


def test_properties_earn_their_share_in_order_and_requirements_nothing():
    checker = properties(
        Question("title", 1),
        needs("a number", lambda answer, serial: float(answer) == answer),
        earns("above one", lambda answer, serial: answer > 1),
        earns("below the serial number", lambda answer, serial: answer < serial),
        model=lambda serial: 2,
    ).judge
    assert checker(3, 7).share == 1
    assert (checker(9, 7).share, checker(9, 7).message) == (0.5, "below the serial number")
    assert checker(0, 7).share == 0
    assert checker("x", 7).share == 0
    assert "ValueError" in checker("x", 7).message


def test_question_gives_points_and_praise():
    verdict = QUESTION.verdict(lambda x: x + x, 7)
    assert (verdict.points, verdict.max_points, verdict.message) == (3, 3, "Well done.")
    assert verdict.right
    for blank in (None, ...):
        verdict = QUESTION.verdict(blank, 7)
        assert verdict.points == 0
        assert "no answer yet" in verdict.message


def test_a_lab_numbers_its_questions_and_is_named_after_its_notebook():
    made = lab("07-a-topic", "A topic", QUESTION, QUESTION, predictions={})
    assert [question.id for question in made.questions] == ["q1", "q2"]
    assert (made.name, made.slug, made.title) == ("lab-7", "07-a-topic", "Lab 7 · A topic")
    with pytest.raises(ValueError, match="slug='a-topic'"):
        lab("a-topic", "A topic", predictions={})


def test_senseless_questions_are_refused():
    with pytest.raises(ValueError, match="rtol"):
        number(Question("title", 1), lambda serial: 1.0, rtol=0.0)
    with pytest.raises(ValueError, match="rounds"):
        function(Question("title", 1), lambda rng: (1.0,), lambda x: x, rounds=0)
    with pytest.raises(ValueError, match="points"):
        number(Question("title", 0), lambda serial: 1.0)
    with pytest.raises(ValueError, match="earns points"):
        properties(
            Question("title", 1), needs("a number", lambda a, s: True), model=lambda serial: 1
        )


class Tensor:
    """What torch hands out: no array where it knows its gradient, and `min` of its own."""

    def __init__(self, values, *, grad=False):
        self.values, self.grad = np.asarray(values), grad

    def __array__(self, dtype=None, copy=None):
        if self.grad:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")
        return self.values.astype(dtype) if dtype else self.values

    def __len__(self):
        return len(self.values)

    def min(self, axis=None, out=None):
        raise TypeError("min(): argument 'dim' must be int, not NoneType")

    def detach(self):
        return Tensor(self.values)

    def cpu(self):
        return self


@pytest.mark.parametrize("grad", [False, True])
def test_tensors_are_judged_like_the_arrays_that_they_hold(grad):
    small = properties(
        Question("title", 1),
        needs("a number above zero", lambda found, s: np.min(found) > 0),
        earns("three", lambda found, s: np.shape(found) == (3,)),
        model=lambda serial: np.ones(3),
    )
    pair = array(Question("title", 1), lambda serial: np.array([1.0, 2.0]))
    assert small.verdict(Tensor([1.0, 2.0, 3.0], grad=grad), 7).right
    assert "above zero" in small.verdict(Tensor([-1.0, 2.0, 3.0], grad=grad), 7).message
    assert pair.verdict(Tensor([1.0, 2.0], grad=grad), 7).right
    assert pair.verdict([Tensor(1.0, grad=grad), Tensor(2.0, grad=grad)], 7).right
    assert QUESTION.verdict(lambda x: Tensor(2 * x, grad=grad), 7).right
