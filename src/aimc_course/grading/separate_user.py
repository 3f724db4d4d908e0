"""The sandbox of containers without namespaces: a user of its own, who may do next to nothing.

For graders that run as root in a container made for one submission, as Gradescope's do. Files and
processes are the container's. What the user must not read lies in folders that root alone can
enter; a filter refuses sockets, so that there is no network; no byte can be written to any file;
and when a worker is stopped, everything that runs under its user ends.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from aimc_course.grading.limits import Limits
from aimc_course.grading.sandbox import Sandbox, SandboxError, ended
from aimc_course.grading.seccomp import program
from aimc_course.grading.staging import Staging

__all__ = ["SeparateUser"]

TOOLS = ("setpriv", "prlimit")
USERS = range(61_000, 61_184)  # above those of bubblewrap, below those that systemd gives out
LAUNCHER = "aimc_course.grading.worker.filtered"
DESCRIPTORS = 128
SECONDS = 5.0  # until all processes of a user have ended


class SeparateUser(Sandbox):
    """Starts workers under a user of their own.

    Parameters
    ----------
    closed : sequence of Path
        Folders that nobody but root may enter; what is secret has to lie in them.

    Raises
    ------
    SandboxError
        If this process is not root's, a folder is open, or a tool is missing.
    """

    name = "separate-user"

    def __init__(self, closed: Sequence[Path]) -> None:
        if os.geteuid() != 0:
            raise SandboxError("to start a process under another user, the grader has to be root")
        missing = [tool for tool in TOOLS if not shutil.which(tool)]
        if missing:
            raise SandboxError(f"{', '.join(missing)} not found")
        for folder in closed:
            state = folder.stat()
            if state.st_uid != 0 or state.st_mode & 0o077:
                raise SandboxError(f"{folder} is open to others than root")
        if not closed:
            raise SandboxError("no folder is closed: answers and keys could be read")
        try:
            self._filter = program(shared=True)
        except ValueError as error:
            raise SandboxError(str(error)) from error
        self.closed = tuple(closed)
        self._user = _unused_user()
        self._staging = Staging()
        self._staging.copy_library()
        self.sees = f"{self.name} {self._staging.fingerprint()}"

    def start(self, module: str, limits: Limits) -> subprocess.Popen[bytes]:
        """Start ``python -m module`` under the user."""
        user, stage = str(self._user), self._staging
        command = [
            *("setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--no-new-privs"),
            *("--inh-caps=-all", "--ambient-caps=-all", "--bounding-set=-all"),
            *("prlimit", f"--as={limits.memory}", f"--cpu={int(limits.submission) + 1}"),
            *(f"--nproc={limits.processes}", f"--nofile={DESCRIPTORS}", "--core=0"),
            *("--fsize=0", "--memlock=65536", "--msgqueue=0"),
            *(str(stage.interpreter), "-s", "-P", "-B", "-m", LAUNCHER),
            *(self._filter.hex(), module),
        ]
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=stage.environment(str(stage.course)),
            cwd="/",
            start_new_session=True,
            preexec_fn=_first_to_go,
        )

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a worker and all that runs under its user, in whatever session."""
        ended(process)
        end = time.monotonic() + SECONDS
        while _running(self._user):
            _kill_all(self._user)
            if time.monotonic() > end:
                raise SandboxError("processes of a submission do not end")
            time.sleep(0.01)

    def close(self) -> None:
        """Remove the copy of the course."""
        self._staging.close()


def _first_to_go() -> None:
    """Let the kernel end the worker, and not the grader, where memory runs out."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _unused_user() -> int:
    """Return a user number at random: containers of a machine may share its count of processes."""
    free = [number for number in USERS if not _running(number)]
    if not free:
        raise SandboxError(f"no unused user number from {USERS.start} to {USERS.stop}")
    return secrets.choice(free)


def _running(user: int) -> bool:
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                text = Path(f"/proc/{name}/status").read_text()
                fields = dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)
                if fields["State"][0] not in "ZX" and str(user) in fields["Uid"].split():
                    return True
    return False


def _kill_all(user: int) -> None:
    """Signal all processes of a user at once, from a child that has become that user."""
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
            os.kill(-1, signal.SIGKILL)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
