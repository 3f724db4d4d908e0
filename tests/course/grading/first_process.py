"""Run as a program: cells that attack the first process of the sandbox, and what is left of it.

The first argument is a number of the caller's. Prints a line of JSON: the notes, the points, and
how many processes of the sandbox are left after it was stopped. With ``hold`` it stops nothing and
waits, so that somebody may kill it.
"""

import json
import os
import sys
from pathlib import Path

from aimc_course.grading import Grader, Limits
from aimc_course.grading.bubblewrap import Bubblewrap

# Makes process 1 fork a hundred times, or forget that it ends with its parent, and then wait.
FORK = "41bc64000000b8390000000f0585c0740541ffcc75f0b8220000000f05ebf7"
STAY = "b89d000000bf0100000031f60f05b8220000000f05ebf7"
REWRITE = """
import os, time
pc = int(open("/proc/1/syscall").read().split()[-1], 16)
with open("/proc/1/mem", "r+b", buffering=0) as m:
    m.seek(pc)
    m.write(bytes.fromhex("{code}"))
if os.fork() == 0:
    if os.fork() == 0:
        time.sleep(0.3)
    os._exit(0)
os.wait()
"""
# A child of its own session, with its files closed, that does not end with its parent.
HIDE = """
import ctypes, os, signal
if os.fork() == 0:
    os.setsid()
    ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)
    for kind in range(1, 32):
        if kind not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(kind, signal.SIG_IGN)
    for number in range(128):
        try:
            os.close(number)
        except OSError:
            pass
    while True:
        os.sched_yield()
"""
SIBLINGS = """
import ctypes, os, resource, signal
libc = ctypes.CDLL(None, use_errno=True)
done = []
for name in ("mem", "environ", "fd", "maps", "syscall", "auxv"):
    try:
        os.listdir("/proc/1/fd") if name == "fd" else open(f"/proc/1/{name}", "rb").read(1)
        done.append(name)
    except OSError:
        pass
handle = os.pidfd_open(1)
if libc.syscall(438, handle, 0, 0) != -1:
    done.append("pidfd_getfd")
for kind in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    os.kill(1, kind)
try:
    resource.prlimit(1, resource.RLIMIT_NPROC, (500, 500))
    done.append("limits raised")
except (OSError, ValueError):
    pass
for place in ("/proc/sys/kernel/core_pattern", "/dev/mem", "/dev/kmsg"):
    try:
        os.close(os.open(place, os.O_WRONLY))
        done.append(place)
    except OSError:
        pass
if done:
    raise RuntimeError("open: " + " ".join(done))
"""
START = "from aimc_course import start\nlab = start('lab-2', serial=7)"
COUNT = "lab.check('q8', 4096)"


def written(*cells):
    """Return the bytes of a notebook with these code cells."""
    made = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": c}
        for c in cells
    ]
    content = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content).encode()


def left(memory):
    """Return how many processes run with this limit on their address space."""
    found = 0
    for place in Path("/proc").glob("[0-9]*"):
        try:
            limits = (place / "limits").read_text()
            state = (place / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        line = next(one for one in limits.splitlines() if one.startswith("Max address space"))
        found += str(memory) in line and state not in "ZX"
    return found


def main():
    limits = Limits(memory=2**31 + 4096 * int(sys.argv[1]))  # whose limit is whose process
    cells = [START, SIBLINGS, HIDE, REWRITE.format(code=STAY), REWRITE.format(code=FORK), COUNT]
    with Bubblewrap() as sandbox, Grader("lab-2", bytes(16), sandbox, limits) as grader:
        if sys.argv[2:] == ["hold"]:
            process = sandbox.start("aimc_course.grading.inside.worker", limits)
            print(json.dumps({"memory": limits.memory}), flush=True)
            process.wait()
        marks = grader.grade(written(*cells), student="ada", serial=12, questions=("q8",))
        told = {"notes": marks.notes, "points": marks.marks[0].points, "user": os.getuid()}
    print(json.dumps({**told, "left": left(limits.memory)}), flush=True)


if __name__ == "__main__":
    main()
