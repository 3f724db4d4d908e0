"""Labs as a sandbox may know them: names, points and given numbers, and no judge.

A lab's questions hold draws of inputs, tolerances, tests and formulas of known slips. A notebook at
work needs none of them: it hands answers in. So a file of the same name is written in its place.
"""

from __future__ import annotations

import importlib
from pathlib import Path

from aimc_course.checks.question import LabDefinition
from aimc_course.grading.sandbox import SandboxError
from aimc_course.labs.catalogue import find, folders

__all__ = ["judgeless", "write_judgeless"]

HEAD = '''"""The questions of a lab without their judges."""

from aimc_course.checks.question import LabDefinition, Question
from aimc_course.labs.{folder} import given

LAB = LabDefinition(
    {name!r},
    {slug!r},
    {title!r},
    (
{questions}
    ),
    {predictions!r},
    {{{given}}},
)
'''


def write_judgeless(labs: Path) -> None:
    """Write the questions of all labs into a copy of their folders.

    Raises
    ------
    SandboxError
        If a lab gives something that does not stand in its file ``given.py``.
    """
    for name, folder in folders().items():
        text = judgeless(find(name), folder)
        (labs / folder / "questions.py").write_text(text, encoding="utf-8")


def judgeless(lab: LabDefinition, folder: str) -> str:
    """Return a module that defines a lab without judges, praise and right answers."""
    source = importlib.import_module(f"aimc_course.labs.{folder}.given")
    given = []
    for name, function in lab.given.items():
        called = function.__name__
        if getattr(source, called, None) is not function:
            raise SandboxError(
                f"{lab.name} gives {name!r}, which is no function of its file given.py: a sandbox "
                "cannot hold it without the judges beside it"
            )
        given.append(f"{name!r}: given.{called}")
    questions = [
        f"        Question({q.title!r}, {q.points!r}, None, '', None, {q.id!r}, {q.shared!r}),"
        for q in lab.questions
    ]
    return HEAD.format(
        folder=folder,
        name=lab.name,
        slug=lab.slug,
        title=lab.title,
        questions="\n".join(questions),
        predictions=dict(lab.predictions),
        given=", ".join(given),
    )
