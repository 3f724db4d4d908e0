"""Grading of notebooks that nobody trusts: a sandbox, a border, hidden inputs, marks.

Stands above `aimc_answers`; nothing stands below it. `grade` hands messages from the
`student_process` (cells and functions in a sandbox, package `worker`) to the `judge` (`judging`, a
process that can be killed) and writes `marks`. `keys`: hidden seeds that follow from a class key.
`sandboxes`: bubblewrap, containers, or trust, tried by `probe` before each run; `separate_user`:
for containers without namespaces. `staging`: what a sandbox may read, without the package of
answers; `images`: what containers start from. `channel`, `watching`, `limits`: nothing waits,
holds or reads more than it may. `messages`: no number that is secret. `versions`: which question a
mark was for; `kept`: answers that are judged again without a run; `references`: slow answers, kept
between runs.

>>> from aimc_course.grading.keys import question_seed
>>> question_seed(b"a secret of the class", "lab-1", "q2", "ada") < 2**63
True
"""

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
