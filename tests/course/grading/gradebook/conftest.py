"""A class on paper: notebooks that say what they earn, and a grader that believes them."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import pytest

from aimc_course.grading.gradebook.grading_commands import add_commands, run
from aimc_course.grading.marks import QuestionMark, SubmissionMarks

QUESTIONS = {"q1": 2.0, "q2": 3.0, "q3": 5.0}
CLASS = "id,name,serial\nada,Ada Lovelace,11\nmax,Max Born,12\nemmy,Emmy Noether,\n"


class Lab:
    versions = dict.fromkeys(QUESTIONS, "v1")


class Believer:
    """Gives each notebook the points that it asks for."""

    lab = Lab()

    def __init__(self, factor=1.0):
        self.factor, self.calls = factor, []

    def grade(self, notebook, *, student, serial=None, questions=None):
        said = json.loads(notebook)
        if "fails" in said:
            raise RuntimeError(said["fails"])
        self.calls.append((student, serial, questions))
        marks = tuple(
            QuestionMark(
                q,
                min(most, self.factor * said.get(q, 0.0)),
                most,
                said.get("message", "said"),
                said.get("slip") if said.get(q, 0.0) < most else None,
                "00ff",
                self.lab.versions[q],
                0.1,
            )
            for q, most in QUESTIONS.items()
            if questions is None or q in questions
        )
        notes, doubts = tuple(said.get("notes", ())), tuple(said.get("doubts", ()))
        return SubmissionMarks("lab-1", student, serial or 1, marks, notes, "0", 0.3, doubts)

    def close(self):
        pass


def write_notebook(path, **said):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": [], **said}))


@pytest.fixture
def believer():
    return Believer


@pytest.fixture
def notebook():
    return write_notebook


@pytest.fixture
def classroom(tmp_path):
    """Return a folder with a class list and submissions of two of its three students."""
    (tmp_path / "class.csv").write_text(CLASS)
    write_notebook(tmp_path / "in" / "ada" / "lab.ipynb", q1=2, q2=3, q3=5)
    write_notebook(tmp_path / "in" / "max" / "lab.ipynb", q1=2, q2=1, slip="the sign is lost")
    return tmp_path


@pytest.fixture
def call(classroom, capsys):
    """Return a function that runs a command and returns status, output and errors."""

    def called(line, grader=None):
        parser = argparse.ArgumentParser()
        add_commands(parser.add_subparsers())
        words = [w.replace("@", f"{classroom}/") for w in line.split()]
        made = grader or Believer()
        status = run(parser.parse_args(words), factory=lambda lab, key: made)
        out, err = capsys.readouterr()
        return status, out, err

    return called


GRADE = "grade @in --lab 1 --class @class.csv --out @out"


@pytest.fixture
def grade():
    return GRADE


@pytest.fixture
def python():
    return [sys.executable, "-c"]


@pytest.fixture
def root():
    return Path(__file__).parents[4]
