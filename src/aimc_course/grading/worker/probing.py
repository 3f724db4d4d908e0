"""Tries to break out of the sandbox it runs in, and says of each item what came of it.

Every trial returns an empty text if the item is closed, else what was possible. Nothing is changed
where a trial succeeds: settings of the kernel are opened for writing and not written.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import json
import os
import platform
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

__all__ = ["main"]

# add_key, memfd_create, request_key
CALLS = {"x86_64": (248, 319, 249), "aarch64": (217, 279, 218), "arm64": (217, 279, 218)}
CLONE_NEWUSER = 0x10000000
PIDFD_GETFD = 438  # on all machines
BOUNDED = {
    "Max processes": resource.RLIMIT_NPROC,
    "Max address space": resource.RLIMIT_AS,
    "Max open files": resource.RLIMIT_NOFILE,
    "Max file size": resource.RLIMIT_FSIZE,
    "Max cpu time": resource.RLIMIT_CPU,
}
OF_ANSWERS = ("answers.py", "judges.py", "rubric.toml")
"""Files that the course held in an older edition."""
MIB = 2**20
SLACK = 2 * MIB
libc = ctypes.CDLL(None, use_errno=True)


def identity(known: dict[str, Any]) -> str:
    """Look for rights: user 0, capabilities, new privileges."""
    if 0 in (*os.getresuid(), *os.getresgid(), *os.getgroups()):
        return "it runs as root"
    lines = Path("/proc/self/status").read_text().splitlines()
    status = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    held = [name for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb") if int(status[name], 16)]
    if held:
        return f"capabilities are left: {', '.join(held)}"
    if status["NoNewPrivs"].strip() != "1":
        return "programs may gain privileges"
    return ""


def settings(known: dict[str, Any]) -> str:
    """Open settings of the kernel for writing."""
    for name in ("kernel/core_pattern", "vm/overcommit_memory", "kernel/hostname"):
        with contextlib.suppress(OSError):
            os.close(os.open(f"/proc/sys/{name}", os.O_WRONLY))
            return f"/proc/sys/{name} can be written"
    return ""


def keyring(known: dict[str, Any]) -> str:
    """Leave a key for the next sandbox, and look for one."""
    add, _, request = CALLS[platform.machine()]
    arguments = b"user", b"aimc-grading-probe"
    if libc.syscall(request, *arguments, None, -5) != -1:
        return "a key of another sandbox was found"
    # -5 is the session's ring of the user, which outlives processes
    if libc.syscall(add, *arguments, b"x", 1, -5) != -1:
        return "the kernel's key ring can be written"
    return ""


def memory_files(known: dict[str, Any]) -> str:
    """Make a file in memory that no folder's size bounds."""
    if known["bounded_outside"] and _bounded_together(known["memory"]):
        return ""  # a limit on the whole container counts it
    _, create, _ = CALLS[platform.machine()]
    if libc.syscall(create, b"probe", 0) != -1:
        return "memfd_create works: memory that no limit sees"
    if libc.shmget(0, 4096, 0o1600) != -1:
        return "shmget works: memory that no limit sees"
    return ""


def namespaces(known: dict[str, Any]) -> str:
    """Make a nested user namespace, in a child of its own."""
    child = os.fork()
    if child == 0:
        os._exit(0 if libc.unshare(CLONE_NEWUSER) == 0 else 1)
    made = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    return "user namespaces can be nested" if made else ""


def network(known: dict[str, Any]) -> str:
    """Connect to a server of the host, and to the world; look for lines of virtual machines."""
    for address in (("127.0.0.1", known["port"]), ("192.0.2.1", 80)):
        with contextlib.suppress(OSError), socket.socket() as line:
            line.settimeout(0.3)
            line.connect(address)
            return f"a connection to {address[0]} was made"
    with contextlib.suppress(OSError, AttributeError):
        socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM).close()
        return "sockets between a virtual machine and its host can be opened"
    names = []
    with contextlib.suppress(OSError):  # where no socket can be opened, there are no names either
        names = [name for _, name in socket.if_nameindex() if name != "lo"]
    return f"network devices: {', '.join(names)}" if names else ""


def files(known: dict[str, Any]) -> str:
    """Read a file of the host, and write outside of the folder of temporary files."""
    if os.path.exists(known["secret"]):  # False as well where the folder cannot be entered
        return "files of the host can be read"
    for folder in known["closed"]:
        with contextlib.suppress(OSError):
            os.listdir(folder)
            return f"{folder} can be read"
    mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    usual = ("/", "/dev", "/usr", "/etc", "/proc", "/run", "/var/tmp", "/course", sys.prefix)
    for folder in {*usual, *sys.path, *mounts} - {"/tmp", "/dev/shm"}:
        place = Path(folder) / "aimc-probe"
        with contextlib.suppress(OSError):
            place.write_text("x")
            place.unlink()
            return f"{folder} can be written"
    return ""


def folders(known: dict[str, Any]) -> str:
    """Fill the folders that can be written."""
    for folder in ("/tmp", "/dev/shm"):
        if not os.access(folder, os.W_OK):
            continue
        written = 0
        names = [Path(folder) / f"probe{k}" for k in range(64)]
        with contextlib.suppress(OSError):
            for name in names:
                with name.open("wb", buffering=0) as file:
                    for _ in range(known["file"] // MIB):
                        written += file.write(b"\0" * MIB)
                        if written > known["disk"] + SLACK:
                            return f"{folder} takes more than {known['disk'] // MIB} MiB"
        for name in names:
            name.unlink(missing_ok=True)
    return ""


def descriptors(known: dict[str, Any]) -> str:
    """Look for files that were left open."""
    opened = {int(name) for name in os.listdir("/proc/self/fd")}
    left = []
    for number in opened - {0, 1, 2}:
        with contextlib.suppress(OSError):
            left.append(os.readlink(f"/proc/self/fd/{number}"))
    left = [name for name in left if not name.startswith(("/proc/", "/dev/null"))]
    return f"open files were left: {', '.join(left)}" if left else ""


def processes(known: dict[str, Any]) -> str:
    """Look for other processes, and start more than are allowed."""
    seen = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    if len(seen) > 8 and not known["sees_processes"]:
        return f"{len(seen)} processes can be seen"
    for number in seen:
        with contextlib.suppress(OSError):
            if os.stat(f"/proc/{number}").st_uid != os.getuid():
                os.close(os.open(f"/proc/{number}/environ", os.O_RDONLY))
                return "variables of processes outside can be read"
    children = []
    with contextlib.suppress(OSError):
        for _ in range(known["processes"] + 8):
            child = os.fork()
            if child == 0:
                time.sleep(60)
                os._exit(0)
            children.append(child)
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if len(children) > known["processes"]:
        return f"{len(children)} processes could be started, allowed are {known['processes']}"
    return ""


def first_process(known: dict[str, Any]) -> str:
    """Look into the first process, and for its limits: whoever rewrites it is rid of his own."""
    if os.getpid() == 1:
        return "the worker is the first process, which the kernel does not end by signals"
    for name, way in (("mem", os.O_RDWR), ("environ", os.O_RDONLY)):
        with contextlib.suppress(OSError):
            os.close(os.open(f"/proc/1/{name}", way))
            return f"/proc/1/{name} can be opened"
    with contextlib.suppress(OSError):
        return f"files of the first process can be seen: {', '.join(os.listdir('/proc/1/fd'))}"
    with contextlib.suppress(OSError):
        handle = os.pidfd_open(1)
        taken = libc.syscall(PIDFD_GETFD, handle, 0, 0)
        os.close(handle)
        if taken != -1:
            return "files of the first process can be taken"
    lines = Path("/proc/1/status").read_text().splitlines()
    user = next(line.split()[1] for line in lines if line.startswith("Uid:"))
    if int(user) != os.getuid():
        return ""  # of another user: what bounds it is not the student's
    for line in Path("/proc/1/limits").read_text().splitlines():
        for name, kind in BOUNDED.items():
            if line.startswith(name) and line[len(name) :].split()[1] != _limit(kind):
                return f"the first process has other limits than this one: {name.lower()}"
    return ""


def _limit(kind: int) -> str:
    most = resource.getrlimit(kind)[1]
    return "unlimited" if most == resource.RLIM_INFINITY else str(most)


def bounds(known: dict[str, Any]) -> str:
    """Look for a limit on memory, and one on what is left after a crash."""
    if resource.getrlimit(resource.RLIMIT_CORE)[1] != 0:
        return "crashes may write files of their memory"
    if resource.getrlimit(resource.RLIMIT_AS)[1] not in range(known["memory"] + 1):
        return "nothing limits the memory of a process"
    if known["bounded_outside"] and not _bounded_together(known["memory"]):
        return "nothing limits the memory of all processes together"
    return ""


def _bounded_together(most: int) -> bool:
    """Return whether a control group bounds the memory of all processes together."""
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        with contextlib.suppress(OSError, ValueError):
            return int(Path("/sys/fs/cgroup", name).read_text()) <= most
    return False


def environment(known: dict[str, Any]) -> str:
    """Look for variables of the teacher's environment."""
    return "variables of the environment are left" if known["variable"] in os.environ else ""


def answers(known: dict[str, Any]) -> str:
    """Import and read reference answers, graders and tests."""
    for name in (
        "aimc_answers.catalogue",
        "aimc_course.grading.judging",
        "aimc_course.grading.keys",
        "aimc_course.authoring",
        "aimc_course.teaching",
    ):
        with contextlib.suppress(ImportError):
            if importlib.util.find_spec(name):
                return f"{name} can be imported"
    found = next(_readable_answers(), None)
    return f"{found} can be read" if found else ""


def _readable_answers() -> Iterator[str]:
    for root in {path for path in sys.path if os.path.isdir(path)}:
        for place in (Path(root), Path(root) / "src"):
            yield from map(str, (place / "aimc_answers").glob("*"))
            course = (place / "aimc_course").rglob("*.*")
            yield from (str(path) for path in course if path.name in OF_ANSWERS)


TRIALS: tuple[Callable[[dict[str, Any]], str], ...] = (
    *(identity, settings, keyring, memory_files, namespaces, network, files, folders),
    *(descriptors, processes, first_process, bounds, environment, answers),
)


def main() -> None:
    """Read what is known about the host, try everything, write what is open."""
    known = json.loads(sys.stdin.readline())
    found = {}
    for trial in TRIALS:
        try:
            found[trial.__name__] = trial(known)
        except Exception as error:
            found[trial.__name__] = f"could not be tried ({type(error).__name__}: {error})"
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
