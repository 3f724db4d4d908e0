"""The sandbox of other systems: a container of podman or docker, without network and rights.

The image has to hold the Python and the packages of this environment, NumPy above all; the library
and the course without answers are mounted into it. ``AIMC_GRADING_IMAGE`` names another image.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess

from aimc_course.grading.limits import Limits
from aimc_course.grading.sandbox import Sandbox, SandboxError, ended
from aimc_course.grading.staging import COURSE, Staging

__all__ = ["IMAGE", "Container"]

IMAGE = "aimc-grading"
USER = "60600:60600"
ANSWER_SECONDS = 15.0


class Container(Sandbox):
    """Starts workers in containers.

    Parameters
    ----------
    engine : str
        ``"podman"`` or ``"docker"``.
    image : str, optional
        Name of the image.
    """

    bounds_memory = True

    def __init__(self, engine: str, image: str | None = None) -> None:
        self.name = self.engine = engine
        self.image = image or os.environ.get("AIMC_GRADING_IMAGE", IMAGE)
        if not shutil.which(engine):
            raise SandboxError(f"{engine} not found")
        self._asked("info", says="its engine does not answer: is it running?")
        self._asked("image", "inspect", self.image, says=f"it has no image {self.image!r}")
        self._staging = Staging()
        self._names: dict[int, str] = {}

    def _asked(self, *arguments: str, says: str) -> None:
        try:
            done = subprocess.run(
                [self.engine, *arguments], capture_output=True, timeout=ANSWER_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise SandboxError(says) from None
        if done.returncode != 0:
            raise SandboxError(says)

    def command(self, module: str, limits: Limits, name: str) -> list[str]:
        """Return the command that starts a module in a container of that name."""
        stage, size = self._staging, f"size={limits.disk},mode=1777,nosuid,nodev"
        made = [self.engine, "run", "--rm", "--interactive", "--name", name, "--init"]
        made += ["--network=none", "--read-only", "--cap-drop=ALL", "--user", USER]
        made += ["--security-opt=no-new-privileges", "--ipc=private", "--hostname=sandbox"]
        made += [f"--memory={limits.memory}", f"--memory-swap={limits.memory}"]
        made += [f"--pids-limit={limits.processes}", f"--tmpfs=/tmp:{size}"]
        made += [f"--tmpfs=/dev/shm:{size}", "--ulimit=core=0:0", "--ulimit=nofile=128:128"]
        made += [f"--ulimit=fsize={limits.file}:{limits.file}", "--workdir=/tmp"]
        made += [f"--volume={stage.course}:{COURSE}:ro"]
        made += [f"--volume={stage.library}:{COURSE}/aimc:ro"]
        for key, value in {**stage.environment(), "PYTHONPATH": COURSE}.items():
            made += ["--env", f"{key}={value}"]
        made += ["--entrypoint", "python3", self.image]
        return [*made, "-s", "-P", "-B", "-m", module]

    def start(self, module: str, limits: Limits) -> subprocess.Popen[bytes]:
        """Start ``python -m module`` in a container of its own."""
        name = f"aimc-grading-{secrets.token_hex(8)}"
        process = subprocess.Popen(
            self.command(module, limits, name),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self._names[process.pid] = name
        return process

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """Kill the container: to end the client alone would leave it running."""
        name = self._names.pop(process.pid, "")
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(
                [self.engine, "kill", name],
                capture_output=True,
                timeout=ANSWER_SECONDS,
                check=False,
            )
        ended(process)

    def close(self) -> None:
        """Remove the copy of the course."""
        self._staging.close()
