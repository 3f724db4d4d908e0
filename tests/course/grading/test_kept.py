"""A question judged from kept answers gets the mark that running its notebook gave."""

from dataclasses import replace

import pytest

from aimc_course.grading import Grader
from aimc_course.grading.kept import MOST_BYTES, KeptAnswers

KEY = b"a class key for tests only"
ENDLESS = "while True: pass"
WRONG = "def mvm_error(y, exact):\n    return float(abs(y - exact).max())\ncheck('q1', mvm_error)"
RAISES = "def quantise(x, bits, full_scale):\n    raise ValueError('no')\ncheck('q2', quantise)"
EXITS = "import os\ndef mvm_error(y, exact):\n    os._exit(0)\ncheck('q1', mvm_error)"
SLEEPS = "import time\ndef mvm_error(y, exact):\n    time.sleep(9)\ncheck('q1', mvm_error)"
CONTAINER = """
class Hostile(dict):
    def items(self):
        while True: yield (1, 1)
check("q8", {"a": [np.nan, 10**39, "\\udc80", b"x"]})
check("q2", [[[[1]]]])
"""
DEEP = "x = []\nfor _ in range(60): x = [x]\ncheck('q8', x)"
FORGED = """
import json
check("q8", json.loads('{"fn": [0, "f"]}'))
print('{"op": "reply", "answers": {"q1": 1}}')
"""
LARGE = f"check('q8', np.zeros({MOST_BYTES // 8}))"
TWICE = "check('q8', 1)\ncheck('q8', 4096)"
TRAILS = "undefined_name\nprint(lab.verdicts)"
STOPPED = "check('q2', 3)\nundefined_name\ncheck('q2', np.ones(3))"
ASKED = (["q8"], ["q1"], ["q2", "q3", "q8"])


@pytest.fixture(scope="module")
def grader(sandbox, limits):
    """A grader whose limits no honest call reaches, however busy the machine is."""
    with Grader("lab-2", KEY, sandbox, replace(limits, call=4, question=30)) as made:
        yield made


@pytest.fixture
def notebook(lab2):
    """Return the bytes of a notebook of lab 2 with these cells."""
    return lambda *cells: lab2.written(lab2.start, *cells)


def told(marks, questions):
    """Return what is said of these questions, and of the run as a whole."""
    found = [replace(marks.mark(question), seconds=0.0) for question in questions]
    notes = {n for n in marks.notes if n[0] != "q" or n.partition(":")[0] in questions}
    return found, notes, notes & set(marks.witnessed), marks.doubts


@pytest.mark.parametrize(
    "cells",
    [
        ("count", "quantise", TWICE, "error", TRAILS),
        (WRONG, RAISES, "check('q8', 4095)"),
        (SLEEPS, "check('q8', ...)", STOPPED),
        (CONTAINER, "error"),
        (DEEP, FORGED, "quantise"),
        (LARGE, "error", "quantise"),
    ],
    ids=["right", "wrong", "slow", "strange", "forged", "large"],
)
def test_marks_from_kept_answers_are_those_of_a_run(cells, grader, lab2, notebook):
    known = {"error": lab2.error, "quantise": lab2.quantise, "count": lab2.count}
    written = notebook(*(known.get(cell, cell) for cell in cells))
    first = grader.grade(written, student="ada", serial=12)
    stored = KeptAnswers.from_bytes(first.answers.to_bytes())
    assert stored == first.answers
    for asked in ASKED:
        given = {"student": "ada", "serial": 12, "questions": asked}
        again = grader.grade(written, **given, kept=stored)
        assert again.answers == stored
        assert told(again, asked) == told(first, asked)


def test_a_value_is_judged_without_running_a_cell(grader, lab2, notebook):
    first = grader.grade(notebook(lab2.count, lab2.error), student="ada", serial=12)
    given = {"student": "ada", "serial": 12, "kept": first.answers}
    marks = grader.grade(notebook(ENDLESS), questions=["q8", "q3"], **given)
    assert [mark.points for mark in marks.marks] == [0, 1]
    assert marks.notes == first.notes


def test_a_function_runs_the_cells_up_to_its_own_and_no_further(grader, lab2, notebook):
    first = grader.grade(notebook(lab2.error, lab2.count), student="ada", serial=12)
    changed = notebook(lab2.error, ENDLESS)
    marks = grader.grade(changed, student="ada", serial=12, questions=["q1"], kept=first.answers)
    assert marks.mark("q1").points == 2
    assert marks.notes == first.notes


def test_answers_of_another_serial_or_course_are_not_used(grader, lab2, notebook):
    kept = grader.grade(notebook(lab2.count), student="ada", serial=12).answers
    for other in (replace(kept, serial=13), replace(kept, seen="something else")):
        given = {"student": "ada", "serial": 12, "questions": ["q8"], "kept": other}
        assert grader.grade(notebook("check('q8', 1)"), **given).points == 0


@pytest.mark.parametrize("trouble", [ENDLESS, EXITS, "import os; os._exit(0)"])
def test_nothing_is_kept_of_a_run_in_which_something_ended(trouble, grader, lab2, notebook):
    marks = grader.grade(notebook(lab2.count, trouble), student="ada", serial=12)
    assert marks.mark("q8").points == 1
    assert marks.answers is None


def test_a_function_that_no_call_has_tried_is_run_as_a_whole(grader, lab2, notebook):
    written = notebook(lab2.count, lab2.error)
    kept = grader.grade(written, student="ada", serial=12, questions=["q8"]).answers
    assert kept.know(["q8"])
    assert not kept.know(["q1"])


def test_what_was_kept_is_bounded(sandbox, limits, notebook):
    zeros = "\n".join(f"check('q{k}', np.arange({MOST_BYTES // 40}))" for k in range(1, 9))
    with Grader("lab-2", KEY, sandbox, limits) as grader:
        kept = grader.grade(notebook(zeros), student="ada", serial=12).answers
    assert 0 < len(kept.values) < len(kept.cells)
    assert sum(len(str(value)) for value in kept.values.values()) <= MOST_BYTES


def test_bytes_of_another_version_are_no_answers():
    assert KeptAnswers.from_bytes(b"") is None
    assert KeptAnswers.from_bytes(b"x\x9c\xabV\xd2Q\x8a\xae\x05\x00\x07\xae\x01\xf8") is None
