"""Points for parts: the lab's text says how they are shared, the notebook and the grader agree."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from wrong import asked

from aimc_answers.checks.judges import FunctionOnInputs, ValueClose
from aimc_answers.checks.keys import KeyedSerial
from aimc_answers.checks.question import array, classes, function
from aimc_answers.checks.shares import divided, said
from aimc_answers.checks.slips import slip
from aimc_answers.checks.weighted import Weighted
from aimc_course import start
from aimc_course.checks.question import Question
from aimc_course.grading.messages import slip_of, withheld

ROOT = Path(__file__).parents[3]
ASKED = asked()
IN_PARTS = {name: pair for name, pair in ASKED.items() if pair[1].parts}
WORDS = {"half": 1 / 2, "a third": 1 / 3, "a quarter": 1 / 4, "a fifth": 1 / 5}
EARNS = re.compile(r"earns? (half|a third|a quarter|a fifth) of the points?\.")


def text_of(lab, question):
    """Return the cell of the notebook that asks a question."""
    (path,) = (ROOT / "labs").glob(f"{lab.slug}.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    mark = f"**Question {question.id[1:]}.**"
    (found,) = (text for c in cells if mark in (text := "".join(c["source"])))
    return found.partition(mark)[2]


@pytest.mark.parametrize("name", ASKED)
def test_the_text_says_how_points_are_shared(name):
    lab, question = ASKED[name]
    words = EARNS.findall(text_of(lab, question))
    assert len(words) == bool(question.parts)
    if question.parts:
        # of equal parts each earns that much, of a rule and its edge the edge does
        assert WORDS[words[0]] == pytest.approx(list(question.parts.values())[-1])


def test_every_lab_shares_the_points_of_some_question():
    assert {lab.name for lab, _ in IN_PARTS.values()} == {lab.name for lab, _ in ASKED.values()}


@pytest.mark.parametrize("name", IN_PARTS)
def test_all_parts_make_the_whole_and_none_is_worth_nothing(name):
    shares = IN_PARTS[name][1].parts
    assert sum(shares.values()) == pytest.approx(1)
    assert min(shares.values()) >= 1 / 5


@pytest.mark.parametrize(
    "name", [n for n, (_, q) in IN_PARTS.items() if isinstance(q.judge, ValueClose)]
)
@pytest.mark.parametrize("seed", [0, 1])
def test_each_right_entry_of_an_array_earns_its_share(name, seed):
    lab, question = IN_PARTS[name]
    right = np.array(question.right_answer(7), dtype=float)
    wrong = np.random.default_rng(seed).random(len(right)) < 0.5
    wrong[seed] = True
    notebook = start(lab.name, serial=7)
    shown = str(notebook.check(question.id, np.where(wrong, 1.37 * right, right)))
    assert notebook.points == pytest.approx(question.points * np.mean(~wrong))
    for part, missed in zip(question.parts, wrong, strict=True):
        head = divided(shown.partition("points. ")[2])[0]
        if not np.all(wrong):
            assert part in head.partition("; not yet: ")[2 if missed else 0], shown


PAIR = array(
    Question("Two numbers", 3),
    lambda serial: [2.0 + serial, 1e-3],
    slip("the second is that of a day", lambda serial: [2.0 + serial, 2e-3]),
    parts=("first", "second"),
)


def test_a_small_entry_is_not_right_because_it_is_small():
    verdict = PAIR.verdict([9.0, 0.0], 7)
    assert verdict.points == pytest.approx(1.5)
    assert verdict.message.startswith("right: first; not yet: second. ")


def test_a_slip_in_one_part_is_named_and_costs_that_part():
    verdict = PAIR.verdict([9.0, 2e-3], 7)
    assert verdict.points == pytest.approx(1.5)
    assert "second. the second is that of a day" in verdict.message
    for answer in ([9.0], [9.0, 1e-3, 0.0], 9.0, [np.nan, np.nan]):
        assert PAIR.verdict(answer, 7).points == 0


def test_a_function_earns_by_what_it_returns():
    asked = function(
        Question("Both", 2),
        lambda rng: (rng.uniform(1, 2),),
        lambda x: (x, x**2),
        parts=("itself", "its square"),
    )
    for answer, points in (
        (lambda x: (x, x**2), 2),
        (lambda x: (x, 2 * x), 1),
        (lambda x: (x**2, x), 0),
        (lambda x: x, 0),
    ):
        assert asked.verdict(answer, 7).points == points


EDGE = classes(
    Question("A size", 4),
    {
        "above zero": (3, lambda rng: (rng.uniform(1, 2),)),
        "below zero": (1, lambda rng: (-rng.uniform(1, 2),)),
    },
    abs,
)


@pytest.mark.parametrize(
    ("answer", "points"), [(abs, 4), (lambda x: x, 3), (lambda x: -x, 0), (lambda x: 2 * x, 0)]
)
def test_an_edge_counts_once_the_rest_is_right(answer, points):
    assert EDGE.verdict(answer, 7).points == points
    assert EDGE.parts == {"above zero": 0.75, "below zero": 0.25}


def test_the_grader_gives_the_same_share_and_keeps_its_numbers():
    hidden = KeyedSerial(7, seed=99)
    finding = EDGE.judge(lambda x: x, hidden)
    shown = withheld(finding.message, EDGE, hidden=True)
    assert finding.share == 0.75
    assert shown.startswith("right: above zero; not yet: below zero. ")
    assert not re.search(r"\d", shown)
    finding = PAIR.judge([9.0, 2e-3], hidden)
    assert withheld(finding.message, PAIR, hidden=False) == finding.message
    assert slip_of(PAIR, finding) == "the second is that of a day"
    finding = PAIR.judge([9.0, 1.3e-3], hidden)
    assert withheld(finding.message, PAIR, hidden=False) == (
        "right: first; not yet: second. the value is too large"
    )


def test_names_are_checked():
    with pytest.raises(ValueError, match="two or more different names"):
        array(Question("title", 1), lambda serial: [1.0], parts=("one",))
    with pytest.raises(ValueError, match="without full stops"):
        array(Question("title", 1), lambda serial: [1.0, 2.0], parts=("one. two", "b"))
    inputs = FunctionOnInputs(lambda rng: (1.0,), abs, 1e-6, 2, "", ())
    with pytest.raises(ValueError, match="one for each of 1 parts"):
        Weighted(((1.0, inputs),), ("a", "b"))


def test_what_is_right_is_said_before_what_is_wrong():
    assert said(("a", "b"), (True, True), "told") == said(("a", "b"), (False, False), "told")
    assert divided("told: 3.5 times too large") == ("", "told: 3.5 times too large")
