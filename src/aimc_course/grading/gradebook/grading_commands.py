"""Commands of the gradebook, from ``grade`` to ``log``."""

from __future__ import annotations

import argparse
import base64
import contextlib
import csv
import datetime
import errno
import importlib
import shlex
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aimc_course.grading.gradebook.texts import counted

if TYPE_CHECKING:
    from aimc_course.grading.grade import Grader
    from aimc_course.grading.gradebook.classlist import ClassList
    from aimc_course.grading.gradebook.gradebook import Done, Gradebook
    from aimc_course.grading.gradebook.intake import Intake, Submission
    from aimc_course.grading.gradebook.rules import CourseRules, Rules
    from aimc_course.grading.gradebook.times import Times

    GraderFactory = Callable[[str, bytes], Grader]
    """Returns a grader for a lab and a class key."""

__all__ = ["add_commands", "known_gradebook", "lab_name", "run"]

MOST_LINES = 40
MOST_ODD = 6  # lines on serial numbers
NOT_INSTALLED = {
    "aimc_answers": "the answers of the labs, aimc-answers, are not installed here",
    **dict.fromkeys(
        ("jinja2", "markupsafe"), "report and feedback need the extra: pip install aimc[grading]"
    ),
}
IN_DOUBT = 3
"""Exit status where all is graded and some marks may be wrong, or nothing was there to grade."""


def add_commands(commands: Any) -> None:
    """Add the commands to a parser's subparsers; each sets ``run`` to what carries it out."""
    grading = commands.add_parser(
        "grade",
        help="grade submissions of people whom you need not trust",
        description="Grades notebooks in a sandbox, as Canvas or Moodle exports them. A run that "
        "was ended goes on when the same command is given again.",
    )
    grading.add_argument("submissions", type=Path, help="folder or zip with the submissions")
    _add_place(grading)
    grading.add_argument("--class", dest="people", type=Path, help="class list, a CSV file")
    _add_grade_file(grading)
    _add_rules(grading)
    grading.add_argument("--times", type=Path, nargs="+", help="files that tell when who handed in")
    grading.add_argument(
        "--anonymous",
        action=argparse.BooleanOptionalAction,
        help="show pseudonyms, not names; as the last time if not said",
    )
    grading.add_argument("--dry-run", action="store_true", help="only say what would be done")
    _add_grader(grading)
    grading.add_argument(
        "--reveal",
        action="store_true",
        help="say how far off answers are; only when nobody can hand in any more",
    )
    grading.set_defaults(run=_grade)

    course = commands.add_parser(
        "grades",
        help="write one table over all labs",
        description="Writes course.csv: the points in each lab, and the total in per cent of what "
        "counts, with weights and dropped labs as the rules say.",
    )
    _add_place(course, lab=False)
    _add_rules(course)
    _add_grade_file(course)
    course.set_defaults(run=_grades)

    again = commands.add_parser("regrade", help="grade single questions again, show what changed")
    _add_place(again)
    again.add_argument("--question", nargs="+", help="such as q5")
    again.add_argument("--reason", default="", help="why; who gets other points reads it")
    how = again.add_mutually_exclusive_group()
    how.add_argument("--trial", action="store_true", help="show what would change, change nothing")
    how.add_argument("--keep", action="store_true", help="have what the last trial found count")
    how.add_argument("--drop", action="store_true", help="forget what the last trial found")
    again.add_argument(
        "--afresh", action="store_true", help="run whole notebooks, even where answers were kept"
    )
    _add_grader(again)
    again.set_defaults(run=_regrade)

    over = commands.add_parser(
        "override",
        help="give points by hand, with a reason",
        description="Gives points by hand. Being late still costs its share of a question's "
        "points; those of the total are final.",
    )
    over.add_argument("student")
    over.add_argument("question", help="such as q5, or total for the whole lab")
    over.add_argument("points", help="a number, or 'none' to take back what was given")
    over.add_argument("--reason", required=True, help="why; the student reads it")
    _add_place(over)
    over.set_defaults(run=_override)

    asking = commands.add_parser(
        "requests",
        help="collect and list requests of students to look at a mark again",
        description="Lists the requests that wait for an answer. With a folder or zip, as Canvas "
        "or Moodle exports it, or a CSV file, it collects them first: text files with one line "
        "for each question, 'q5: my reason'.",
    )
    asking.add_argument(
        "collected",
        type=Path,
        nargs="?",
        help="folder, zip, or CSV with id, question, reason and, if wanted, submitted",
    )
    _add_place(asking)
    asking.add_argument("--deadline", help="take none after it; such as 2026-12-10T23:59+01:00")
    asking.add_argument("--times", type=Path, nargs="+", help="files that tell when who asked")
    asking.add_argument("--all", action="store_true", help="list those that were answered, too")
    asking.add_argument(
        "--invite",
        metavar="TEXT",
        help="say in all feedback where and until when to ask; '' takes it back",
    )
    asking.set_defaults(run=_requests)

    answering = commands.add_parser(
        "answer",
        help="answer a request: keep the mark or give other points, with a reason",
        description="Answers a request and closes it. Where you changed the mark already, by a "
        "regrade or on the page for marking, 'keep' tells the student what it has become.",
    )
    answering.add_argument("student")
    answering.add_argument("question", help="such as q5, or total for the whole lab")
    answering.add_argument("points", help="a number, or 'keep' to leave the mark as it is now")
    answering.add_argument("--reason", required=True, help="why; the student reads it")
    _add_place(answering)
    answering.set_defaults(run=_answer)

    forgetting = commands.add_parser("forget", help="delete all that is kept of a student")
    forgetting.add_argument("student")
    _add_place(forgetting, lab=False)
    forgetting.set_defaults(run=_forget)

    log = commands.add_parser("log", help="print what was changed by hand or by a regrade")
    log.add_argument("--out", type=Path, required=True, help="folder of marks and results")
    log.set_defaults(run=_log)


def run(
    chosen: argparse.Namespace,
    factory: GraderFactory | None = None,
) -> int:
    """Carry out a parsed command and return its exit status.

    Parameters
    ----------
    chosen : argparse.Namespace
        What a parser with `add_commands` returned.
    factory : callable, optional
        Returns a grader for a lab and class key, in place of the course's own in its sandbox.
    """
    from aimc_course.grading.judge import JudgeError
    from aimc_course.grading.sandboxes import SandboxError

    given = {"factory": factory} if factory and chosen.run in (_grade, _regrade) else {}
    try:
        status: int = chosen.run(chosen, **given)
    except KeyboardInterrupt:
        print("ended; give the same command again to go on", file=sys.stderr)
        return 130
    except ModuleNotFoundError as error:
        said = NOT_INSTALLED.get((error.name or "").partition(".")[0], "")
        if not said:
            raise
        print(f"{chosen.command}: {said}", file=sys.stderr)
        return 2
    except FileNotFoundError as error:
        named = error.filename is not None
        print(f"{error.filename}: there is no such file" if named else error, file=sys.stderr)
        return 2
    except (
        *(ValueError, OSError, sqlite3.Error, csv.Error),
        *(SandboxError, JudgeError),
    ) as error:
        print(error, file=sys.stderr)
        if _is_full(error):
            print(
                f"There is no space left where {getattr(chosen, 'out', None) or 'it'} lies. Marks "
                "that were given are kept: make room, and give the same command again",
                file=sys.stderr,
            )
        return 2
    return status


def _is_full(error: Exception) -> bool:
    """Tell whether a disk is full."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return isinstance(error, sqlite3.Error) and "disk is full" in str(error)


def _add_place(parser: argparse.ArgumentParser, *, lab: bool = True) -> None:
    if lab:
        parser.add_argument("--lab", required=True, help="number or name of the lab")
    parser.add_argument("--out", type=Path, required=True, help="folder of marks and results")
    parser.add_argument("--key-file", type=Path, help="class key; by default OUT/class.key")


def _add_rules(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rules", type=Path, help="deadlines, late and missing work; by default OUT/rules.toml"
    )


def _add_grade_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--grade-file",
        "--gradebook",  # its name until edition 0.9
        type=Path,
        help="grade file downloaded from the platform",
    )
    parser.add_argument("--column", help="its column that takes the grades")


def _add_grader(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workers", type=int, default=1, help="notebooks at the same time")
    parser.add_argument(
        "--cell-seconds", type=float, default=240.0, help="longest time of a cell; by default 240"
    )
    parser.add_argument(
        "--sandbox", choices=("auto", "bubblewrap", "podman", "docker"), default="auto"
    )
    parser.add_argument(
        "--trusted",
        action="store_true",
        help="no sandbox: only for people whom you would let sit at your computer",
    )


def _grade(chosen: argparse.Namespace, factory: GraderFactory | None = None) -> int:
    from aimc_course.grading.gradebook.gradebook import STORE, Gradebook
    from aimc_course.grading.gradebook.intake import take_in
    from aimc_course.grading.gradebook.kept_commands import keep_command
    from aimc_course.grading.gradebook.rules import Rules
    from aimc_course.grading.gradebook.store import Store
    from aimc_course.grading.gradebook.texts import printable
    from aimc_course.grading.gradebook.times import read_times

    importlib.import_module("jinja2")  # before hours of grading whose report cannot be written
    lab, workers = lab_name(chosen.lab), _checked(chosen)
    if chosen.out.exists() and not chosen.out.is_dir():
        raise ValueError(f"--out must be a folder, new or of earlier results: {chosen.out} is none")
    course = _course(chosen)
    people, grade_file, told = _class(chosen, lab, _zone(chosen, course, lab))
    times = read_times(chosen.times or (), _zone(chosen, course, lab)) | told
    found = take_in(chosen.submissions, people, times=times, lab=lab, starter=_starter(lab))
    platform = _one_platform(chosen, grade_file, found.platforms)
    people, found = _of_this_platform(chosen, lab, people, found, grade_file)
    if not chosen.dry_run:
        print(_shortened(found.report()), end="")
    else:
        print(found.report(), end="")
        for submission in found.submissions:
            when = _when(submission, _zone(chosen, course, lab))
            print(f"{printable(submission.owner)} <- {submission.source}{when}")
        known: set[tuple[str, str]] = set()
        if (chosen.out / STORE).exists():
            with Store(chosen.out / STORE) as store:
                known = {(e.owner, e.digest) for e in store.entries(lab) if e.marks}
        if course is not None:
            print(f"{lab}: {course.of(lab, Rules(), people)[0].policy.said()}")
        new = sum((s.owner, s.digest) not in known for s in found.submissions)
        print(f"{new} would be graded; nothing was written.")
        return _empty(chosen, lab) if not found.submissions and not known else 0
    with Gradebook(chosen.out, chosen.key_file) as gradebook:
        if platform:
            gradebook.store.set("platform", platform)
        before = gradebook.rules(lab)
        _say_kept(chosen, people, before)
        anonymous = before.anonymous if chosen.anonymous is None else chosen.anonymous
        rules = replace(before, anonymous=anonymous, grade_file=grade_file or before.grade_file)
        for line in gradebook.take(lab, found, people, rules, listed=bool(chosen.people)):
            print(line, file=sys.stderr)
        if chosen.people and (nobodys := gradebook.store.nobodys()):
            named = ", ".join(f"{printable(owner)} ({n})" for owner, n in nobodys.items())
            print(
                f"NOBODY in {chosen.people.name} has these notebooks of earlier runs, and they do "
                f"not count ({sum(nobodys.values())} in all): {named}. Whoever is still in the "
                "class needs the id of before",
                file=sys.stderr,
            )
        _follow(gradebook, course, lab)
        if unsure := gradebook.orders_in_doubt(lab, found):
            print(
                "NOTHING says which notebook of these was handed in last, neither a time nor a "
                "number of the platform. Of one folder the last by name counts, of several runs "
                "the one that was new last; to have another count, give --times with a time for "
                "each file:",
                file=sys.stderr,
            )
            print(_shortened("\n".join(f"  {line}" for line in unsure)), end="", file=sys.stderr)
        reveal = gradebook.store.setting(f"reveal {lab}") == "yes" or chosen.reveal
        gradebook.store.set(f"reveal {lab}", "yes" if reveal else "no")
        keep_command(gradebook.store, lab, chosen)
        marked = any(entry.marks for entry in gradebook.store.entries(lab))
        with _graders(chosen, lab, gradebook, reveal, factory) as make:
            done = gradebook.grade(lab, make, workers=workers)
            versions = _versions(make) if marked else {}
        _say_outdated(gradebook.outdated(lab, versions), chosen, lab)
        _say_other_serials(gradebook, chosen, lab, versions)
        zeros = sum(outcome.zeroed for outcome in gradebook.outcomes(lab))
        if zeros and found.lost:
            print(
                f"{len(found.lost)} files were not taken in, which intake.txt lists: look whether "
                f"one of the {zeros} zeros is of somebody who handed such a file in",
                file=sys.stderr,
            )
        status = _told(done, gradebook, lab)
        return status if gradebook.store.entries(lab) else _empty(chosen, lab)


def _empty(chosen: argparse.Namespace, lab: str) -> int:
    """Say that no notebook was found and none was known; return the exit status."""
    print(
        f"NO NOTEBOOK of {lab} was found in {chosen.submissions}, and none is known from before: "
        "is it the right folder?",
        file=sys.stderr,
    )
    return IN_DOUBT


def _grades(chosen: argparse.Namespace) -> int:
    from aimc_course.grading.gradebook.grade_files import read_grade_file
    from aimc_course.grading.gradebook.gradebook import COURSE

    course, grade_file = _course(chosen), None
    if chosen.grade_file:
        book = read_grade_file(chosen.grade_file)
        usual = book.usual_column("") if book.platform == "moodle" else "Labs"
        grade_file = _kept(chosen.grade_file, book.header[book.column(chosen.column or usual)])
    with known_gradebook(chosen) as gradebook:
        if platform := _one_platform(chosen, grade_file):
            gradebook.store.set("platform", platform)
        _follow(gradebook, course)
        for line in gradebook.totals(grade_file).lines:
            print(line)
        print(f"results: {gradebook.out / COURSE}")
    return 0


def _follow(gradebook: Gradebook, course: CourseRules | None, *graded: str) -> None:
    """Keep the rules of a course, and write anew what they change in labs not graded just now."""
    if course is None:
        return
    notes, changed = gradebook.follow(course, *graded)
    for line in notes:
        print(line, file=sys.stderr)
    for lab in changed:
        if lab not in graded:
            print(f"{lab}: other rules than before, so everything is written anew")
            for line in gradebook.publish(lab):
                print(line)


def _regrade(chosen: argparse.Namespace, factory: GraderFactory | None = None) -> int:
    from aimc.validation import check_choice

    lab, workers = lab_name(chosen.lab), _checked(chosen)
    if (chosen.keep or chosen.drop) == bool(chosen.question):
        raise ValueError("give --question, or one of --keep and --drop for what a trial found")
    with known_gradebook(chosen) as gradebook:
        if chosen.keep or chosen.drop:
            return _end_trial(chosen, gradebook, lab)
        reveal = gradebook.store.setting(f"reveal {lab}") == "yes"
        with _graders(chosen, lab, gradebook, reveal, factory) as make:
            versions = _versions(make)
            asked = [check_choice("question", q, tuple(versions)) for q in chosen.question]
            version = " ".join(versions[question] for question in asked)
            more = {"version": version, "afresh": chosen.afresh, "workers": workers}
            if chosen.trial:
                done = gradebook.trial(lab, asked, make, **more)
            else:
                done = gradebook.regrade(lab, asked, make, reason=chosen.reason, **more)
        for change in done.changes:
            print(change)
        print(
            f"{counted(len(done.changes), 'mark')} {'would change' if chosen.trial else 'changed'}."
        )
        return _told(done, gradebook, lab)


def _end_trial(chosen: argparse.Namespace, gradebook: Gradebook, lab: str) -> int:
    from aimc_course.grading.gradebook.trials import Trials

    if chosen.drop:
        gone = Trials(gradebook.store, lab).drop()
        print("The trial was dropped." if gone else f"{lab} has no regrade on trial.")
        return 0
    done = gradebook.keep_trial(lab, chosen.reason)
    for change in done.changes:
        print(change)
    print(f"{counted(len(done.changes), 'mark')} changed.")
    return _told(done, gradebook, lab)


def _override(chosen: argparse.Namespace) -> int:
    points = _points(chosen.points, "none")
    lab = lab_name(chosen.lab)
    with known_gradebook(chosen) as gradebook:
        done = gradebook.override(lab, chosen.student, chosen.question, points, chosen.reason)
        return _told(done, gradebook, lab)


def _points(text: str, word: str) -> float | None:
    """Return points as they were typed, ``None`` for the word that stands for no number."""
    if text.lower() == word:
        return None
    try:
        return float(text)
    except ValueError:
        raise ValueError(
            f"points must be {word!r} or a number with a point, such as 1.5, got {text!r}"
        ) from None


def _requests(chosen: argparse.Namespace) -> int:
    from aimc_course.grading.gradebook.late import moment
    from aimc_course.grading.gradebook.texts import number, printable, quoted
    from aimc_course.grading.gradebook.times import read_times

    lab = lab_name(chosen.lab)
    with known_gradebook(chosen) as gradebook:
        lines: list[str] = []
        if chosen.invite is not None:
            lines += gradebook.invite(lab, chosen.invite).lines
        if chosen.collected is not None:
            deadline = moment(chosen.deadline).timestamp() if chosen.deadline else None
            times = read_times(chosen.times) if chosen.times else None
            lines += gradebook.collect(lab, chosen.collected, times=times, deadline=deadline).lines
        for line in dict.fromkeys(lines):
            print(line)
        shown = [
            (outcome, request)
            for outcome in gradebook.outcomes(lab)
            for request in outcome.requests
            if request.open or chosen.all
        ]
        waiting = sum(request.open for _, request in shown)
        wait = "waits" if waiting == 1 else "wait"
        print(f"{counted(waiting, 'request')} of {lab} {wait} for an answer.")
        for outcome, request in shown:
            points = outcome.points_of(request.question)
            now = "no points" if points is None else f"{number(points)} points now"
            print(f"{printable(outcome.label)} {request.question}, {now}")
            print(f"  asks: {printable(quoted(request.reason), 2200)}")
            if not request.open:
                print(f"  {request.outcome}: {printable(request.answer, 2200)}")
    return 0


def _answer(chosen: argparse.Namespace) -> int:
    points = _points(chosen.points, "keep")
    lab = lab_name(chosen.lab)
    with known_gradebook(chosen) as gradebook:
        done = gradebook.answer(lab, chosen.student, chosen.question, points, chosen.reason)
        return _told(done, gradebook, lab)


def _forget(chosen: argparse.Namespace) -> int:
    with known_gradebook(chosen) as gradebook:
        for line in gradebook.forget(chosen.student).lines:
            print(line)
    return 0


def _log(chosen: argparse.Namespace) -> int:
    from aimc_course.grading.gradebook.gradebook import STORE
    from aimc_course.grading.gradebook.store import Store
    from aimc_course.grading.gradebook.texts import printable

    _check_known(chosen.out)
    with Store(chosen.out / STORE) as store:  # the class key is no part of what is shown
        for row in store.log():
            when = datetime.datetime.fromtimestamp(row["at"]).astimezone().isoformat(" ", "seconds")
            what = " ".join(row[k] for k in ("action", "lab", "student", "question") if row[k])
            change = f" {row['before'] or '-'} -> {row['after'] or '-'}" if row["question"] else ""
            print(f"{when} {printable(row['who'])}: {printable(what)}{change}", end="")
            print(f" ({printable(row['reason'])})" if row["reason"] else "")
    return 0


def known_gradebook(chosen: argparse.Namespace) -> Gradebook:
    """Return the gradebook of a folder in which something was graded."""
    from aimc_course.grading.gradebook.gradebook import Gradebook

    _check_known(chosen.out)
    return Gradebook(chosen.out, chosen.key_file)


def _check_known(out: Path) -> None:
    """Refuse a folder in which nothing was graded."""
    from aimc_course.grading.gradebook.gradebook import STORE

    if not (out / STORE).is_file():
        raise ValueError(f"{out} holds no marks: grade first")


def lab_name(text: str) -> str:
    """Return the name of a lab from its number or name."""
    from aimc_course.labs.catalogue import find

    name: str = find(f"lab-{int(text)}" if text.isascii() and text.isdigit() else text).name
    return name


def _checked(chosen: argparse.Namespace) -> int:
    """Return how many notebooks are graded at a time; refuse numbers that are none, at once."""
    from aimc.validation import check_integer, check_number

    check_number("--cell-seconds", chosen.cell_seconds, low=1.0, high=86_400.0, unit="s")
    return check_integer("--workers", chosen.workers, low=1, high=256)


def _course(chosen: argparse.Namespace) -> CourseRules | None:
    """Return the rules of the course; ``None`` where no file has any: those of before stay."""
    from aimc_course.grading.gradebook.rules import FILE, read_rules

    if chosen.rules is None and not (chosen.out / FILE).exists():
        return None
    return read_rules(chosen.rules or chosen.out / FILE)


def _zone(chosen: argparse.Namespace, course: CourseRules | None, lab: str) -> tzinfo | None:
    """Return the time zone of a course: of its rules, or of those that are kept."""
    from aimc_course.grading.gradebook.gradebook import STORE, kept_rules
    from aimc_course.grading.gradebook.late import zone_of
    from aimc_course.grading.gradebook.store import Store

    if course is not None:
        return zone_of(course.zone)
    if not (chosen.out / STORE).exists():
        return None
    with Store(chosen.out / STORE) as store:
        return zone_of(kept_rules(store, lab).policy.zone)


def _class(
    chosen: argparse.Namespace, lab: str, zone: tzinfo | None
) -> tuple[ClassList, tuple[str, str, str] | None, Times]:
    from aimc_course.grading.gradebook.classlist import read_class
    from aimc_course.grading.gradebook.grade_files import read_grade_file
    from aimc_course.grading.gradebook.times import Times, worksheet_times

    people = read_class(chosen.people) if chosen.people else _known_class(chosen.out)
    for line in ([people.note] if people.note else []) + _odd_serials(chosen, people):
        print(line, file=sys.stderr)
    if not chosen.grade_file:
        return people, None, Times()
    book = read_grade_file(chosen.grade_file)
    column = book.column(chosen.column or book.usual_column(lab))
    if not people.open_to_all:
        people = book.enrich(people, column)
    times = worksheet_times(book, column, zone)
    return people, _kept(chosen.grade_file, book.header[column]), times


def _odd_serials(chosen: argparse.Namespace, people: ClassList) -> list[str]:
    """Return what is odd about the serial numbers of a class list that was given just now."""
    lines = people.on_serials() if chosen.people else []
    more = [f"... and {len(lines) - MOST_ODD} more serial numbers of several people"]
    return lines[:MOST_ODD] + more * (len(lines) > MOST_ODD)


def _known_class(out: Path) -> ClassList:
    """Return the class of an earlier run with a class list, or one that is open to all."""
    from aimc_course.grading.gradebook.classlist import ClassList
    from aimc_course.grading.gradebook.gradebook import STORE
    from aimc_course.grading.gradebook.store import Store

    if (out / STORE).exists():
        with Store(out / STORE) as store:
            if store.setting("class list"):
                return ClassList(store.students())
    return ClassList(open_to_all=True)


def _say_kept(chosen: argparse.Namespace, people: ClassList, before: Rules) -> None:
    """Say what an earlier run was given and this one was not, and stays as it was."""
    kept = {
        "the class list": not chosen.people and not people.open_to_all,
        "the grade file": not chosen.grade_file and before.grade_file is not None,
        "--anonymous": chosen.anonymous is None and before.anonymous,
    }
    if any(kept.values()):
        print(f"as the last time: {', '.join(name for name, stays in kept.items() if stays)}")


def _kept(path: Path, column: str) -> tuple[str, str, str]:
    """Return a grade file as it is kept: its name, its column and its content."""
    return (path.name, column, base64.b64encode(path.read_bytes()).decode("ascii"))


def _one_platform(
    chosen: argparse.Namespace,
    grade_file: tuple[str, str, str] | None,
    files: Mapping[str, str] | None = None,
) -> str:
    """Return the platform of a folder of results, empty where nothing says it.

    A grade file or files of another one are refused: their students would be mixed with the others.

    Parameters
    ----------
    chosen : Namespace
        The command.
    grade_file : tuple of str, optional
        The grade file.
    files : mapping of str to str, optional
        Platforms that names of submissions are of, and one of those names.
    """
    from aimc_course.grading.gradebook.grade_files import GradeFile
    from aimc_course.grading.gradebook.gradebook import KEY, STORE
    from aimc_course.grading.gradebook.store import Store

    new = {name: f"submissions such as {file} are" for name, file in (files or {}).items()}
    if grade_file:
        book = GradeFile(base64.b64decode(grade_file[2]), grade_file[0])
        new[book.platform] = f"{book.name} is"
    known = ""
    if (chosen.out / STORE).exists():
        with Store(chosen.out / STORE) as store:
            known = store.setting("platform") or ""  # which `forget` leaves, unlike the grade file
    for platform, said in new.items():
        if known and platform != known:
            raise ValueError(
                f"the results in {chosen.out} belong to a class in {known.title()}, and {said} of "
                f"{platform.title()}: give each platform a folder of its own, with the same key: "
                f"--out ANOTHER --key-file {chosen.key_file or chosen.out / KEY}"
            )
    if len(new) > 1:
        both = " and ".join(platform.title() for platform in new)
        shown = "; ".join(f"{said} of {platform.title()}" for platform, said in new.items())
        raise ValueError(
            f"grade files and submissions of {both} come together: give each platform a command, "
            "a folder of submissions and a folder of results of its own, with the same --key-file "
            f"({shown})"
        )
    return next(iter(new), known)


def _of_this_platform(
    chosen: argparse.Namespace,
    lab: str,
    people: ClassList,
    found: Intake,
    grade_file: tuple[str, str, str] | None,
) -> tuple[ClassList, Intake]:
    """Leave out of a class who is not in the platform's grade file and never handed anything in.

    A class list may be shared by two platforms; nobody gets a zero for not being on this one.
    """
    from aimc_course.grading.gradebook.classlist import ClassList
    from aimc_course.grading.gradebook.grade_files import GradeFile
    from aimc_course.grading.gradebook.gradebook import STORE, kept_rules
    from aimc_course.grading.gradebook.store import Store

    here = {submission.owner for submission in found.submissions}
    if (chosen.out / STORE).exists():
        with Store(chosen.out / STORE) as store:
            here = here | store.owners()
            grade_file = grade_file or kept_rules(store, lab).grade_file
    if grade_file is None or people.open_to_all:
        return people, found
    name, column, content = grade_file
    book = GradeFile(base64.b64decode(content), name)
    rows, _ = book.find(people, book.column(column))
    elsewhere = {s.id for s in people.students if s.id not in rows and not {s.id, s.owner} & here}
    if not rows or not elsewhere:  # a file that names nobody says nothing about anybody
        return people, found
    print(
        f"{len(elsewhere)} of {len(people.students)} members of the class list are not in {name} "
        "and handed in nothing: they are left out here"
    )
    rest = ClassList(student for student in people.students if student.id not in elsewhere)
    missing = tuple(student for student in found.missing if student.id not in elsewhere)
    return rest, replace(found, missing=missing)


def _starter(lab: str) -> tuple[str, ...]:
    """Return the code cells that students begin with; none where the lab's copy is not here."""
    from aimc_course.grading.gradebook.similar_code import base_code_of

    base_code = base_code_of(lab)
    return () if base_code is None else base_code.starter.cells


def _when(submission: Submission, zone: tzinfo | None) -> str:
    """Return when a notebook was handed in, and what says so."""
    if submission.submitted is None:
        return ", late by the platform's flag" if submission.late else ", at no known time"
    when = datetime.datetime.fromtimestamp(submission.submitted, zone)
    when = when if zone else when.astimezone()
    return f", handed in {when.isoformat(' ', 'seconds')} ({submission.clock})"


@contextlib.contextmanager
def _graders(
    chosen: argparse.Namespace,
    lab: str,
    gradebook: Gradebook,
    reveal: bool,
    factory: GraderFactory | None,
) -> Iterator[Callable[[], Grader]]:
    """Yield what makes a grader: of the course in a sandbox, if no other is given."""
    if factory is not None:
        yield lambda: factory(lab, gradebook.key)
        return
    from aimc_course.grading import Grader, Limits, find_sandbox

    limits, cache = Limits(cell=chosen.cell_seconds), gradebook.out / "references"
    with find_sandbox(chosen.sandbox, trusted=chosen.trusted) as sandbox:
        yield lambda: Grader(lab, gradebook.key, sandbox, limits, reveal=reveal, cache=cache)


def _versions(make: Callable[[], Grader]) -> dict[str, str]:
    """Return the fingerprints of a lab's questions as they are now."""
    grader = make()
    try:
        versions: dict[str, str] = grader.lab.versions
    finally:
        grader.close()
    return versions


def _say_outdated(outdated: Mapping[str, int], chosen: argparse.Namespace, lab: str) -> None:
    if not outdated:
        return
    said = ", ".join(f"{question} in {n} notebooks" for question, n in outdated.items())
    print(
        f"marks that were given for another version of the question: {said}. They stay as they are "
        f"until you grade these questions again: {_regrade_words(chosen, lab, outdated)}",
        file=sys.stderr,
    )


def _say_other_serials(
    gradebook: Gradebook, chosen: argparse.Namespace, lab: str, questions: Iterable[str]
) -> None:
    from aimc_course.grading.gradebook.texts import printable

    lines = [
        f"  {printable(entry.owner)} ({entry.source}): {entry.marks.serial}, now {serial}"
        for entry, serial in gradebook.of_other_serials(lab)
        if entry.marks
    ]
    if lines:
        print(
            "marks that were given for another serial number than the class list has now, or the "
            "class key gives where the list has none. They stay as they are until you grade all "
            "questions again: "
            f"{_regrade_words(chosen, lab, questions)}",
            file=sys.stderr,
        )
        print(_shortened("\n".join(lines)), end="", file=sys.stderr)


def _regrade_words(chosen: argparse.Namespace, lab: str, questions: Iterable[str]) -> str:
    """Return the command that grades questions again."""
    again = ["aimc-course", "regrade", "--lab", lab, "--question", *questions]
    again += ["--out", str(chosen.out)]
    again += ["--key-file", str(chosen.key_file)] if chosen.key_file else []
    return shlex.join(again)


def _told(done: Done, gradebook: Gradebook, lab: str) -> int:
    for line in done.lines:
        print(line)
    print(f"results: {gradebook.out / lab}")
    if done.failures:
        print(f"{len(done.failures)} not graded; the same command tries again:", file=sys.stderr)
        print(_shortened("\n".join(done.failures) + "\n"), end="", file=sys.stderr)
    if done.doubts:
        print(
            f"{counted(len(done.doubts), 'mark')} to look at: a process ended twice and nobody "
            "knows why, or the file is not this lab's; ask for the right file and grade it too, "
            "regrade the question, or use override:",
            file=sys.stderr,
        )
        print(_shortened("\n".join(done.doubts) + "\n"), end="", file=sys.stderr)
    return 1 if done.failures else IN_DOUBT if done.doubts else 0


def _shortened(text: str) -> str:
    lines = text.splitlines()
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], f"... and {len(lines) - MOST_LINES} lines more"]
    return "\n".join(lines) + "\n"
