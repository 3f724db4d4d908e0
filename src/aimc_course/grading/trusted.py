"""No sandbox: for notebooks of people whom you would let sit at your computer."""

from __future__ import annotations

import contextlib
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable

from aimc_course.grading.limits import Limits
from aimc_course.grading.sandbox import Sandbox, ended
from aimc_course.grading.staging import Staging

__all__ = ["Trusted"]


class Trusted(Sandbox):
    """Starts workers with your rights. Their course holds no answers, and time still ends."""

    name = "trusted"

    def __init__(self) -> None:
        self._staging = Staging()
        self.sees = f"{self.name} {self._staging.fingerprint()}"
        (self._staging.course / "aimc").rmdir()
        (self._staging.course / "aimc").symlink_to(self._staging.library)
        self._folders: list[str] = []

    def start(self, module: str, limits: Limits) -> subprocess.Popen[bytes]:
        """Start ``python -m module``."""
        folder = tempfile.mkdtemp(prefix="aimc-worker-")
        self._folders.append(folder)
        environment = self._staging.environment(str(self._staging.course))
        return subprocess.Popen(
            [str(self._staging.interpreter), "-s", "-P", "-B", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**environment, "HOME": folder, "TMPDIR": folder, "MPLCONFIGDIR": folder},
            cwd=folder,
            start_new_session=True,
            preexec_fn=_limited(limits),
        )

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a worker and what it started in its own session."""
        ended(process)

    def close(self) -> None:
        """Remove what workers wrote, and the copy of the course."""
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)
        self._staging.close()


def _limited(limits: Limits) -> Callable[[], None] | None:
    if sys.platform == "win32":
        return None

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (int(limits.submission) + 1,) * 2)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file,) * 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with contextlib.suppress(ValueError, OSError):  # macOS knows no such limit
            resource.setrlimit(resource.RLIMIT_AS, (limits.memory,) * 2)

    return limit
