"""Right answers of honest students pass: in lists, in single precision, with four digits."""

import numpy as np
import pytest
from variants import VARIANTS, changed, refused
from wrong import DEAR, asked

from aimc_course.checks.diagnosis import as_numbers, close, describe, rounded_to

SERIAL = 4_711_000
SLOW = {("lab-2", "q13"), ("lab-4", "q5"), ("lab-4", "q13"), *DEAR}
QUICK = {
    name: question
    for name, (lab, question) in asked().items()
    if (lab.name, question.id) not in SLOW
}
ASKED = {name: one for name, one in QUICK.items() if not callable(one.right_answer(7))}
DOUBLE = {"lab-9 q10", "lab-9 q12", "lab-9 q14"}
"""Questions whose text asks for a residual that single precision does not reach."""


@pytest.mark.parametrize("name", ASKED)
def test_right_answers_pass_as_lists_and_typed_with_four_digits(name):
    said = refused(ASKED[name], SERIAL)
    assert said.keys() <= {"3 digits"}, said
    # where three digits are too few, the student is told so and no physics is blamed
    assert "digits" in said.get("3 digits", "digits"), said


@pytest.mark.parametrize("name", QUICK)
def test_single_precision_passes_where_no_text_asks_for_more(name):
    said = refused(QUICK[name], SERIAL, ("float32",))
    assert said.keys() == ({"float32"} if name in DOUBLE else set()), said
    assert "double precision" in said.get("float32", "double precision")


@pytest.mark.parametrize(
    ("got", "same"),
    [
        (np.float32(1 / 3), True),
        (float(np.float32(1 / 3)), False),  # typed as a number of double precision
        (np.float32(1 / 3 + 2e-6), False),  # no rounding
        (np.float16(1 / 3), False),
        ([np.float32(1 / 3)], False),  # another shape
    ],
)
def test_an_answer_may_be_off_by_what_its_number_format_explains(got, same):
    assert close(as_numbers(got), np.asarray(1 / 3), 1e-9) is same


@pytest.mark.parametrize(
    ("right", "typed", "digits"),
    [
        (0.098765, 0.0988, "three"),
        (0.098765, 0.0987, "three"),  # cut off, not rounded
        (1234.5, 1200.0, "two"),
        ([1.23456e-5, 0.98765e-6], [1.23e-5, 9.88e-7], "three"),
        ([1.23456, 0.01234], [1.2346, 0.0123], "five"),  # equally many places after the point
        ([0.0, 3.14159], [0.0, 3.142], "four"),
    ],
)
def test_a_rounded_copy_is_named(right, typed, digits):
    said = describe(np.asarray(typed), np.asarray(right), 1e-7)
    assert f"right to {digits} digits" in said
    assert "hand in the variable" in said


@pytest.mark.parametrize(
    ("right", "got"),
    [
        (0.098765, 0.0988123),  # as far off, and not rounded
        (0.098765, 0.0970),  # rounded, to something else
        (0.5213, 0.5),  # one digit is a guess
        (12.0, 13.0),
        ([1.23456, 2.34567], [1.23, 2.34567]),
        ([1.0, 2.0], [1.0, np.nan]),
        ([1.0, 2.0], [1.0]),
    ],
)
def test_other_wrong_numbers_are_no_rounded_copies(right, got):
    assert rounded_to(np.asarray(got), np.asarray(right)) == 0


def test_functions_and_pairs_are_changed_in_all_that_they_return():
    typed = changed(lambda x: (x / 3, np.array([x / 7, x])), VARIANTS["3 digits"])
    assert typed(1.0) == (0.333, [0.143, 1.0])
    pair = changed((np.array([0.1]), np.array([2])), VARIANTS["float32"])
    assert [one.dtype for one in pair] == [np.float32, int]
    assert changed({"conv1": 2}, VARIANTS["3 digits"]) == {"conv1": 2}
