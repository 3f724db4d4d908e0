"""Whatever a submission does to its sandbox's first process, all ends when the grader says so."""

import json
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aimc_course.grading.bubblewrap import Bubblewrap
from aimc_course.grading.probe import open_items

HERE = Path(__file__).parent
PROGRAM = str(HERE / "first_process.py")
sys.path.insert(0, str(HERE))
from first_process import left  # noqa: E402

NOBODY = "60599"


def command(root, *arguments):
    """Return what runs the program, as whoever runs this or without the rights of root."""
    run = [sys.executable, PROGRAM, str(os.getpid() % 50_000), *arguments]
    if root:
        return run
    # Interpreter and sources may lie in folders that root alone may enter: they are mounted anew.
    needed = {
        Path(sys.base_prefix),
        Path(sys.prefix),
        *(Path(p) for p in sys.path if Path(p).is_dir()),
    }
    steps = ["mount -t tmpfs -o mode=755 none /mnt"]
    closed = {p for n in needed for p in n.resolve().parents if not p.stat().st_mode & 1}
    kept = [n.resolve() for n in needed if closed & set(n.resolve().parents)]
    for number, path in enumerate(kept):
        steps.append(f"mkdir /mnt/{number} && mount --bind {shlex.quote(str(path))} /mnt/{number}")
    for place in map(shlex.quote, map(str, sorted(closed))):  # an outer one hides those within it
        steps.append(f"mkdir -p {place} && mount -t tmpfs -o mode=755 none {place}")
    for number, path in enumerate(kept):
        place = shlex.quote(str(path))
        steps.append(f"mkdir -p {place} && mount --bind /mnt/{number} {place}")
    drop = ("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups")
    steps.append(f"exec {shlex.join([*drop, *run])}")
    return ["unshare", "--mount", "--propagation", "private", "sh", "-eu", "-c", "\n".join(steps)]


@pytest.fixture(params=["as the user", "without root"])
def root(request):
    """Whether the grader keeps its rights; who has none tries the second case in the first."""
    if request.param == "without root" and os.geteuid() != 0:
        return True
    return request.param == "as the user"


def environment():
    return {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "HOME": "/tmp"}


def test_nothing_reaches_it_and_nothing_is_left(root, sandbox):
    done = subprocess.run(
        command(root), env=environment(), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["user"] == 0) == (root and os.geteuid() == 0)
    assert not any("open: " in note for note in told["notes"]), told["notes"]
    refused = [note for note in told["notes"] if "PermissionError" in note]
    assert len(refused) == 2, told["notes"]  # both times that it should have been rewritten
    assert told["points"] == 1
    assert told["left"] == 0


def test_a_grader_that_is_killed_leaves_nothing(root, sandbox):
    with subprocess.Popen(
        command(root, "hold"), env=environment(), stdout=subprocess.PIPE, text=True
    ) as gradebook:
        memory = json.loads(gradebook.stdout.readline())["memory"]
        end = time.monotonic() + 20
        while left(memory) < 3 and time.monotonic() < end:  # the first, the worker, what it hid
            time.sleep(0.05)
        assert left(memory) >= 3
        time.sleep(0.5)
        gradebook.kill()
    end = time.monotonic() + 10
    while left(memory) and time.monotonic() < end:
        time.sleep(0.05)
    assert left(memory) == 0


def test_the_trial_finds_a_first_process_without_limits(sandbox):
    class Plain(Bubblewrap):
        """The sandbox with bubblewrap's own first process."""

        def _bwrap(self, *arguments):
            return [part for part in super()._bwrap(*arguments) if part != "--as-pid-1"]

    class Rewritten(Plain):
        """And the worker started at once."""

        def _bwrap(self, module, *arguments):
            made = super()._bwrap(module, *arguments)
            place = made.index("-I")
            return [*made[:place], "-s", "-P", "-B", "-m", module]

    for kind in (Plain, Rewritten):
        with kind() as weak:
            found = open_items(weak)
        assert any(line.startswith("first process: ") for line in found), found
