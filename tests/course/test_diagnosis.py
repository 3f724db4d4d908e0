"""A wrong answer must be told why it is wrong: by its slip, or by its kind, shape and size."""

import numpy as np
import pytest

from aimc.chip.performance import peak_performance
from aimc.published import fact
from aimc_answers.checks.question import array, function
from aimc_course.checks.diagnosis import are_whole, as_numbers, close, is_blank, wrong_kind
from aimc_course.checks.question import Question

RIGHT = np.array([[1.0, 2.0, 3.0], [4.0, -5.0, 6.0]])


def explain(got, expected, rtol, unit=""):
    """Return what is said to a wrong answer."""
    question = array(Question("title", 1), lambda serial: expected, rtol=rtol, unit=unit)
    return question.verdict(got, 0).message


COST = peak_performance(read_mode="4-phase").energy


@pytest.mark.parametrize(
    ("answer", "unit", "word"),
    [
        (RIGHT * 1e6, "S", "not in µS"),
        (RIGHT * 1e3, "A", "not in mA"),
        (RIGHT * 1e-6, "S", "a million times too small"),
        (RIGHT * 100, "", "give a fraction"),
        (RIGHT / 100, "", "divided by 100"),
        (-RIGHT, "", "sign"),
        (RIGHT * 2, "", "twice"),
        (RIGHT / 2, "A", "half"),
        (RIGHT * 0.37, "", "all entries are about 3 times too small"),
        (RIGHT[::-1], "", "the two parts are exchanged"),
        (RIGHT.T, "", "expected shape (2, 3), got (3, 2): it is transposed"),
        (RIGHT.sum(axis=0), "", "over an axis too many"),
        (RIGHT[:, :2], "", "did you sum over the wrong axis?"),
        (RIGHT[..., None] * [0.25, 0.75], "", "sum over axis 2"),
        (RIGHT[..., None] * [0.2, 0.2], "", "are the products not summed"),
        (RIGHT[None], "", "in one axis too many"),
        (RIGHT[:, :, None], "", "in one axis too many"),
        (RIGHT * np.nan, "", "NaN"),
        (RIGHT * 1e9, "J", "not in nJ"),
        (RIGHT * 1e-12, "J", "scaled by 1e-12"),
        (RIGHT * 1e9, "", "factor of 1e9"),
        (RIGHT / 1e3, "", "factor of 1e3"),
        (RIGHT**2, "A", "square"),
        (1 / RIGHT, "", "upside down"),
        (np.abs(RIGHT), "", "signs are lost"),
        (RIGHT * 2**0.5, "", "root of 2"),
        (RIGHT * np.log(10), "", "to base 10"),
        (RIGHT / np.log(2), "", "to base 2"),
    ],
)
def test_the_usual_slips_are_recognised(answer, unit, word):
    assert word in explain(np.asarray(answer), RIGHT, 1e-6, unit)


def test_the_transpose_of_a_square_matrix_is_recognised():
    square = np.arange(1.0, 10.0).reshape(3, 3)
    assert "transpose" in explain(square.T, square, 1e-6)


LIST = np.array([0.1, 0.2, 0.4, 0.7])


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (LIST[::-1], "turned around"),
        (LIST[[0, 2, 1, 3]], "index 1 and 2 are exchanged"),
        (LIST[[3, 1, 2, 0]], "index 0 and 3 are exchanged"),
        (np.delete(LIST, 2), "missing: the one at index 2"),
        (LIST[:2], "expected 4 values, got 2: is one missing?"),
        (np.roll(LIST, 1), "one place too late"),
        (np.roll(LIST, -1), "one place too early"),
        (np.cumsum(LIST), "running sums"),
        (LIST.sum(), "the sum"),
        (LIST.mean(), "the mean"),
        (1 - LIST, "the rest"),
        (np.sqrt(LIST), "one root too many"),
        (0.3, "expected 4 values, got one"),
    ],
)
def test_slips_in_a_list_are_recognised(answer, word):
    assert word in explain(answer, LIST, 1e-6)


@pytest.mark.parametrize(
    ("off", "word"),
    [(1, "one too many"), (-1, "one too few"), (2, "two too many"), (-2, "two too few")],
)
def test_counts_that_begin_or_end_elsewhere_are_recognised(off, word):
    assert word in explain(12 + off, np.array(12.0), 1e-6)
    assert word in explain(np.array([3, 7]) + off, np.array([3.0, 7.0]), 1e-6)
    assert word not in explain(12.5 + off, np.array(12.5), 1e-6)


def test_two_slips_that_give_the_same_number_are_both_named():
    message = explain(4.0, np.array(2.0), 0.01)
    assert "twice" in message
    assert "or: that is the square" in message


def test_a_tenth_in_per_cent_is_not_taken_for_its_reciprocal():
    message = explain(9.97, np.array(0.0997), 0.01)
    assert "give a fraction" in message
    assert "upside down" not in message
    assert "upside down" in explain(5.0, np.array(0.2), 0.01)


def test_a_slip_within_the_tolerance_of_the_right_answer_is_none():
    # 1/1.01 lies 2 % below: beyond the tolerance of 1.5 %, but too near to be told from noise.
    assert explain(1 / 1.01, np.array(1.01), 0.015) == "the value is a few per cent too small"


def test_units_are_not_guessed_for_pure_numbers():
    assert "µ" not in explain(RIGHT * 1e6, RIGHT, 1e-6)


def test_single_wrong_entry_is_located_without_giving_the_answer_away():
    answer = RIGHT.copy()
    answer[1, 2] *= 1.1
    message = explain(answer, RIGHT, 1e-6)
    assert "1 of 6 entries" in message
    assert "(1, 2)" in message
    assert "10 % too large" in message
    assert "6.6" not in message


@pytest.mark.parametrize(
    ("got", "expected", "word"),
    [(1.2, 1.0, "20 % too large"), (0.0, 1.0, "zero, but"), (5.0, 1.0, "5 times too large")],
)
def test_single_numbers_are_told_how_far_off_they_are(got, expected, word):
    assert word in explain(np.asarray(got), np.asarray(expected), 0.01)


@pytest.mark.parametrize(
    ("off", "told"),
    [
        (1.004, "less than 1 % too large"),
        (0.96, "a few per cent too small"),
        (1.123, "some 10 % too large"),
        (0.67, "some 30 % too small"),
        (43.2, "about 40 times too large"),
        (1 / 43.2, "about 40 times too small"),
        (3.3e7, "more than a million times too large"),
    ],
)
def test_a_size_tells_too_little_to_correct_the_answer_by_it(off, told):
    right = 0.7321
    assert explain(np.array(right * off), np.array(right), 0.001) == f"the value is {told}"
    every = explain(RIGHT * off, RIGHT, 0.001)
    assert every.startswith(f"all entries are {told}: ")


@pytest.mark.parametrize("right", [0.87, 1.03, 1.2])
def test_near_one_a_number_is_not_taken_for_its_square_or_root(right):
    for wrong in (right**0.5, right**2, 1 / right):
        told = explain(np.array(wrong), np.array(right), 0.003)
        assert "square" not in told
        assert "upside down" not in told
    assert "square" in explain(np.array(1.4**2), np.array(1.4), 0.003)


def test_blank_answers_and_answers_of_the_wrong_kind():
    assert is_blank(...)
    assert is_blank(None)
    assert not is_blank(0)
    assert as_numbers("3.2") is None
    assert as_numbers([[1.0, 2.0], [3.0]]) is None
    assert as_numbers(1 + 2j) is None
    assert as_numbers((RIGHT, RIGHT)).shape == (2, 2, 3)


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (len, "call it"),
        ("3.2", "got str"),
        ([[1.0, 2.0], [3.0]], "a list whose entries differ in shape"),
        ([np.ones(2), 1.0], "a list whose entries differ in shape"),
        (["a", "b"], "a list that holds str"),
        ([[1.0, "b"], [2.0, 3.0]], "a list that holds str"),
        (np.array([1j, 2.0]), "a list that holds complex"),
        ((1.0, ...), "a tuple that holds `...`"),
        (COST, "a cost with its labels: give its `.value`"),
        ([COST, COST], "a list that holds a cost with its labels: give its `.value`"),
        (np.array([COST, COST]), "give its `.value`"),
        (fact("A037"), "a published fact: give its `.number`"),
    ],
)
def test_what_holds_no_numbers_is_named(answer, word):
    assert as_numbers(answer) is None
    assert word in wrong_kind(answer)


def test_one_number_in_place_of_several_is_counted():
    assert explain(np.asarray(1.0), np.ones(2), 0.01) == "expected 2 values, got one"


@pytest.mark.parametrize(
    ("values", "whole"),
    [([3, np.int64(4)], True), ([3.0], False), ([True], False), ([np.float64(4)], False)],
)
def test_whole_numbers_are_those_that_count(values, whole):
    assert are_whole(values) is whole


def test_small_entries_are_judged_on_the_scale_of_the_large_ones():
    assert close(np.array([1.0, 1e-9]), np.array([1.0, 0.0]), 1e-6)
    assert not close(np.array([1.0, 1e-3]), np.array([1.0, 0.0]), 1e-6)
    assert not close(np.ones(2), np.ones(3), 1.0)


def test_the_tolerance_is_not_counted_twice():
    assert close(np.array([1.0049]), np.array([1.0]), 0.005)
    assert not close(np.array([1.0051]), np.array([1.0]), 0.005)


def test_nothing_is_close_to_infinity():
    assert not close(np.array([1.0, 2.0]), np.array([1.0, np.inf]), 0.005)
    assert not close(np.array([np.inf]), np.array([np.inf]), 0.005)


def test_a_function_may_return_one_number_in_an_array():
    """As where a number is asked for: an array of one is no other answer."""
    question = function(Question("title", 1), lambda rng: (rng.uniform(1, 2),), np.sqrt)
    assert question.verdict(lambda x: np.array([x**0.5]), 0).right
    assert question.verdict(lambda x: np.array([[x**0.5]]), 0).right
    assert not question.verdict(lambda x: np.array([x, x]), 0).right
