"""Commands for authors and teachers: ``aimc-course --help``."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from pathlib import Path

from aimc_course.authoring.lint import commands as linting
from aimc_course.capstone import commands as capstone
from aimc_course.grading import images
from aimc_course.grading.desk import sending
from aimc_course.grading.desk.commands import add_commands, run
from aimc_course.grading.gradescope import commands as gradescope
from aimc_course.grading.marking.commands import add_command
from aimc_course.teaching import commands as teaching
from aimc_course.teaching import rubric_sheets

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal may know few letters
            stream.reconfigure(errors="backslashreplace")
    called = Path(sys.argv[0]).stem
    name = called if called == "aimc-course" else "python -m aimc_course"
    parser = argparse.ArgumentParser(prog=name, description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("build-labs", help="write the student and solution copies of all labs")
    commands.add_parser("check-labs", help="fail if a committed student copy is out of date")
    figures = commands.add_parser(
        "expected-figures", help="run the solutions, save the figures to compare"
    )
    figures.add_argument("lab", nargs="*", help="names of notebooks, such as 01-build-a-crossbar")
    making = commands.add_parser("new-lab", help="write a working skeleton of the next lab")
    making.add_argument("title", help='its title without the number: "Build a crossbar"')
    scoring = commands.add_parser(
        "score",
        help="run a notebook that you trust and print its points",
        description="Runs the notebook's code with your rights, in the process that keeps the "
        "points: for your own copies and for tests. Work of others: see the command `grade`.",
    )
    scoring.add_argument("notebook", type=Path)
    linting.add_commands(commands)
    add_commands(commands)
    add_command(commands)
    sending.add_command(commands)
    images.add_command(commands)
    gradescope.add_command(commands)
    teaching.add_commands(commands)
    rubric_sheets.add_command(commands)
    capstone.add_command(commands)
    chosen = parser.parse_args(arguments)
    if hasattr(chosen, "run"):
        return run(chosen)
    if chosen.command == "score":
        return _score(chosen.notebook)
    from aimc_course.authoring.notebooks import build_labs, find_root, stale_copies

    root = find_root()
    if chosen.command == "build-labs":
        return _listed(build_labs(root), root)
    if chosen.command == "new-lab":
        from aimc_course.authoring.skeleton import new_lab

        return _listed(new_lab(root, chosen.title), root)
    if chosen.command == "expected-figures":
        from aimc_course.authoring.scoring import save_expected_figures

        return _listed(save_expected_figures(root, chosen.lab), root)
    stale = stale_copies(root)
    for line in stale:
        print(line, file=sys.stderr)
    if stale:
        print("run: python -m aimc_course build-labs", file=sys.stderr)
    return 1 if stale else 0


def _listed(paths: Sequence[Path], root: Path) -> int:
    for path in paths:
        print(path.relative_to(root))
    return 0


def _score(notebook: Path) -> int:
    from aimc_course.authoring.scoring import score

    if not notebook.is_file():
        print(f"{notebook} is not a file", file=sys.stderr)
        return 2
    print("Only run notebooks that you trust: their code runs with your rights.", file=sys.stderr)
    print(score(notebook))
    return 0


if __name__ == "__main__":
    sys.exit(main())
