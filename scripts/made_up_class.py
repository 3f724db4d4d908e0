"""A class that nobody taught: notebooks as students hand them in, good, unfinished and hostile.

Everything follows from one seed, so that two runs of a grader can be compared. Each notebook is
made from a lab's own solution and student copy; `grade_a_class.py` hands them to the grader.
"""

from __future__ import annotations

import csv
import functools
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from aimc_answers.catalogue import find
from aimc_course.authoring.notebooks import (
    find_root,
    lab_sources,
    read_source,
    solution_copy,
    student_copy,
)

__all__ = ["KINDS", "solution", "write_class"]

KINDS = {
    "solution": 0.38,
    "wrong answers": 0.26,
    "unfinished": 0.12,
    "untouched": 0.08,
    "crash": 0.06,
    "hostile": 0.06,
    "endless": 0.02,
    "no notebook": 0.02,
}
"""Share of each kind of submission."""

CHECK = re.compile(r'^check\("(q\d+)", (.*)\)$', re.MULTILINE)
SLIPS = (
    "lambda *a, right=({answer}): 1e6 * np.asarray(right(*a))",
    "lambda *a, right=({answer}): -np.asarray(right(*a))",
    "lambda *a, right=({answer}): np.asarray(right(*a)).T + 1",
    "lambda *a: 0.0",
)
"""What is wrong with a function: its unit, its sign, its shape, or everything."""

CRASHES = (
    "import os\nos._exit(3)",
    "import ctypes\nctypes.string_at(0)",
    "raise RuntimeError('my kernel died')",
    "1 / 0",
    "x = np.ones((50_000, 50_000))",
    "def deep():\n    return deep()\ndeep()",
    "import sys\nsys.exit(1)",
    "this is no Python",
)
ENDLESS = "import time\nwhile True:\n    time.sleep(0.1)"
CELLS = """
from aimc_course.checks.question import Question, Verdict
Question.verdict = lambda self, answer, serial: Verdict(99.0, 99.0, "right")
# ---
print('{"points": 99}')
lab.verdicts["q1"] = 99
# ---
class Yes(np.ndarray):
    def __eq__(self, other):
        return True
check("q1", np.zeros(4).view(Yes))
# ---
import os, struct
for number in range(3, 64):
    try:
        os.write(number, struct.pack(">I", 2) + b"{}")
    except OSError:
        pass
# ---
import os
for top, _, files in os.walk("/"):
    for name in files:
        if name in ("class.key", "grades.sqlite"):
            check("q1", open(os.path.join(top, name), "rb").read())
# ---
import os
check("q1", [value for name, value in os.environ.items() if "KEY" in name])
# ---
import os, time
try:
    while True:
        if os.fork() == 0:
            time.sleep(1000)
except OSError:
    pass
# ---
import os, signal
os.kill(-1, signal.SIGKILL)
# ---
kept = []
try:
    while True:
        kept.append(bytearray(2**28))
except MemoryError:
    kept = []
# ---
import sys
for _ in range(2000):
    sys.stderr.write("x" * 10_000)
# ---
for number in range(64):
    try:
        open(f"/tmp/{number}", "wb").write(b"x" * 15 * 2**20)
    except OSError:
        pass
# ---
import socket
socket.create_connection(("127.0.0.1", 22), timeout=1)
# ---
import atexit, time
atexit.register(time.sleep, 1000)
# ---
import threading
threading.Thread(target=lambda: [0 for _ in iter(int, 1)]).start()
"""
HOSTILE = CELLS.split("# ---\n")
"""Cells that want other marks, want to see the tests, want to do harm, or outlive themselves."""

NO_NOTEBOOKS = (b"", b"hello", b"[" * 100_000, b'{"cells": 3}', b"\xff\xfe{", b'{"worksheets": []}')


def write_class(folder: Path, labs: list[str], count: int, seed: int) -> Counter[str]:
    """Write a class list and its submissions; return how many there are of each kind.

    Parameters
    ----------
    folder : Path
        Where they go: ``class.csv``, and ``lab-1/ID/lab.ipynb`` for each submission.
    labs : list of str
        Names of the labs, such as ``"lab-1"``.
    count : int
        Submissions of all labs together.
    seed : int
        Seed of the class.
    """
    rng = np.random.default_rng(seed)
    shares = np.array([*KINDS.values()])
    # Each kind has its share exactly, and at least one of it where there is room.
    numbers = np.maximum(np.floor(shares * count).astype(int), int(count >= len(KINDS)))
    numbers[0] += count - numbers.sum()
    kinds = rng.permutation(np.repeat([*KINDS], numbers))
    made: Counter[str] = Counter()
    folder.mkdir(parents=True, exist_ok=True)
    people = -(-count // len(labs))
    with (folder / "class.csv").open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["id", "serial"])
        for k in range(people):
            rows.writerow([f"s{k:04}", _serial(k)])
    for number, kind in enumerate(kinds):
        lab, student = labs[number % len(labs)], number // len(labs)
        place = folder / lab / f"s{student:04}" / "lab.ipynb"
        place.parent.mkdir(parents=True, exist_ok=True)
        turn = made[str(kind)]
        place.write_bytes(_submission(str(kind), lab, _serial(student), turn, rng))
        made[str(kind)] += 1
    return made


def solution(lab: str) -> bytes:
    """Return the notebook with the solution of a lab."""
    return _file(_copies(lab)[1])


def _serial(student: int) -> int:
    return 1000 + 7 * student


def _submission(kind: str, lab: str, serial: int, turn: int, rng: np.random.Generator) -> bytes:
    """Return the file of one submission; ``turn`` counts those of its kind."""
    if kind == "no notebook":
        return NO_NOTEBOOKS[turn % len(NO_NOTEBOOKS)]
    untouched, solved = _copies(lab)
    if kind == "untouched":
        return _file(untouched)
    if kind == "unfinished":
        done = int(rng.integers(1, len(solved)))
        return _file(solved[:done])
    if kind == "wrong answers":
        return _file([*solved, *_wrong(lab, serial, rng)])
    # The rest comes after the first cell, which starts the lab, and before the last one.
    odd = {"crash": CRASHES, "endless": (ENDLESS,), "hostile": HOSTILE}.get(kind, ())
    if not odd:
        return _file(solved)
    where = int(rng.integers(_started(solved), len(solved)))
    return _file([*solved[:where], odd[turn % len(odd)], *solved[where:]])


def _started(cells: list[str]) -> int:
    return next(k for k, cell in enumerate(cells) if "start(" in cell) + 1


@functools.cache
def _copies(lab: str) -> tuple[list[str], list[str]]:
    """Return the code cells of a lab's student and solution copies."""
    slug = find(lab).slug
    (source,) = (s for s in lab_sources(find_root()) if s.stem == slug)
    notebook = read_source(source)
    both = (student_copy(notebook), solution_copy(notebook))
    student, solution = ([c.source for c in b.cells if c.cell_type == "code"] for b in both)
    return student, solution


def _wrong(lab: str, serial: int, rng: np.random.Generator) -> list[str]:
    """Return cells that answer one to four questions once more, each with a known mistake."""
    answers = dict(CHECK.findall("\n".join(_copies(lab)[1])))
    questions = [q for q in find(lab).questions if q.id in answers]
    some = rng.choice(len(questions), size=int(rng.integers(1, 5)), replace=False)
    cells = []
    for question in (questions[int(k)] for k in some):
        if callable(question.right_answer(serial)):
            wrong = str(rng.choice(SLIPS)).format(answer=answers[question.id])
        else:
            known = [a for _, a in question.wrong_answers(serial) if a is not None]
            wrong = _literal(known[int(rng.integers(len(known)))]) if known else "0.5"
        cells.append(f'check("{question.id}", {wrong})')
    return cells


def _literal(value: Any) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(_literal(part) for part in value)},)"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{k!r}: {_literal(v)}' for k, v in value.items())}}}"
    plain = np.asarray(value)
    if plain.dtype.kind not in "biuf":
        return "None"
    text = repr(plain.tolist()).replace("nan", "np.nan").replace("inf", "np.inf")
    return text if plain.ndim == 0 else f"np.array({text}, dtype='{plain.dtype}')"


def _file(cells: list[str]) -> bytes:
    made: list[dict[str, object]] = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": c}
        for c in cells
    ]
    content = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content).encode()
