"""Inside a sandbox there is no answer, judge, rubric or key: not to import, not to read.

Answers are a package of their own, which no sandbox mounts. A cell of a student tries to import
each of its modules, looks for its files wherever something can be read, and goes through what
objects and processes show of themselves.
"""

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import aimc_answers
import aimc_course
from aimc_course.grading.bubblewrap import Bubblewrap
from aimc_course.grading.staging import Staging
from aimc_course.grading.student_process import StudentProcess
from aimc_course.grading.worker import probing
from aimc_course.grading.worker.protocol import Border

ANSWERS = Path(aimc_answers.__file__).parent
SECRET = "THE KEY OF ALL CLASSES 8861"
MODULES = [
    ".".join(path.relative_to(ANSWERS.parent).with_suffix("").parts)
    for path in sorted(ANSWERS.rglob("*.py"))
    if path.name != "__init__.py"
]
MODULES += [f"aimc_course.{name}" for name in ("authoring", "capstone", "teaching")]
MODULES += [f"aimc_course.grading.{name}" for name in ("judging", "keys", "grade", "gradebook")]

SEARCH = r"""
import os
NAMES = {names!r}
seen, found = 0, []
for root in {roots!r}:
    for folder, inside, files in os.walk(root):
        seen += len(files)
        if "aimc_answers" in folder.split("/") or "course" in folder.split("/")[1:2]:
            found += [os.path.join(folder, name) for name in files
                      if "aimc_answers" in folder or name.split(".")[0] in NAMES]
check("q1", [seen, found])
"""

LOOK = r"""
import gc, importlib, os, sys
from pathlib import Path
imported = []
for name in {modules!r}:
    try:
        imported.append(importlib.import_module(name).__name__)
    except ImportError:
        pass
hints = ["aimc_answers", "judging", "grading.keys", "authoring", "teaching"]
loaded = [n for n in sys.modules if any(h in n for h in hints)]
objects = []
for thing in gc.get_objects():
    place = getattr(getattr(thing, "__code__", None), "co_filename", "")
    if isinstance(place, str) and any(h in place for h in hints):
        objects.append(place)
    if isinstance(thing, dict) and any({secret!r} in str(v)[:300] for v in list(thing.values())
                                       if type(v) in (str, bytes)):
        objects.append("the key")
shown = []
for process in Path("/proc").glob("[0-9]*"):
    texts = []
    for name in ("environ", "cmdline", "maps", "mountinfo", "stat"):
        try:
            texts.append((process / name).read_bytes().decode("utf-8", "replace"))
        except OSError:
            pass
    try:
        texts += [os.readlink(link) for link in (process / "fd").iterdir()]
    except OSError:
        pass
    words = [{secret!r}, {hexed!r}, "AIMC_TEST_VARIABLE", "answers.py", "judging", ".ipynb"]
    shown += [(process.name, word) for word in words if any(word in t for t in texts)]
own = [v for v in os.environ if v.startswith("AIMC_TEST") or "KEY" in v]
check("q2", [imported, loaded, objects, [list(s) for s in shown], own])
"""


def answered(sandbox, limits, lab2, cell):
    """Return what a cell hands in, from inside of the sandbox."""
    long = replace(limits, cell=300, submission=400)
    worker = StudentProcess([lab2.start, cell], lab="lab-2", serial=5, sandbox=sandbox, limits=long)
    try:
        worker.run()
        assert len(worker.notes) <= 1, worker.notes
        return {name: Border().decode(node) for name, node in worker.answers.items()}
    finally:
        worker.stop()


def searched(sandbox, limits, lab2, roots):
    cell = SEARCH.format(roots=roots, names={"answers", "judges", "rubric"})
    seen, found = answered(sandbox, limits, lab2, cell)["q1"]
    return seen, set(found)


def test_no_file_that_can_be_read_is_one_of_the_answers(sandbox, limits, lab2):
    roots = [f"/{name}" for name in sorted(os.listdir("/")) if name not in ("proc", "sys", "dev")]
    roots = [root for root in roots if not os.path.islink(root)]
    seen, found = searched(sandbox, limits, lab2, [*roots, "/course"])
    assert seen > 5_000
    assert found == set()


def test_the_search_finds_what_is_there(limits, lab2):
    class Open(Bubblewrap):
        def _bwrap(self, *arguments):
            command = super()._bwrap(*arguments)
            place, inside = command.index("--chdir"), "/tmp/aimc_answers"
            return [*command[:place], "--ro-bind", str(ANSWERS), inside, *command[place:]]

    with Open() as sandbox:
        found = searched(sandbox, limits, lab2, ["/tmp"])[1]
    for path in ANSWERS.rglob("*"):
        if path.suffix in (".py", ".toml"):
            assert f"/tmp/aimc_answers/{path.relative_to(ANSWERS)}" in found


def test_answers_that_are_installed_among_the_packages_are_covered(tmp_path, monkeypatch):
    packages = tmp_path / "site-packages"
    for name in ("aimc_answers", "aimc_course", "numpy"):
        (packages / name).mkdir(parents=True)
    monkeypatch.syspath_prepend(str(packages))
    stage = Staging()
    try:
        hidden = {path.name for path in stage.hidden if path.parent == packages}
        assert packages in stage.packages
        assert hidden == {"aimc_answers", "aimc_course"}
    finally:
        stage.close()


@pytest.mark.parametrize("where", ["lib/python3.12", "envs/other/lib/python3.11"])
def test_answers_in_another_environment_beside_the_interpreter_are_covered(
    tmp_path, monkeypatch, where
):
    """A base environment holds those of others, and its interpreter is mounted with all of them."""
    folder = tmp_path / where / "site-packages" / "aimc_answers"
    folder.mkdir(parents=True)
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path))
    stage = Staging()
    try:
        assert tmp_path in stage.trees
        assert folder in stage.hidden
    finally:
        stage.close()


def test_what_an_older_edition_left_behind_is_not_laid_out(tmp_path, monkeypatch):
    """Its course held answers; a wheel made from a checkout leaves files there, and takes them."""
    course = tmp_path / "aimc_course"
    left = ["labs/lab01/answers.py", "labs/lab01/rubric.toml", "checks/judges.py"]
    needed = ["__init__.py", "grading/__init__.py", "grading/worker/__init__.py"]
    for name in (
        *needed,
        "labs/lab01/given.py",
        *left,
        *(f"build/lib/aimc_course/{n}" for n in left),
    ):
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        (course / name).write_text("")
    monkeypatch.setattr(aimc_course, "__file__", str(course / "__init__.py"))
    stage = Staging()
    try:
        found = {
            p.relative_to(stage.course) for p in stage.course.rglob("*.*") if p.suffix != ".pyc"
        }
        assert {str(path) for path in found} == {
            f"aimc_course/{n}" for n in (*needed, "labs/lab01/given.py")
        }
    finally:
        stage.close()


@pytest.mark.parametrize("name", ["aimc_answers/x.py", "aimc_course/labs/lab01/answers.py"])
def test_the_trial_before_a_run_sees_answers_wherever_they_lie(tmp_path, monkeypatch, name):
    (tmp_path / "aimc_course").mkdir()
    (tmp_path / "aimc_course" / "__init__.py").touch()
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert list(probing._readable_answers()) == []
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).touch()
    assert list(probing._readable_answers()) == [str(tmp_path / name)]


def test_no_process_and_no_object_shows_anything(sandbox, limits, lab2, monkeypatch):
    monkeypatch.setenv("AIMC_TEST_VARIABLE", SECRET)
    # The words stand in the cell itself, which no process shows: the worker reads it from a pipe.
    cell = LOOK.format(modules=MODULES, secret=SECRET, hexed=SECRET.encode().hex())
    imported, loaded, objects, shown, own = answered(sandbox, limits, lab2, cell)["q2"]
    assert (imported, loaded, shown, own) == ([], [], [], [])
    assert set(objects) <= {"the key"}  # the cell's own constants


@pytest.mark.parametrize("room", ["aimc_answers", "authoring", "teaching", "gradebook", "marking"])
def test_the_course_of_a_sandbox_lacks_the_rooms_of_others(room):
    stage = Staging()
    try:
        assert (stage.course / "aimc_course" / "labs" / "lab01" / "questions.py").is_file()
        assert not list(stage.course.rglob(room))
    finally:
        stage.close()
