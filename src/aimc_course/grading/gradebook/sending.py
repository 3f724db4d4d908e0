"""The command ``send``: points and feedback to Canvas, shown first and sent when asked for."""

from __future__ import annotations

import argparse
import base64
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aimc.validation import check_integer

if TYPE_CHECKING:
    from aimc_course.grading.gradebook.classlist import ClassList
    from aimc_course.grading.gradebook.gradebook import Gradebook

__all__ = ["add_commands"]


def add_commands(commands: Any) -> None:
    """Add the command to a parser's subparsers; it sets ``run`` to what carries it out."""
    sending = commands.add_parser(
        "send",
        help="send points and feedback of a lab to Canvas",
        description="Shows what would be sent to an assignment on Canvas; with --send, sends it. "
        "Giving the command again sends only what is not there yet.",
    )
    sending.add_argument("out", type=Path, help="folder of marks and results")
    sending.add_argument("--lab", required=True, help="number or name of the lab")
    sending.add_argument("--key-file", type=Path, help="class key; by default OUT/class.key")
    sending.add_argument("--canvas", required=True, metavar="ADDRESS", help="https://...")
    sending.add_argument("--course", type=int, required=True, help="its number on Canvas")
    sending.add_argument("--assignment", type=int, required=True, help="its number on Canvas")
    sending.add_argument(
        "--token-file", type=Path, help="file with your access token; without it you are asked"
    )
    sending.add_argument("--no-feedback", action="store_true", help="send points only")
    sending.add_argument("--send", action="store_true", help="send it; else it is only shown")
    sending.set_defaults(run=_send)


def _send(chosen: argparse.Namespace) -> int:
    from aimc_course.grading.gradebook.canvas import CanvasAssignment, checked_address
    from aimc_course.grading.gradebook.grading_commands import known_gradebook, lab_name
    from aimc_course.grading.gradebook.outcomes import TOTAL
    from aimc_course.grading.gradebook.texts import number, printable

    lab, address = lab_name(chosen.lab), checked_address(chosen.canvas)
    for option in ("course", "assignment"):
        check_integer(f"--{option}", getattr(chosen, option), low=1)
    with known_gradebook(chosen) as gradebook:
        for line in gradebook.publish(lab):  # feedback is sent as it stands now
            print(line)
        grades = _grades(gradebook, lab)
        comments = {} if chosen.no_feedback else _comments(gradebook, lab)
        place = CanvasAssignment(address, chosen.course, chosen.assignment, _token(chosen))
        plan = place.plan(_people(gradebook, lab), grades, comments)
        for note in plan.notes:
            print(note, file=sys.stderr)
        print(f"{plan.same} students have these points and this feedback already.")
        if not chosen.send:
            for sending in plan.sendings:
                print(sending)
            print(f"{len(plan.sendings)} would be sent; nothing was: --send does it.")
            return 0
        refused = 0
        for sending in plan.sendings:
            taken, note = place.send(sending)
            print(f"{sending}: {note}" if note else sending, file=None if taken else sys.stderr)
            refused += not taken
            if taken:
                before = "" if sending.before is None else number(sending.before)
                where = f"{address}, course {chosen.course}, assignment {chosen.assignment}"
                what = ("send", lab, sending.student, TOTAL, before, number(sending.points))
                gradebook.store.note(*what, printable(where))
        print(f"{len(plan.sendings) - refused} sent, {refused} refused.")
        return 1 if refused else 0


def _token(chosen: argparse.Namespace) -> str:
    if chosen.token_file is not None:
        token = chosen.token_file.read_text("utf-8").strip()
    elif sys.stdin.isatty():
        token = getpass.getpass("Access token of Canvas: ").strip()
    else:
        raise ValueError("no access token: write it into a file of your own and name --token-file")
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise ValueError("this is no access token: one line of letters and digits is wanted")
    return token


def _grades(gradebook: Gradebook, lab: str) -> dict[str, tuple[float, float]]:
    found = gradebook.outcomes(lab)
    most = max((o.max_points or 0.0 for o in found), default=0.0)
    return {
        o.student.id: (o.points, o.max_points or most)
        for o in found
        if o.points is not None and not o.student.excused
    }


def _comments(gradebook: Gradebook, lab: str) -> dict[str, str]:
    from aimc_course.grading.gradebook.texts import file_name

    comments = {}
    for outcome in gradebook.outcomes(lab):
        path = gradebook.out / lab / "feedback" / f"{file_name(outcome.label)}.md"
        if path.is_file():
            comments[outcome.student.id] = path.read_text("utf-8")
    return comments


def _people(gradebook: Gradebook, lab: str) -> ClassList:
    """Return the class, with numbers that a grade file of Canvas tells."""
    from aimc_course.grading.gradebook.grade_files import GradeFile

    people = gradebook.people()
    kept = gradebook.rules(lab).grade_file
    if kept is None:
        return people
    book = GradeFile(base64.b64decode(kept[2]), kept[0])
    if book.platform != "canvas":
        raise ValueError(
            f"the results in {gradebook.out} belong to a class in {book.platform.title()}"
        )
    return book.enrich(people, book.column(kept[1]))
