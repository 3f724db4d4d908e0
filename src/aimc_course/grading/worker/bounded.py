"""The first process of a sandbox: it bounds what it starts, and ends everything when it should end.

Limits and the filter of system calls hold for this process as well, and no other one of its user
may look into it or write into it: whoever rewrites the first process is rid of all that it keeps.
It takes in orphans, and ends, and with it all that runs in the sandbox, when the worker has ended,
when nobody is left to talk to, when the time is over, or when there are too many files: the kernel
keeps an empty one in memory that no limit counts, and takes long to remove a million. It uses the
standard library alone, so that it starts at once.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import select
import signal
import sys
import time
from pathlib import Path

__all__ = ["MOST_FILES", "OUT_OF_MEMORY", "TOO_MANY_FILES", "main"]

OUT_OF_MEMORY = 75
"""Exit status that says that the container's memory did not suffice."""
TOO_MANY_FILES = 76
"""Exit status that says so of the folders that can be written."""
MOST_FILES = 10_000  # that are made there, in all
WRITTEN = ("/tmp", "/dev/shm")
LOOK = 100  # ms
COUNTS = ("memory.events", "memory/memory.oom_control")
STEP = 8  # bytes of a step of a filter
SET_FILTER = (22, 2)  # of prctl: a filter of system calls
CLOSE = (4, 0)  # of prctl: no other process of the user opens this one's memory and files


class _Filter(ctypes.Structure):
    _fields_ = (("steps", ctypes.c_ushort), ("program", ctypes.c_char_p))


def main() -> None:
    """Run ``python -m module`` with so many bytes of address space, for so many seconds.

    Arguments: bytes, seconds of a processor for each process, seconds until the end of all, the
    filter of system calls in hexadecimal digits (empty if it is set already), the module.
    """
    memory, processor, seconds = (int(text) for text in sys.argv[1:4])
    calls, module = bytes.fromhex(sys.argv[4]), sys.argv[5]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the kernel keeps all others from process 1
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, processor),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    with contextlib.suppress(OSError):  # where memory runs out, the grader is not the first to go
        Path("/proc/self/oom_score_adj").write_text("1000")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(*CLOSE, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the first process cannot be closed")
    if calls:
        _filter(libc, calls)
    before = _files()
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.execv(sys.executable, [sys.executable, "-s", "-P", "-B", "-m", module])
    line = select.poll()
    line.register(0, 0)  # nothing but the other side's end is looked for
    end = time.monotonic() + seconds
    while time.monotonic() < end and not line.poll(LOOK):
        over = _ended(child)
        if _ran_out():  # the kernel may have ended a process that nobody waits for
            os._exit(OUT_OF_MEMORY)
        if _files() > before + MOST_FILES:
            os._exit(TOO_MANY_FILES)
        if over:
            os._exit(0)
    os._exit(1)


def _filter(libc: ctypes.CDLL, calls: bytes) -> None:
    """Add a filter to the engine's own, for this process and all that follow it."""
    made = _Filter(len(calls) // STEP, calls)
    if libc.prctl(*SET_FILTER, ctypes.byref(made), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no filter of system calls can be set")


def _ended(child: int) -> bool:
    """Take in what has ended; return whether the child is among it."""
    while True:
        number, _ = os.waitpid(-1, os.WNOHANG)
        if number in (0, child):
            return number == child


def _files() -> int:
    """Return how many files the folders hold that can be written."""
    number = 0
    for place in WRITTEN:
        with contextlib.suppress(OSError):
            found = os.statvfs(place)
            number += found.f_files - found.f_ffree
    return number


def _ran_out() -> bool:
    """Return whether the kernel has ended a process here because memory was used up."""
    for name in COUNTS:
        with contextlib.suppress(OSError):
            words = Path("/sys/fs/cgroup", name).read_text().split()
            return dict(zip(words[::2], words[1::2], strict=False)).get("oom_kill", "0") != "0"
    return False


if __name__ == "__main__":
    main()
