"""Notebooks of a few cells, graded in a real sandbox."""

import json
import os
import shutil

import pytest

from aimc_course.grading import Grader, Limits, find_sandbox

KEY = b"a class key for tests only"
SERIAL = 12
START = """
import numpy as np
from aimc_course import start
SERIAL = 7
lab = start("lab-2", serial=SERIAL)
check = lab.check
"""
ERROR = """
def mvm_error(y, exact):
    return np.linalg.norm(y - exact) / np.linalg.norm(exact)
check("q1", mvm_error)
"""
QUANTISE = """
def quantise(x, bits, full_scale):
    step = full_scale / (2 ** (bits - 1) - 1)
    return step * np.round(np.clip(x, -full_scale, full_scale) / step)
check("q2", quantise)
"""
COUNT = 'check("q8", 4096)'


def written(*cells):
    """Return the bytes of a notebook with these code cells."""
    made = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": c}
        for c in cells
    ]
    content = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content).encode()


@pytest.fixture(scope="session")
def sandbox():
    """The sandbox of this machine; where there is none, CI fails and others skip."""
    if not shutil.which("bwrap") and os.environ.get("CI") != "true":
        pytest.skip("bubblewrap is not installed: student code is not run without it")
    with find_sandbox("bubblewrap") as found:
        yield found


@pytest.fixture(scope="session")
def limits():
    """Short limits, so that what hangs is soon over."""
    return Limits(
        cell=4, call=1.5, question=2.5, submission=40, judge=20, restarts=4, memory=1200 * 2**20
    )


@pytest.fixture(scope="module")
def grader(sandbox, limits):
    """A grader of lab 2."""
    with Grader("lab-2", KEY, sandbox, limits) as made:
        yield made


@pytest.fixture
def graded(grader):
    """Grade a notebook of lab 2: questions 1, 2 and 8, six points in all."""

    def grade(*cells, student="ada", start=START):
        marks = grader.grade(
            written(start, *cells),
            student=student,
            serial=SERIAL,
            questions=("q1", "q2", "q8"),
        )
        assert marks.max_points == 6
        assert all(mark.message for mark in marks.marks)
        return marks

    return grade


def points(marks):
    """Return the points of questions 1, 2 and 8."""
    return tuple(mark.points for mark in marks.marks)


@pytest.fixture
def lab2():
    """What the tests of lab 2 write their notebooks from."""

    class Lab2:
        error, quantise, count, start = ERROR, QUANTISE, COUNT, START
        written = staticmethod(written)
        points = staticmethod(points)
        key, serial = KEY, SERIAL

    return Lab2
