"""From files to submissions: which notebook belongs to whom, and what belongs to nobody."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aimc_course.grading.desk.archives import Bounds, Found, Refused, walk
from aimc_course.grading.desk.classlist import ClassList, Student
from aimc_course.grading.desk.exported import Exported, parse
from aimc_course.grading.desk.late import moment
from aimc_course.grading.desk.texts import printable
from aimc_course.grading.limits import Limits
from aimc_course.grading.notebook import NotebookError, code_cells, lab_of, serial_of

__all__ = ["Intake", "Submission", "Times", "read_times", "take_in"]

MOST = 20
"""Most notebooks of one student in one export."""
MOST_BYTES = 64 * 2**20
"""Most bytes of them together."""
GIVEN_SERIAL = 7
"""What every student copy says before a student writes the own number."""


@dataclass(frozen=True, slots=True)
class Submission:
    """One notebook of one student or group."""

    owner: str
    """Id of the student, or ``group:`` and the group's name."""
    source: str
    """Where it was found."""
    notebook: bytes = field(repr=False)
    digest: str
    """SHA-256 of the notebook."""
    attachment: int = 0
    """Number that the platform gave it, which grows with time."""
    late: bool = False
    """Whether the platform calls it late."""
    submitted: float | None = None
    """When it was handed in, s since 1970; ``None`` if nothing says so."""


@dataclass(frozen=True, slots=True)
class Intake:
    """All that was found."""

    submissions: tuple[Submission, ...]
    unmatched: tuple[Refused, ...]
    """Files that belong to nobody or are not taken, and why."""
    guessed: tuple[Refused, ...]
    """Files whose owner only a name tells: people can choose the name that a platform shows."""
    missing: tuple[Student, ...]
    """Students of the class without a submission."""
    strange: tuple[Refused, ...] = ()
    """Notebooks that are taken in and should be looked at: another lab's, unreadable, of another
    serial number."""

    def report(self) -> str:
        """Return the report as text."""
        lines = [f"{len(self.submissions)} notebooks taken in."]
        if self.unmatched:
            lines += [f"{len(self.unmatched)} files not taken in:"]
            lines += [f"  {line}" for line in self.unmatched]
        if self.guessed:
            lines += [f"{len(self.guessed)} files to look at:"]
            lines += [f"  {line}" for line in self.guessed]
        if self.strange:
            lines += [f"{len(self.strange)} notebooks that look wrong:"]
            lines += [f"  {line}" for line in self.strange]
        if self.missing:
            lines += [f"{len(self.missing)} students without a notebook:"]
            lines += [f"  {printable(s.id)} {printable(s.name)}".rstrip() for s in self.missing]
        return "\n".join(lines) + "\n"


class Times:
    """When notebooks were handed in, by number and, where there are several, by file."""

    def __init__(self, rows: Sequence[tuple[str, str, float]] = ()) -> None:
        self._rows = rows

    def find(self, numbers: Sequence[str], file: str) -> float | None:
        """Return the time of a file of a student with these numbers; the latest of several."""
        own = [row for row in self._rows if row[0].casefold() in numbers]
        named = [row for row in own if row[1] == file] or [row for row in own if not row[1]]
        return max((row[2] for row in named), default=None)


def read_times(path: Path) -> Times:
    """Read a CSV file with the columns ``id``, ``submitted`` and, if wanted, ``file``.

    Raises
    ------
    ValueError
        If a column is missing or a time is not ISO 8601, such as ``2026-11-20T23:59+01:00``.
    """
    text = path.read_bytes().decode("utf-8-sig")
    first = text.split("\n", 1)[0]
    reader = csv.DictReader(
        io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), restkey=""
    )
    names = {(name or "").strip() for name in reader.fieldnames or ()}
    if not {"id", "submitted"} <= names <= {"id", "submitted", "file"}:
        raise ValueError(f"{path.name} must have the columns id, submitted and, if wanted, file")
    reader.fieldnames = [name.strip() for name in reader.fieldnames or ()]
    rows = []
    for row in reader:
        try:
            when = moment((row["submitted"] or "").strip()).timestamp()
        except ValueError as error:
            raise ValueError(f"{path.name}, line {reader.line_num}: {error}") from error
        rows.append(((row["id"] or "").strip().casefold(), (row.get("file") or "").strip(), when))
    return Times(rows)


def take_in(
    place: Path,
    people: ClassList,
    *,
    times: Times | None = None,
    bounds: Bounds | None = None,
    lab: str | None = None,
) -> Intake:
    """Search a folder or zip for notebooks and say whose they are.

    Parameters
    ----------
    place : Path
        Folder or zip as Canvas or Moodle exports it, or a folder with a folder or notebook for
        each student, named by the id.
    people : ClassList
        The class.
    times : Times, optional
        When notebooks were handed in.
    lab : str, optional
        The lab, if notebooks of others are to be named.

    Notes
    -----
    The same bytes twice from one owner are taken once. A student is found by the number in the
    file's name, and by name only where exactly one student of the class and one account bear it.
    """
    taken: dict[tuple[str, str], Submission] = {}
    unmatched: list[Refused] = []
    guessed: list[Refused] = []
    strange: list[Refused] = []
    count: Counter[str] = Counter()
    accounts: dict[str, set[str]] = {}
    held: dict[tuple[str, str], list[int]] = {}  # bytes of each file, by account
    matched: list[tuple[Found, Exported, Student, bool]] = []
    for found in walk(place, bounds):
        if isinstance(found, Refused):
            unmatched.append(found)
            continue
        said = parse(found.parts)
        student, by_name = _owner(said, people)
        if said is None or student is None:
            where = printable("/".join(found.parts))
            unmatched.append(Refused(where, _why(said, people)))
        elif over := _too_many(held.setdefault((student.id, said.number), []), len(found.data)):
            unmatched.append(Refused(printable("/".join(found.parts)), over))
        else:
            accounts.setdefault(student.id, set()).add(said.number)
            matched.append((found, said, student, by_name))
    for found, said, student, by_name in matched:
        where = printable("/".join(found.parts))
        if by_name and len(accounts[student.id]) > 1:
            reason = f"more than one account goes by the name of {printable(student.id)}"
            unmatched.append(Refused(where, reason))
            continue
        count[student.owner] += 1
        if count[student.owner] > MOST:
            unmatched.append(Refused(where, f"more than {MOST} files from one student"))
            continue
        if by_name:
            guessed.append(Refused(where, f"taken for {printable(student.id)} by its name alone"))
        submission = _submission(found, said, student, times or Times())
        key = (submission.owner, submission.digest)
        if key in taken:
            reason = f"the same notebook as {taken[key].source}: taken once"
            unmatched.append(Refused(where, reason))
        else:
            taken[key] = submission
            if odd := _odd(submission.notebook, student, lab):
                strange.append(Refused(where, odd))
    owners = {owner for owner, _ in taken}
    missing = [s for s in people.students if s.owner not in owners and not s.excused]
    return Intake(
        tuple(_in_order(taken.values())),
        tuple(unmatched),
        tuple(guessed),
        tuple(missing),
        tuple(strange),
    )


def _too_many(held: list[int], size: int) -> str:
    """Return why a further file of an account is not kept; an empty text if it is."""
    if len(held) >= MOST:
        return f"more than {MOST} files from one account"
    if sum(held) + size > MOST_BYTES:
        return f"more than {MOST_BYTES // 2**20} MiB from one account"
    held.append(size)
    return ""


def _odd(notebook: bytes, student: Student, lab: str | None) -> str:
    """Return what looks wrong with a notebook; an empty text if nothing does."""
    try:
        cells = code_cells(notebook, Limits())
    except NotebookError as error:
        return f"cannot be read: {error}"
    if lab is not None and (said := lab_of(cells)) not in (None, lab):
        return f"calls itself {said}"
    own, serial = student.serial, serial_of(cells)
    if own is not None and serial not in (None, own, GIVEN_SERIAL) and not student.group:
        return f"says SERIAL = {serial}; the class list has {own}"
    return ""


def _owner(said: Exported | None, people: ClassList) -> tuple[Student | None, bool]:
    """Return whose file it is, and whether only the name says so."""
    if said is None:
        return None, False
    by_number = people.by_number(said.number)
    named = people.by_name(said.name) if said.name else None
    if by_number is None:
        return named, True
    # A number on the platform may happen to be another student's id; then nobody is guessed.
    return (None if named and named.id != by_number.id else by_number), False


def _why(said: Exported | None, people: ClassList) -> str:
    if said is None:
        return "its name does not say whose it is"
    shown = printable(said.number, 60)
    if said.platform == "folder":
        return f"no student of the class has the id {shown!r}"
    if people.by_number(said.number):
        name = printable(said.name, 60)
        return f"number {shown} and name {name!r} belong to two students of the class"
    called = f" and nobody alone is called {printable(said.name, 60)!r}" if said.name else ""
    return (
        f"no student of the class has the {said.platform} number {shown}{called}: add the number "
        "to the column 'aliases', or give the platform's own CSV with --gradebook"
    )


def _submission(found: Found, said: Exported, student: Student, times: Times) -> Submission:
    numbers = [key.casefold() for key in (student.id, *student.aliases, said.number)]
    return Submission(
        owner=student.owner,
        source=printable("/".join(found.parts)),
        notebook=found.data,
        digest=hashlib.sha256(found.data).hexdigest(),
        attachment=said.attachment,
        late=said.late,
        submitted=times.find(numbers, found.parts[-1]),
    )


def _in_order(submissions: Iterable[Submission]) -> list[Submission]:
    def place(s: Submission) -> tuple[Any, ...]:
        digits = tuple((int(d), "") if d.isdigit() else (-1, d) for d in _pieces(s.source))
        return (s.owner, s.submitted or 0.0, s.attachment, digits)

    return sorted(submissions, key=place)


def _pieces(text: str) -> list[str]:
    return [piece for piece in re.split(r"(\d{1,15})", text) if piece]
