"""Marks in one SQLite file, written so that a killed run can be started again.

A mark is one row that is there or not; nothing is ever half written, and no row is written twice.
What was marked stays: a regrade adds a revision, an override its reason, and a log says who did
what.
"""

from __future__ import annotations

import getpass
import json
import sqlite3
import time
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aimc_course.grading.context import ClosingContext
from aimc_course.grading.gradebook.classlist import Student, id_key, same_name
from aimc_course.grading.gradebook.intake import Submission
from aimc_course.grading.gradebook.tables import LATER, TABLES
from aimc_course.grading.gradebook.texts import counted, printable
from aimc_course.grading.kept import KeptAnswers
from aimc_course.grading.marks import SubmissionMarks

__all__ = ["Entry", "Override", "Store"]

VERSION = "1"
LONGEST_NAME = 60  # characters of a marker's name
NAMED = {
    "bearers": "student",
    "submissions": "owner",
    "overrides": "student",
    "requests": "student",
    "hand_marks": "owner",
    "hand_changes": "owner",
    "leases": "owner",
    "audit": "student",
}
"""Tables that name students, and their column that does."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One submission with its newest marks."""

    number: int
    """Number in the store; later ones came in later."""
    lab: str
    owner: str
    digest: str
    source: str
    attachment: int
    late: bool
    submitted: float | None
    marks: SubmissionMarks | None
    """``None`` as long as it is not graded."""
    revision: int = 0
    """How often it was graded."""
    run: int = 0
    """Run that wrote the newest marks."""
    clock: str = ""
    """What told the time at which it was handed in; empty: nothing."""
    first: float | None = None
    """When the same bytes were handed in for the first time."""
    first_late: bool = False
    """Whether each time was late by the platform's flag."""


@dataclass(frozen=True, slots=True)
class Override:
    """Points that a person gave in place of the grader's."""

    student: str
    question: str
    points: float
    reason: str


class Store(ClosingContext):
    """The marks of a class. Use it as a context, or `close` it.

    Parameters
    ----------
    path : Path
        SQLite file; it is made where there is none.

    Raises
    ------
    ValueError
        If the file is something else.
    """

    def __init__(self, path: Path) -> None:
        self._signed: str | None = None
        new = not path.exists()
        self._db = sqlite3.connect(path, timeout=30, isolation_level=None)
        try:
            if new:
                path.chmod(0o600)
            # What is deleted is overwritten, and no second file keeps a copy of it.
            self._db.execute("PRAGMA secure_delete = ON")
            self._db.execute("PRAGMA journal_mode = DELETE")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("PRAGMA foreign_keys = ON")
            for table in TABLES.split(";"):
                self._db.execute(table)
            self._bring_up_to_date()
            self._keep_bearers()
            self._db.execute("INSERT OR IGNORE INTO meta VALUES ('version', ?)", (VERSION,))
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise ValueError(f"{path} cannot be used as a store of marks: {error}") from error
        if self.setting("version") != VERSION:
            self._db.close()
            raise ValueError(f"{path} was written by another version of the course")

    @property
    def database(self) -> sqlite3.Connection:
        """The open file, for tables that have a module of their own."""
        return self._db

    def setting(self, name: str) -> str | None:
        """Return a setting that is kept with the marks."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def set(self, name: str, value: str | None) -> None:
        """Keep a setting with the marks; ``None`` removes it."""
        if value is None:
            self._db.execute("DELETE FROM meta WHERE name = ?", (name,))
        else:
            self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def keep_students(self, students: Iterable[Student]) -> list[str]:
        """Replace the class list; return what a teacher should know of what that changed.

        Notebooks that came before stay with those whose they were, whatever their group is now, and
        follow an id that is spelt in another way, or has become an alias.
        """
        students = tuple(students)
        rows = [
            (
                s.id,
                s.name,
                None if s.serial is None else str(s.serial),
                s.extension_days,
                s.group,
                json.dumps(s.aliases),
                s.excused,
            )
            for s in students
        ]
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._keep_bearers()
            before = {id_key(student.id): student for student in self.students()}
            self._db.execute("DELETE FROM students")
            self._db.executemany("INSERT INTO students VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            notes = self._rename(students, before)
            self._keep_bearers()
        return notes

    def _keep_bearers(self) -> None:
        """Note whose notebooks are by the class list, where nothing says so yet."""
        self._db.execute(
            "INSERT INTO bearers SELECT n.number, s.id FROM submissions n JOIN students s "
            "ON n.owner = s.id OR (s.grp != '' AND n.owner = 'group:' || s.grp) "
            "WHERE n.number NOT IN (SELECT submission FROM bearers)"
        )

    def _rename(self, students: Iterable[Student], before: Mapping[str, Student]) -> list[str]:
        """Have everything that is kept name students as the class list does; say what is new."""
        notes: list[str] = []
        called: dict[str, Student] = {}
        for student in students:
            called |= {id_key(name): student for name in student.aliases}
        called |= {id_key(student.id): student for student in students}
        refused: set[str] = set()
        for table, column in NAMED.items():
            for (name,) in self._db.execute(f"SELECT DISTINCT {column} FROM {table}").fetchall():
                new = called.get(id_key(name))
                if new is None or new.id == name:
                    continue
                old = before.get(id_key(name))
                if id_key(new.id) != id_key(name):
                    shown, whose = printable(name), printable(new.id)
                    if old is not None and not same_name(old.name, new.name):
                        if name not in refused:
                            refused.add(name)
                            notes.append(
                                f"{shown} is an alias of {whose} in the class list, and was the id "
                                f"of {printable(old.name)}: what is kept of {shown} stays there"
                            )
                        continue
                    said = f"{shown} is an alias of {whose} in the class list: what is kept of "
                    notes.append(f"{said}{shown} belongs to {whose} from now on")
                self._db.execute(
                    f"UPDATE OR IGNORE {table} SET {column} = ? WHERE {column} = ?", (new.id, name)
                )
        return list(dict.fromkeys(notes))

    def moved(self, before: Iterable[Student]) -> list[str]:
        """Say what those keep who have left a group since a class list of before."""
        earlier, notes = {id_key(student.id): student for student in before}, []
        for student in self.students():
            old = earlier.get(id_key(student.id))
            if old is None or not old.group or old.group == student.group:
                continue
            # notebooks of groups that are also somebody's who is not in the student's group now
            rows = self._db.execute(
                "SELECT DISTINCT n.lab FROM submissions n JOIN bearers b "
                "ON b.submission = n.number WHERE n.owner LIKE 'group:%' AND b.student = ?1 "
                "AND EXISTS (SELECT 1 FROM bearers o JOIN students s ON s.id = o.student "
                "WHERE o.submission = n.number AND o.student != ?1 AND (?2 = '' OR s.grp != ?2)) "
                "ORDER BY n.lab",
                (student.id, student.group),
            ).fetchall()
            if rows:
                notes.append(
                    f"{printable(student.id)} is no longer in group {printable(old.group)}, and "
                    f"keeps its notebooks of {', '.join(row[0] for row in rows)}"
                )
        return notes

    def students(self) -> tuple[Student, ...]:
        """Return the class list."""
        rows = self._db.execute("SELECT * FROM students ORDER BY rowid")
        return tuple(
            Student(
                i, n, None if s is None else int(s), days, grp, tuple(json.loads(other)), bool(free)
            )
            for i, n, s, days, grp, other, free in rows
        )

    def leave_groups(self, lab: str, submissions: Iterable[Submission]) -> list[str]:
        """Take notebooks that a group hands in from those who are not in it.

        Whoever the class list does not have is left as they are, and so is a notebook that a
        student hands in alone: its group may have been there at the time.

        Parameters
        ----------
        lab : str
            The lab.
        submissions : iterable of Submission
            What was handed in just now.

        Returns
        -------
        list of str
            Who lost how many notebooks.
        """
        owners: dict[str, set[str]] = {}
        for submission in submissions:
            owners.setdefault(submission.digest, set()).add(submission.owner)
        owner_of = {student.id: student.owner for student in self.students()}
        lost: Counter[tuple[str, str]] = Counter()
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            rows = self._db.execute(
                "SELECT n.number, n.digest, n.owner, b.student FROM submissions n JOIN bearers b "
                "ON b.submission = n.number WHERE n.lab = ? AND n.owner LIKE 'group:%'",
                (lab,),
            ).fetchall()
            left = {
                (owner, student)
                for _, digest, owner, student in rows
                if digest in owners
                and all(one.startswith("group:") for one in owners[digest])
                and owner_of.get(student, next(iter(owners[digest]))) not in owners[digest]
            }
            for number, digest, owner, student in rows:
                # with a notebook of just now go those that the same group handed in before
                still = owner_of.get(student) in owners.get(digest, ())
                if (owner, student) in left and not still:
                    self._db.execute(
                        "DELETE FROM bearers WHERE submission = ? AND student = ?",
                        (number, student),
                    )
                    lost[student, owner] += 1
            for student, owner in lost:
                self.note("class list", lab, student, "", owner, owner_of[student], "left a group")
        return [
            f"{printable(student)} ({counted(n, 'notebook')} of "
            f"{printable(owner.replace(':', ' ', 1))})"
            for (student, owner), n in lost.items()
        ]

    def add(self, lab: str, submissions: Iterable[Submission]) -> int:
        """Keep submissions that are not there yet; return how many they were.

        What is known of a submission's time is brought up to date, with that of the last time where
        the same bytes came again; the first one is kept beside it. A notebook that a student had
        before a group was formed is not taken again for the group, but for members without any.
        """
        new = 0
        members: dict[str, list[str]] = {}
        for student in self.students():
            members.setdefault(student.owner, []).append(student.id)
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            had = self._db.execute(
                "SELECT b.student, s.digest, s.number FROM submissions s "
                "JOIN bearers b ON b.submission = s.number WHERE s.lab = ?",
                (lab,),
            ).fetchall()
            some = {student for student, _, _ in had}
            numbers = {(student, digest): (number,) for student, digest, number in had}
            for s in submissions:
                where = (lab, s.owner, s.digest)
                known = self._db.execute(
                    "SELECT number FROM submissions WHERE lab = ? AND owner = ? AND digest = ?",
                    where,
                ).fetchone()
                everyone = members.get(s.owner, ())
                own = [i for i in everyone if (i, s.digest) in numbers]
                without = [i for i in everyone if i not in some]
                if own and not without:
                    known = known or numbers[own[0], s.digest]
                if known:
                    self._bear(known[0], without)
                    self._hand_in_again(known[0], s)
                    continue
                added = self._db.execute(
                    "INSERT INTO submissions (lab, owner, digest, source, attachment, late, "
                    "submitted, notebook, first, first_late) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        *(*where, s.source, s.attachment, s.late, s.submitted),
                        *(_packed(s.notebook), s.first, s.first_late),
                    ),
                )
                number = int(added.lastrowid or 0)
                self._keep_clock(number, s)
                if own:
                    self._bear(number, [*own, *without])
                new += 1
            self._keep_bearers()
        return new

    def _bear(self, number: int, students: Iterable[str]) -> None:
        """Note that a notebook is also that of these students."""
        rows = [(number, student) for student in students]
        self._db.executemany("INSERT OR IGNORE INTO bearers VALUES (?, ?)", rows)

    def _hand_in_again(self, number: int, s: Submission) -> None:
        """Bring a submission's time up to date; an older attachment changes the first one alone."""
        first = s.submitted if s.first is None else s.first
        late = s.late if s.first_late is None else s.first_late
        self._db.execute(
            "UPDATE submissions SET first_late = min(coalesce(first_late, late), ?), "
            "first = min(coalesce(first, submitted, ?), coalesce(?, first, submitted)) "
            "WHERE number = ?",
            (late, first, first, number),
        )
        newer = self._db.execute(
            "UPDATE submissions SET submitted = coalesce(?, submitted), late = ?, source = ?, "
            "attachment = ? WHERE number = ? AND attachment <= ?",
            (s.submitted, s.late, s.source, s.attachment, number, s.attachment),
        ).rowcount
        if newer:
            self._keep_clock(number, s)

    def _keep_clock(self, number: int, submission: Submission) -> None:
        """Keep what told the time of a submission."""
        if submission.submitted is not None:
            row = (number, submission.clock)
            self._db.execute("INSERT OR REPLACE INTO clocks VALUES (?, ?)", row)

    def entries(self, lab: str) -> tuple[Entry, ...]:
        """Return the submissions of a lab with their newest marks, in the order they came."""
        rows = self._db.execute(
            "SELECT s.number, s.lab, s.owner, s.digest, s.source, s.attachment, s.late, "
            "s.submitted, r.marks, coalesce(r.revision, 0), coalesce(r.run, 0), "
            "coalesce(c.told_by, ''), coalesce(s.first, s.submitted), "
            "coalesce(s.first_late, s.late) FROM submissions s "
            "LEFT JOIN clocks c ON c.submission = s.number "
            "LEFT JOIN results r ON r.submission = s.number AND r.revision = "
            "(SELECT max(revision) FROM results WHERE submission = s.number) "
            "WHERE s.lab = ? ORDER BY s.number",
            (lab,),
        ).fetchall()
        return tuple(_entry(row) for row in rows)

    def by_student(self, entries: Iterable[Entry]) -> dict[str, list[Entry]]:
        """Return submissions by the ids of all whose they are."""
        by_number = {entry.number: entry for entry in entries}
        found: dict[str, list[Entry]] = {}
        for number, student in self._db.execute("SELECT * FROM bearers ORDER BY submission"):
            if number in by_number:
                found.setdefault(student, []).append(by_number[number])
        return found

    def nobodys(self) -> dict[str, int]:
        """Return how many notebooks belong to no student, by owner, and are nobody else's either.

        What came in again for another owner, such as one who is in the class list, is left out.
        """
        rows = self._db.execute(
            "WITH had AS (SELECT n.lab, n.digest, n.number FROM submissions n "
            "JOIN bearers b ON b.submission = n.number JOIN students s ON s.id = b.student) "
            "SELECT owner, count(*) FROM submissions WHERE (lab, digest) NOT IN "
            "(SELECT lab, digest FROM had) GROUP BY owner ORDER BY owner"
        )
        return {str(owner): int(count) for owner, count in rows}

    def owners(self) -> frozenset[str]:
        """Return who has handed in something."""
        rows = self._db.execute("SELECT DISTINCT owner FROM submissions")
        return frozenset(str(row[0]) for row in rows)

    def labs(self) -> tuple[str, ...]:
        """Return the labs of which there are submissions."""
        rows = self._db.execute("SELECT DISTINCT lab FROM submissions ORDER BY lab")
        return tuple(str(row[0]) for row in rows)

    def notebook(self, number: int) -> bytes:
        """Return the notebook of a submission."""
        row = self._db.execute(
            "SELECT notebook FROM submissions WHERE number = ?", (number,)
        ).fetchone()
        return zlib.decompress(row[0])

    def answers(self, number: int) -> KeptAnswers | None:
        """Return what a submission handed in when it was run last, if that is kept."""
        row = self._db.execute(
            "SELECT kept FROM answers WHERE submission = ?", (number,)
        ).fetchone()
        return None if row is None else KeptAnswers.from_bytes(row[0])

    def revisions(self, number: int) -> tuple[SubmissionMarks, ...]:
        """Return all marks that a submission ever had, oldest first."""
        rows = self._db.execute(
            "SELECT marks FROM results WHERE submission = ? ORDER BY revision", (number,)
        )
        return tuple(SubmissionMarks.from_json(row[0]) for row in rows)

    def run(self, lab: str, what: str) -> int:
        """Return the number of a run: one that was begun and not ended, or else a new one."""
        row = self._db.execute(
            "SELECT number FROM runs WHERE lab = ? AND what = ? AND ended IS NULL", (lab, what)
        ).fetchone()
        if row:
            return int(row[0])
        added = self._db.execute(
            "INSERT INTO runs (lab, what, started) VALUES (?, ?, ?)", (lab, what, time.time())
        )
        return int(added.lastrowid or 0)

    def end(self, run: int) -> None:
        """Say that a run is done."""
        self._db.execute("UPDATE runs SET ended = ? WHERE number = ?", (time.time(), run))

    def write(
        self, entry: Entry, run: int, marks: SubmissionMarks, reason: str = "", log: bool = False
    ) -> bool:
        """Keep marks as the next revision; False if another process has written it already.

        The answers that they were given for take the place of those that were kept before.

        Parameters
        ----------
        entry : Entry
            The submission as it was read.
        run : int
            The run that they belong to.
        marks : SubmissionMarks
            The marks of all questions.
        reason : str
            Why they are written.
        log : bool
            Whether questions whose points changed are written to the log.
        """
        text = marks.to_json()
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            added = self._db.execute(
                "INSERT OR IGNORE INTO results SELECT ?, ?, ?, ?, ? WHERE EXISTS "
                "(SELECT 1 FROM submissions WHERE number = ?)",
                (entry.number, entry.revision + 1, run, time.time(), text, entry.number),
            ).rowcount
            if added:
                self.keep_answers(entry.number, marks.answers)
            if added and log and entry.marks:
                for mark in marks.marks:
                    before = _points(entry.marks, mark.question)
                    if before != mark.points:
                        self.note(
                            *("regrade", entry.lab, entry.owner, mark.question),
                            *(_text(before), _text(mark.points), reason),
                        )
        return bool(added)

    def keep_answers(self, number: int, kept: KeptAnswers | None) -> None:
        """Keep what a submission handed in when it was run last; ``None``: nothing is kept."""
        self._db.execute("DELETE FROM answers WHERE submission = ?", (number,))
        if kept is not None:
            self._db.execute(
                "INSERT INTO answers SELECT ?, ? WHERE EXISTS "
                "(SELECT 1 FROM submissions WHERE number = ?)",
                (number, kept.to_bytes(), number),
            )

    def override(
        self,
        lab: str,
        student: str,
        question: str,
        points: float | None,
        reason: str,
        stood: float | None = None,
    ) -> None:
        """Give points by hand, or, with ``None``, take back what was given.

        The log says what stood there before: points given by hand, or else ``stood``.

        Raises
        ------
        ValueError
            If there is no reason.
        """
        if not reason.strip():
            raise ValueError("an override needs a reason: the student will ask for it")
        place = (lab, student, question)
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            found = self._db.execute(
                "SELECT points FROM overrides WHERE lab = ? AND student = ? AND question = ?", place
            ).fetchone()
            self._db.execute(
                "DELETE FROM overrides WHERE lab = ? AND student = ? AND question = ?", place
            )
            if points is not None:
                self._db.execute(
                    "INSERT INTO overrides VALUES (?, ?, ?, ?, ?)", (*place, points, reason)
                )
            before = stood if found is None else float(found[0])
            self.note("override", *place, _text(before), _text(points), reason)

    def overrides(self, lab: str) -> tuple[Override, ...]:
        """Return the points that were given by hand."""
        rows = self._db.execute(
            "SELECT student, question, points, reason FROM overrides WHERE lab = ? ORDER BY rowid",
            (lab,),
        )
        return tuple(Override(*row) for row in rows)

    def log(self) -> tuple[dict[str, Any], ...]:
        """Return the audit log, oldest line first."""
        found = self._db.execute("SELECT * FROM audit ORDER BY number")
        names = [column[0] for column in found.description]
        return tuple(dict(zip(names, row, strict=True)) for row in found)

    def forget(self, student: str, group: str = "") -> dict[str, int]:
        """Delete all that is kept of a student; return how many rows went from each table.

        Parameters
        ----------
        student : str
            The id.
        group : str
            A group of which the student was the last member. Its notebooks go too, but for those
            that are also somebody's who left it.
        """
        gone: dict[str, int] = {}
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            gone["submissions"] = self._db.execute(
                "DELETE FROM submissions WHERE number IN (SELECT submission FROM bearers "
                "GROUP BY submission HAVING min(student) = ?1 AND max(student) = ?1)",
                (student,),
            ).rowcount
            left = self._db.execute(
                "SELECT count(*) FROM submissions WHERE owner = ?", (f"group:{group}",)
            ).fetchone()[0]
            owners = [student, *([f"group:{group}"] if group and not left else [])]
            for owner in owners:
                for table, column in (*NAMED.items(), ("students", "id")):
                    count = self._db.execute(
                        f"DELETE FROM {table} WHERE {column} = ?", (owner,)
                    ).rowcount
                    gone[table] = gone.get(table, 0) + count
            self.note("forget", "", "", "", "", "", "a student's data was deleted")
        self._db.execute("VACUUM")
        return gone

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def note(self, *what: str) -> None:
        """Write a line of the log: action, lab, student, question, before, after, reason."""
        self._db.execute(
            "INSERT INTO audit (at, who, action, lab, student, question, before, after, reason) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (time.time(), self.who(), *what),
        )

    def sign(self, name: str) -> None:
        """Have what is changed from now on stand in the log under this name.

        Raises
        ------
        ValueError
            If it is no name of 1 to 60 printable characters.
        """
        if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
            raise ValueError(
                f"a marker's name has 1 to {LONGEST_NAME} printable characters, not {name!r}"
            )
        self._signed = name.strip()

    def who(self) -> str:
        """Return the name under which changes stand in the log."""
        if self._signed is not None:
            return self._signed
        try:
            return getpass.getuser()
        except (KeyError, OSError):
            return "unknown"

    def _bring_up_to_date(self) -> None:
        for table, columns in LATER.items():
            for column, kind in columns.items():
                known = {row[1] for row in self._db.execute(f"PRAGMA table_info({table})")}
                if column in known:
                    continue
                try:
                    self._db.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
                except sqlite3.OperationalError as error:
                    # Another process may have opened the store at the same moment.
                    if "duplicate column" not in str(error):
                        raise


def _entry(row: tuple[Any, ...]) -> Entry:
    number, lab, owner, digest, source, attachment, late, submitted = row[:8]
    text, revision, run, clock, first, first_late = row[8:]
    marks = None if text is None else SubmissionMarks.from_json(text)
    return Entry(
        *(number, lab, owner, digest, source, attachment),
        late=bool(late),
        submitted=submitted,
        marks=marks,
        revision=revision,
        run=run,
        clock=clock,
        first=first,
        first_late=bool(first_late),
    )


def _packed(notebook: bytes) -> bytes:
    return zlib.compress(notebook, 6)


def _points(marks: SubmissionMarks, question: str) -> float | None:
    return next((m.points for m in marks.marks if m.question == question), None)


def _text(points: float | None) -> str:
    return "" if points is None else f"{points:.6g}"
