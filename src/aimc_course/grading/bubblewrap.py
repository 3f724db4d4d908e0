"""The sandbox of Linux: bubblewrap with its own users, files, network, system calls and limits.

The order matters. As root, rights and groups are dropped *before* bubblewrap starts: a sandbox that
root makes can write the kernel's settings. Since the interpreter may lie in a folder that only root
can enter, it is first mounted, read-only and in a mount namespace of its own, where anybody can.
"""

from __future__ import annotations

import contextlib
import grp
import json
import os
import pwd
import re
import select
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from aimc_course.grading.cgroups import ControlGroup
from aimc_course.grading.limits import Limits
from aimc_course.grading.sandbox import Sandbox, SandboxError, ended, said_by_status
from aimc_course.grading.seccomp import program
from aimc_course.grading.staging import COURSE, Staging

__all__ = ["Bubblewrap"]

TOOLS = ("bwrap", "prlimit")
ROOT_TOOLS = ("unshare", "setpriv", "mount")
USERS = range(60_600, 61_000)  # above people's, below those that systemd gives out
DESCRIPTORS = 128
FIRST = f"{COURSE}/aimc_course/grading/worker/bounded.py"
STARTS_WITHIN = 20.0  # s
ENDS_WITHIN = 60.0  # s; on a busy machine, it takes a while to give back what a process held
STAGED = re.compile(rb"/aimc-grading-(\d{1,10})-[^/\0]*/course\0")
MOST = 4096  # bytes that bubblewrap tells of itself
AT_THE_LATEST = 10  # times the seconds of a submission, on a busy machine


class Bubblewrap(Sandbox):
    """Starts workers in bubblewrap."""

    name = "bubblewrap"

    def __init__(self) -> None:
        root = os.geteuid() == 0
        missing = [t for t in (*TOOLS, *(ROOT_TOOLS if root else ())) if not shutil.which(t)]
        if missing:
            raise SandboxError(f"{', '.join(missing)} not found")
        try:
            self._filter = program()
        except ValueError as error:
            raise SandboxError(str(error)) from error
        self._user = _unused_user() if root else None
        self._staging = Staging()
        self.sees = f"{self.name} {self._staging.fingerprint()}"
        _end_stale()
        ControlGroup.remove_stale()
        self._groups: dict[int, ControlGroup] = {}
        self._first: dict[int, int] = {}  # handles of the first processes inside

    def start(self, module: str, limits: Limits) -> subprocess.Popen[bytes]:
        """Start ``python -m module`` inside."""
        # Only root may put a process into a group and drop its rights afterwards.
        groups = ControlGroup(limits) if self._user is not None else None
        entries = groups.entries if groups else []
        told, tell = os.pipe()
        try:
            with tempfile.TemporaryFile() as calls:
                calls.write(self._filter)
                calls.seek(0)
                number = calls.fileno()
                process = subprocess.Popen(
                    self._command(module, limits, number, tell, entries),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    pass_fds=(number, tell),
                    env={"PATH": os.environ.get("PATH", os.defpath)},
                    cwd="/",
                    start_new_session=True,
                )
            os.close(tell)
            tell = -1
            if (first := _handle(told, process.pid)) is not None:
                self._first[process.pid] = first
        finally:
            os.close(told)
            if tell >= 0:
                os.close(tell)
        if groups:
            self._groups[process.pid] = groups
        return process

    def why_ended(self, process: subprocess.Popen[bytes], limits: Limits) -> str:
        """Say for what the first process has ended all."""
        return said_by_status(process, limits)

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """Kill the first process inside, with which the kernel ends all others; see them gone.

        Raises
        ------
        SandboxError
            If processes of the submission go on.
        """
        first = self._first.pop(process.pid, None)
        gone = first is None or _killed(first)
        ended(process)
        if groups := self._groups.pop(process.pid, None):
            gone = groups.remove() and gone
        if not gone:
            raise SandboxError(
                "processes of a submission do not end: look for those of user "
                f"{os.getuid() if self._user is None else self._user}, and end them by hand"
            )

    def close(self) -> None:
        """Remove the copy of the course."""
        self._staging.close()

    def _command(
        self, module: str, limits: Limits, calls: int, tell: int, groups: list[str]
    ) -> list[str]:
        stage = self._staging
        mounts = {str(tree): str(tree) for tree in stage.trees}
        library = f"{COURSE}/aimc"
        mounts[library] = str(stage.library)
        if self._user is None:
            return self._bwrap(module, limits, calls, tell, mounts)
        place = stage.folder / "mounts"
        place.mkdir(exist_ok=True)
        steps = [f"echo $$ > {shlex.quote(entry)} || :" for entry in groups]
        steps += [f"mount -t tmpfs -o mode=755,size=1m none {shlex.quote(str(place))}"]
        for number, (inside, outside) in enumerate(mounts.items()):
            target = place / str(number)
            steps.append(f"mkdir {shlex.quote(str(target))}")
            steps.append(f"mount --bind {shlex.quote(outside)} {shlex.quote(str(target))}")
            mounts[inside] = str(target)
        user = str(self._user)
        drop = [
            *("setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--no-new-privs"),
            *("--inh-caps=-all", "--ambient-caps=-all", "--bounding-set=-all"),
        ]
        command = drop + self._bwrap(module, limits, calls, tell, mounts)
        steps.append(f"exec {shlex.join(command)}")
        script = "\n".join(steps)
        return ["unshare", "--mount", "--propagation", "private", "sh", "-eu", "-c", script]

    def _bwrap(
        self, module: str, limits: Limits, calls: int, tell: int, mounts: dict[str, str]
    ) -> list[str]:
        stage = self._staging
        command = ["bwrap", "--unshare-all", "--unshare-user", "--disable-userns"]
        command += ["--assert-userns-disabled", "--die-with-parent", "--new-session"]
        command += ["--as-pid-1", "--info-fd", str(tell)]
        command += ["--clearenv", "--cap-drop", "ALL", "--hostname", "sandbox"]
        for name, value in stage.environment().items():
            command += ["--setenv", name, value]
        command += ["--ro-bind", "/usr", "/usr"]
        for name in ("bin", "sbin", "lib", "lib32", "lib64"):
            link = Path("/") / name
            if link.is_symlink():
                command += ["--symlink", f"usr/{name}", f"/{name}"]
            elif link.is_dir():
                command += ["--ro-bind", f"/{name}", f"/{name}"]
        for name in ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime"):
            command += ["--ro-bind-try", name, name]
        # Before the trees are mounted: an environment may lie in /tmp itself.
        size = str(limits.disk)
        command += ["--proc", "/proc", "--dev", "/dev"]
        command += ["--size", size, "--tmpfs", "/dev/shm", "--size", size, "--tmpfs", "/tmp"]
        command += ["--ro-bind", str(stage.course), COURSE]
        for inside, outside in mounts.items():
            command += ["--ro-bind", outside, inside]
        for covered in stage.hidden:
            command += ["--size", "4096", "--tmpfs", str(covered), "--remount-ro", str(covered)]
        command += ["--chdir", "/tmp", "--remount-ro", "/dev", "--remount-ro", "/"]
        command += ["--seccomp", str(calls), "--", *_limited(limits)]
        processor = int(limits.submission) + 1
        most = (str(limits.memory), str(processor), str(AT_THE_LATEST * processor))
        return [*command, str(stage.interpreter), "-I", "-S", "-B", FIRST, *most, "", module]


def _handle(told: int, parent: int) -> int | None:
    """Return a handle of the first process inside, which bubblewrap names; None if it has ended."""
    said, end = b"", time.monotonic() + STARTS_WITHIN
    while b"}" not in said and len(said) < MOST:
        ready, _, _ = select.select([told], [], [], max(0.0, end - time.monotonic()))
        part = os.read(told, MOST) if ready else b""
        if not part:
            return None  # it does not start; why stands in its errors
        said += part
    number = int(json.loads(said)["child-pid"])
    try:
        handle = os.pidfd_open(number)
    except ProcessLookupError:
        return None
    with contextlib.suppress(OSError, IndexError, ValueError):
        status = Path(f"/proc/{number}/status").read_text()
        if int(status.partition("PPid:")[2].split()[0]) == parent:
            return handle
    os.close(handle)  # the number belongs to another process by now
    return None


def _killed(handle: int) -> bool:
    """Kill the first process of a namespace; return whether it and all others there have ended.

    The kernel ends what else runs in the namespace before it lets the first process go.
    """
    try:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(handle, signal.SIGKILL)
        ready, _, _ = select.select([handle], [], [], ENDS_WITHIN)
        return bool(ready)
    finally:
        os.close(handle)


def _end_stale() -> None:
    """End what a grader left that was killed while bubblewrap was starting.

    Until it has set itself up, nothing ends bubblewrap's second process together with the first.
    No code of a student has run in it, and none ever would.
    """
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            words = (place / "cmdline").read_bytes()
            grader = STAGED.search(words)
            if not words.startswith(b"bwrap\0") or grader is None:
                continue
            orphan = (place / "stat").read_text().rpartition(")")[2].split()[1] == "1"
            if orphan and not Path(f"/proc/{int(grader[1])}").exists():
                handle = os.pidfd_open(int(place.name))
                if (place / "cmdline").read_bytes() == words:
                    _killed(handle)
                else:
                    os.close(handle)


def _limited(limits: Limits) -> list[str]:
    return [
        "/usr/bin/prlimit",
        f"--as={limits.memory}",
        f"--cpu={int(limits.submission) + 1}",
        f"--nproc={limits.processes}",
        f"--fsize={limits.file}",
        f"--nofile={DESCRIPTORS}",
        "--core=0",
        "--memlock=65536",
        "--msgqueue=0",
        "--",
    ]


def _unused_user() -> int:
    taken = {user.pw_uid for user in pwd.getpwall()} | {group.gr_gid for group in grp.getgrall()}
    for number in USERS:
        if number not in taken:
            return number
    raise SandboxError(f"no unused user number from {USERS.start} to {USERS.stop}")
