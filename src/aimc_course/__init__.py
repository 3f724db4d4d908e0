"""The course beside the library: explorers on its pages, labs with checks, tools of its authors.

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
