"""Checkers: right answers earn points, wrong ones a reason, and no answer can break them."""

import numpy as np
import pytest

from aimc_course.checks.questions import (
    Mistake,
    Question,
    array_close,
    function_on_inputs,
    number_close,
    property_holds,
)

DOUBLE = function_on_inputs(
    lambda rng: (rng.normal(size=(3, 2)),),
    lambda x: 2 * x,
    mistakes=(Mistake(lambda x: x**2, "that is the square"),),
)


def test_number_close_accepts_numbers_and_arrays_of_one():
    checker = number_close(lambda serial: 10.0 + serial, rtol=0.01)
    for answer in (17.0, 17, np.float32(17.05), np.array([17.0]), [16.95]):
        assert checker(answer, 7).share == 1
    assert checker(17.5, 7).share == 0
    assert checker(17.0, 8).share == 0
    assert "one number" in checker([17.0, 17.0], 7).message
    assert "expected numbers" in checker("17", 7).message


def test_array_close_knows_its_mistakes_before_the_general_ones():
    checker = array_close(
        lambda serial: np.array([1.0, 2.0]),
        mistakes=(Mistake(lambda serial: np.array([2.0, 4.0]), "the known slip"),),
    )
    assert checker([1.0, 2.0], 0).share == 1
    assert checker([2.0, 4.0], 0).message == "the known slip"
    assert "sign" in checker([-1.0, -2.0], 0).message


@pytest.mark.parametrize(
    ("function", "word"),
    [
        (lambda x: x**2, "that is the square"),
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
    first, again, other = DOUBLE.arguments(3), DOUBLE.arguments(3), DOUBLE.arguments(4)
    np.testing.assert_array_equal(first[0][0], again[0][0])
    assert not np.array_equal(first[0][0], other[0][0])
    assert not np.array_equal(first[0][0], first[1][0])


def test_a_returned_value_can_be_judged_without_the_function():
    (arguments, *_) = DOUBLE.arguments(5)
    assert DOUBLE.judge(2 * arguments[0], arguments) == ""
    assert DOUBLE.judge(arguments[0] ** 2, arguments) == "that is the square"


def test_the_mistake_that_explains_all_inputs_is_named():
    checker = function_on_inputs(
        lambda rng: (int(rng.integers(2, 9)),),
        lambda n: n**3,
        rounds=12,
        mistakes=(
            Mistake(lambda n: max(2 * n, 8), "doubled, eight at least"),
            Mistake(lambda n: 2 * n, "doubled"),
        ),
    )
    seed = next(s for s in range(50) if checker.arguments(s)[0][0] == 5)
    assert checker(lambda n: 2 * n, seed).message.endswith(": doubled")
    assert checker(lambda n: max(2 * n, 8), seed).message.endswith("eight at least")
    # One that explains the first input alone is better than none.
    assert checker(lambda n: 10, seed).message.endswith("eight at least")


def test_properties_earn_their_share_in_order_and_requirements_nothing():
    checker = property_holds(
        (lambda answer, serial: answer > 1, "above one"),
        (lambda answer, serial: answer < serial, "below the serial number"),
        requirements=((lambda answer, serial: float(answer) == answer, "a number"),),
    )
    assert checker(3, 7).share == 1
    assert (checker(9, 7).share, checker(9, 7).message) == (0.5, "below the serial number")
    assert checker(0, 7).share == 0
    assert checker("x", 7).share == 0
    assert "ValueError" in checker("x", 7).message


def test_question_gives_points_and_praise():
    question = Question("q1", "title", 3, DOUBLE, "Well done.")
    verdict = question.verdict(lambda x: x + x, 7)
    assert (verdict.points, verdict.max_points, verdict.message) == (3, 3, "Well done.")
    assert verdict.right
    for blank in (None, ...):
        verdict = question.verdict(blank, 7)
        assert verdict.points == 0
        assert "no answer yet" in verdict.message


def test_senseless_checkers_are_refused():
    with pytest.raises(ValueError, match="rtol"):
        number_close(lambda serial: 1.0, rtol=0.0)
    with pytest.raises(ValueError, match="rounds"):
        function_on_inputs(lambda rng: (1.0,), lambda x: x, rounds=0)
    with pytest.raises(ValueError, match="properties"):
        property_holds()
