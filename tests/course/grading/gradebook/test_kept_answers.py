"""Answers that the gradebook keeps, and marks that belong to another version of a question."""

import contextlib
import sqlite3
from dataclasses import replace

import pytest

from aimc_course.grading.kept import KeptAnswers

KEPT = KeptAnswers(11, "sandbox", ("a note",), (), {"q1": 1}, {"q1": {"s": "VFJBQ0U="}}, ("q2",))
REGRADE = "regrade --lab 1 --out @out --question q1"


@pytest.fixture
def keeper(believer):
    """Return a grader that keeps answers, and notes with what it was asked."""

    class Keeper(believer):
        def __init__(self, kept=KEPT):
            super().__init__()
            self.kept, self.given, self.lab = kept, [], believer.lab

        def grade(self, notebook, *, kept=None, **what):

            self.given.append(kept)
            return replace(super().grade(notebook, **what), answers=self.kept)

    return Keeper


def kept(folder):
    with contextlib.closing(sqlite3.connect(folder / "out" / "grades.sqlite")) as db:
        return db.execute("SELECT count(*) FROM answers").fetchone()[0]


def test_a_regrade_is_given_what_was_kept_unless_everything_runs_afresh(call, grade, keeper):
    call(grade, keeper())
    again = keeper()
    call(REGRADE, again)
    assert again.given == [KEPT, KEPT]
    afresh = keeper()
    call(f"{REGRADE} --afresh", afresh)
    assert afresh.given == [None, None]


def test_a_trial_uses_what_was_kept_and_leaves_it(classroom, call, grade, keeper):
    call(grade, keeper())
    tried = keeper()
    assert call(f"{REGRADE} --trial", tried)[0] == 0
    assert tried.given == [KEPT, KEPT]
    assert call("regrade --lab 1 --out @out --keep")[0] == 0
    assert kept(classroom) == 2


def test_answers_of_a_run_that_kept_none_are_gone(classroom, call, grade, keeper):
    call(grade, keeper())
    assert kept(classroom) == 2
    call(f"{REGRADE} --afresh", keeper(None))
    assert kept(classroom) == 0


def test_answers_of_a_forgotten_student_are_deleted(classroom, call, grade, keeper):
    call(grade, keeper())
    call("forget max --out @out")
    assert kept(classroom) == 1
    call("forget ada --out @out")
    assert KEPT.to_bytes() not in (classroom / "out" / "grades.sqlite").read_bytes()


def test_marks_of_another_version_of_a_question_are_named(classroom, call, grade, keeper, notebook):
    call(grade, keeper())
    assert "version" not in call(grade, keeper())[2]
    changed = keeper()
    changed.lab = type("Lab", (), {"versions": {**changed.lab.versions, "q3": "v2", "q4": "v1"}})
    notebook(classroom / "in" / "emmy" / "lab.ipynb", q1=1)
    status, _, said = call(grade, changed)
    assert status == 0
    assert "q3 in 2 notebooks, q4 in 3 notebooks" in said
    assert f"regrade --lab lab-1 --question q3 q4 --out {classroom}/out" in said
