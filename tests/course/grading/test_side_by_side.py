"""Several graders at once, and one that is killed in the middle."""

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from aimc_course.grading import Grader
from aimc_course.grading.bubblewrap import Bubblewrap
from aimc_course.grading.staging import Staging

ENDLESS = """
import sys, time
from aimc_course.grading import Limits, find_sandbox, grade_notebook
sandbox = find_sandbox("bubblewrap")
print("ready", flush=True)
grade_notebook(
    sys.stdin.buffer.read(), lab="lab-2", student="MARKED", class_key=b"0" * 32, sandbox=sandbox
)
"""


def test_graders_side_by_side_give_the_same_marks(sandbox, limits, lab2):
    notebook = lab2.written(lab2.start, lab2.error, lab2.quantise, "import os\nos._exit(0)")

    def grade(student):
        with Grader("lab-2", lab2.key, sandbox, limits) as grader:
            marks = grader.grade(notebook, student=student, serial=5, questions=("q1", "q2"))
        return marks.points == marks.max_points, [mark.seed for mark in marks.marks]

    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(grade, ["ada", "grace", "ada"]))
    assert all(right for right, _ in found)
    assert found[0] == found[2] != found[1]


def descendants(root):
    """Return the numbers of all processes below one."""
    parents = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            text = Path(f"/proc/{name}/stat").read_text()
        except OSError:
            continue
        parents[int(name)] = int(text.rpartition(")")[2].split()[1])
    tree = {root}
    while more := {child for child, parent in parents.items() if parent in tree} - tree:
        tree |= more
    return tree - {root}


def test_a_grader_that_is_killed_leaves_nothing_running(sandbox, lab2):
    notebook = lab2.written(lab2.start, "import time\nwhile True:\n    time.sleep(0.1)")
    grader = subprocess.Popen(
        [sys.executable, "-c", ENDLESS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    grader.stdin.write(notebook)
    grader.stdin.close()
    assert grader.stdout.readline() == b"ready\n"
    for _ in range(100):
        below = descendants(grader.pid)
        if len(below) >= 3:  # the judge, bubblewrap and what it holds
            break
        time.sleep(0.1)
    assert len(below) >= 3
    grader.send_signal(signal.SIGKILL)
    grader.wait()
    for _ in range(100):
        left = [number for number in below if Path(f"/proc/{number}/stat").exists()]
        if not left:
            break
        time.sleep(0.1)
    assert left == []


def test_what_a_killed_grader_left_is_removed_by_the_next():
    left, elsewhere = (Path(tempfile.mkdtemp(prefix="aimc-grading-999999999-")) for _ in "ab")
    used = Path(tempfile.mkdtemp(prefix=f"aimc-grading-{os.getpid()}-"))
    lock = os.open(elsewhere, os.O_RDONLY)  # as a grader of another container holds it
    fcntl.flock(lock, fcntl.LOCK_EX)
    Staging().close()
    assert not left.exists()
    assert used.exists()
    assert elsewhere.exists()
    os.close(lock)
    Staging().close()
    assert not elsewhere.exists()
    used.rmdir()


def test_a_grader_holds_its_folder_as_long_as_it_lives():
    stage = Staging()
    with pytest.raises(BlockingIOError):
        fcntl.flock(os.open(stage.folder, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
    stage.close()
    assert not stage.folder.exists()


STARTING = """
import subprocess, sys
words = ["bwrap", "-c", "import time; time.sleep(100)", f"/tmp/aimc-grading-{sys.argv[1]}-x/course"]
nowhere = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
print(subprocess.Popen(words, executable=sys.executable, **nowhere).pid, flush=True)
"""


def test_a_sandbox_that_a_killed_grader_left_half_started_ends_with_the_next(sandbox):
    """Its grader has gone, and nothing will ever tell it so."""
    number = {}
    for grader in ("999999999", str(os.getpid())):
        command = [sys.executable, "-c", STARTING, grader]
        done = subprocess.run(command, stdout=subprocess.PIPE, timeout=60, check=True)
        number[grader] = int(done.stdout)
    Bubblewrap().close()
    left = {grader for grader, n in number.items() if alive(n)}
    os.kill(number[str(os.getpid())], signal.SIGKILL)
    assert left == {str(os.getpid())}


def alive(number):
    """Return whether a process runs, and not only waits to be taken in."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
