"""Right answers of honest students pass in lists and with four digits, and are told if not."""

import numpy as np
import pytest
from variants import VARIANTS, changed, refused
from wrong import DEAR, asked

from aimc_course.checks.diagnosis import describe, rounded_to

SERIAL = 4_711_000
SLOW = {("lab-2", "q13"), ("lab-4", "q5"), ("lab-4", "q13"), *DEAR}
ASKED = {
    name: question
    for name, (lab, question) in asked().items()
    if (lab.name, question.id) not in SLOW and not callable(question.right_answer(7))
}


@pytest.mark.parametrize("name", ASKED)
def test_right_answers_pass_as_lists_and_typed_with_four_digits(name):
    said = refused(ASKED[name], SERIAL)
    assert said.keys() <= {"3 digits", "float32"}, said
    # where three digits are too few, the student is told so and no physics is blamed
    assert "digits" in said.get("3 digits", "digits"), said


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
    assert changed({"conv1": 2}, VARIANTS["3 digits"]) == {"conv1": 2}
