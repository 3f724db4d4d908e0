"""Grades the one notebook of a Gradescope container and writes ``results.json``.

Called by ``run_autograder`` as root. What a student may know stands in the result; what is open in
the container, or failed in the grader, goes to the log, which Gradescope shows to teachers alone.
"""

from __future__ import annotations

import contextlib
import json
import sys
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from aimc_course.grading import Grader, Limits, SandboxError, find_sandbox
from aimc_course.grading.gradebook.classlist import ClassList, Student, read_class
from aimc_course.grading.gradebook.feedback import as_gradescope
from aimc_course.grading.gradebook.gradebook import read_key, titles_of
from aimc_course.grading.gradebook.outcomes import Outcome
from aimc_course.grading.gradebook.publish import write_whole
from aimc_course.grading.gradescope.handed_in import (
    HandedInError,
    metadata_of,
    notebook_in,
    submitter,
)
from aimc_course.grading.judge import JudgeError
from aimc_course.grading.probe import open_items
from aimc_course.grading.sandbox import Sandbox
from aimc_course.grading.separate_user import SeparateUser

__all__ = ["closed_folders", "grade_here", "main", "sandbox_for"]

CLOSED = ("source", "submission", "results")
NOT_GRADED = (
    "Not graded: {}. Your notebook is kept, and nothing is lost. Please tell your teacher, who "
    "finds the reason in the output of the autograder."
)


def main(root: Path) -> int:
    """Grade what lies in a folder laid out as Gradescope's ``/autograder``."""
    target = root / "results" / "results.json"
    try:
        result = grade_here(root)
    except HandedInError as error:
        result = refusal(f"Not graded: {error}.")
    except SandboxError as error:
        print(error)
        result = refusal(
            NOT_GRADED.format("this container cannot keep your code apart from the answers")
        )
    except (JudgeError, ValueError, OSError):
        traceback.print_exc(file=sys.stdout)
        result = refusal(NOT_GRADED.format("the autograder failed"))
    write_whole(target, json.dumps(result, ensure_ascii=False, indent=1).encode(), private=True)
    return 0


def grade_here(root: Path) -> dict[str, Any]:
    """Return the content of ``results.json`` for the submission in a folder.

    Raises
    ------
    HandedInError
        If the submission cannot be graded.
    SandboxError
        If no sandbox holds here.
    """
    source = root / "source"
    settings = json.loads((source / "settings.json").read_text("utf-8"))
    key = read_key(source / "class.key")
    people: ClassList | None = None
    if (source / "class.csv").is_file():
        people = read_class(source / "class.csv")
    seconds = float(settings["seconds"])
    # A cell that never ends must leave time to run the others again.
    limits = replace(Limits(), submission=seconds, cell=min(Limits().cell, seconds / 3))
    closed = closed_folders(root)
    owner = submitter(metadata_of(root), people)
    notebook = notebook_in(root / "submission", settings["notebook"], limits.notebook)
    with sandbox_for(closed) as sandbox, Grader(settings["lab"], key, sandbox, limits) as grader:
        print(f"sandbox: {sandbox.name}")
        marks = grader.grade(notebook, student=owner.name, serial=owner.serial)
    outcome = Outcome(Student(owner.name), "", 1, None, marks, 0, 1.0, ())
    result: dict[str, Any] = json.loads(as_gradescope(outcome, titles_of(settings["lab"])))
    for test in result["tests"]:
        test["visibility"] = settings["visibility"]
    return result


def closed_folders(root: Path) -> list[Path]:
    """Close the folders of answers, submission and results to all but root, and return them."""
    closed = [root / name for name in CLOSED]
    for folder in closed:
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700)
    with contextlib.suppress(FileNotFoundError):
        (root / "submission_metadata.json").chmod(0o600)
    return closed


@contextlib.contextmanager
def sandbox_for(closed: list[Path]) -> Iterator[Sandbox]:
    """Open the first sandbox that holds here: bubblewrap, or else a user of its own.

    Raises
    ------
    SandboxError
        If neither does; the message says what is open.
    """
    try:
        found: Sandbox = find_sandbox("bubblewrap")
    except SandboxError as error:
        # Most containers refuse it, which is no fault of theirs.
        print(*(line for line in str(error).splitlines() if line.startswith("- ")), sep="\n")
        found = SeparateUser(closed)
        try:
            items = open_items(found)
        except SandboxError as second:
            items = [str(second)]
        if items:
            found.close()
            raise SandboxError(
                f"a user of its own does not hold either: {'; '.join(items)}"
            ) from None
    with found:
        yield found


def refusal(said: str) -> dict[str, Any]:
    """Return a result without marks, and why."""
    return {
        "score": 0.0,
        "output": said,
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [],
    }


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
