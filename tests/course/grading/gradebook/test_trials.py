"""A regrade on trial changes nothing until it is kept, and a command can be given again."""

import argparse
from pathlib import Path

import pytest

from aimc_course.grading.gradebook.grading_commands import add_commands
from aimc_course.grading.gradebook.kept_commands import (
    GRADER,
    command_words,
    keep_command,
    kept_command,
)
from aimc_course.grading.gradebook.store import Store
from aimc_course.grading.gradebook.trials import Trials

TRIAL = "regrade --lab 1 --question q1 --trial --out @out"
FILES = "--class c.csv --gradebook g.csv --column=-x --times a b --rules r.toml"
SANDBOX = "--cell-seconds 30 --sandbox podman --trusted"
KEEP = "regrade --lab 1 --keep --reason fixed --out @out"


def points(folder):
    with Store(folder / "out" / "grades.sqlite") as store:
        return {e.owner: e.marks.marks[0].points for e in store.entries("lab-1") if e.marks}


def test_a_trial_shows_what_would_change_and_keep_changes_it(classroom, call, grade, believer):
    call(grade)
    before = points(classroom)
    table = (classroom / "out" / "lab-1" / "grades.csv").read_text()
    status, out, _ = call(TRIAL, believer(0.5))
    assert status == 0
    assert "ada q1: 2 -> 1" in out
    assert "2 marks would change." in out
    assert points(classroom) == before
    assert (classroom / "out" / "lab-1" / "grades.csv").read_text() == table
    assert call("log --out @out")[1] == ""
    status, out, _ = call(KEEP)  # nothing is graded: this grader would say 2
    assert status == 0
    assert "2 marks changed." in out
    assert points(classroom) == {"ada": 1.0, "max": 1.0}
    assert "regrade lab-1 ada q1 2 -> 1 (fixed)" in call("log --out @out")[1]
    assert call(KEEP)[0] == 2


def test_a_dropped_trial_leaves_nothing(classroom, call, grade, believer):
    call(grade)
    call(TRIAL, believer(0.5))
    assert "dropped" in call("regrade --lab 1 --drop --out @out")[1]
    assert call(KEEP)[0] == 2
    assert points(classroom) == {"ada": 2.0, "max": 2.0}
    with Store(classroom / "out" / "grades.sqlite") as store:
        assert store.database.execute("SELECT count(*) FROM trials").fetchone() == (0,)


def test_a_trial_is_kept_only_for_the_marks_that_it_was_made_beside(
    classroom, call, grade, believer, notebook
):
    call(grade)
    call(TRIAL, believer(0.5))
    notebook(classroom / "in" / "emmy" / "lab.ipynb", q1=2)
    call(grade)
    status, _, err = call(KEEP)
    assert status == 2
    assert "1 notebooks are new" in err
    other = believer(0.5)
    call(TRIAL, other)
    assert [student for student, *_ in other.calls] == ["emmy"]  # goes on where it was
    call("regrade --lab 1 --question q1 --out @out", believer(0.25))
    status, _, err = call(KEEP)
    assert status == 2
    assert "3 notebooks are new" in err
    assert points(classroom) == {"ada": 0.5, "max": 0.5, "emmy": 0.5}


def test_another_trial_takes_the_place_of_the_one_before(classroom, call, grade, believer):
    call(grade)
    call(TRIAL, believer(0.5))
    call("regrade --lab 1 --question q2 q3 --trial --out @out", believer(0.5))
    with Store(classroom / "out" / "grades.sqlite") as store:
        trial = Trials(store, "lab-1").now()
        assert trial.questions == ("q2", "q3")
        assert {c.question for c in trial.changes} == {"q2", "q3"}


def test_a_notebook_that_failed_keeps_the_trial_open(classroom, call, grade, believer, notebook):
    call(grade)

    class Failing(believer):
        def grade(self, notebook, *, student, serial=None, questions=None):
            if student == "max":
                raise RuntimeError("broken")
            return super().grade(notebook, student=student, serial=serial, questions=questions)

    status, out, err = call(TRIAL, Failing(0.5))
    assert status == 1
    assert "1 of 2 notebooks" in out
    assert "broken" in err
    assert call(KEEP)[0] == 2
    assert points(classroom) == {"ada": 2.0, "max": 2.0}


@pytest.mark.parametrize("line", ["regrade --lab 1 --out @out", f"{KEEP} --question q1"])
def test_either_questions_or_the_end_of_a_trial(classroom, call, grade, line):
    call(grade)
    assert call(line)[0] == 2


@pytest.mark.parametrize(
    "line",
    [
        "grade in --lab 3 --out out",
        "grade in --lab 3 --out out --key-file k",
        f"grade i.zip --lab 3 --out out {FILES} --anonymous --workers 3 {SANDBOX}",
    ],
)
def test_a_command_that_was_kept_is_the_same_command(tmp_path, line):
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    chosen = parser.parse_args(line.split())
    with Store(tmp_path / "g.sqlite") as store:
        keep_command(store, "lab-3", chosen)
        kept = kept_command(store, "lab-3")
    again = vars(parser.parse_args(["grade", *command_words(kept)]))
    for name, value in vars(chosen).items():
        if isinstance(value, Path):
            value = value.resolve()
        elif isinstance(value, list):
            value = [path.resolve() for path in value]
        assert again[name] == value, name
    parser.parse_args(
        ["regrade", "--lab=3", "--out=out", "--keep", *command_words(kept, only=GRADER)]
    )
