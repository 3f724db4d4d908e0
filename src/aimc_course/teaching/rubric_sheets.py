"""How the open question of a lab is marked, as a sheet to print or to keep beside the screen."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aimc_course.labs.catalogue import find

if TYPE_CHECKING:
    from aimc_answers.rubrics import Task

__all__ = ["add_commands", "rubric_sheet"]

HEADINGS = {"full": "Full marks", "half": "Half of the marks", "none": "Hardly any marks"}


def rubric_sheet(lab: str) -> str:
    """Return the rubric of a lab and its sample answers as Markdown.

    Parameters
    ----------
    lab : str
        ``"lab-1"`` or the name of its notebook.

    Raises
    ------
    ValueError
        If there is no such lab.
    FileNotFoundError
        If this environment holds no rubrics, as a student's may.
    """
    from aimc_answers.rubrics import rubric

    tasks = rubric(lab)
    lines = [f"# {find(lab).title}: open question", ""]
    for task in tasks:
        lines += [*_lines(task), *_samples(task)]
    return "\n".join(lines).rstrip() + "\n"


def _lines(task: Task) -> Sequence[str]:
    return [
        f"## {task.title}",
        "",
        f"{task.points:g} points. The lab gives {task.minutes:g} minutes.",
        "",
        "| Points | What is looked for | What earns half |",
        "| --- | --- | --- |",
        *(f"| {line.points:g} | {line.earns} | {line.half} |" for line in task.lines),
        "",
    ]


def _samples(task: Task) -> Sequence[str]:
    lines: list[str] = []
    for sample in task.samples:
        quoted = [f"> {line}".rstrip() for line in sample.answer.strip().splitlines()]
        head = f"### {HEADINGS[sample.marks]}: {sample.points:g} of {task.points:g}"
        lines += [head, "", *quoted, "", f"**Why.** {sample.why}", ""]
    return lines


def add_commands(commands: Any) -> None:
    """Add the command ``rubric`` to a parser's subparsers."""
    parser = commands.add_parser(
        "rubric",
        help="write how the open question of a lab is marked, with sample answers",
        description="Writes what is looked for, what earns half, and three answers with the marks "
        "that they deserve, as Markdown.",
    )
    parser.add_argument("--lab", type=int, required=True, help="number of the lab")
    parser.add_argument("--out", type=Path, help="file; by default it is printed")
    parser.set_defaults(run=_rubric)


def _rubric(chosen: argparse.Namespace) -> int:
    try:
        text = rubric_sheet(f"lab-{chosen.lab}")
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    if chosen.out is None:
        print(text, end="")
    else:
        chosen.out.parent.mkdir(parents=True, exist_ok=True)
        chosen.out.write_text(text, encoding="utf-8")
        print(chosen.out)
    return 0
