"""A new lab from the command works at once, without a line of code edited elsewhere."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from aimc_course.__main__ import main
from aimc_course.labs.catalogue import folders

ROOT = Path(__file__).parents[3]
NEXT = 1 + max(int(name.removeprefix("lab")) for name in folders().values())
FOLDER, SLUG = f"lab{NEXT:02d}", f"{NEXT:02d}-weigh-a-photon-twice"
TESTS = ("test_lab_answers.py", "test_lab_object.py", "test_rooms.py", "notebooks/test_labs.py")


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the course, where the command was run."""
    root = tmp_path_factory.mktemp("course")
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for folder in ("src/aimc_answers", "src/aimc_course", "labs", "tests/course"):
        shutil.copytree(ROOT / folder, root / folder, ignore=ignored)
    for file in ("pyproject.toml", "_toc.yml"):
        shutil.copy(ROOT / file, root / file)
    done = python(root, "-m", "aimc_course", "new-lab", "Weigh a photon: twice")
    assert done.returncode == 0, done.stderr
    return root


def python(root, *arguments):
    """Run Python on the copy of the course in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(root / "src"), "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=root, env=environment, capture_output=True, text=True
    )


def test_the_new_lab_has_its_files_and_its_place_in_the_package(copy):
    folder = copy / "src/aimc_course/labs" / FOLDER
    names = {path.name for path in folder.iterdir() if path.suffix == ".py"}
    assert names == {"__init__.py", "given.py", "questions.py"}
    beside = {path.name for path in (copy / "src/aimc_answers" / FOLDER).iterdir()}
    assert beside == {"__init__.py", "answers.py", "judges.py", "rubric.toml"}
    for place in ("labs", "labs/student", "_build/labs/solution"):
        assert (copy / place / f"{SLUG}.ipynb").is_file()
    for name, package in (("aimc_course", "aimc_course.labs"), ("aimc_answers", "aimc_answers")):
        text = (copy / "src" / name / "pyproject.toml").read_text(encoding="utf-8")
        assert f"{package}.{FOLDER}" in tomllib.loads(text)["tool"]["setuptools"]["packages"]


def test_the_new_lab_is_clean_to_the_linter_and_the_type_checker(copy):
    for tool in (("ruff", "check"), ("ruff", "format", "--check")):
        if shutil.which("ruff") or Path(sys.executable).with_name("ruff").exists():
            test = f"tests/course/test_{FOLDER}.py"
            parts = (f"src/aimc_course/labs/{FOLDER}", f"src/aimc_answers/{FOLDER}", test)
            done = python(copy, "-m", *tool, *parts)
            assert done.returncode == 0, done.stdout


def test_the_new_lab_is_started_by_its_names(copy):
    code = (
        "import aimc_course as c\n"
        f"for name in ('lab-{NEXT}', '{SLUG}'):\n"
        "    print(c.__file__, c.start(name, serial=7).definition.title)"
    )
    first, second = python(copy, "-c", code).stdout.splitlines()
    assert first == second
    assert first.startswith(str(copy))
    assert first.endswith(f"Lab {NEXT} · Weigh a photon: twice")


def test_the_new_lab_has_tests_of_its_own_that_pass(copy):
    done = python(
        copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"tests/course/test_{FOLDER}.py"
    )
    assert done.returncode == 0, done.stdout[-4000:]


def test_the_new_lab_breaks_no_rule_but_where_something_is_to_be_written(copy):
    done = python(copy, "-m", "aimc_course", "lint", f"labs/{SLUG}.ipynb")
    rules = [line.split(": ")[1] for line in done.stdout.splitlines()]
    assert set(rules) == {"lab-unwritten"}, done.stdout
    text = (copy / "labs" / f"{SLUG}.ipynb").read_text(encoding="utf-8")
    assert len(rules) == text.count("**To write:**") + 1  # and the sample answers


@pytest.mark.weekly
def test_the_new_lab_passes_the_tests_of_all_labs(copy):
    chosen = f"lab-{NEXT} or weigh or every_lab or rooms"
    paths = [f"tests/course/{name}" for name in TESTS]
    done = python(copy, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", "-k", chosen, *paths)
    assert done.returncode == 0, done.stdout[-4000:]
    named = f"earn_all_points[lab-{NEXT} q5]"
    for part in (named, "q3", "untouched_student_copy", "solution_earns"):
        assert part in done.stdout
    assert "skipped" not in done.stdout.splitlines()[-1]


def test_a_title_without_a_word_is_refused(tmp_path, monkeypatch, capsys):
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "labs").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main(["new-lab", " · "]) == 2
    assert "title" in capsys.readouterr().err
