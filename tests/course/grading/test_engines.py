"""Containers in real engines. Where none starts, this file is not collected (see `conftest`)."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from aimc_course.authoring.notebooks import (
    find_root,
    lab_sources,
    read_source,
    solution_copy,
    student_copy,
    written,
)
from aimc_course.grading import Grader
from aimc_course.grading.containers import Container
from aimc_course.grading.images import engine_says, made_empty
from aimc_course.grading.probe import open_items

ENDLESS = """
import sys
from aimc_course.grading import find_sandbox, grade_notebook
sandbox = find_sandbox(sys.argv[1])
print("ready", flush=True)
grade_notebook(
    sys.stdin.buffer.read(), lab="lab-2", student="MARKED", class_key=b"0" * 32, sandbox=sandbox
)
"""


class Weak(Container):
    """A container with one of its walls taken down."""

    def __init__(self, engine, change):
        super().__init__(engine)
        self.change = change

    def command(self, *arguments):
        return self.change(super().command(*arguments))


def without(begin):
    return lambda command: [part for part in command if not part.startswith(begin)]


def replaced(old, new):
    return lambda command: [part.replace(old, new) for part in command]


def added(*parts):
    return lambda command: [*command[:2], *parts, *command[2:]]


def as_root(command):
    place = command.index("--user")
    return [*command[:place], *command[place + 2 :]]


# which trial finds it: how the command is weakened
WEAK = {
    "identity": as_root,
    "bounds": without("--memory"),
    "files": added("--tmpfs=/run:mode=1777"),
    "folders": replaced(f"size={4 * 2**20}", f"size={64 * 2**20}"),
    "processes": replaced("--pids-limit=62", "--pids-limit=500"),
    "environment": added("--env", "AIMC_GRADING_PROBE=1"),
}


@pytest.mark.parametrize("item", WEAK)
def test_an_opening_of_a_container_is_found(item, container):
    with Weak(container.engine, WEAK[item]) as weak:
        found = open_items(weak)
    assert any(line.startswith(f"{item}: ") for line in found), found


def test_a_lab_earns_in_a_container_what_it_holds(container, lab2):
    source = read_source(lab_sources(find_root())[0])
    with Grader("lab-1", lab2.key, container) as grader:
        copies = [written(copy(source)).encode() for copy in (solution_copy, student_copy)]
        marks = [grader.grade(copy, student="ada", serial=41) for copy in copies]
    assert [m.points for m in marks] == [marks[0].max_points, 0]
    assert [note for note in marks[0].notes if "SERIAL" not in note] == []


HOSTILE = [
    "import os\nwhile True:\n    os.fork()",  # ends at the limit on processes, with an error
    "import os\nos._exit(0)",
    "import os, signal\nos.kill(1, signal.SIGKILL)",  # the first process hears nothing from inside
    "import os\nif os.fork() == 0:\n    os.setsid()\n    while True:\n        pass",
    "import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=1)",
    "open('/usr/aimc-x', 'w')",
    "for k in range(64):\n    open(f'/tmp/{k}', 'wb').write(b'x' * 2**23)",
    "from aimc_answers.lab02 import answers",
    "import os\nos.memfd_create('x')",
]


def test_what_is_installed_among_the_packages_is_covered_and_not_copied(
    container, tmp_path, monkeypatch
):
    folder = tmp_path / "site-packages" / "aimc_answers"
    folder.mkdir(parents=True)
    for name, size in (("answers.py", 10), ("judges.py", 10_000)):  # one fits into what covers it
        (folder / name).write_text("#" * size)
    monkeypatch.syspath_prepend(str(folder.parent))
    with Container(container.engine) as sandbox:
        assert folder in sandbox._staging.hidden
        assert open_items(sandbox) == []


def test_hostile_cells_cost_at_most_themselves(container, limits, lab2):
    cells = [lab2.start, lab2.error, *HOSTILE, lab2.quantise, lab2.count]
    with Grader("lab-2", lab2.key, container, limits) as grader:
        marks = grader.grade(
            lab2.written(*cells), student="ada", serial=5, questions=("q1", "q2", "q8")
        )
    assert lab2.points(marks) == (2, 3, 1), marks.notes


def test_nothing_reaches_the_first_process_of_a_container(container):
    program = Path(__file__).with_name("first_process.py")
    done = subprocess.run(
        [sys.executable, program, str(os.getpid() % 50_000), container.engine],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert not any("open: " in note for note in told["notes"]), told["notes"]
    assert sum("PermissionError" in note for note in told["notes"]) == 2
    assert told["points"] == 1
    assert told["left"] == 0


HUNGRY = """
import os, time
for _ in range(6):
    if os.fork() == 0:
        held = np.ones(2**24)  # 128 MiB
        time.sleep(60)
time.sleep(60)
"""


def test_what_takes_a_containers_memory_is_told_so(container, limits, lab2, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    less = replace(limits, memory=640 * 2**20, cell=20)
    with Grader("lab-2", lab2.key, container, less) as grader:
        notebook = lab2.written(lab2.start, lab2.error, HUNGRY, lab2.count)
        marks = grader.grade(notebook, student="ada", questions=("q1", "q8"))
    assert [m.points for m in marks.marks] == [2, 1], marks.notes
    said = [note for note in marks.notes if "cell 3" in note]
    assert any("took more than 640 MiB of memory" in note for note in said), marks.notes
    assert list(tmp_path.iterdir()) == []


def running(engine):
    """Return the names of containers of graders."""
    said = engine_says(engine, "ps", "--all", "--format", "{{.Names}}")
    return {name for name in (said or "").split() if name.startswith("aimc-grading-")}


def test_no_container_is_left_by_a_grader_that_is_killed(container, lab2):
    before = running(container.engine)
    grader = subprocess.Popen(
        [sys.executable, "-c", ENDLESS, container.engine],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    grader.stdin.write(lab2.written(lab2.start, "while True:\n    pass"))
    grader.stdin.close()
    assert grader.stdout.readline() == b"ready\n"
    for _ in range(100):
        if running(container.engine) - before:
            break
        time.sleep(0.1)
    assert running(container.engine) - before
    time.sleep(1)  # the endless cell has begun
    grader.send_signal(signal.SIGKILL)
    grader.wait()
    for _ in range(100):
        if not (left := running(container.engine) - before):
            break
        time.sleep(0.1)
    assert left == set()


def test_the_image_is_made_once_and_holds_nothing(container):
    assert made_empty(container.engine) == container.image
    said = engine_says(
        *(container.engine, "image", "inspect", "--format", "{{.Size}}", container.image)
    )
    assert int(said) < 100_000
