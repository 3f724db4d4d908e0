"""The right answer of another student: refused, unless the question says that it is shared."""

import json
import re
from functools import cache
from importlib.util import find_spec
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from aimc_answers.catalogue import LABS
from aimc_answers.checks.judges import FunctionOnInputs, FunctionScored, ValueClose
from aimc_answers.checks.question import number
from aimc_course import start
from aimc_course.checks.lab import SHARED
from aimc_course.checks.question import Question, lab

FEW, MANY = 8, 24
MOST = 0.05
LABS_FOLDER = Path(__file__).parents[2] / "labs"
QUESTIONS = {f"{lab.name} {q.id}": q for lab in LABS for q in lab.questions}
# A whole network is run for each serial number.
SLOW = (
    "lab-5 q11", "lab-5 q13", "lab-7 q8", "lab-7 q9", "lab-10 q4", "lab-10 q9",
    "lab-11 q11",
)  # fmt: skip
NEED_TORCH = ("lab-7 q8", "lab-7 q9", "lab-10 q4", "lab-10 q9")


def serials(count):
    """Return serial numbers as students have them."""
    return np.random.default_rng(20_261).integers(1, 10**8, count).tolist()


def is_function(question):
    """Return whether a function is asked for: what is personal are the inputs it is called with."""
    if isinstance(question.judge, FunctionOnInputs | FunctionScored):
        return True
    return not isinstance(question.judge, ValueClose) and callable(question.right_answer(7))


FUNCTIONS = {
    name for name, question in QUESTIONS.items() if name not in SLOW and is_function(question)
}
ASKED = [name for name in QUESTIONS if name not in FUNCTIONS]


@cache
def accepted(name, count):
    """Return how many of the right answers of others are accepted, as a share."""
    question, numbers = QUESTIONS[name], serials(count)
    right = {serial: question.right_answer(serial) for serial in numbers}
    cases = {}
    if isinstance(question.judge, ValueClose):
        cases = {serial: question.judge.cases(serial)[0] for serial in numbers}
    # One student after the other: what their answers need is then computed once.
    pairs = permutations(numbers, 2)
    return np.mean([accepts(question, right[b], a, cases.get(a)) for a, b in pairs])


def accepts(question, answer, serial, case):
    """Return whether a question takes an answer; a number or array is compared with a case."""
    if case is None:
        return question.verdict(answer, serial).right
    # the same verdict, without words for what is wrong
    return all(question.judge.right(np.asarray(answer, dtype=float), case))


def named(names):
    """Return parameters; what takes long, or needs torch that is not there, is marked."""
    for name in names:
        # that their answers are right and judged fairly is seen with each change
        marks = [pytest.mark.weekly] if name in SLOW else []
        if name in NEED_TORCH and not find_spec("torch"):
            marks.append(pytest.mark.skip(reason="needs torch"))
        yield pytest.param(name, marks=marks)


PERSONAL = [name for name in ASKED if not QUESTIONS[name].shared]
SHARING = [name for name in ASKED if QUESTIONS[name].shared]


@pytest.mark.native("what is judged with one serial number there is judged with eight elsewhere")
@pytest.mark.parametrize("name", list(named(PERSONAL)))
def test_a_personal_question_refuses_the_answers_of_a_few_others(name):
    # Of so few pairs, one in nine may be a coincidence; the next test looks at many.
    assert accepted(name, 3 if name in SLOW else FEW) <= 0.12


@pytest.mark.weekly
@pytest.mark.parametrize("name", list(named([name for name in PERSONAL if name not in SLOW])))
def test_a_personal_question_accepts_fewer_than_one_in_twenty(name):
    assert accepted(name, MANY) < MOST


@pytest.mark.native("what is judged with one serial number there is judged with eight elsewhere")
@pytest.mark.parametrize("name", list(named(SHARING)))
def test_a_shared_question_does_accept_the_answers_of_others(name):
    # Most are shared by so many that a few students show it.
    few = accepted(name, 3 if name in SLOW else FEW)
    assert few >= MOST or (name not in SLOW and accepted(name, MANY) >= MOST)


def test_every_lab_has_personal_questions_and_no_function_is_marked():
    assert {name.split()[0] for name in PERSONAL} == {lab.name for lab in LABS}
    assert not any(QUESTIONS[name].shared for name in FUNCTIONS)
    for name in PERSONAL:
        assert name in SLOW or QUESTIONS[name].is_personal(7), name
    for name in (*sorted(FUNCTIONS)[:3], *SHARING):
        assert not QUESTIONS[name].is_personal(7), name


@pytest.mark.parametrize("definition", LABS, ids=lambda lab: lab.name)
@pytest.mark.parametrize("folder", ["", "student"])
def test_the_text_marks_the_questions_that_are_shared(definition, folder):
    path = LABS_FOLDER / folder / f"{definition.slug}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    marked = re.findall(r"\*\*Question (\d+)\.\*\* \(\*Shared\.\*\)", text)
    shared = [question.id[1:] for question in definition.questions if question.shared]
    assert marked == shared
    assert ("Questions marked *shared* have" in "".join(cells[0]["source"])) is bool(shared)


@pytest.mark.parametrize("definition", LABS, ids=lambda lab: lab.name)
def test_the_summary_says_which_questions_are_shared(definition):
    summary = start(definition.name, serial=7).summary()
    marked = [row[1] for row in summary.rows if row[2].endswith(" (shared)")]
    assert marked == [question.id for question in definition.questions if question.shared]
    for shown in (str(summary), summary._repr_html_()):
        assert (SHARED in shown) is bool(marked)


def test_a_lab_names_its_shared_questions():
    asked = [number(Question("title", 1), lambda serial: 1.0), number(Question("title", 1), float)]
    made = lab("01-topic", "Topic", *asked, predictions={}, shared=("q1",))
    assert [question.shared for question in made.questions] == [True, False]
    assert [question.is_personal(7) for question in made.questions] == [False, True]
    with pytest.raises(ValueError, match="shared='q3'"):
        lab("01-topic", "Topic", *asked, predictions={}, shared=("q3",))
