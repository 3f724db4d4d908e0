"""Reference answers that take long to compute, kept in a folder between runs.

Some answers are the result of a whole network on a student's own chip. They follow from the serial
number and the code alone, so what was computed once is read when a notebook is graded again. A file
is used only while the lab's folders, and what they may import, are what they were.
"""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import json
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import aimc
import aimc_answers
import aimc_course
from aimc_answers.checks.answers import Reference
from aimc_course.grading.worker.protocol import Border, ProtocolError

__all__ = ["References"]

WORTH = 0.5  # s, from which on an answer is kept
PART = ".part-"
HOUR = 3600  # s
NOT_PLAIN = ('"x"', '"fn"', '"ob"', '"oa"')


class References:
    """Slow reference answers: looked up in a folder, and kept there.

    Parameters
    ----------
    folder : path
        The folder; it is made where there is none.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._place = Path(folder)
        self._place.mkdir(parents=True, exist_ok=True)
        _remove_stale(self._place)

    def __call__(self, reference: Reference, arguments: tuple[Any, ...]) -> Any:
        """Return an answer as it was kept, or compute it."""
        path = _path(self._place, reference, arguments)
        if path is None:
            return reference.function(*arguments)

        def again(number: int) -> Any:
            return reference.function(*arguments)[number]()

        with contextlib.suppress(OSError, ValueError, LookupError, TypeError):
            kept = json.loads(path.read_text(encoding="ascii"))
            return _with_later(path, Border().decode(kept["value"]), kept["later"], again)
        start = time.perf_counter()
        result = reference.function(*arguments)
        if time.perf_counter() - start < WORTH:
            return result
        later = _later_parts(result)
        plain = [None if k in later else p for k, p in enumerate(result)] if later else None
        _keep(path, result if plain is None else tuple(plain), later)
        return _with_later(path, result, later, lambda k: result[k]())


def _later_parts(result: Any) -> list[int]:
    """Return which parts of a result are functions of nothing: computed when they are asked for."""
    if not isinstance(result, tuple):
        return []
    return [k for k, p in enumerate(result) if callable(p) and not inspect.signature(p).parameters]


def _with_later(path: Path, result: Any, later: list[int], compute: Callable[[int], Any]) -> Any:
    """Return a result whose late parts are looked up, and kept, in files of their own."""

    def part(number: int) -> Any:
        own = path.with_suffix(f".{number}.json")
        with contextlib.suppress(OSError, ValueError, LookupError, TypeError):
            return Border().decode(json.loads(own.read_text(encoding="ascii"))["value"])
        value = compute(number)
        _keep(own, value)
        return value

    if not later:
        return result
    return tuple(partial(part, k) if k in later else p for k, p in enumerate(result))


def _path(place: Path, reference: Reference, arguments: tuple[Any, ...]) -> Path | None:
    # Only functions of a serial number: inputs of other functions are fresh for every student.
    if not arguments or not all(isinstance(a, int) for a in arguments):
        return None
    module = reference.answers.module
    key = [module, reference.name, *map(int, arguments), _code(module.split(".")[-2])]
    return place / f"{hashlib.sha256(repr(key).encode()).hexdigest()}.json"


def _keep(path: Path, result: Any, later: Sequence[int] = ()) -> None:
    with contextlib.suppress(ProtocolError, OSError):
        text = json.dumps({"value": Border().encode(result), "later": list(later)})
        if any(mark in text for mark in NOT_PLAIN):
            return
        # A file is there whole or not at all, also when this process is killed.
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=PART, delete=False) as file:
            file.write(text)
        os.replace(file.name, path)


def _remove_stale(place: Path) -> None:
    """Remove what judges left that were killed while they wrote."""
    for path in place.glob(f"{PART}*"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > HOUR:
                path.unlink()


@cache
def _code(folder: str) -> str:
    """Return a fingerprint of the code that a lab's answers are computed with."""
    digest = hashlib.sha256(aimc.__version__.encode())
    for path in _sources(folder):
        state = path.stat()
        digest.update(f"{path.name} {state.st_size} {state.st_mtime_ns}".encode())
    return digest.hexdigest()


def _sources(folder: str) -> list[Path]:
    """Return the files that a lab's answers may be computed with: no other lab's among them."""
    answers, course, library = (
        Path(str(package.__file__)).parent for package in (aimc_answers, aimc_course, aimc)
    )
    labs = course / "labs"
    own = (answers / folder, answers / "checks", labs / folder)
    used = (labs / "devices", course / "explorers", course / "studies", library)
    paths = [path for root in (*own, *used) for path in sorted(root.rglob("*.py"))]
    return [*sorted(answers.glob("*.py")), *paths]
