"""Twenty-odd submissions, honest, careless and hostile: each earns exactly what it holds."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from aimc_course.grading import Grader

E, Q, C = "error", "quantise", "count"  # right answers, by their names
CRASH = "import os\nos._exit(0)"
PATCH = "np.allclose = lambda *a, **k: True\nnp.all = np.unique = lambda *a, **k: True"
WRONG_ERROR = (
    'def mvm_error(y, exact):\n    return np.linalg.norm(y - exact)\ncheck("q1", mvm_error)'
)
WRONG_QUANTISE = 'def quantise(x, bits, full_scale):\n    return x\ncheck("q2", quantise)'
FORKS = """
import os, time
for k in range(2000):
    try:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
    except OSError:
        break
"""
SPOKEN_FORKS = (
    f"def quantise(*a):\n{FORKS.replace(chr(10), chr(10) + '    ')}\ncheck('q2', quantise)"
)
MEMORY = "def quantise(*a):\n    return np.zeros(30 * 2**27)\ncheck('q2', quantise)"
MANY = """
import os, time
for _ in range(6):
    if os.fork() == 0:
        held = np.ones(2**24)  # 128 MiB
        time.sleep(60)
time.sleep(60)
"""
LOOP = "def quantise(*a):\n    while True:\n        pass\ncheck('q2', quantise)"
PRINT = "line = 'x' * 2**20\nfor _ in range(1000):\n    print(line)"
SOCKET = "import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=1)"
HARNESS = """
import gc, sys, pickle, unittest
for module in list(sys.modules.values()):
    for name in ("passed", "grade", "results", "run"):
        try:
            setattr(module, name, lambda *a, **k: True)
        except Exception:
            pass
pickle.dump = pickle.dumps = lambda *a, **k: b"full marks"
"""
SHELL = "get_ipython().ast_transformers.append(None)"
HIDDEN = """
from pathlib import Path
found = [p for root in ("/", "..", "../..", "/work", "/home", "/root", "/course", "/tmp")
         for p in Path(root).glob("*/**/answers.py") if "checks" not in p.parts]
exec(found[0].read_text())
check("q1", relative_error)
"""

SUBMISSIONS = {
    "perfect": ([E, Q, C], (2, 3, 1), ""),
    "wrong second question": ([E, WRONG_QUANTISE, C], (2, 0, 1), ""),
    "not relative": ([WRONG_ERROR, Q, C], (0, 3, 1), "relative to the size"),
    "empty": ([], (0, 0, 0), "no answer"),
    "hard-coded visible answers": (
        ["check('q1', lambda y, e: 0.1)", "check('q2', lambda *a: 0.5)", C], (0, 0, 1), "",
    ),
    "exception at import": (["import no_such_module", E, Q, C], (2, 3, 1), ""),
    "syntax error in the first": (["def mvm_error(y, exact:", Q, C], (0, 3, 1), "no answer"),
    "patched comparisons": ([PATCH, WRONG_ERROR, WRONG_QUANTISE, C], (0, 0, 1), ""),
    "transforms code": ([SHELL, WRONG_ERROR, C], (0, 0, 1), ""),
    "sets classes of a harness": ([HARNESS, WRONG_ERROR, C], (0, 0, 1), ""),
    "reads hidden answers from disk": ([HIDDEN, C], (0, 0, 1), "no answer"),
    "ends its process in a cell": ([E, CRASH, Q, C], (2, 3, 1), ""),
    "ends its process at import": ([CRASH], (0, 0, 0), "no answer"),
    "ends its process in a call": (
        ["import os\ncheck('q1', lambda *a: os._exit(0))", Q, C], (0, 3, 1), "ended its process",
    ),
    "forks in a call": ([E, SPOKEN_FORKS, C], (2, 0, 1), ""),
    "thirty gigabytes at once": ([E, MEMORY, C], (2, 0, 1), "MemoryError"),
    "endless loop": ([E, LOOP, C], (2, 0, 1), "took longer than 1.5 s"),
    "prints a gigabyte": ([E, PRINT, Q, C], (2, 3, 1), ""),
    "opens a socket": ([SOCKET, E, Q, C], (2, 3, 1), ""),
    "deletes the checks": (["def mvm_error(y, e):\n    return 1.0", C], (0, 0, 1), "no answer"),
    "checks twice, the last counts": ([WRONG_ERROR, E, Q, WRONG_QUANTISE], (2, 0, 0), ""),
}  # fmt: skip


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_a_submission_earns_what_it_holds(name, graded, lab2):
    cells, earned, said = SUBMISSIONS[name]
    marks = graded(*(getattr(lab2, cell, cell) for cell in cells))
    assert lab2.points(marks) == earned
    lost = [mark.message for mark in marks.marks if mark.points < mark.max_points]
    assert not said or any(said in told for told in lost)


def test_processes_that_a_cell_left_cost_no_later_answer(sandbox, limits, lab2):
    patient = replace(limits, call=6, question=20)  # a thousand sleepers slow what comes after
    cells = [lab2.start, FORKS, lab2.error, lab2.quantise, lab2.count]
    with Grader("lab-2", lab2.key, sandbox, patient) as grader:
        marks = grader.grade(lab2.written(*cells), student="ada", questions=("q1", "q2", "q8"))
    assert lab2.points(marks) == (2, 3, 1)


def test_memory_of_many_processes_adds_up(sandbox, limits, lab2):
    less = replace(limits, memory=640 * 2**20, cell=20)
    cells = [lab2.start, lab2.error, MANY, lab2.count]
    with Grader("lab-2", lab2.key, sandbox, less) as grader:
        marks = grader.grade(lab2.written(*cells), student="ada", questions=("q1", "q8"))
    assert [mark.points for mark in marks.marks] == [2, 1]
    assert any("cell 3" in n and "took more than 640 MiB of memory" in n for n in marks.notes)


def test_nothing_is_written_outside(graded, lab2, tmp_path):
    places = [tmp_path / "x", Path.home() / "aimc-x", Path(__file__).parent / "aimc-x"]
    places += [Path("/etc/aimc-x"), Path("/usr/aimc-x"), Path("/var/tmp/aimc-x")]
    names = [str(place) for place in places]
    cell = f"""
import os
for name in {names!r}:
    try:
        os.makedirs(os.path.dirname(name), exist_ok=True)
        open(name, "w").write("x")
    except OSError:
        pass
"""
    marks = graded(cell, lab2.error, lab2.quantise, lab2.count)
    assert lab2.points(marks) == (2, 3, 1)
    assert not any(place.exists() for place in places)


def test_a_function_is_called_as_it_was_when_it_was_handed_in(graded, lab2):
    later = "size = 1.0\ndef norm(x):\n    return 0.0\nnp.linalg.norm = norm"
    first = "size = 2.0\n" + lab2.error.replace("(exact)", "(exact) / size * 2")
    assert lab2.points(graded(first, later, lab2.count)) == (2, 0, 1)
    assert lab2.points(graded(later, first, lab2.count)) == (0, 0, 1)


def test_a_call_costs_its_question_and_not_its_cell(graded, lab2):
    both = "import os, time\ncheck('q1', lambda *a: {})\n" + lab2.quantise + lab2.count
    for end in ("os._exit(0)", "time.sleep(60)", "os.kill(0, 9)"):
        marks = graded(both.replace("{}", end))
        assert lab2.points(marks) == (0, 3, 1)
        assert marks.mark("q1").message.startswith("the function ")


def test_notes_say_what_happened(graded, lab2):
    marks = graded("1 / 0", CRASH, PRINT, lab2.count)
    assert any("ZeroDivisionError" in note for note in marks.notes)
    assert any("cell 3 ended its process" in note for note in marks.notes)
    assert any("cell 4" in note and "printed more than" in note for note in marks.notes)
    assert any("SERIAL = 7" in note and "12" in note for note in marks.notes)


def orphans():
    """Return the workers whose parent has gone."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            if b"inside.worker" in Path(f"/proc/{name}/cmdline").read_bytes():
                parent = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()[1]
                found += [name] if parent == "1" else []
        except OSError:
            continue
    return found


def test_no_process_is_left(graded, lab2):
    graded(FORKS, lab2.count)
    for _ in range(50):  # the kernel takes a moment to end sixty processes
        if not (left := orphans()):
            break
        time.sleep(0.1)
    assert left == []
