"""Every lab across the border: the solution earns all, the copy that students get nothing."""

import numpy as np
import pytest

from aimc_course.authoring.notebooks import (
    find_root,
    lab_sources,
    read_source,
    solution_copy,
    student_copy,
    written,
)
from aimc_course.grading import Grader

SOURCES = {source.stem[:2]: source for source in lab_sources(find_root())}
# The solutions of labs 2, 5, 7 and 10 work for long; questions of every kind in them stand below.
QUICK = [name for name in SOURCES if name not in ("02", "05", "07", "10")]


def two_and_each_week(names):
    """Return two labs to cross the border with each change; the others cross it each week."""
    return [pytest.param(n, marks=pytest.mark.weekly if k > 1 else ()) for k, n in enumerate(names)]


@pytest.fixture
def lab(sandbox, lab2):
    """Grade a notebook of any lab."""

    def grade(name, notebook, serial, **chosen):
        with Grader(SOURCES[name].stem, lab2.key, sandbox) as grader:
            return grader.grade(notebook, student=f"student {serial}", serial=serial, **chosen)

    return grade


def lost(marks):
    return {m.question: m.message for m in marks.marks if m.points < m.max_points}


@pytest.mark.parametrize("name", two_and_each_week(QUICK))
def test_the_solution_earns_everything(name, lab):
    serial = 40 + int(name)
    marks = lab(name, written(solution_copy(read_source(SOURCES[name]))).encode(), serial)
    assert lost(marks) == {}
    assert marks.points == marks.max_points >= 19
    assert [note for note in marks.notes if "SERIAL" not in note] == []


@pytest.mark.parametrize("name", two_and_each_week(SOURCES))
def test_the_untouched_copy_earns_nothing(name, lab):
    marks = lab(name, written(student_copy(read_source(SOURCES[name]))).encode(), 7)
    assert marks.points == 0
    assert all(mark.message for mark in marks.marks)


LONG = {
    "02": ("q1 q2 q4 q8 q10 q11", "from aimc_course import start"),
    "05": ("q1 q2 q3 q4 q5 q6 q7 q8 q9 q10 q14 q15", "from aimc_course import start"),
    "07": ("q1 q2 q3 q4 q5 q6 q7 q10", "import torch"),
    "10": ("q1 q2 q3 q5 q6 q7 q8 q10 q11", "import torch"),
}


@pytest.mark.parametrize("name", LONG)
def test_parts_of_long_solutions_earn_what_they_hold(name, lab):
    questions, marker = LONG[name]
    notebook = solution_copy(read_source(SOURCES[name]))
    assert any(marker in cell.source for cell in notebook.cells)
    # Cells that run whole networks are left out: what they answer is not asked for here.
    slow = (
        "errors_over_time",
        "COPIES",
        ".run(",
        "evaluate(",
        "train(",
        "images",
        "corrected",
        "aged(",
    )
    kept = [c for c in notebook.cells if c.cell_type == "code"]
    kept = [c.source for c in kept if not any(word in c.source for word in slow)]
    assert len(kept) >= 8
    notebook.cells = [c for c in notebook.cells if c.cell_type != "code" or c.source in kept]
    marks = lab(name, written(notebook).encode(), 31, questions=questions.split())
    right = [m.question for m in marks.marks if m.points == m.max_points]
    assert len(right) >= len(questions.split()) - 2, lost(marks)


PARTS = """
def quantise(x, bits, full_scale):  # beyond the range nothing is clipped
    step = full_scale / (2 ** (bits - 1) - 1)
    return step * np.round(x / step)
def decompose(x, y, y_exact):  # the second is the error of all
    size = np.linalg.norm(y_exact)
    fitted = x @ np.linalg.lstsq(x, y, rcond=None)[0]
    return np.linalg.norm(fitted - y_exact) / size, np.linalg.norm(y - y_exact) / size
W, X = lab.given("test")
top = np.abs(W).max()
three = np.linalg.norm(X @ (top * np.round(3 * W / top) / 3 - W).T) / np.linalg.norm(X @ W.T)
check("q2", quantise)
check("q3", [three, three])
check("q7", decompose)
"""


def test_parts_earn_across_the_border_what_they_earn_in_the_notebook(lab, lab2):
    marks = lab("02", lab2.written(lab2.start, PARTS), 7, questions=["q2", "q3", "q7"])
    seen = {}
    exec(lab2.start + PARTS, seen)  # as in a notebook, with the same serial number
    own = {name: verdict.points for name, verdict in seen["lab"].verdicts.items()}
    assert {m.question: m.points for m in marks.marks} == pytest.approx(own)
    assert own == pytest.approx({"q2": 8 / 3, "q3": 1.5, "q7": 1.5})
    heads = ("numbers inside the range", "3 bits", "linear error")
    for mark, head in zip(marks.marks, heads, strict=True):
        assert mark.message.startswith(f"right: {head}; not yet: ")


@pytest.mark.slow  # evaluates a network on three chips
def test_a_network_as_a_vector_is_judged_on_the_students_chips(lab, lab2):
    cell = """
from aimc.networks.small_cnn import small_cnn
values = small_cnn("aware").state_dict().values()
check("q9", np.concatenate([v.detach().numpy().ravel() for v in values]))
check("q4", np.float32(1.0))
"""
    start = lab2.start.replace("lab-2", "lab-7")
    marks = lab("07", lab2.written(start, cell), 21, questions=["q9", "q4"])
    assert [m.points for m in marks.marks] == [0, 4]
    assert np.isfinite(marks.seconds)
