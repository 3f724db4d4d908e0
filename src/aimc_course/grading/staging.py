"""What a sandbox may read: the interpreter, packages, the library, and the course.

Answers, judges and rubrics are a package of their own, which no sandbox holds. Of the course, the
rooms of graders, authors and teachers are left out; the rest of it is copied, and the library is
mounted as it stands, read-only.
"""

from __future__ import annotations

import compileall
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import platform
import py_compile
import shutil
import sys
import sysconfig
import tempfile
from importlib.metadata import distributions
from pathlib import Path

import aimc
import aimc_course

__all__ = ["COURSE", "Staging"]

COURSE = "/course"
"""Where the course and the library stand in a sandbox."""
LEFT_OUT = {
    *("authoring", "capstone", "grading", "teaching"),
    *("__pycache__", "build", "pyproject.toml", "templates"),
    *("answers.py", "judges.py", "rubric.toml"),
}
"""Rooms of others, and what an older edition of the course may have left where it is installed."""
PACKAGES = ("site-packages", "dist-packages")
COVERED = ("aimc_answers", "aimc_course")
"""Packages that may lie among the mounted ones, and are not to be seen there."""
ELSEWHERE = tuple(
    f"{start}lib*/python3*/{packages}"
    for start in ("", "local/", "envs/*/")
    for packages in PACKAGES
)
"""Where other environments beside the interpreter keep packages, and other interpreters in /usr."""
OF_CHECKOUT = (".git", "_build", "book", "labs", "tests")
"""Folders of a checkout of the course that hold answers."""
PREFIX = "aimc-grading-"


class Staging:
    """A folder with the course as students may read it, and the list of what is mounted beside it.

    Attributes
    ----------
    folder : Path
        Temporary folder; everybody may read it.
    course : Path
        The copy of the course.
    """

    def __init__(self) -> None:
        _remove_stale()
        self.folder, self._lock = _held()
        self.folder.chmod(0o755)
        self.course = self.folder / "course"
        source = Path(aimc_course.__file__).parent
        target = self.course / "aimc_course"
        shutil.copytree(source, target, ignore=_left_out)
        for name in ("__init__.py", "worker"):
            found, copy = source / "grading" / name, target / "grading" / name
            copy.parent.mkdir(exist_ok=True)
            if found.is_dir():
                shutil.copytree(found, copy, ignore=_left_out)
            else:
                shutil.copy(found, copy)
        (self.course / "aimc").mkdir()
        _make_readable(self.course)
        compileall.compile_dir(
            str(self.course),
            quiet=2,
            stripdir=str(self.course),
            prependdir=COURSE,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
        _make_readable(self.course)
        self.library = Path(aimc.__file__).parent

    @property
    def interpreter(self) -> Path:
        """The interpreter itself, no link of a virtual environment."""
        return Path(sys.executable).resolve()

    @property
    def trees(self) -> tuple[Path, ...]:
        """Folders of the interpreter and its packages outside of ``/usr``, none inside another."""
        wanted = [Path(sys.base_prefix).resolve(), Path(sysconfig.get_path("stdlib")).resolve()]
        wanted += [path.resolve() for path in self.packages]
        kept: list[Path] = []
        for path in sorted(set(wanted), key=lambda p: len(p.parts)):
            inside = any(path.is_relative_to(other) for other in (Path("/usr"), *kept))
            if path.is_dir() and not inside:
                kept.append(path)
        return tuple(kept)

    @property
    def packages(self) -> tuple[Path, ...]:
        """Folders that hold installed packages."""
        return tuple(Path(p) for p in sys.path if Path(p).name in PACKAGES and Path(p).is_dir())

    @property
    def hidden(self) -> tuple[Path, ...]:
        """Folders among the mounted ones that hold answers or the whole course: to be covered."""
        mounted = (*self.trees, Path("/usr"))
        places = [path for tree in mounted for where in ELSEWHERE for path in tree.glob(where)]
        installed = [path / name for path in (*self.packages, *places) for name in COVERED]
        found = {path.resolve() for path in installed if path.is_dir()}
        covered = {path for path in found if any(path.is_relative_to(tree) for tree in mounted)}
        specs = [spec for name in COVERED if (spec := importlib.util.find_spec(name))]
        for here in (Path(spec.origin).parent.resolve() for spec in specs if spec.origin):
            if any(here.is_relative_to(tree) for tree in mounted):
                covered |= {here}
                if here.parent.name == "src":
                    root = here.parent.parent
                    covered |= {root / name for name in OF_CHECKOUT if (root / name).is_dir()}
        return tuple(sorted(covered))

    def fingerprint(self) -> str:
        """Return a fingerprint of what a notebook's answers depend on, beside the notebook.

        A judge or a reference answer is no part of it: they are not here.
        """
        digest = hashlib.sha256(f"{platform.machine()} {sys.version}\n".encode())
        packages = {f"{p.metadata['Name']} {p.version}" for p in distributions()}
        digest.update("\n".join(sorted(packages)).encode())
        for root in (self.course / "aimc_course", self.library):
            for path in sorted(root.rglob("*")):
                if path.is_file() and path.suffix != ".pyc":
                    content = path.read_bytes()
                    name = f"{root.name}/{path.relative_to(root).as_posix()}"
                    digest.update(f"\n{name} {len(content)}\n".encode())
                    digest.update(content)
        return digest.hexdigest()

    def copy_library(self) -> None:
        """Copy the library to where the course is, for a sandbox that can mount nothing."""
        place = self.course / "aimc"
        place.rmdir()
        shutil.copytree(self.library, place, ignore=shutil.ignore_patterns("__pycache__"))
        _make_readable(place)

    def environment(self, course: str = COURSE) -> dict[str, str]:
        """Return the environment of a worker: nothing of the teacher's is in it."""
        packages = [str(path.resolve()) for path in self.packages]
        threads = ("OMP", "OPENBLAS", "MKL", "NUMEXPR")
        return {
            "PATH": "/usr/bin:/bin",
            "HOME": "/tmp",
            "LANG": "C.UTF-8",
            "PYTHONPATH": ":".join([course, *packages]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
            "AIMC_OFFLINE": "1",
            "MPLBACKEND": "Agg",
            "MPLCONFIGDIR": "/tmp",
            **{f"{name}_NUM_THREADS": "1" for name in threads},
            # whatever a notebook asks for: a forked process would wait for threads that it lost
            "OMP_THREAD_LIMIT": "1",
        }

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._lock >= 0:
            os.close(self._lock)
        self._lock = -1


def _held() -> tuple[Path, int]:
    """Make a folder and lock it, which holds as long as this process lives; return both."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        with contextlib.suppress(FileNotFoundError):  # removed by another grader before its lock
            lock = os.open(folder, os.O_RDONLY)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if folder.exists():
                return folder, lock
            os.close(lock)


def _remove_stale() -> None:
    """Remove what graders left that were killed: folders that no living process has locked."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        number = folder.name.removeprefix(PREFIX).partition("-")[0]
        if not number.isdecimal() or _alive(number):
            continue  # a process may be alive and not seen here: then the lock tells
        with contextlib.suppress(OSError):
            lock = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(lock).st_uid == os.getuid():
                    shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)


def _alive(number: str) -> bool:
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _left_out(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name in LEFT_OUT or name.endswith((".md", ".egg-info"))}


def _make_readable(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
