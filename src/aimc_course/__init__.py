"""The course beside the library: explorers on its pages, labs with checks, tools of its authors.

A package of its own, of which users of `aimc` install nothing. `explorers/`: what a reader moves
on the pages. `labs/`: what a student is asked, a folder for each lab. `checks/`: what a notebook
talks to. What is right, and how it is judged, is a package of its own, `aimc_answers`. `studies/`:
what the chapters of part 5 compute. `authoring/`: what authors and teachers call
(`python -m aimc_course --help`). `grading/`: marks for notebooks of people whom you need not trust,
and `grading/gradebook/`, the teacher's side. `teaching/`: question bank, exams, drawings to take
along.
Imports go down: authoring, grading and teaching, `aimc_answers`, labs, explorers, checks and
studies, library. Importing the package loads nothing; a lab is loaded when it is started.

>>> from aimc_course import start
>>> lab = start("lab-1", serial=7)
>>> lab.max_points > 0
True
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aimc_course.checks.lab import Lab
    from aimc_course.checks.question import Question, Verdict
    from aimc_course.labs.catalogue import LABS, start

__all__ = ["LABS", "Lab", "Question", "Verdict", "start"]

# Looked up when asked for: a page that shows an explorer loads no lab.
_HOMES = {
    "LABS": "labs.catalogue",
    "Lab": "checks.lab",
    "Question": "checks.question",
    "Verdict": "checks.question",
    "start": "labs.catalogue",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
