"""The command ``capstone``: check a design, score the designs of a class."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

__all__ = ["add_commands"]


def add_commands(commands: Any) -> None:
    """Add the command to a parser's subparsers; each of its parts sets ``run``."""
    capstone = commands.add_parser(
        "capstone", help="the capstone: check the design of an accelerator, score those of a class"
    )
    parts = capstone.add_subparsers(dest="part", required=True)
    check = parts.add_parser(
        "check",
        help="say what a design is worth on chips that everybody knows",
        description="Reads a design, prices it, and counts its correct images on public chips.",
    )
    check.add_argument("design", type=Path, help="the file, such as design.toml")
    check.add_argument("--images", type=int, help="test images; as many as count by default")
    check.set_defaults(run=_check)
    scoring = parts.add_parser(
        "score",
        help="score all teams on chips that nobody knows, and write a scoreboard",
        description="Reads a folder with a folder or a file *.toml for each team. Files are data: "
        "nothing in them is executed.",
    )
    scoring.add_argument("submissions", type=Path, help="folder with the designs of the teams")
    scoring.add_argument("--out", type=Path, required=True, help="folder of the scoreboard")
    scoring.add_argument(
        "--key-file",
        type=Path,
        required=True,
        help="class key, as grade has it; hidden serial numbers follow from it",
    )
    scoring.add_argument("--images", type=int, help="test images; as many as count by default")
    scoring.add_argument("--no-baselines", action="store_true", help="leave out the baselines")
    scoring.set_defaults(run=_score)


def _check(chosen: argparse.Namespace) -> int:
    from aimc_course.capstone.design import DesignError
    from aimc_course.capstone.evaluation import IMAGES, evaluate
    from aimc_course.capstone.report import as_text
    from aimc_course.capstone.serials import PUBLIC
    from aimc_course.capstone.submissions import read_file

    try:
        design = read_file(chosen.design)
    except DesignError as error:
        raise DesignError(f"{chosen.design}: {error}") from None
    print(as_text(evaluate(design, PUBLIC, count=_images(chosen, IMAGES))))
    return 0


def _score(chosen: argparse.Namespace) -> int:
    from tqdm import tqdm

    from aimc_course.capstone.board import write_board
    from aimc_course.capstone.evaluation import IMAGES
    from aimc_course.capstone.serials import hidden_serials
    from aimc_course.capstone.standing import ranked
    from aimc_course.capstone.submissions import baselines, read_teams
    from aimc_course.grading.gradebook.gradebook import read_key
    from aimc_course.grading.gradebook.texts import printable

    serials = hidden_serials(read_key(chosen.key_file))
    teams = read_teams(chosen.submissions)
    teams += [] if chosen.no_baselines else baselines()
    with tqdm(total=sum(len(team.designs) for team in teams), unit="design") as bar:
        standings = ranked(teams, serials, count=_images(chosen, IMAGES), told=lambda: bar.update())
    for rank, each in enumerate(standings, 1):
        mark = " (baseline)" if each.team.baseline else ""
        print(f"{rank:>3}  {each.score:6.1f}  {printable(each.team.name)}{mark}")
        for name, reason in each.refused:
            print(f"       refused: {printable(name)}: {printable(reason)}")
        for problem in each.team.problems:
            print(f"       not read: {printable(problem)}")
    print(f"scoreboard: {write_board(standings, chosen.out)}")
    return 0


def _images(chosen: argparse.Namespace, usual: int) -> int:
    return usual if chosen.images is None else int(chosen.images)
