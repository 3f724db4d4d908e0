"""From files to submissions: which notebook belongs to whom, and what belongs to nobody."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from aimc_course.grading.gradebook.archives import Bounds, Found, Refused, walk
from aimc_course.grading.gradebook.classlist import ClassList, Student
from aimc_course.grading.gradebook.exported import Exported, parse
from aimc_course.grading.gradebook.gradescope_export import METADATA, find_export
from aimc_course.grading.gradebook.texts import counted, printable
from aimc_course.grading.gradebook.times import Times
from aimc_course.grading.limits import Limits
from aimc_course.grading.notebook import SERIAL, NotebookError, code_cells, lab_of, serial_of

__all__ = ["Intake", "Submission", "keys_of", "owner_of", "take_in", "why_nobody"]

MOST = 20
"""Most notebooks of one student in one export."""
MOST_BYTES = 64 * 2**20
"""Most bytes of them together."""
SAME = "the same notebook"
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
    clock: str = ""
    """What says so."""
    platform: str = "folder"
    """Whose export its name is of: ``"canvas"``, ``"moodle"``, ``"gradescope"``, or ``"folder"``
    where nothing says so but what a student may have chosen."""
    first: float | None = None
    """When the same bytes were handed in first, s since 1970, where they came more than once."""
    first_late: bool | None = None
    """Whether each of these times was late by the platform's flag."""


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
    """Notebooks that are taken in and should be looked at: another lab's, unreadable, untouched, of
    another serial number."""
    unread: tuple[str, ...] = ()
    """Times of submission that could not be read."""

    @property
    def platforms(self) -> dict[str, str]:
        """Platforms for feedback and grades that names of files are of, with one such name each."""
        found = {s.platform: s.source for s in reversed(self.submissions)}
        return {name: found[name] for name in ("canvas", "moodle") if name in found}

    @property
    def lost(self) -> tuple[Refused, ...]:
        """Files that are not taken and that no other file stands for."""
        return tuple(line for line in self.unmatched if not line.reason.startswith(SAME))

    def report(self) -> str:
        """Return the report as text."""
        lines = [f"{counted(len(self.submissions), 'notebook')} taken in."]
        if self.unread:
            lines += [f"{counted(len(self.unread), 'note')} on times of submission:"]
            lines += [f"  {line}" for line in self.unread]
        if self.unmatched:
            lines += [f"{counted(len(self.unmatched), 'file')} not taken in:"]
            lines += [f"  {line}" for line in self.unmatched]
        if self.guessed:
            lines += [f"{counted(len(self.guessed), 'file')} to look at:"]
            lines += [f"  {line}" for line in self.guessed]
        if self.strange:
            look = "looks" if len(self.strange) == 1 else "look"
            lines += [f"{counted(len(self.strange), 'notebook')} that {look} wrong:"]
            lines += [f"  {line}" for line in self.strange]
        if self.missing:
            lines += [f"{counted(len(self.missing), 'student')} without a notebook:"]
            lines += [f"  {printable(s.id)} {printable(s.name)}".rstrip() for s in self.missing]
        return "\n".join(lines) + "\n"


def take_in(
    place: Path,
    people: ClassList,
    *,
    times: Times | None = None,
    bounds: Bounds | None = None,
    lab: str | None = None,
    starter: Sequence[str] = (),
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
    starter : sequence of str
        Code cells of the copy that students begin with, if untouched ones are to be named.

    Notes
    -----
    The same bytes twice from one owner are taken once, as what was handed in last. A student is
    found by the number in the file's name, and by name only where exactly one student of the class
    and one account bear it.
    """
    times, export = times or Times(), find_export(place)
    begun = _numberless(starter)
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
            if export is None or not found.where.endswith(METADATA):
                unmatched.append(found)
            continue
        said = export.parse(found.parts, people) if export else parse(found.parts)
        student, by_name = owner_of(said, people)
        if said is None or student is None:
            where = printable("/".join(found.parts))
            unmatched.append(Refused(where, why_nobody(said, people)))
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
        submission = _submission(found, said, student, times)
        key = (submission.owner, submission.digest)
        if key in taken:
            before, after = sorted((taken[key], submission), key=_place)
            unmatched.append(Refused(before.source, f"{SAME} as {after.source}: taken once"))
            taken[key] = _again(before, after)
        else:
            taken[key] = submission
            if odd := _odd(submission.notebook, student, lab, begun):
                strange.append(Refused(where, odd))
    owners = {owner for owner, _ in taken}
    missing = [s for s in people.students if s.owner not in owners and not s.excused]
    return Intake(
        tuple(_in_order(taken.values())),
        tuple(unmatched),
        tuple(guessed),
        tuple(missing),
        tuple(strange),
        times.notes,
    )


def _too_many(held: list[int], size: int) -> str:
    """Return why a further file of an account is not kept; an empty text if it is."""
    if len(held) >= MOST:
        return f"more than {MOST} files from one account"
    if sum(held) + size > MOST_BYTES:
        return f"more than {MOST_BYTES // 2**20} MiB from one account"
    held.append(size)
    return ""


def _numberless(cells: Iterable[str]) -> set[str]:
    """Return cells without the serial number, which everybody changes."""
    return {SERIAL.sub("SERIAL", cell).strip() for cell in cells}


def _odd(notebook: bytes, student: Student, lab: str | None, starter: set[str]) -> str:
    """Return what looks wrong with a notebook; an empty text if nothing does."""
    try:
        cells = code_cells(notebook, Limits())
    except NotebookError as error:
        return f"cannot be read: {error}"
    if lab is not None and (said := lab_of(cells)) not in (None, lab):
        return f"calls itself {said}"
    if cells and _numberless(cells) <= starter:
        return "is the copy that students begin with, and nothing was written into it"
    own, serial = student.serial, serial_of(cells)
    if own is not None and serial not in (None, own, GIVEN_SERIAL) and not student.group:
        return f"says SERIAL = {serial}; the class list has {own}"
    return ""


def owner_of(said: Exported | None, people: ClassList) -> tuple[Student | None, bool]:
    """Return whose file it is, and whether only the name says so."""
    if said is None:
        return None, False
    by_number = people.by_number(said.number)
    named = people.by_name(said.name) if said.name else None
    if by_number is None:
        return named, True
    # A number on the platform may happen to be another student's id; then nobody is guessed.
    return (None if named and named.id != by_number.id else by_number), False


def why_nobody(said: Exported | None, people: ClassList) -> str:
    """Return why a file belongs to nobody."""
    if said is None:
        return "its name does not say whose it is"
    shown = printable(said.number, 60)
    if said.platform == "gradescope":
        return (
            f"handed in by {shown}: each must be in the class list with student id or e-mail "
            "address, and several must be one group there"
        )
    if said.platform == "folder":
        return f"no student of the class has the id {shown!r}"
    if people.by_number(said.number):
        name = printable(said.name, 60)
        return f"number {shown} and name {name!r} belong to two students of the class"
    called = f" and nobody alone is called {printable(said.name, 60)!r}" if said.name else ""
    return (
        f"no student of the class has the {said.platform} number {shown}{called}: add the number "
        "to the column 'aliases', or give the platform's own CSV with --grade-file"
    )


def _submission(found: Found, said: Exported, student: Student, times: Times) -> Submission:
    told = times.find(keys_of(said, student), found.parts[-1])
    if told is None and said.submitted is not None:
        told = (said.submitted, "Gradescope's export")
    when, clock = told or (None, "")
    return Submission(
        owner=student.owner,
        source=printable("/".join(found.parts)),
        notebook=found.data,
        digest=hashlib.sha256(found.data).hexdigest(),
        attachment=said.attachment,
        late=said.late,
        submitted=when,
        clock=clock,
        platform=said.platform if said.certain else "folder",
    )


def keys_of(said: Exported, student: Student) -> list[str]:
    """Return what a table of times may call a student.

    A number on a platform may happen to be another student's id. So a platform's own table is asked
    for the number in the file's name alone, if that comes from the same platform.
    """
    own = (student.id, *student.aliases, said.number)
    platforms = {"canvas": ("canvas",), "moodle": ("moodle",)}.get(said.platform)
    numbers = (said.number,) if platforms else own
    scoped = [f"{one}:{n}" for one in platforms or ("canvas", "moodle") for n in numbers]
    return [*own, *scoped]


def _in_order(submissions: Iterable[Submission]) -> list[Submission]:
    return sorted(submissions, key=_place)


def _place(s: Submission) -> tuple[Any, ...]:
    digits = tuple((int(d), "") if d.isdigit() else (-1, d) for d in _pieces(s.source))
    return (s.owner, s.submitted or 0.0, s.attachment, digits)


def _again(before: Submission, after: Submission) -> Submission:
    """Return a notebook that was handed in twice: as the last time, with the first one noted."""
    both = (before, after)
    times = [t for s in both for t in (s.first, s.submitted) if t is not None]
    flags = [s.late if s.first_late is None else s.first_late for s in both]
    return replace(after, first=min(times, default=None), first_late=all(flags))


def _pieces(text: str) -> list[str]:
    return [piece for piece in re.split(r"(\d{1,15})", text) if piece]
