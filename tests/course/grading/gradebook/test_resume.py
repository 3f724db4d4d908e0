"""A run that is killed without warning: nothing is lost, nothing is marked twice."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from aimc_course.grading.gradebook.classlist import ClassList
from aimc_course.grading.gradebook.intake import take_in
from aimc_course.grading.gradebook.runs import grade_pending
from aimc_course.grading.gradebook.store import Store
from aimc_course.grading.sandboxes import SandboxError

COUNT = 60
SCRIPT = """
import json, sys, time
from pathlib import Path
from aimc_course.grading.gradebook.classlist import ClassList
from aimc_course.grading.gradebook.runs import grade_pending
from aimc_course.grading.gradebook.store import Store
from aimc_course.grading.marks import QuestionMark, SubmissionMarks

given = int(sys.argv[2])

class Slow:
    def grade(self, notebook, *, student, serial=None, questions=None):
        global given
        given -= 1
        time.sleep(0.01 if given >= 0 else 60)
        points = json.loads(notebook)["q1"]
        mark = QuestionMark("q1", points, 99.0, "", None, "", "", 0.0)
        return SubmissionMarks("lab-1", student, 1, (mark,), (), "", 0.0)
    def close(self):
        pass

with Store(Path(sys.argv[1])) as store:
    people = ClassList(open_to_all=True)
    grade_pending(store, "lab-1", Slow, people, workers=2, progress=False)
"""


def rows(path, table):
    db = sqlite3.connect(path)
    found = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    db.close()
    return found


@pytest.fixture
def path(tmp_path, notebook):
    for k in range(COUNT):
        notebook(tmp_path / "in" / f"s{k:02}" / "lab.ipynb", q1=k)
    people = ClassList(open_to_all=True)
    with Store(tmp_path / "grades.sqlite") as store:
        assert store.add("lab-1", take_in(tmp_path / "in", people).submissions) == COUNT
        assert store.add("lab-1", take_in(tmp_path / "in", people).submissions) == 0
    return tmp_path / "grades.sqlite"


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGKILL")
def test_killed_three_times_every_result_is_there_once(path, tmp_path, python):
    seen = 0
    for _ in range(3):
        run = subprocess.Popen([*python, SCRIPT, str(path), "15"], cwd=tmp_path)
        deadline = time.monotonic() + 60
        while rows(path, "results") < seen + 8 and time.monotonic() < deadline:
            time.sleep(0.005)
        os.kill(run.pid, signal.SIGKILL)
        assert run.wait() == -signal.SIGKILL
        seen = rows(path, "results")
        assert 8 <= seen <= 45
    subprocess.run([*python, SCRIPT, str(path), "99"], cwd=tmp_path, check=True, timeout=60)
    with Store(path) as store:
        entries = store.entries("lab-1")
        assert {e.owner: e.marks.points for e in entries} == {f"s{k:02}": k for k in range(COUNT)}
    assert rows(path, "results") == COUNT
    assert rows(path, "runs") == 1


def test_two_runs_at_once_write_each_result_once(path, tmp_path, python):
    runs = [subprocess.Popen([*python, SCRIPT, str(path), "99"], cwd=tmp_path) for _ in range(2)]
    assert [run.wait(timeout=60) for run in runs] == [0, 0]
    assert rows(path, "results") == COUNT


def test_open_sandbox_ends_the_run(path, believer):
    class Open(believer):
        def grade(self, notebook, **other):
            raise SandboxError("a way out")

    people = ClassList(open_to_all=True)
    with Store(path) as store:
        with pytest.raises(SandboxError, match="a way out"):
            grade_pending(store, "lab-1", Open, people, workers=2, progress=False)
        assert not any(e.marks for e in store.entries("lab-1"))
        assert grade_pending(store, "lab-1", believer, people, progress=False) == ()
        assert all(e.marks for e in store.entries("lab-1"))


def test_store_refuses_other_files(tmp_path):
    (tmp_path / "x.sqlite").write_text(json.dumps({"no": "database"}) * 100)
    with pytest.raises(ValueError, match="cannot be used as a store"):
        Store(tmp_path / "x.sqlite")
