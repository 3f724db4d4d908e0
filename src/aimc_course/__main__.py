"""Commands for authors and teachers: ``aimc-course --help``."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from pathlib import Path

from aimc_course.authoring import lab_commands
from aimc_course.authoring.lint import commands as lint_command
from aimc_course.capstone import commands as capstone_commands
from aimc_course.grading import images
from aimc_course.grading.gradebook import grading_commands, sending
from aimc_course.grading.gradescope import gradescope_command
from aimc_course.grading.marking import mark_command
from aimc_course.teaching import commands as teaching_commands
from aimc_course.teaching import rubric_sheets

__all__ = ["main"]

ROOMS = (
    *(lab_commands, lint_command, grading_commands, mark_command, sending, images),
    *(gradescope_command, teaching_commands, rubric_sheets, capstone_commands),
)
"""Modules with commands, in the order of the help; ``add_commands`` of each names its own."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal may know few letters
            stream.reconfigure(errors="backslashreplace")
    called = Path(sys.argv[0]).stem
    name = called if called == "aimc-course" else "python -m aimc_course"
    parser = argparse.ArgumentParser(prog=name, description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for room in ROOMS:
        room.add_commands(commands)
    return grading_commands.run(parser.parse_args(arguments))


if __name__ == "__main__":
    sys.exit(main())
