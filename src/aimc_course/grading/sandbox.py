"""What a sandbox is: a way to start a process that nobody trusts, and to end all of it."""

from __future__ import annotations

import abc
import contextlib
import os
import signal
import subprocess

from aimc_course.grading.context import ClosingContext
from aimc_course.grading.limits import Limits
from aimc_course.grading.worker.bounded import MOST_FILES, OUT_OF_MEMORY, TOO_MANY_FILES

__all__ = ["Sandbox", "SandboxError", "ended", "said_by_status"]

ENDS_WITHIN = 5.0  # s, between the end of a pipe and that of its process


class SandboxError(RuntimeError):
    """No sandbox that keeps student code in; the message says what is open and what to do."""


class Sandbox(ClosingContext):
    """A way to start a process that nobody trusts. Use it as a context, or `close` it."""

    name: str
    """Name of the kind."""
    sees: str = ""
    """Fingerprint of what code finds inside; empty if nothing is known of it."""

    @abc.abstractmethod
    def start(self, module: str, limits: Limits) -> subprocess.Popen[bytes]:
        """Start ``python -m module`` inside, with pipes for its three standard streams."""

    def why_ended(self, process: subprocess.Popen[bytes], limits: Limits) -> str:
        """Return why a process has ended by itself, an empty text if nothing is known of it."""
        return ""

    @abc.abstractmethod
    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """End a process and everything that it started."""

    @abc.abstractmethod
    def close(self) -> None:
        """Remove what was laid out for the sandbox."""


def ended(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and its session, wait for it, and close its pipes."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream:
            with contextlib.suppress(OSError):
                stream.close()


def said_by_status(process: subprocess.Popen[bytes], limits: Limits) -> str:
    """Return what the first process of a sandbox says by its exit status; empty if nothing."""
    said = {
        OUT_OF_MEMORY: f"took more than {limits.memory >> 20} MiB of memory",
        TOO_MANY_FILES: f"made more than {MOST_FILES} files",
    }
    with contextlib.suppress(subprocess.TimeoutExpired):
        return said.get(process.wait(ENDS_WITHIN), "")
    return ""
