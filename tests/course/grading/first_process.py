"""Run as a program: cells that attack the first process of the sandbox, and what is left of it.

The first argument is a number of the caller's. Prints a line of JSON: the notes, the points, and
how many processes of the sandbox are left after it was stopped. With ``hold`` it waits for cells
that do not end, so that somebody may kill it. Another word names a sandbox in place of bubblewrap.
"""

import json
import os
import secrets
import socket
import sys
from pathlib import Path

from aimc_course.grading import Grader, Limits, find_sandbox
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
# The pipe to the grader is held at its other end, so that no end of it is ever seen.
HOLD = """
import os, time
held = []
for number in range(64):
    for way in (os.O_WRONLY, os.O_RDWR):
        try:
            held.append(os.open(f"/proc/self/fd/{number}", way))
        except OSError:
            pass
time.sleep(200)
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
# Siblings of the fault that let the first process be rewritten, and ways out to the host. Each is
# tried; what works is named in the text of an error.
NEIGHBOURS = r"""
import ctypes, mmap, os, re, resource, socket, sys, time
libc = ctypes.CDLL(None, use_errno=True)
def works(what):
    try:
        return bool(what())
    except (OSError, ValueError, OverflowError):
        return False
def opens(place, way=os.O_RDONLY):
    def tried():
        os.close(os.open(place, way))
        return True
    return tried
def calls(number, *arguments):  # numbers of x86-64, elsewhere they are other calls
    return lambda: os.uname().machine == "x86_64" and libc.syscall(number, *arguments) != -1
def writes(place, text):
    def tried():
        with open(place, "w") as file:
            file.write(text)
        return True
    return tried
def old_call():  # of 32 bit, which a filter of 64 bit numbers would misread
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(bytes.fromhex("b814000000cd80c3"))  # getpid
    start = ctypes.addressof(ctypes.c_char.from_buffer(page))
    return ctypes.CFUNCTYPE(ctypes.c_int)(start)() > 0
def outside(kind, name):
    with socket.socket(kind, socket.SOCK_STREAM) as line:
        line.settimeout(0.3)
        line.connect(name)
    return True
def link_out():
    os.symlink("/course/aimc_course/__init__.py", "/tmp/out")
    return opens("/tmp/out", os.O_WRONLY)()
def hard_link():
    os.link("/usr/bin/env", "/tmp/env")
    return True
def tmpfile():
    place = os.open("/tmp", os.O_TMPFILE | os.O_RDWR)
    try:
        os.ftruncate(place, 2**26)
        return os.posix_fallocate(place, 0, 2**26) is None
    finally:
        os.close(place)
def raised():
    kinds = [k for n, k in vars(resource).items() if n.startswith("RLIMIT_")]
    def higher(kind):
        most = resource.getrlimit(kind)[1]
        return most >= 0 and works(lambda: resource.setrlimit(kind, (most + 1, most + 1)) is None)
    return any(higher(kind) for kind in kinds)
def settings():
    found = []
    for top, _, names in os.walk("/proc/sys"):
        found += [f"{top}/{n}" for n in names if works(opens(f"{top}/{n}", os.O_WRONLY))]
    return [name for name in found if not OWN_SETTINGS.match(name)]
def spaces():
    names = os.listdir("/proc/self/ns")
    return any(works(calls(308, os.open(f"/proc/self/ns/{n}", os.O_RDONLY), 0)) for n in names)
def kinds_of_sockets():
    for kind in set(range(48)) - {1, 2, 10}:
        for way in (1, 2, 3, 5):
            if works(lambda: socket.socket(kind, way)):
                return True
# What holds for the sandbox's own queues and processes alone belongs to it.
OWN_SETTINGS = re.compile(
    "/proc/sys/(fs/mqueue/|kernel/(sem|shm|msg|auto_msgmni|ns_last_pid|pid_max))"
)
PRIVATE = ("mem", "root", "cwd", "exe", "maps", "smaps", "pagemap", "environ", "stack", "io", "fd",
           "map_files", "fdinfo", "auxv", "syscall", "personality", "ns/mnt", "ns/pid")
big = ctypes.create_string_buffer(4096)
here = ctypes.addressof(big)
vector = (ctypes.c_size_t * 2)(here, 8)
there = (ctypes.c_size_t * 2)(4096, 8)
one = os.pidfd_open(1)
TRIED = {
    **{f"/proc/1/{n}": opens(f"/proc/1/{n}") for n in PRIVATE},
    "oom score of the first process": writes("/proc/1/oom_score_adj", "1000"),
    "name of the first process": writes("/proc/1/comm", "x"),
    "timers of the first process": writes("/proc/1/timerslack_ns", "4000000000"),
    "pages of the first process": writes("/proc/1/clear_refs", "1"),
    "advice to the first process": calls(440, one, vector, 1, 21, 0),
    "memory of the first process": calls(448, one, 0),
    "files of the first process": calls(438, one, 0, 0),
    "read of the first process": calls(310, 1, vector, 1, there, 1, 0),
    "write to the first process": calls(311, 1, vector, 1, there, 1, 0),
    "trace of the first process": calls(101, 0x4206, 1, 0, 0),
    "comparison with the first process": calls(312, os.getpid(), 1, 0, 0, 0),
    "limits of the first process": lambda: resource.prlimit(1, resource.RLIMIT_CPU, (1, 1)),
    "priority of the first process": calls(141, 0, 1, 19),
    "priority of all": calls(141, 2, 0, 19),
    "disk priority of the first process": calls(251, 1, 1, 3 << 13),
    "processors of the first process": lambda: os.sched_setaffinity(1, {0}) is None,
    "class of the first process":
        lambda: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0)) is None,
    "class with attributes": calls(314, 1, here, 0),
    "limits raised": raised,
    "settings of the kernel": settings,
    "control groups": lambda: os.mkdir("/sys/fs/cgroup/memory/x") is None,
    "control groups of version 2": lambda: os.mkdir("/sys/fs/cgroup/x") is None,
    "members of a control group": opens("/sys/fs/cgroup/cgroup.procs", os.O_WRONLY),
    "preloaded library": writes("/etc/ld.so.preload", "/tmp/x.so"),
    "namespaces entered": spaces,
    "namespace of users": calls(272, 0x10000000),
    "namespace of mounts": calls(272, 0x20000),
    "namespace by the newest clone": calls(435, here, 88),
    "mount": calls(165, b"none", b"/tmp", b"tmpfs", 0, 0),
    "mount taken off": calls(166, b"/dev/shm", 2),
    "mount by handle": calls(428, -100, b"/", 1),
    "file system by handle": calls(430, b"tmpfs", 0),
    "new root": calls(161, b"/tmp"),
    "other root": calls(155, b"/tmp", b"/tmp"),
    "link out of the folder": link_out,
    "link to a program": hard_link,
    "device": lambda: os.mknod("/tmp/disk", 0o60666, os.makedev(254, 0)) is None,
    "folder above": opens("/tmp/../course/x", os.O_WRONLY | os.O_CREAT),
    "file without a name": tmpfile,
    "memory file": calls(319, b"x", 0),
    "secret memory": calls(447, 0),
    "memory of System V": calls(29, 0, 4096, 0o1600),
    "queue of System V": calls(68, 0, 0o1600),
    "semaphore of System V": calls(64, 0, 1, 0o1600),
    "queue of messages": calls(240, b"x", 0o102, 0o600, 0),
    "locked memory": calls(151, 1),
    "huge pages": calls(9, 0, 2**21, 3, 0x40022, -1, 0),
    "abstract socket": lambda: outside(socket.AF_UNIX, ABSTRACT),
    "other kinds of sockets": kinds_of_sockets,
    "io_uring": calls(425, 8, here),
    "faults of pages": calls(323, 1),
    "faults of pages by device": opens("/dev/userfaultfd"),
    "keys": calls(250, 0, -3, 1),
    "keys asked for": calls(249, b"user", b"x", 0, -5),
    "filters of packets": calls(321, 0, here, 64),
    "counters": calls(298, here, 0, -1, -1, 0),
    "handle of a file": calls(303, -100, b"/usr", here, here, 0),
    "files of the host written back": calls(306, 0),
    "quota": calls(179, 0x800007, 0, 0, 0),
    "kernel log": calls(103, 3, here, 4096),
    "clock": calls(227, 0, here),
    "numbers of x32": calls(0x40000000 + 39),
    "numbers of 32 bit": old_call,
    "sysrq": opens("/proc/sysrq-trigger", os.O_WRONLY),
    "a terminal": opens("/dev/tty", os.O_RDWR),
}
libc.mmap.restype = libc.syscall.restype = ctypes.c_long
found = [name for name, what in TRIED.items() if works(what)]
if found:
    raise RuntimeError("open: " + " ".join(found))
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
    abstract = f"\0aimc-{secrets.token_hex(8)}"
    listening = socket.socket(socket.AF_UNIX)  # of the host, as services of a desktop are
    listening.bind(abstract)
    listening.listen()
    neighbours = f"ABSTRACT = {abstract!r}\n{NEIGHBOURS}"
    cells = [
        START,
        SIBLINGS,
        neighbours,
        HIDE,
        REWRITE.format(code=STAY),
        REWRITE.format(code=FORK),
        COUNT,
    ]
    kinds = [word for word in sys.argv[2:] if word != "hold"]
    made = find_sandbox(*kinds) if kinds else Bubblewrap()
    with made as sandbox, Grader("lab-2", bytes(16), sandbox, limits) as grader:
        if "hold" in sys.argv[2:]:
            print(json.dumps({"memory": limits.memory}), flush=True)
            cells = [START, HIDE, HOLD]
        marks = grader.grade(written(*cells), student="ada", serial=12, questions=("q8",))
        told = {"notes": marks.notes, "points": marks.marks[0].points, "user": os.getuid()}
    print(json.dumps({**told, "left": left(limits.memory)}), flush=True)


if __name__ == "__main__":
    main()
