"""Where student code runs: the kinds of sandbox, and how one is found and tried before it is used.

A sandbox starts a module of `aimc_course.grading.worker` as a process whose standard input and
output are the border. It is not trusted because it is there: `find_sandbox` tries to break out of
it, item by item, and refuses it where one is open.
"""

from __future__ import annotations

import sys

from aimc.validation import check_choice
from aimc_course.grading.sandbox import Sandbox, SandboxError

__all__ = ["NAMES", "Sandbox", "SandboxError", "find_sandbox"]

NAMES = ("auto", "bubblewrap", "podman", "docker", "trusted")


def find_sandbox(name: str = "auto", trusted: bool = False) -> Sandbox:
    """Return a sandbox that has been tried.

    Parameters
    ----------
    name : str
        ``"bubblewrap"``, ``"podman"``, ``"docker"``, ``"trusted"``, or ``"auto"`` for the first of
        the first three that keeps its promises here.
    trusted : bool
        Whether code may run without a sandbox, with your rights. Needed for ``"trusted"``, which
        is for notebooks of people whom you would let sit at your computer.

    Raises
    ------
    SandboxError
        If there is no such sandbox here, or something that it has to keep closed is open.
    """
    check_choice("name", name, NAMES)
    if name == "trusted" and not trusted:
        raise SandboxError(
            "name='trusted' runs student code with your rights: it can read your files and write "
            "marks. If you trust these students, say so with trusted=True"
        )
    if trusted and name not in ("trusted", "auto"):
        raise SandboxError(f"trusted=True goes with name='trusted', not with name={name!r}")
    if sys.platform == "win32":
        raise SandboxError("graders run on Linux and macOS: on Windows, use WSL2, which is Linux")
    if trusted:
        name = "trusted"
    from aimc_course.grading.probe import open_items

    refused = []
    for kind in ("bubblewrap", "podman", "docker") if name == "auto" else (name,):
        try:
            sandbox = _made(kind)
        except SandboxError as error:
            refused.append(f"{kind}: {error}")
            continue
        if kind == "trusted":
            return sandbox
        try:
            found = open_items(sandbox)
        except SandboxError as error:
            found = [str(error)]
        if not found:
            return sandbox
        sandbox.close()
        refused.append(f"{kind}: {'; '.join(found)}")
    raise SandboxError(
        "no sandbox keeps student code in here.\n"
        + "\n".join(f"- {line}" for line in refused)
        + "\nInstall bubblewrap (Debian, Ubuntu: sudo apt-get install bubblewrap), or podman or "
        "docker; or, for students whom you trust with your computer, say trusted=True."
    )


def _made(kind: str) -> Sandbox:
    if kind == "bubblewrap":
        from aimc_course.grading.bubblewrap import Bubblewrap

        return Bubblewrap()
    if kind == "trusted":
        from aimc_course.grading.trusted import Trusted

        return Trusted()
    from aimc_course.grading.containers import Container

    return Container(kind)
