"""Images for containers: an empty one for Linux, and the recipe of one that holds the packages.

Neither holds the course: what students may read of it is mounted when a container starts. So an
image never holds an answer, and need not be made again when a lab changes.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import re
import subprocess
import sys
import tarfile
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any

from aimc_course.grading.sandbox import SandboxError

__all__ = [
    "IMAGE",
    "add_commands",
    "engine_says",
    "fingerprint",
    "made_empty",
    "make_image",
    "recipe",
]

IMAGE = "aimc-grading"
EMPTY = "aimc-grading-empty"
LABEL = "aimc-packages"
EXTRA = "torch"  # what labs need beside what the library needs
SECONDS = 30.0
LINKED = ("bin", "sbin", "lib", "lib32", "lib64")
FOLDERS = ("usr", "etc", "proc", "dev", "sys", "tmp", "run", "var", "course")
NAME = re.compile(r"[A-Za-z0-9._-]+")


def add_commands(commands: Any) -> None:
    """Add the command ``sandbox-image`` to a parser's subparsers."""
    image = commands.add_parser(
        "sandbox-image",
        help="make the image that containers start from where there is no Linux",
        description="Makes an image with this environment's Python and packages, and no course. "
        "Needed on macOS alone: on Linux, containers use what is installed there.",
    )
    image.add_argument("--engine", choices=("podman", "docker"), default="docker")
    image.add_argument("--base", help="image with Python and pip to begin from")
    image.add_argument("--print", action="store_true", help="only print its recipe")
    image.set_defaults(run=_run)


def _run(chosen: argparse.Namespace) -> int:
    if chosen.print:
        print(recipe(chosen.base), end="")
    else:
        make_image(chosen.engine, base=chosen.base)
    return 0


def recipe(base: str | None = None) -> str:
    """Return the recipe of an image with this environment's Python and packages, a Containerfile.

    Parameters
    ----------
    base : str, optional
        Image with Python and pip that it begins from; by default Python's own, of the same version
        as this one.
    """
    base = base or f"docker.io/library/python:{'.'.join(map(str, sys.version_info[:3]))}-slim"
    packages = " \\\n    ".join(_pinned())
    return (
        f"FROM {base}\n"
        "RUN python3 -m pip install --no-cache-dir "
        "--extra-index-url https://download.pytorch.org/whl/cpu \\\n"
        f"    {packages}\n"
        f"LABEL {LABEL}={fingerprint()}\n"
    )


def fingerprint() -> str:
    """Return the mark of this environment's packages, which an image made for it bears."""
    return _digest(" ".join(_pinned()))


def make_image(engine: str, *, base: str | None = None) -> None:
    """Make the image; what the engine says meanwhile is shown.

    Raises
    ------
    SandboxError
        If the engine is not there, or does not succeed.
    """
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "Dockerfile").write_text(recipe(base), encoding="utf-8")
        try:
            done = subprocess.run([engine, "build", "--tag", IMAGE, folder], check=False)
        except OSError as error:
            raise SandboxError(f"{engine} cannot be started: {error.strerror}") from None
    if done.returncode != 0:
        raise SandboxError(f"{engine} did not make the image {IMAGE!r}: it says why above")


def made_empty(engine: str) -> str:
    """Return the name of an image that holds empty folders alone; it is made where there is none.

    Raises
    ------
    SandboxError
        If the engine refuses it.
    """
    links = {n: str(Path(f"/{n}").readlink()) for n in LINKED if Path(f"/{n}").is_symlink()}
    folders = [*FOLDERS, *(n for n in LINKED if n not in links and Path(f"/{n}").is_dir())]
    name = f"{EMPTY}:{_digest(repr((sorted(folders), sorted(links.items()))))}"
    if engine_says(engine, "image", "inspect", name) is not None:
        return name
    with io.BytesIO() as out:
        with tarfile.open(fileobj=out, mode="w") as archive:
            for folder in folders:
                info = tarfile.TarInfo(folder)
                info.type, info.mode = tarfile.DIRTYPE, 0o755
                archive.addfile(info)
            for link, target in links.items():
                info = tarfile.TarInfo(link)
                info.type, info.linkname = tarfile.SYMTYPE, target.lstrip("/")
                archive.addfile(info)
        if engine_says(engine, "import", "-", name, given=out.getvalue()) is None:
            raise SandboxError(f"{engine} does not take an empty image")
    return name


def engine_says(engine: str, *arguments: str, given: bytes = b"") -> str | None:
    """Return what an engine answers to a command, ``None`` if it fails or does not answer."""
    try:
        done = subprocess.run(
            [engine, *arguments], input=given, capture_output=True, timeout=SECONDS, check=False
        )
    except (subprocess.TimeoutExpired, OSError):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


def _pinned() -> list[str]:
    """Return what the library and the labs need, in the versions of this environment."""
    wanted = []
    for line in metadata.requires("aimc") or ():
        need, _, condition = line.partition(";")
        if not condition or condition.split("==")[-1].strip().strip("\"'") == EXTRA:
            match = NAME.match(need)
            assert match, line
            wanted.append(match[0])
    pinned = []
    for name in sorted(wanted):
        try:
            # a version's local part names a build, which another machine may not have
            pinned.append(f"{name}=={metadata.version(name).partition('+')[0]}")
        except metadata.PackageNotFoundError:
            continue  # labs that need it cannot be graded here either
    return pinned


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
