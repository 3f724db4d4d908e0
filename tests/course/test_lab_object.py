"""The object that a lab notebook talks to."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import aimc_course
from aimc_course import LABS, start
from aimc_course.labs.catalogue import folders

SOURCE = Path(aimc_course.__file__).parent


def test_start_knows_both_names_and_refuses_others():
    assert start("lab-1", serial=7).definition is start("01-build-a-crossbar", serial=7).definition
    with pytest.raises(ValueError, match="lab-9"):
        start("lab-9", serial=7)
    with pytest.raises(ValueError, match="serial"):
        start("lab-1", serial=-1)
    with pytest.raises(TypeError, match="serial"):
        start("lab-1", serial="seven")


@pytest.mark.parametrize("definition", LABS, ids=lambda lab: lab.name)
def test_questions_are_numbered_and_labelled(definition):
    names = [question.id for question in definition.questions]
    assert names == [f"q{k}" for k in range(1, len(names) + 1)]
    assert all(question.title and question.points > 0 for question in definition.questions)


def test_given_numbers_follow_from_the_serial_number():
    ours, again, theirs = (start("lab-1", serial=s).given("crossbar") for s in (7, 7, 8))
    np.testing.assert_array_equal(ours[0], again[0])
    assert not np.array_equal(ours[0], theirs[0])
    with pytest.raises(ValueError, match="'secret'"):
        start("lab-1", serial=7).given("secret")


def test_a_share_below_one_per_cent_is_asked_back_once():
    lab = start("lab-5", serial=7)
    assert "Did you mean 90 %?" in str(lab.predict("p1", 0.9))
    assert "made no prediction" in str(lab.compare("p1", 80))
    assert "Did you mean 80 %?" in str(lab.predict("p1", 0.8))
    assert "you predict 0.8 %" in str(lab.predict("p1", 0.8))
    assert "locked" in str(lab.predict("p1", 90))
    assert "you predict 90 %" in str(lab.predict("p5", 90))
    assert "you predict 0.9." in str(lab.predict("p3", 0.9))  # a pure number is one


def test_a_prediction_is_locked_and_compared():
    lab = start("lab-1", serial=7)
    assert "write your prediction" in str(lab.predict("p1", ...))
    assert "one number" in str(lab.predict("p1", "much"))
    assert lab.predictions == {}
    assert "you predict 12 µA" in str(lab.predict("p1", 12))
    assert "locked. You predicted 12" in str(lab.predict("p1", 8))
    assert lab.predictions == {"p1": 12.0}
    assert "a factor of 1.5 too high" in str(lab.compare("p1", 8.0))
    assert "within 20 %" in str(lab.compare("p1", 10.5))
    assert "nothing measured" in str(lab.compare("p1", None))
    assert "no prediction" in str(lab.compare("p2", 3.0))
    with pytest.raises(ValueError, match="p9"):
        lab.predict("p9", 1)
    assert lab.points == 0


def test_checks_are_remembered_and_the_last_one_counts():
    lab = start("lab-1", serial=7)
    conductance, volts = lab.given("crossbar")
    assert str(lab.check("q1", conductance @ volts)).startswith("✔ q1: 2 of 2 points.")
    assert lab.points == 2
    assert str(lab.check("q1", conductance.T @ volts)).startswith("✘ q1: 0 of 2 points.")
    assert lab.points == 0
    with pytest.raises(ValueError, match="q99"):
        lab.check("q99", 1)


def test_two_labs_share_nothing():
    first, second = start("lab-1", serial=7), start("lab-1", serial=7)
    first.check("q1", ...)
    first.predict("p1", 8)
    assert second.verdicts == {}
    assert second.predictions == {}


def test_results_are_told_by_symbol_and_text_not_by_colour_alone():
    lab = start("lab-1", serial=7)
    shown = lab.check("q1", [1.0, 2.0])._repr_html_()
    assert "✘" in shown
    assert 'role="status"' in shown
    assert "0 of 2 points" in shown


def test_what_a_student_wrote_cannot_become_html():
    lab = start("lab-1", serial=7)

    def fail(conductance, volts):
        raise ValueError("<script>alert(1)</script>")

    shown = lab.check("q2", fail)._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_summary_lists_every_question():
    lab = start("lab-2", serial=7)
    lab.check("q8", 2700)
    lab.check("q4", 1.0)
    lab.check("q8", 10_000)
    text, shown = str(lab.summary()), lab.summary()._repr_html_()
    assert "◐ q8    0.5 / 1" in text
    assert "✘ q4      0 / 2" in text
    assert "– q1      0 / 2" in text
    assert f"{lab.points:g} / {lab.max_points:g}" in shown
    assert shown.count("<tr>") == len(lab.definition.questions) + 2
    assert "<caption>" in shown


def run(code, path=""):
    """Run Python code in a process of its own and return what it prints."""
    environment = {**os.environ, "PYTHONPATH": str(path)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_lab_starts_without_the_tools_of_its_authors_and_without_its_answers():
    code = (
        "import sys; from aimc_course import start; start('lab-1', serial=1).check('q1', ...); "
        "print([m for m in sys.modules if m.split('.')[0] in "
        "('nbformat', 'nbclient', 'matplotlib', 'torch') or m.endswith('.answers') "
        "and '.labs.' in m])"
    )
    assert run(code) == "[]"


@pytest.mark.parametrize("name", ["lab-2", "02-precision-and-error-budget"])
def test_starting_a_lab_imports_no_other(name):
    code = (
        f"import re, sys; from aimc_course import start; start({name!r}, serial=1); "
        "print(sorted({m[1] for m in map(re.compile('.*labs.(lab..)').match, sys.modules) if m}))"
    )
    assert run(code) == "['lab02']"


def test_every_lab_of_the_course_is_found_by_its_folder():
    assert list(folders()) == [lab.name for lab in LABS]


@pytest.fixture(scope="module")
def without_answers(tmp_path_factory):
    """A copy of the course that holds no answers, as a student's environment may."""
    root = tmp_path_factory.mktemp("environment")
    ignored = shutil.ignore_patterns("answers.py", "*.egg-info", "__pycache__", "explorers")
    # The answers of labs alone: `checks/answers.py` says how they are looked up.
    shutil.copytree(SOURCE, root / "aimc_course", ignore=ignored)
    shutil.copy(SOURCE / "checks" / "answers.py", root / "aimc_course" / "checks")
    return root


def test_without_answers_a_lab_starts_and_judges_what_needs_none(without_answers):
    code = (
        "import aimc_course; print(aimc_course.__file__)\n"
        "lab = aimc_course.start('lab-2', serial=7)\n"
        "print(lab.given('test')[0].shape, lab.predict('p1', 3))\n"
        "for q, answer in (('q1', ...), ('q8', 300), ('q8', 4096), ('q6', 0.1), ('q1', len)):\n"
        "    print(lab.check(q, answer))\n"
        "print(lab.verdicts['q6'])"
    )
    place, given, blank, few, right, one, two, kept = run(code, without_answers).splitlines()
    assert place.startswith(str(without_answers))
    assert given.startswith("(256, 256)")
    assert "no answer yet" in blank
    assert "0.5 of 1 points" in few or "0 of 1 points" in few
    assert right.startswith("✔ q8: 1 of 1 points")
    for said in (one, two):
        assert said.endswith("the reference answers of this lab are not installed here.")
    assert "points=0.0" in kept


def test_without_answers_a_grader_gets_an_error_and_no_verdict(without_answers):
    code = (
        "from aimc_course import LABS\n"
        "from aimc_course.checks.answers import AnswersNotInstalledError as Missing\n"
        "try:\n    print(LABS[1].questions[5].verdict(0.1, 7))\n"
        "except Missing as error:\n    print(error)"
    )
    assert run(code, without_answers) == "aimc_course.labs.lab02.answers is not installed here"
