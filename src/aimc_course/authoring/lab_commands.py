"""Commands for who writes labs, from ``build-labs`` to ``score``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

__all__ = ["add_commands"]


def add_commands(commands: Any) -> None:
    """Add the commands to a parser's subparsers; each sets ``run`` to what carries it out."""
    building = commands.add_parser(
        "build-labs", help="write the student and solution copies of all labs"
    )
    building.set_defaults(run=_build)
    checking = commands.add_parser(
        "check-labs", help="fail if a committed student copy is out of date"
    )
    checking.set_defaults(run=_check)
    figures = commands.add_parser(
        "expected-figures", help="run the solutions, save the figures to compare"
    )
    figures.add_argument("lab", nargs="*", help="names of notebooks, such as 01-build-a-crossbar")
    figures.set_defaults(run=_figures)
    making = commands.add_parser("new-lab", help="write a working skeleton of the next lab")
    making.add_argument("title", help='its title without the number: "Build a crossbar"')
    making.set_defaults(run=_new)
    scoring = commands.add_parser(
        "score",
        help="run a notebook that you trust and print its points",
        description="Runs the notebook's code with your rights, in the process that keeps the "
        "points: for your own copies and for tests. Work of others: see the command `grade`.",
    )
    scoring.add_argument("notebook", type=Path)
    scoring.set_defaults(run=_score)


def _build(chosen: argparse.Namespace) -> int:
    from aimc_course.authoring.notebooks import build_labs, find_root

    root = find_root()
    return _listed(build_labs(root), root)


def _check(chosen: argparse.Namespace) -> int:
    from aimc_course.authoring.notebooks import find_root, stale_copies

    stale = stale_copies(find_root())
    for line in stale:
        print(line, file=sys.stderr)
    if stale:
        print("run: python -m aimc_course build-labs", file=sys.stderr)
    return 1 if stale else 0


def _figures(chosen: argparse.Namespace) -> int:
    from aimc_course.authoring.notebooks import find_root
    from aimc_course.authoring.scoring import save_expected_figures

    root = find_root()
    return _listed(save_expected_figures(root, chosen.lab), root)


def _new(chosen: argparse.Namespace) -> int:
    from aimc_course.authoring.notebooks import find_root
    from aimc_course.authoring.skeleton import new_lab

    root = find_root()
    return _listed(new_lab(root, chosen.title), root)


def _score(chosen: argparse.Namespace) -> int:
    from aimc_course.authoring.scoring import score

    if not chosen.notebook.is_file():
        raise ValueError(f"{chosen.notebook} is not a file")
    print("Only run notebooks that you trust: their code runs with your rights.", file=sys.stderr)
    print(score(chosen.notebook))
    return 0


def _listed(paths: Sequence[Path], root: Path) -> int:
    for path in paths:
        print(path.relative_to(root))
    return 0
