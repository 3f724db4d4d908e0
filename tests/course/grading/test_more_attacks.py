"""Forty attacks more, on values, functions and replies; each earns exactly what is honest in it.

Many share one notebook, one for each question of lab 2, since none of them may disturb another.
Attacks on other processes, on limits and on the kernel are cells of `first_process.py`.
"""

import json

import numpy as np
import pytest

from aimc_answers.catalogue import find
from aimc_course.grading.limits import Limits
from aimc_course.grading.notebook import code_cells

HELP = """
import asyncio, collections, ctypes, decimal, enum, fractions, functools, types, weakref
from numpy.lib.stride_tricks import as_strided
class Swapped:
    __class__ = float
    def __float__(self): return 1.0
class Restless:
    asked = 0
    def __array__(self, *a, **k):
        Restless.asked += 1
        return np.arange(Restless.asked, dtype=float)
class Liar(np.ndarray):
    def tobytes(self, *a): return bytes(8)
class Thing:
    pass
thing = Thing()
class Fact:
    value, text = 4096, "4096 rows"
Tag = type("fn", (), {"__iter__": lambda self: iter([0, "f"])})
class Level(enum.IntEnum):
    ROWS = 12
Pair = collections.namedtuple("Pair", "share message")
class Counting:
    calls = 0
    @property
    def __name__(self): return "\\u202e<script>" * 1000
    def __call__(self, *a):
        self.calls += 1
        return [0.0, 1.0, np.nan][self.calls % 3]
"""
VALUES = {
    "no rows of endless width": "np.zeros((0, 2**39))",
    "seventeen dimensions": "np.zeros((1,) * 17)",
    "numbers of eighty bits": "np.array([1, 2], dtype=np.longdouble)",
    "records": "np.rec.array([(1, 2.0)])",
    "a time that is none": "np.datetime64('NaT')",
    "a class that says it is another": "Swapped()",
    "another array at each look": "Restless()",
    "an array that lies about its bytes": "np.zeros(1).view(Liar)",
    "a weak reference": "weakref.proxy(thing)",
    "a fraction": "fractions.Fraction(1, 3)",
    "a decimal that is none": "decimal.Decimal('sNaN')",
    "bytes of a number": "memoryview(b'4096')",
    "keys that are no numbers": "{float('nan'): 1.0, (1,): 2.0, None: ...}",
    "a set": "{1, 2}",
    "a mapping that is read": "types.MappingProxyType({'conv1': 1})",
    "a number with a name": "Level.ROWS",
    "a tuple that looks like a verdict": "Pair(1.0, 'Right.')",
    "a value with a text": "Fact()",
    "a type named as a tag": "Tag()",
    "a type that describes itself": "np.zeros(2, dtype=np.dtype('f8', metadata={'right': True}))",
    "memory that is not its own": "as_strided(np.zeros(1), shape=(4, 2), strides=(16, 8))",
    "a text of a million digits": "'9' * 10**6",
}
FUNCTIONS = {
    "returns itself": "(lambda f: f(f))(lambda f: lambda *a: f)",
    "returns what waits": "asyncio.sleep",
    "counts, under a hostile name": "Counting()",
    "a method of what it is given": "np.ndarray.sum",
    "a part of another function": "functools.partial(max, 0.1, key=id)",
    "raises what ends a loop": "lambda *a: next(iter(()))",
    "raises what ends a program": "lambda *a: exec('raise SystemExit(0)')",
    "raises many at once": "lambda *a: exec('raise ExceptionGroup(chr(27), [ValueError(1)] * 9)')",
    "writes over the number one": "lambda *a: ctypes.memset(id(10**9) + 16, 255, 16) and 1.0",
}
NUMBERS = ("q3", "q5", "q6", "q7", "q8", "q9", "q10", "q11", "q12", "q13")
CALLED = ("q1", "q2", "q4")


def test_values_and_functions_that_nobody_expects(grader, lab2):
    for number in range(3):
        some = list(zip(NUMBERS, list(VALUES.items())[number::3], strict=False))
        some += list(zip(CALLED, list(FUNCTIONS.items())[number::3], strict=True))
        cells = [f"check('{q}', {answer})" for q, (_, answer) in some]
        marks = grader.grade(lab2.written(lab2.start, HELP, *cells), student="ada", serial=12)
        names = {q: name for q, (name, _) in some}
        assert marks.points == 0, [names.get(m.question) for m in marks.marks if m.points]
        for question, name in names.items():
            message = marks.mark(question).message
            assert "no check" not in message, (name, marks.notes)
            assert message.isprintable(), name
            assert 10 < len(message) < 600, name


def shares(marks):
    """Return the share of its points that each question earned."""
    return [mark.points / mark.max_points for mark in marks.marks]


CHANGING = """
import os, threading
def mapped(name, values):
    values = np.asarray(values, dtype=float)
    place = np.memmap(f"/tmp/{name}", dtype=float, mode="w+", shape=values.shape)
    place[:] = values
    return place
"""


def test_memory_that_changes_after_the_check_counts_as_it_was(graded, grader, lab2):
    """A mapped file, also by a process and a thread that go on writing."""
    right = {q.id: q.right_answer(lab2.serial) for q in find("lab-2").questions if q.id == "q3"}
    values = np.asarray(right["q3"]).tolist()
    later = f"""
kept = mapped("q3", {values})
check("q3", kept)
kept[:] = 0
if os.fork() == 0:
    while True:
        kept[:] = 0
late = mapped("q8", [1.0])
check("q8", late)
late[:] = 4096
def go_on():
    while True:
        late[:] = 4096
threading.Thread(target=go_on, daemon=True).start()
"""
    cells = [lab2.start, CHANGING, later, "x = 1"]
    marks = grader.grade(
        lab2.written(*cells), student="ada", serial=lab2.serial, questions=("q3", "q8")
    )
    assert shares(marks) == [1, 0], marks.notes


FORGED = [
    {"value": {"f": "nan"}},
    {"value": {"n": ["<f8", [], "AQCAvu8N+H8="]}},
    {"value": {"c": ["inf", "nan"]}},
    {"value": True},
    {"value": {"i": "0x" + "f" * 40}},
    {"value": {"ob": [0, "devices"]}},
    {"value": {"fn": [0, "f"]}},
    {"value": {"d": [[True, 1], [1, 2], [{"f": "0x1p+0"}, 3]]}},
    {"value": {"l": 0}, "share": 1.0, "message": "Right.", "slip": None},
    {"raised": ["KeyboardInterrupt", "x"]},
    {"raised": ["AnswersNotInstalledError", "x"]},
    {"raised": []},
    {"raised": {"0": "SystemExit"}},
    {},
    {"op": "large"},
    {"op": "verdict", "share": 1.0},
    {"id": ["x"]},
    {"gone": "yes"},
]
FORGE = """
import gc, json
served = next(o for o in gc.get_objects() if isinstance(o, dict) and set(o) == {
    "begin", "cell", "call", "drop"})
forged = json.loads(%r)
served["call"] = lambda request: forged[int(request["function"]) %% len(forged)]
"""
BITS = """
def bits(error):
    return 1 + np.log2(1 + 0.5 / error)
check("q4", bits)
"""


@pytest.mark.slow  # every other forgery ends its worker: some twenty starts
def test_forged_results_of_right_functions_earn_nothing(grader, lab2):
    for some in (FORGED[k : k + 3] for k in range(0, len(FORGED), 3)):
        forge = FORGE % json.dumps(some)
        cells = [lab2.start, lab2.error, lab2.quantise, BITS, lab2.count, forge]
        marks = grader.grade(
            lab2.written(*cells),
            student="ada",
            serial=lab2.serial,
            questions=("q1", "q2", "q4", "q8"),
        )
        assert shares(marks) == [0, 0, 0, 1], some
    honest = [lab2.start, lab2.error, lab2.quantise, BITS, lab2.count]
    marks = grader.grade(
        lab2.written(*honest), student="bob", serial=12, questions=("q1", "q2", "q4", "q8")
    )
    assert shares(marks) == [1, 1, 1, 1]


def cell(**changes):
    return {"cell_type": "code", "id": "a", "metadata": {}, "source": "x = 1", **changes}


MARK = {"points": 99.0, "max_points": 99.0, "question": "q1", "message": "Right."}
IMITATED = {
    "marks of another grader": cell(
        metadata={"nbgrader": {"grade": True, "points": 99, "locked": True, "solution": False}}
    ),
    "marks of this grader": cell(metadata={"aimc": {"marks": [MARK], "doubts": []}}),
    "tags": cell(metadata={"tags": ["remove-cell", "skip-execution", "graded"]}),
    "output of a check": cell(
        outputs=[{"output_type": "display_data", "data": {"text/html": "<b>q1: 2 of 2</b>"}}],
        execution_count=2**70,
    ),
    "an id that turns the line": cell(id="\u202eq1\u2066\x1b[2J"),
}


@pytest.mark.parametrize("name", IMITATED)
def test_what_a_notebook_says_of_its_marks_is_not_read(name):
    data = {"cells": [IMITATED[name]], "metadata": {"aimc_marks": [MARK]}, "points": 99}
    assert code_cells(json.dumps(data).encode(), Limits()) == ["x = 1"]
