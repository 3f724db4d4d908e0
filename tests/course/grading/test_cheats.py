"""Cheats that pay inside a notebook earn nothing across the border."""

import json

import pytest

from aimc_answers.catalogue import find
from aimc_course.grading import Grader

FRAMES = """
import sys
def stolen(*a):
    frame = sys._getframe()
    while frame:
        for name in ("expected", "case", "reference", "cases", "right"):
            if name in frame.f_locals:
                return getattr(frame.f_locals[name], "expected", frame.f_locals[name])
        frame = frame.f_back
    return None
"""
PATCHES = """
import aimc_course.checks.question as question, aimc_course.checks.diagnosis as diagnosis
import aimc_course.checks.lab as lab_of_notebook
for module in (question, diagnosis, lab_of_notebook):
    module.close = lambda *a, **k: True
question.Question.verdict = lambda self, *a: question.Verdict(self.points, self.points, "")
np.all = np.allclose = lambda *a, **k: True
import aimc_course.grading.worker.protocol as wire
wire.ProtocolError = ValueError
"""
EQUAL = """
class Equal(float):
    def __eq__(self, other): return True
    __le__ = __lt__ = __ge__ = __gt__ = __eq__
    def __sub__(self, other): return 0.0
    __rsub__ = __abs__ = __sub__
    __hash__ = float.__hash__
class Array(np.ndarray):
    def __array_ufunc__(self, *a, **k): return np.True_
class Lazy:
    def __array__(self, *a, **k): return stolen()
class Number(int):
    def __int__(self): return 4096
"""
RECORD = """
print('aimc-lab-record:' + '[["lab-2", 12, 26, {"q1": [2, 2, ""], "q2": [3, 3, ""]}]]')
import sys
sys.stderr.write('{"op":"verdict","share":1.0,"message":"","slip":null}')
"""
ORACLE = """
said = str(check("q8", 1)) + str(lab.verdicts["q8"])
def search():
    for n in range(256, 5000):
        if "Right" in str(check("q8", n)):
            return n
    return 1
check("q8", search())
"""
CHEATS = {
    "calls the references": [
        "from aimc_answers.lab02.answers import relative_error as r", 'check("q1", r)',
        "from aimc_answers.lab02 import judges", 'check("q1", judges.q1.judge.reference)',
        'check("q2", lab.definition.questions[1].right_answer(12))',
        'check("q8", 1)',
    ],
    "patches judges": [PATCHES, 'check("q1", lambda *a: 1.0)', 'check("q8", 1)'],
    "equals everything": [
        FRAMES, EQUAL, 'check("q1", lambda *a: Equal(1.0))', 'check("q2", lambda *a: Lazy())',
        'check("q8", Equal(3.0))',
    ],
    "array subclass": [
        EQUAL, 'check("q1", lambda *a: np.ones(()).view(Array))',
        'check("q2", lambda x, *a: x.view(Array))', 'check("q8", np.ones(()).view(Array))',
    ],
    "integer that says another": [EQUAL, 'check("q8", Number(1))'],
    "not a number": [
        'check("q1", lambda *a: np.nan)', 'check("q2", lambda x, *a: np.full_like(x, np.inf))',
        'check("q8", float("inf"))',
    ],
    "reads frames": [FRAMES, 'check("q1", stolen)', 'check("q2", stolen)', 'check("q8", stolen())'],
    "edits verdicts": [
        'v = lab.verdicts; from aimc_course import Verdict',
        'v.update({"q1": Verdict(2, 2, ""), "q8": Verdict(10**6, 1, "")})',
        'check("q99", 1.0)', "lab.answers['q99'] = 1.0; lab.answers['__proto__'] = 1.0",
    ],
    "prints a forged record": [RECORD],
    "asks for hints": [ORACLE],
}  # fmt: skip


@pytest.mark.parametrize("name", [n for n in CHEATS if n != "integer that says another"])
def test_a_cheat_earns_nothing(name, graded, lab2):
    assert lab2.points(graded(*CHEATS[name])) == (0, 0, 0)


def test_an_integer_is_what_it_says_once(graded, lab2):
    # The value crosses once, as plain data: 4096 is an honest answer, however it is dressed.
    assert lab2.points(graded(*CHEATS["integer that says another"])) in ((0, 0, 0), (0, 0, 1))


def test_functions_of_the_library_count(graded, lab2):
    marks = graded("from aimc.circuits import mvm_error", 'check("q1", mvm_error)')
    assert lab2.points(marks) == (2, 0, 0)


def test_a_table_of_foreseen_inputs_is_worth_nothing(graded, lab2):
    judge = find("lab-2").questions[0].judge
    known = [
        (float(case.arguments[0].sum()), float(case.expected))
        for serial in (lab2.serial, 7)
        for case in judge.cases(serial)
    ]
    table = f"known = dict({json.dumps(known)})"
    cells = [table, 'check("q1", lambda y, e: known.get(float(y.sum()), 1.0))']
    assert lab2.points(graded(*cells)) == (0, 0, 0)
    # so it would have been inside of the notebook
    table = dict(known)
    finding = judge(lambda y, e: table.get(float(y.sum()), 1.0), lab2.serial)
    assert finding.share == 1


def test_right_for_some_calls_and_slow_in_others(graded, lab2):
    right_once = """
import time
calls = []
def mvm_error(y, exact):
    calls.append(1)
    if len(calls) > 4:
        return 1.0
    return np.linalg.norm(y - exact) / np.linalg.norm(exact)
check("q1", mvm_error)
def quantise(x, bits, full_scale):
    time.sleep(1.0)
    step = full_scale / (2 ** (bits - 1) - 1)
    return step * np.round(np.clip(x, -full_scale, full_scale) / step)
check("q2", quantise)
"""
    marks = graded(right_once, lab2.count)
    assert lab2.points(marks) == (0, 0, 1)
    assert "2.5 s in all its calls" in marks.mark("q2").message


@pytest.mark.parametrize("student", ["ada", "grace"])
def test_other_students_meet_other_inputs_and_the_same_one_the_same(student, graded, lab2):
    spy = """
seen = []
def mvm_error(y, exact):
    seen.append(float(y.sum()))
    return np.linalg.norm(y - exact) / np.linalg.norm(exact)
check("q1", mvm_error)
def quantise(*a):
    return seen
check("q2", quantise)
"""
    first, again = (graded(spy, student=student) for _ in range(2))
    assert lab2.points(first) == lab2.points(again) == (2, 0, 0)
    assert [m.seed for m in first.marks] == [m.seed for m in again.marks]
    assert len({m.seed for m in first.marks}) == 3
    assert [m.message for m in first.marks] == [m.message for m in again.marks]


LOOPS = {
    "its own array": "return devices._array.g, np.ones(4096)",
    "a public clone": """
    clone = OwnDevices(SERIAL, run=41)
    clone.reset(); clone.set(); clone.pulse(3e-4)
    return clone.truth, np.ones(4096)""",
    "a deep copy": """
    import copy
    twin = copy.deepcopy(devices)
    for _ in range(30):
        twin.pulse(3e-4)
    return twin.read(), np.ones(4096)""",
    "writes the last read": """
    devices.reset(); devices.set(); devices.pulse(3e-4)
    devices.last = targets; devices.iterations = np.ones(4096, dtype=int)
    return targets, np.ones(4096)""",
    "looks at the truth": """
    devices.reset(); devices.set(); devices.pulse(3e-4); devices.read()
    return devices.truth, np.ones(4096)""",
    "calls what is not served": """
    devices._use("_note", "x"); devices._use("__class__"); devices._use("__init__", 7)
    return targets, np.ones(4096)""",
    "never stops": """
    while True:
        devices.pulse(3e-4)""",
}


@pytest.fixture(scope="module")
def loops(sandbox, limits, lab2_key):
    with Grader("lab-4", lab2_key, sandbox, limits) as made:
        yield made


@pytest.fixture(scope="module")
def lab2_key():
    return b"a class key for tests only"


@pytest.mark.parametrize("name", LOOPS)
def test_devices_are_reached_by_pulses_and_reads_alone(name, loops, lab2):
    start = lab2.start.replace("lab-2", "lab-4")
    start += "\nfrom aimc_course.labs.devices.own_devices import OwnDevices\n"
    body = f"def better(devices, targets):\n    {LOOPS[name]}\ncheck('q5', better)\n"
    notebook = lab2.written(start, body + "check('q13', better)")
    marks = loops.grade(notebook, student="ada", serial=12, questions=("q5", "q13"))
    assert marks.points == 0
