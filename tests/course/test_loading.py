"""What a lab loads when it starts, and what works where its answers are not installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import aimc_course

pytestmark = pytest.mark.skipif(
    sys.platform == "emscripten", reason="a browser starts no further process"
)
SOURCE = Path(aimc_course.__file__).parent


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
        "for q, answer in (('q1', ...), ('q8', 300), ('q8', 4096), ('q6', 0.1), ('q1', len),\n"
        "                  ('q10', 150e-6)):\n"
        "    print(lab.check(q, answer))\n"
        "print(lab.verdicts['q6'])"
    )
    place, given, blank, few, right, *missing, kept = run(code, without_answers).splitlines()
    assert place.startswith(str(without_answers))
    assert given.startswith("(256, 256)")
    assert "no answer yet" in blank
    assert few.startswith("✘ q8: 0 of 1 points")
    assert right.startswith("✔ q8: 1 of 1 points")
    assert len(missing) == 3
    for said in missing:
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
