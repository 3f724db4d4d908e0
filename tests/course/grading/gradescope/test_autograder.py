"""The autograder in a container like Gradescope's: right marks, and nothing to take from it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "similarity"))
from honest import SOLUTION, STARTER, cells_of

from aimc_course.grading.sandbox import SandboxError
from aimc_course.grading.separate_user import SeparateUser

# What a notebook tries; each line that succeeds leaves its letter in the message of an error.
ATTEMPTS = """
import os, socket, subprocess, importlib, pathlib
won = ""
def tried(letter, action):
    global won
    try:
        action()
        won += letter
    except BaseException:
        pass
A = pathlib.Path("/autograder")
tried("k", lambda: (A / "source/class.key").read_text())
tried("a", lambda: (A / "source/course/aimc_answers/lab02/answers.py").read_text())
tried("l", lambda: os.listdir(A / "source"))
tried("s", lambda: os.listdir(A / "submission"))
tried("m", lambda: (A / "submission_metadata.json").read_text())
tried("w", lambda: (A / "results/results.json").write_text('{"score": 26}'))
tried("r", lambda: (A / "run_autograder").write_text("#!/bin/sh"))
tried("t", lambda: pathlib.Path("/tmp/x").write_text("x" * 10**6))
tried("h", lambda: pathlib.Path("/dev/shm/x").write_text("x"))
tried("n", lambda: socket.socket())
tried("u", lambda: socket.socket(socket.AF_UNIX))
tried("i", lambda: importlib.import_module("aimc_answers.lab02.answers"))
tried("j", lambda: importlib.import_module("aimc_course.grading.keys"))
for number in os.listdir("/proc"):
    if number.isdigit() and os.stat(f"/proc/{number}").st_uid != os.getuid():
        tried("e", lambda: open(f"/proc/{number}/environ").read(1))
        tried("f", lambda: os.listdir(f"/proc/{number}/fd"))
        tried("d", lambda: os.listdir(f"/proc/{number}/cwd/source"))
        tried("q", lambda: os.kill(int(number), 9))
        tried("c", lambda: exec(f"assert b'key' in open('/proc/{number}/cmdline', 'rb').read()"))
tried("p", lambda: os.setuid(0))
tried("b", lambda: subprocess.run(["unshare", "--user", "true"], check=True))
raise RuntimeError(f"won:{won}.")
"""
DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            try:
                open("/autograder/results/results.json", "w").write('{"score": 26}')
            except OSError:
                time.sleep(0.01)
    os._exit(0)
"""


def points(result):
    return {test["number"]: test["score"] for test in result["tests"]}


@pytest.mark.parametrize("inner", [False, True], ids=["separate user", "bubblewrap"])
def test_hostile_notebook_earns_what_its_answers_earn(autograder, lab2, inner):
    notebook = lab2.written(ATTEMPTS, DAEMON, lab2.start, lab2.error, lab2.quantise, DAEMON)
    result, log, root = autograder(notebook, inner=inner)
    assert f"sandbox: {'bubblewrap' if inner else 'separate-user'}" in log
    # In bubblewrap there are folders and a network of its own, which lead nowhere.
    assert f"won:{'thnu' if inner else ''}." in result["output"]
    got = points(result)
    assert (got.pop("1"), got.pop("2")) == (2, 4)
    assert set(got.values()) == {0}
    assert result["stdout_visibility"] == "hidden"
    assert result["execution_time"] >= 1
    assert all(
        t["output_format"] == "text" and t["visibility"] == "visible" for t in result["tests"]
    )
    assert (root / "results").stat().st_mode & 0o077 == 0
    assert bytes(range(32)).hex() not in json.dumps(result) + log


@pytest.mark.weekly  # one more crossing of the border; the hostile notebook earns its points here
def test_solution_earns_all_and_the_untouched_copy_nothing(autograder):
    right, _, _ = autograder(SOLUTION)
    assert sum(points(right).values()) == 26
    untouched, _, _ = autograder(STARTER)
    assert sum(points(untouched).values()) == 0
    assert len(cells_of(STARTER)) > 20


def test_without_a_sandbox_nothing_is_graded_and_the_result_says_so(autograder, lab2):
    hide = ("--ro-bind", "/dev/null", shutil.which("setpriv"))
    notebook = lab2.written(lab2.start, lab2.error)
    result, log, _ = autograder(notebook, extra=hide)
    assert result["score"] == 0
    assert result["tests"] == []
    assert "cannot keep your code apart from the answers" in result["output"]
    assert "setpriv" not in result["output"]  # what is open is for teachers
    assert "setpriv not found" in log


def test_failures_of_the_grader_reach_the_student_as_a_message(autograder, lab2):
    notebook = lab2.written(lab2.start, lab2.error)
    result, _, _ = autograder(notebook, metadata=None)
    assert result["output"] == "Not graded: Gradescope did not say whose submission this is."
    result, log, _ = autograder(notebook, change=lambda root: (root / "source/class.key").unlink())
    assert "the autograder failed" in result["output"]
    assert "class.key" in log
    assert "class.key" not in result["output"]

    def broken(root):
        (root / "source/course/aimc_course/grading/gradescope/autograder.py").write_text("(")

    result, _, _ = autograder(notebook, change=broken)
    assert "did not start" in result["output"]
    assert result["score"] == 0


def test_a_user_of_its_own_needs_closed_folders(tmp_path):
    tmp_path.chmod(0o755)
    with pytest.raises(SandboxError, match=r"open to others|has to be root"):
        SeparateUser([tmp_path])
    with pytest.raises(SandboxError, match=r"no folder|has to be root"):
        SeparateUser([])


@pytest.mark.parametrize("script", ["setup.sh", "run_autograder"])
def test_scripts_are_valid(script, root):
    path = root / "src/aimc_course/grading/gradescope/files" / script
    subprocess.run(["bash", "-n", str(path)], check=True)
