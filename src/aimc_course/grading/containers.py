"""The sandbox of other systems: a container of podman or docker, without network and rights.

On Linux the container holds nothing: interpreter, packages and system libraries are this machine's,
mounted read-only, so no image has to be fetched and versions cannot differ. Elsewhere an image has
to hold them (`images`). The library and the course without answers are mounted in both cases.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

from aimc_course.grading.images import IMAGE, engine_says, fingerprint, made_empty
from aimc_course.grading.limits import Limits
from aimc_course.grading.sandbox import Sandbox, SandboxError, ended, said_by_status
from aimc_course.grading.seccomp import program
from aimc_course.grading.staging import COURSE, Staging

__all__ = ["Container"]

USER = "60600:60600"
FIRST = "aimc_course.grading.worker.bounded"
OF_IMAGES = {"PATH": "/usr/local/bin:/usr/bin:/bin", "PYTHONPATH": COURSE}
READ_TOO = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime")


class Container(Sandbox):
    """Starts workers in containers.

    Parameters
    ----------
    engine : str
        ``"podman"`` or ``"docker"``.
    image : str, optional
        Name of an image with Python and the packages; by default nothing on Linux, where this
        machine's own are mounted, and elsewhere what ``aimc-course sandbox-image`` made.

    Raises
    ------
    SandboxError
        If the engine does not answer, or there is no such image, or one for other packages.
    """

    bounds_memory = True
    """A limit on the whole container bounds what no limit of a process sees; the trial looks."""

    def __init__(self, engine: str, image: str | None = None) -> None:
        self.name = self.engine = engine
        if not shutil.which(engine):
            raise SandboxError(f"{engine} not found")
        if engine_says(engine, "info") is None:
            raise SandboxError("its engine does not answer: is it running?")
        try:
            self._filter = program()
        except ValueError as error:
            raise SandboxError(str(error)) from error
        self._mounts_host = image is None and sys.platform == "linux"
        if self._mounts_host:
            self.image = made_empty(engine)
        else:
            self.image = image or IMAGE
            _check_image(engine, self.image, ours=image is None)
        self._staging = Staging()
        self.sees = f"{self.name} {self._staging.fingerprint()}"
        self._names: dict[int, str] = {}

    def command(self, module: str, limits: Limits, name: str) -> list[str]:
        """Return the command that starts a module in a container of that name."""
        stage, size = self._staging, f"size={limits.disk},mode=1777,nosuid,nodev,noexec"
        made = [self.engine, "run", "--rm", "--interactive", "--pull=never", "--name", name]
        made += ["--network=none", "--read-only", "--cap-drop=ALL", "--user", USER]
        made += ["--security-opt=no-new-privileges", "--ipc=private", "--hostname=sandbox"]
        made += [f"--memory={limits.memory}", f"--memory-swap={limits.memory}"]
        made += [f"--pids-limit={limits.processes}", f"--tmpfs=/tmp:{size}"]
        made += [f"--tmpfs=/dev/shm:{size}", "--ulimit=core=0:0", "--ulimit=nofile=128:128"]
        made += [f"--ulimit=fsize={limits.file}:{limits.file}", "--ulimit=msgqueue=0:0"]
        made += ["--stop-timeout=0", "--log-driver=none", "--workdir=/tmp"]
        if self.engine == "podman":
            # else it lays out further folders that can be written, without a bound
            made += ["--read-only-tmpfs=false", "--no-hosts"]
        mounts = {COURSE: stage.course, f"{COURSE}/aimc": stage.library}
        python, environment = "python3", {**stage.environment(), **OF_IMAGES}
        if self._mounts_host:
            mounts |= {str(path): path for path in _host_trees(stage)}
            python, environment = str(stage.interpreter), stage.environment()
            # podman would first copy into them what they are to cover
            empty = "size=4096,mode=0555,ro" + ",notmpcopyup" * (self.engine == "podman")
            made += [f"--tmpfs={path}:{empty}" for path in stage.hidden]
        for inside, outside in mounts.items():
            made.append(f"--volume={_plain(outside)}:{_plain(inside)}:ro")
        for key, value in environment.items():
            made += ["--env", f"{key}={value}"]
        made += ["--entrypoint", python, self.image, "-s", "-P", "-B", "-m", FIRST]
        seconds = str(int(limits.submission) + 1)
        return [*made, str(limits.memory), seconds, seconds, self._filter.hex(), module]

    def start(self, module: str, limits: Limits) -> subprocess.Popen[bytes]:
        """Start ``python -m module`` in a container of its own."""
        name = f"aimc-grading-{secrets.token_hex(8)}"
        process = subprocess.Popen(
            self.command(module, limits, name),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self._staging.folder,  # podman leaves a file where it was when memory runs out
            start_new_session=True,
        )
        self._names[process.pid] = name
        return process

    def why_ended(self, process: subprocess.Popen[bytes], limits: Limits) -> str:
        """Say so where the container's memory did not suffice, or there were too many files."""
        return said_by_status(process, limits)

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """Remove the container: to end the client alone would leave it running for a moment."""
        engine_says(self.engine, "rm", "--force", self._names.pop(process.pid, ""))
        ended(process)

    def close(self) -> None:
        """Remove the copy of the course."""
        self._staging.close()


def _check_image(engine: str, image: str, *, ours: bool) -> None:
    said = engine_says(engine, "image", "inspect", "--format", "{{json .Config.Labels}}", image)
    if said is None:
        raise SandboxError(
            f"it has no image {image!r}: make it with `aimc-course sandbox-image --engine {engine}`"
        )
    if ours and fingerprint() not in said:
        raise SandboxError(
            f"its image {image!r} holds other packages than this environment: make it again with "
            f"`aimc-course sandbox-image --engine {engine}`"
        )


def _host_trees(stage: Staging) -> list[Path]:
    """Return what is mounted of this machine, outermost first."""
    folders = [
        Path("/usr"),
        *(Path("/") / name for name in ("bin", "sbin", "lib", "lib32", "lib64")),
    ]
    read = [path for path in folders if path.is_dir() and not path.is_symlink()]
    return [*read, *stage.trees, *(Path(name) for name in READ_TOO if os.path.exists(name))]


def _plain(path: Path | str) -> str:
    if ":" in str(path):
        raise SandboxError(f"engines cannot mount {str(path)!r}: its name holds a colon")
    return str(path)
