"""Further submissions that a grader has to survive: each earns its mark and a clear message."""

import json
from dataclasses import replace

import pytest

from aimc_course.grading import Grader, Limits
from aimc_course.grading.notebook import NotebookError, code_cells

ODD_CELLS = {
    "a destructor that ends the process": """
class End:
    def __del__(self):
        import os
        os._exit(1)
keep = End()
""",
    "work after the end": "import atexit, time\natexit.register(time.sleep, 1000)",
    "a thread that never ends": """
import threading
threading.Thread(target=lambda: [None for _ in iter(int, 1)], daemon=False).start()
""",
    "ignored signals": """
import signal
for number in range(1, 32):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
""",
    "a full folder": """
for k in range(64):
    try:
        with open(f"/tmp/{k}", "wb") as file:
            for _ in range(15):
                file.write(b"x" * 2**20)
    except OSError:
        pass
""",
    "a file too large": "open('/tmp/x', 'wb').write(b'x' * 20 * 2**20)",
    "an exit": "raise SystemExit",
    "an interrupt": "raise KeyboardInterrupt",
    "a deep recursion": "def f():\n    return f()\nf()",
    "a silent exception": "class Bad(Exception):\n    def __str__(self): raise self\nraise Bad",
    "names of Python itself": "del __builtins__\nstr = None\nnp.ndarray.__class__ = None",
    "magic": "%matplotlib inline\n!echo hello\n%timeit 1\nx = 3\nprint?",
    "cell magic": "%%bash\nrm -rf /",
    "no Python": "\x00",
    "another script": "π = 3.14\nµ = 'ſ'\nprint('\u202e', π)",
    "half a character": "x = '\ud800'",
    "another lab": "start('lab-1', serial=7)",
    "an own serial number": "SERIAL = 999\nSERIAL: int = 998\nlab2 = start('lab-2', serial=SERIAL)",
    "a module of the same name": "open('/tmp/numpy.py', 'w').write('1/0')",
    "a recursion limit": "import sys\nsys.setrecursionlimit(2**30)",
    "a display": "display(np.ones(3))",
    "an await": "import asyncio\nawait asyncio.sleep(0)",
}


@pytest.mark.parametrize("group", range(6))
def test_odd_cells_cost_at_most_themselves(group, graded, lab2):
    names = list(ODD_CELLS)[group::6]
    marks = graded(lab2.error, *(ODD_CELLS[name] for name in names), lab2.quantise, lab2.count)
    assert lab2.points(marks) == (2, 3, 1), names


def test_endless_cells_cost_themselves(graded, lab2):
    endless = "import time\nwhile True:\n    time.sleep(1)"
    marks = graded(lab2.error, endless, lab2.quantise, endless, lab2.count)
    assert lab2.points(marks) == (2, 3, 1)
    assert sum("took longer than 4 s" in note for note in marks.notes) == 2


def test_too_many_crashes_end_the_attempts(sandbox, lab2):
    cells = [lab2.start, lab2.count] + ["import os\nos._exit(0)"] * 6 + [lab2.error]
    with Grader("lab-2", lab2.key, sandbox, Limits(restarts=3)) as grader:
        marks = grader.grade(lab2.written(*cells), student="ada", questions=("q1", "q8"))
    assert [m.points for m in marks.marks] == [0, 1]
    assert any("no further start" in note for note in marks.notes)


def test_a_submission_has_an_end(sandbox, limits, lab2):
    short = replace(limits, submission=3, cell=2)
    cells = [lab2.start, lab2.count, *["import time\ntime.sleep(1.5)"] * 9, lab2.error]
    with Grader("lab-2", lab2.key, sandbox, short) as grader:
        marks = grader.grade(lab2.written(*cells), student="ada", questions=("q1", "q8"))
    assert [m.points for m in marks.marks] == [0, 1]
    assert marks.seconds < 15
    assert any("3 s in all" in note for note in marks.notes)


ANSWERS = {
    "a text": "'4096'",
    "a deep list": "deep(100_000)",
    "an endless list": "endless()",
    "a large array": "np.zeros(3 * 2**20)",
    "a large integer": "10**100_000",
    "an open file": "open('/dev/null')",
    "a class": "Bad",
    "a module": "np",
    "a hostile container": "Bad([1])",
    "a hostile dict": "{Bad([1]).__class__: 1}",
    "an array of objects": "np.array([Bad(), None], dtype=object)",
    "an array of texts": "np.array(['4096'])",
    "dates": "np.array(['2026-01-01'], dtype='datetime64[D]')",
    "a lab": "lab",
    "a generator": "(x for x in [4096])",
    "complex": "4096 + 0j",
    "true": "True",
}
HOSTILE = """
class Bad(list):
    def __iter__(self): raise MemoryError
    def __len__(self): return -1
    def __getattribute__(self, name): raise ValueError(name)
def deep(n):
    x = []
    for _ in range(n):
        x = [x]
    return x
def endless():
    x = []
    x.append(x)
    return x
"""


def test_odd_answers_are_wrong_answers(grader, lab2):
    numbers, functions = ("q3", "q5", "q6", "q8", "q9", "q10"), ("q1", "q2", "q4")
    left = list(ANSWERS.values())
    while left:
        some, left = left[: len(numbers)], left[len(numbers) :]
        cells = [lab2.start + HOSTILE]
        cells += [f"check('{q}', {answer})" for q, answer in zip(numbers, some, strict=False)]
        cells += [f"check('{q}', lambda *a: {a})" for q, a in zip(functions, some, strict=False)]
        cells += [f"check('q7', lambda *a: {some[-1]})", "check('q13', lambda *a: 1)"]
        marks = grader.grade(lab2.written(*cells), student="ada", serial=12)
        assert marks.points == 0, [m for m in marks.marks if m.points]
        assert all(len(mark.message) > 10 for mark in marks.marks)


def test_an_answer_that_keeps_the_judge_busy_costs_that_answer(sandbox, limits, lab2):
    cells = [
        lab2.start.replace("lab-2", "lab-5"),
        "check('q15', {'conv1': 10_000_000})",
        "check('q4', lambda width: 0)",
        "check('q5', lab.definition.questions[4].points * 0 + 1e300)",
    ]
    with Grader("lab-5", lab2.key, sandbox, replace(limits, judge=3)) as grader:
        marks = grader.grade(lab2.written(*cells), student="ada", questions=("q15", "q4", "q5"))
        assert marks.points == 0
        assert "busy for longer than 3 s" in marks.mark("q15").message
        assert "busy" not in marks.mark("q4").message
        again = grader.grade(lab2.written(*cells[:1]), student="ada", questions=("q4",))
        assert "no answer" in again.mark("q4").message


FILES = {
    "empty": b"",
    "no JSON": b"hello",
    "not UTF-8": b"\xff\xfe{",
    "deep": b"[" * 10**6,
    "a list": b"[]",
    "no cells": b'{"cells": 3}',
    "an old format": b'{"worksheets": []}',
    "a source that is none": b'{"cells": [{"cell_type": "code", "source": [1]}]}',
    "too many cells": json.dumps({"cells": [{"cell_type": "code", "source": ""}] * 501}).encode(),
    "a hundred megabytes": b" " * 100 * 2**20,
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_notebook_is_refused(name, grader):
    marks = grader.grade(FILES[name], student="ada", serial=12)
    assert marks.points == 0
    assert marks.max_points == 26
    assert all(mark.message.startswith("not graded: ") for mark in marks.marks)
    with pytest.raises(NotebookError):
        code_cells(FILES[name], Limits())


def test_sources_may_be_lines_and_other_cells_are_left_out():
    cells = [
        {"cell_type": "code", "source": ["a = 1\n", "b = 2"]},
        {"cell_type": "markdown", "source": "text"},
        {"cell_type": "code"},
        None,
    ]
    data = b"\xef\xbb\xbf" + json.dumps({"cells": cells}).encode()
    assert code_cells(data, Limits()) == ["a = 1\nb = 2", ""]
