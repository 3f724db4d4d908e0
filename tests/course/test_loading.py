"""What a lab loads when it starts, and what works where its answers are not installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import aimc_course

pytestmark = pytest.mark.native("it starts processes")
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
        "('aimc_answers', 'nbformat', 'nbclient', 'matplotlib', 'torch')])"
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
    """A copy of the course alone, as a student's environment may be."""
    root = tmp_path_factory.mktemp("environment")
    ignored = shutil.ignore_patterns("*.egg-info", "__pycache__", "explorers")
    shutil.copytree(SOURCE, root / "aimc_course", ignore=ignored)
    return root


BLOCK = """
import sys
class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "aimc_answers":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Nothing())
"""


def test_without_answers_a_lab_starts_and_says_that_it_cannot_judge(without_answers):
    code = BLOCK + (
        "import aimc_course; print(aimc_course.__file__)\n"
        "lab = aimc_course.start('lab-2', serial=7)\n"
        "print(lab.given('test')[0].shape, lab.predict('p1', 3))\n"
        "for q, answer in (('q1', ...), ('q8', 300), ('q6', 0.1), ('q1', len)):\n"
        "    print(lab.check(q, answer))\n"
        "print(lab.verdicts['q6'])\n"
        "print(lab.summary())"
    )
    place, given, blank, *missing = run(code, without_answers).splitlines()
    assert place.startswith(str(without_answers))
    assert given.startswith("(256, 256)")
    assert "no answer yet" in blank
    for said in missing[:3]:
        assert said.startswith("…")
        assert said.endswith("aimc-answers, are not installed here.")
    assert "points=0.0" in missing[3]
    assert "Ten chips over time" in missing[-2]


@pytest.mark.parametrize("arguments", [["--help"], ["capstone", "--help"], ["bank", "--help"]])
def test_without_answers_commands_that_need_none_are_there(arguments):
    code = BLOCK + f"from aimc_course.__main__ import main; main({arguments!r})"
    assert "usage:" in run(code, SOURCE.parent)


@pytest.mark.parametrize(
    "arguments", [["rubric", "--lab", "6"], ["gradescope", "--lab", "6", "--out", "a.zip"]]
)
def test_without_answers_a_command_that_needs_them_says_so(arguments, tmp_path):
    code = BLOCK + (
        f"import os, sys; os.chdir({str(tmp_path)!r}); sys.stderr = sys.stdout\n"
        f"from aimc_course.__main__ import main; print(main({arguments!r}))"
    )
    said, status = run(code, SOURCE.parent).splitlines()
    assert said.endswith("aimc-answers, are not installed here")
    assert status == "2"


def test_without_answers_a_grader_says_what_is_missing():
    code = BLOCK + (
        "from aimc_course.grading import Limits\n"
        "from aimc_course.grading.judge import Judge\n"
        "try:\n    Judge(Limits()).lab('lab-2')\n"
        "except ValueError as error:\n    print(error)"
    )
    assert "aimc-answers, are not installed here" in run(code, SOURCE.parent)
