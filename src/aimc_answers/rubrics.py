"""How the open question of a lab is marked, with sample answers for full, half and no marks.

Each lab has a file ``rubric.toml`` beside its answers. It is for teachers: a student's environment
may lack it, and nothing that a notebook calls reads it. What is looked for stands in the notebook
as well, where students read it; explanations are marked by the line *Looked for* and the model
answer in the notebook alone.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aimc.validation import check_choice
from aimc_course.labs.catalogue import find, folders

__all__ = ["MARKS", "RubricError", "RubricLine", "Sample", "Task", "read_rubric", "rubric"]

MARKS = ("full", "half", "none")
HERE = Path(__file__).parent


class RubricError(ValueError):
    """A rubric breaks the form that all rubrics share."""


@dataclass(frozen=True, slots=True)
class RubricLine:
    """One line of a rubric."""

    points: float
    earns: str
    """What is looked for, in the words of the lab."""
    half: str = ""
    """What earns half of the points."""


@dataclass(frozen=True, slots=True)
class Sample:
    """An answer as a student might give it, and what it earns."""

    marks: str
    """``"full"``, ``"half"`` or ``"none"``."""
    points: float
    answer: str
    why: str
    """Why it earns that much."""


@dataclass(frozen=True, slots=True)
class Task:
    """An open question."""

    id: str
    """``"o1"`` for the first open question of the lab."""
    title: str
    section: str
    """Heading of the section of the notebook that asks for it."""
    lines: tuple[RubricLine, ...]
    samples: tuple[Sample, ...]
    minutes: float = 0.0
    """Time that the lab gives for it."""

    @property
    def points(self) -> float:
        """Most points that it earns."""
        return sum(line.points for line in self.lines)


def rubric(lab: str) -> tuple[Task, ...]:
    """Return the open questions of a lab, in the order of its notebook.

    Parameters
    ----------
    lab : str
        ``"lab-1"`` or the name of its notebook, ``"01-build-a-crossbar"``.

    Raises
    ------
    ValueError
        If there is no such lab, or its rubric breaks the form.
    FileNotFoundError
        If this environment holds no rubrics, as a student's may.
    """
    folder = folders()[find(lab).name]
    return read_rubric(HERE / folder / "rubric.toml")


def read_rubric(path: Path) -> tuple[Task, ...]:
    """Return the tasks of a rubric's file.

    Raises
    ------
    RubricError
        If the file is no TOML, or a task, a line or a sample in it is not as it must be.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        tasks = tuple(_task(entry) for entry in found["task"])
    except tomllib.TOMLDecodeError as error:
        raise RubricError(f"{path} is no TOML file: {error}") from error
    except (KeyError, TypeError) as error:
        raise RubricError(f"{path}: a field is missing or unknown: {error}") from error
    names = [task.id for task in tasks]
    if len(set(names)) < len(names):
        raise RubricError(f"{path}: every task needs an id of its own, found {names}")
    return tasks


def _task(entry: dict[str, Any]) -> Task:
    lines = tuple(RubricLine(**line) for line in entry.pop("line"))
    samples = tuple(Sample(**sample) for sample in entry.pop("sample", ()))
    task = Task(**entry, lines=lines, samples=samples)
    for sample in samples:
        check_choice("marks", sample.marks, MARKS)
        low, high = {"full": (1.0, 1.0), "half": (0.25, 0.75), "none": (0.0, 0.2)}[sample.marks]
        if not low * task.points <= sample.points <= high * task.points:
            raise RubricError(
                f"{task.id}: a sample of {sample.points:g} of {task.points:g} points cannot be "
                f"{sample.marks!r}"
            )
    return task
