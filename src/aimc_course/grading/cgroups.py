"""A control group around a sandbox, where this process may make one: the kernel's own bounds.

The sandbox is bounded without it. A group adds what no other bound sees, such as memory that the
kernel holds for a process, and counts processes of all kinds together. Both versions are tried.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import time
from pathlib import Path

from aimc_course.grading.limits import Limits

__all__ = ["ControlGroup"]

ROOT = Path("/sys/fs/cgroup")
PREFIX = "aimc-grading-"
ROOM = 1.25  # the watch on memory comes first, since it can say what happened
MORE = 16  # processes of the sandbox itself
TRIES = 100


class ControlGroup:
    """Groups for one sandbox; it has none where they cannot be made.

    Parameters
    ----------
    limits : Limits
        Memory and processes of the sandbox.
    root : Path
        Where groups are mounted.
    """

    def __init__(self, limits: Limits, root: Path = ROOT) -> None:
        name = f"{PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
        memory, processes = str(int(limits.memory * ROOM)), str(limits.processes + MORE)
        wanted = {
            "memory": {"memory.limit_in_bytes": memory},
            "pids": {"pids.max": processes},
        }
        if (root / "cgroup.controllers").is_file():
            wanted = {".": {"memory.max": memory, "memory.swap.max": "0", "pids.max": processes}}
        self.folders: list[Path] = []
        """Folders of the groups that were made."""
        for kind, bounds in wanted.items():
            self._make(root / kind / name, bounds)

    def _make(self, folder: Path, bounds: dict[str, str]) -> None:
        try:
            folder.mkdir()
        except OSError:
            return
        try:
            for name, value in bounds.items():
                if not (folder / name).exists() and name.startswith("memory.swap"):
                    continue
                (folder / name).write_text(value)
        except OSError:
            with contextlib.suppress(OSError):
                folder.rmdir()
            return
        self.folders.append(folder)

    @property
    def entries(self) -> list[str]:
        """Files into which a process writes its number to enter the groups."""
        return [str(folder / "cgroup.procs") for folder in self.folders]

    @staticmethod
    def remove_stale(root: Path = ROOT) -> None:
        """Remove the empty groups of graders that were killed."""
        for folder in (*root.glob(f"{PREFIX}*-*"), *root.glob(f"*/{PREFIX}*-*")):
            number = folder.name.removeprefix(PREFIX).partition("-")[0]
            if not Path(f"/proc/{number}").exists():
                with contextlib.suppress(OSError):  # one that holds processes stays
                    folder.rmdir()

    def remove(self) -> bool:
        """Kill what runs in the groups and remove them; return whether nothing is left."""
        left = [folder for folder in self.folders if not _emptied(folder)]
        self.folders = []
        return not left


def _emptied(folder: Path) -> bool:
    """Kill the processes of a group until it can be removed."""
    for _ in range(TRIES):
        with contextlib.suppress(OSError):
            (folder / "cgroup.kill").write_text("1")
        with contextlib.suppress(OSError, ValueError):
            for number in (folder / "cgroup.procs").read_text().split():
                os.kill(int(number), signal.SIGKILL)
        try:
            folder.rmdir()
            return True
        except FileNotFoundError:
            return True
        except OSError:
            time.sleep(0.02)
    return False
