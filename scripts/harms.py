"""What can befall a grader at work: kills of each of its processes, a full disk, no memory left.

Each harm takes the grader's process and the folder of its results. It waits until there is
something to harm, as long as the grader runs, and returns whether the command has to be given
again: ``None`` if nothing was there to harm.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil

__all__ = ["HARMS", "Harm", "possible"]

Harm = Callable[["subprocess.Popen[bytes]", Path, np.random.Generator], "bool | None"]
MEMORY = Path("/sys/fs/cgroup/memory")  # of the first version: where it is, a group is made
LITTLE = 2**16  # bytes
PATIENCE, LOOK = 20.0, 0.05  # s
JUDGE = "aimc_course.grading.judging"
BALLAST = "ballast"


def grader(process: subprocess.Popen[bytes], out: Path, rng: np.random.Generator) -> bool | None:
    """Kill the grader and its process group without warning."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return True


def judge(process: subprocess.Popen[bytes], out: Path, rng: np.random.Generator) -> bool | None:
    """Kill a judge."""
    return _killed(process, rng, of_judge=True)


def sandbox(process: subprocess.Popen[bytes], out: Path, rng: np.random.Generator) -> bool | None:
    """Kill a process of a sandbox: bubblewrap, the first inside, the worker, or a child of it."""
    return _killed(process, rng, of_judge=False)


def memory(process: subprocess.Popen[bytes], out: Path, rng: np.random.Generator) -> bool | None:
    """Let a judge or a process of a sandbox run out of memory, by a control group around it."""
    group = MEMORY / f"short-of-memory-{os.getpid()}"
    group.mkdir(exist_ok=True)
    try:
        (group / "memory.limit_in_bytes").write_text(str(LITTLE))
        for victim in _victims(process, rng, of_judge=bool(rng.integers(2))):
            with contextlib.suppress(OSError):
                (group / "cgroup.procs").write_text(str(victim.pid))
                if _gone(victim):
                    return False
        return None
    finally:
        _given_back(group)


def disk(process: subprocess.Popen[bytes], out: Path, rng: np.random.Generator) -> bool | None:
    """Fill the file system of the results until the grader has ended."""
    ballast = out / BALLAST
    try:
        with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(2**12))
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE * 6)
            return True
        return None
    finally:
        ballast.unlink()


HARMS: dict[str, Harm] = {
    "grader": grader, "judge": judge, "sandbox": sandbox, "memory": memory, "disk": disk
}  # fmt: skip


def possible(out: Path) -> tuple[str, ...]:
    """Return the harms that can be done here.

    Memory runs short only where this process may make control groups of the first version. The
    disk is filled only if the folder of results is a file system of its own.
    """
    left_out = set()
    if not os.access(MEMORY / "cgroup.procs", os.W_OK):
        left_out.add("memory")
    if not os.path.ismount(out):
        left_out.add("disk")
    return tuple(name for name in HARMS if name not in left_out)


def _victims(
    process: subprocess.Popen[bytes], rng: np.random.Generator, *, of_judge: bool
) -> list[psutil.Process]:
    """Return the judges, or the processes of sandboxes, in random order."""
    found: list[psutil.Process] = []
    with contextlib.suppress(psutil.Error):
        for child in psutil.Process(process.pid).children():
            words = child.cmdline()
            if of_judge and JUDGE in words:
                found.append(child)
            if not of_judge and words and words[0].endswith("bwrap"):
                found += [child, *child.children(recursive=True)]
    return [found[int(k)] for k in rng.permutation(len(found))]


def _killed(
    process: subprocess.Popen[bytes], rng: np.random.Generator, *, of_judge: bool
) -> bool | None:
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        for victim in _victims(process, rng, of_judge=of_judge):
            with contextlib.suppress(psutil.Error):
                victim.kill()
                return False
        time.sleep(LOOK)
    return None


def _gone(victim: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error, psutil.TimeoutExpired):
        victim.wait(timeout=PATIENCE / 10)
    return not victim.is_running() or victim.status() == psutil.STATUS_ZOMBIE


def _given_back(group: Path) -> None:
    """Let what is left in a group go where it was, and remove the group."""
    for _ in range(100):
        with contextlib.suppress(OSError):
            for number in (group / "cgroup.procs").read_text().split():
                (MEMORY / "cgroup.procs").write_text(number)
        with contextlib.suppress(OSError):
            group.rmdir()
            return
        time.sleep(LOOK)
