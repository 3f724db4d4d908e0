"""Grading of notebooks that nobody trusts: a sandbox, a border, hidden inputs, marks."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aimc_course.grading.grade import Grader, grade_notebook
    from aimc_course.grading.limits import Limits
    from aimc_course.grading.marks import QuestionMark, SubmissionMarks
    from aimc_course.grading.sandbox import Sandbox, SandboxError
    from aimc_course.grading.sandboxes import find_sandbox

__all__ = [
    "Grader",
    "Limits",
    "QuestionMark",
    "Sandbox",
    "SandboxError",
    "SubmissionMarks",
    "find_sandbox",
    "grade_notebook",
]

# Looked up when asked for: what runs inside a sandbox imports its own few modules alone.
_HOMES = {
    "Grader": "grade",
    "Limits": "limits",
    "QuestionMark": "marks",
    "Sandbox": "sandbox",
    "SandboxError": "sandbox",
    "SubmissionMarks": "marks",
    "find_sandbox": "sandboxes",
    "grade_notebook": "grade",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
