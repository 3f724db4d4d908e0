"""Marks hold what is needed to compute them again, and say nothing that is secret."""

import ast
import os
import re
import time
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from aimc_answers.catalogue import find
from aimc_answers.checks.answers import Answers
from aimc_answers.checks.judges import Finding, FunctionOnInputs
from aimc_answers.checks.keys import KeyedSerial, hidden_seed, is_hidden
from aimc_answers.checks.question import judged
from aimc_answers.checks.slips import Slip
from aimc_answers.checks.weighted import Weighted
from aimc_course.checks.question import Question
from aimc_course.grading import Grader, Limits, SubmissionMarks, grade_notebook, references
from aimc_course.grading.keys import derived_serial, question_seed
from aimc_course.grading.messages import slip_of, withheld
from aimc_course.grading.references import References
from aimc_course.grading.versions import question_versions
from aimc_course.labs.catalogue import folders

KEY = b"a class key for tests only"


def test_seeds_follow_from_all_they_belong_to():
    seeds = {
        question_seed(key, lab, question, student)
        for key in (KEY, KEY + b"!")
        for lab, question, student in [
            ("lab-1", "q1", "ada"), ("lab-1", "q1", "grace"), ("lab-1", "q2", "ada"),
            ("lab-2", "q1", "ada"), ("lab-1q", "1", "ada"), ("lab-1", "q1ada", ""),
        ]
    }  # fmt: skip
    assert len(seeds) == 12
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert question_seed(KEY, "lab-1", "q1", "ada") in seeds
    assert len({derived_serial(KEY, f"student {k}") for k in range(500)}) > 490


@pytest.mark.parametrize("key", [b"short", "a text that is long enough", None])
def test_a_weak_key_is_refused(key, sandbox):
    with pytest.raises(ValueError, match="class_key"):
        Grader("lab-2", key, sandbox)


def test_a_keyed_serial_is_the_number_with_a_secret():
    keyed = KeyedSerial(7, seed=99)
    assert keyed == 7
    assert (hidden_seed(keyed), hidden_seed(7)) == (99, 7)
    assert is_hidden(keyed)
    assert not is_hidden(7)
    judge = find("lab-2").questions[0].judge
    inputs = [case.arguments[0] for case in judge.cases(hidden_seed(keyed))]
    assert inputs[0].tolist() != judge.cases(7)[0].arguments[0].tolist()


def test_marks_go_to_json_and_back(graded, lab2):
    marks = graded(lab2.error, "check('q8', 300)")
    again = SubmissionMarks.from_json(marks.to_json())
    assert again == marks
    assert again.lab == "lab-2"
    assert again.serial == lab2.serial
    assert again.points == 2
    assert again.library_version
    assert re.fullmatch("[0-9a-f]{16}", again.mark("q1").seed)
    with pytest.raises(KeyError):
        again.mark("q99")
    for text in ("[]", "{}", '{"marks": [{}]}', marks.to_json()[:-1] + ', "more": 1}'):
        with pytest.raises(ValueError, match=r"no marks|Expecting|Extra"):
            SubmissionMarks.from_json(text)


def test_one_notebook_without_a_grader(sandbox, limits, lab2):
    marks = grade_notebook(
        lab2.written(lab2.start, lab2.error),
        lab="02-precision-and-error-budget",
        student="ada",
        class_key=KEY,
        sandbox=sandbox,
        questions=["q1"],
        limits=limits,
    )
    assert marks.points == marks.max_points == 2
    assert marks.serial == derived_serial(KEY, "ada")
    with pytest.raises(ValueError, match="lab"):
        grade_notebook(b"", lab="lab-77", student="a", class_key=KEY, sandbox=sandbox)
    with pytest.raises(ValueError, match="q77"):
        grade_notebook(
            b"", lab="lab-2", student="a", class_key=KEY, sandbox=sandbox, questions=["q77"]
        )


SPIES = [
    "raise ValueError(str(a))", "raise type('E' + str(abs(hash(str(a)))), (Exception,), {})(a)",
    "return np.asarray(a[0]) * 1.23", "return [float(np.sum(a[0]))] * 3", "return None",
    "return str(a)",
]  # fmt: skip


def test_messages_show_no_hidden_number(graded):
    for spy in SPIES:
        cells = [f"def f(*a):\n    {spy}\ncheck('{q}', f)" for q in ("q1", "q2")]
        for mark in graded(*cells).marks[:2]:
            assert mark.points == 0
            said = re.sub(r"2\*\*\S+|- 1 levels|\(bits\S*", "", mark.message)
            assert not re.search(r"\d", said), mark.message


def test_slips_are_named_in_the_words_of_the_question(graded):
    mark = graded(
        "def f(y, e):\n    return np.linalg.norm(y - e)\ncheck('q1', f)", "check('q8', 300)"
    ).marks
    assert mark[0].slip == "it should be relative to the size of the exact outputs, ||y_exact||"
    assert mark[0].message == mark[0].slip
    assert mark[2].slip
    assert "swallows" in mark[2].slip


@pytest.mark.parametrize("reveal", [False, True])
def test_how_far_off_is_said_later(reveal, sandbox, limits, lab2):
    cell = "check('q12', 1.21)"
    with Grader("lab-2", KEY, sandbox, limits, reveal=reveal) as grader:
        marks = grader.grade(lab2.written(lab2.start, cell), student="ada", questions=["q12"])
    assert bool(re.search(r"\d", marks.mark("q12").message)) is reveal


def test_amounts_are_left_out_and_sentences_stay():
    question = find("lab-2").questions[8]
    for said in (
        "the value is some 10 % too large", "the value is about 3 times too small",
        "the value is less than 1 % too large", "the value is a few per cent too small",
        "all entries are about 2 times too large: a scale factor is wrong",
        "3 of 12 entries differ, the first at index 2, which is some 30 % too large",
        "too large by a factor of 1e6: which prefix?", "expected shape (3, 4), got (4, 3)",
        "cores [1, 2], reads [3, 4], 17 cores in all: your copies take 18, more than there are",
    ):  # fmt: skip
        assert not re.search(r"\d", withheld(said, question, hidden=True)), said
    shape = "expected 3 values, got 2: is one missing?"
    assert withheld(shape, question, hidden=False) == shape
    assert (
        withheld("the value is some 10 % too large", question, hidden=False)
        == "the value is too large"
    )
    case = "cores [1, 2], 17 cores in all: round up"
    assert withheld(case, question, hidden=True) == "round up"
    assert slip_of(question, Finding(0.0, "something of its own")) is None


def test_weighted_cases_give_part_of_the_points():
    inside = FunctionOnInputs(lambda rng: (rng.uniform(0, 1),), abs, 1e-6, 5, "", ())
    slip = Slip("the sign is lost", lambda case: case.arguments[0])
    outside = FunctionOnInputs(lambda rng: (rng.uniform(-1, 0),), abs, 1e-6, 5, "", (slip,))
    question = judged(
        Question("a size", 3), Weighted(((2.0, inside), (1.0, outside))), model=lambda s: abs
    )
    verdict = question.verdict(lambda x: x, KeyedSerial(7, seed=3))
    assert verdict.points == pytest.approx(2)
    assert slip_of(question, Finding(2 / 3, verdict.message)) == "the sign is lost"
    assert question.verdict(abs, 7).right
    assert question.verdict(lambda x: -1.0, 7).points == 0
    for parts in ((), ((0.0, inside),)):
        with pytest.raises(ValueError, match="weight"):
            Weighted(parts)


def test_versions_change_with_the_question_alone(monkeypatch):
    lab = find("lab-2")
    before = question_versions(lab)
    assert len(set(before.values())) == len(lab.questions)
    plain = Path.read_text

    def edited(self, *arguments, **options):
        text = plain(self, *arguments, **options)
        return text.replace("take the root", "take the square root").replace(
            '"""Return the normalised', '"""Return a normalised'
        )

    monkeypatch.setattr(Path, "read_text", edited)
    after = question_versions(lab)
    changed = {name for name in before if before[name] != after[name]}
    assert "q1" in changed
    assert "q8" not in changed
    assert len(changed) < len(before)


def test_slow_references_are_kept_and_read_again(tmp_path, monkeypatch):
    monkeypatch.setattr(references, "WORTH", 0.0)
    answers = Answers("aimc_answers.lab05", cache=References(tmp_path))
    first = answers.layer_cores(9)
    assert len(list(tmp_path.glob("*.json"))) == 1
    (kept,) = tmp_path.glob("*.json")
    assert (answers.layer_cores(9) == first).all()
    kept.write_text("broken")
    assert (answers.layer_cores(9) == first).all()
    answers.resnet_cores(9.5)
    assert len(list(tmp_path.glob("*.json"))) == 1


def test_a_cache_is_that_of_one_judge_and_changes_nothing_for_others(tmp_path, monkeypatch):
    monkeypatch.setattr(references, "WORTH", 0.0)
    with_cache = Answers("aimc_answers.lab05", cache=References(tmp_path / "a"))
    without = Answers("aimc_answers.lab05")
    assert (without.layer_cores(9) == with_cache.layer_cores(9)).all()
    without.layer_cores(10)
    assert len(list((tmp_path / "a").glob("*.json"))) == 1


@pytest.mark.parametrize("folder", folders().values())
def test_a_kept_reference_ends_with_any_change_of_the_code_that_computes_it(folder):
    known = set(references._sources(folder))
    for name in (f"aimc_answers.{folder}.answers", f"aimc_course.labs.{folder}.given"):
        tree = ast.parse(Path(find_spec(name).origin).read_text(encoding="utf-8"))
        modules = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        ours = [find_spec(module).origin for module in modules if module.startswith("aimc")]
        assert {Path(name) for name in ours} <= known
    # An edit of one lab leaves what is kept of the others.
    assert {path.parent.name for path in known} & set(folders().values()) == {folder}


def test_what_a_killed_judge_left_is_removed_after_a_while(tmp_path):
    for name, age in (("old", 4000), ("new", 10)):
        part = tmp_path / f"{references.PART}{name}"
        part.write_text('{"val')
        os.utime(part, (time.time() - age,) * 2)
    References(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [f"{references.PART}new"]


def test_parts_that_are_computed_later_are_kept_as_well(tmp_path, monkeypatch):
    from aimc_answers.lab05 import answers as five

    asked = []
    late = lambda: asked.append("late") or 0.75  # noqa: E731
    monkeypatch.setattr(five, "measured", lambda serial: asked.append("run") or (0.5, late))
    monkeypatch.setattr(references, "WORTH", 0.0)
    for _ in range(3):
        answers = Answers("aimc_answers.lab05", cache=References(tmp_path))
        value, part = answers.measured(4)
        assert (value, part()) == (0.5, 0.75)
    assert asked == ["run", "late"]


def test_limits_are_positive():
    for name in ("cell", "memory", "uses"):
        with pytest.raises(ValueError, match=name):
            replace(Limits(), **{name: 0})
