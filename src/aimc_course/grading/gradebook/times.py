"""When notebooks were handed in, as the platforms and a teacher's own tables tell it.

The zips of Canvas and Moodle carry no such time: their entries have that of the download.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aimc_course.grading.gradebook.classlist import id_key
from aimc_course.grading.gradebook.grade_files import GradeFile
from aimc_course.grading.gradebook.late import moment
from aimc_course.grading.gradebook.texts import printable, read_table, whole_rows

__all__ = ["HandedIn", "Times", "read_times", "worksheet_times"]

LARGEST = 64 * 2**20  # bytes
GRADESCOPE_TIME, GRADESCOPE_NUMBERS = "Submission Time", ("SID", "Email")
BEFORE_JSON = "while(1);"
"""What Canvas puts before its answers to a browser."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One time of submission."""

    number: str
    """Id, alias or platform's number of the student; a platform's own file says ``moodle:17``."""
    when: float
    """Time, s since 1970."""
    file: str = ""
    """The file that was handed in; empty: all of the student's."""


class Times:
    """Times of submission, of one source or of several in their order.

    Parameters
    ----------
    rows : iterable of HandedIn
        The times.
    clock : str
        What told them.
    notes : sequence of str
        What could not be read.
    """

    def __init__(
        self, rows: Iterable[HandedIn] = (), clock: str = "", notes: Sequence[str] = ()
    ) -> None:
        by_number: dict[str, list[HandedIn]] = {}
        for row in rows:
            by_number.setdefault(id_key(row.number), []).append(row)
        self._sources = [(clock, by_number)] if by_number else []
        self.notes = tuple(notes)

    def __or__(self, other: Times) -> Times:
        """Return these times, and where they know nothing, the other ones."""
        both = Times(notes=(*self.notes, *other.notes))
        both._sources = [*self._sources, *other._sources]
        return both

    def find(self, numbers: Sequence[str], file: str) -> tuple[float, str] | None:
        """Return the time of a file of a student with these numbers, and what told it.

        The first source that knows the student counts, and the latest of its times.

        Parameters
        ----------
        numbers : sequence of str
            Numbers of the student.
        file : str
            Name of the file.
        """
        for clock, rows in self._sources:
            keys = dict.fromkeys(map(id_key, numbers))
            own = [row for key in keys for row in rows.get(key, ())]
            named = [row for row in own if row.file == file] or [r for r in own if not r.file]
            if named:
                return max(row.when for row in named), clock
        return None


def read_times(paths: Sequence[Path], zone: datetime.tzinfo | None = None) -> Times:
    """Read files with times of submission; the first one that knows a student counts.

    Parameters
    ----------
    paths : sequence of Path
        CSV files with the columns ``id``, ``submitted`` and, if wanted, ``file``; Gradescope's
        table of an assignment's grades; what the interface of Canvas answers when it is asked for
        the submissions of an assignment, JSON.
    zone : tzinfo, optional
        Where times without an offset belong; by default the computer's own zone.

    Raises
    ------
    ValueError
        If a file is none of these, or a time is not ISO 8601; the message gives the line.
    """
    times = Times()
    for path in paths:
        if path.stat().st_size > LARGEST:
            raise ValueError(f"{path.name} is larger than {LARGEST >> 20} MiB: does it hold times?")
        text, note = read_table(path.read_bytes(), path.name)
        if text.lstrip().startswith(("[", "{", BEFORE_JSON)):
            rows, clock = _canvas(text, path.name), f"Canvas ({path.name})"
        else:
            rows, clock = _table(text, path.name, zone), path.name
        times |= Times(rows, clock, [note] if note else [])
    return times


def worksheet_times(book: GradeFile, column: int, zone: datetime.tzinfo | None) -> Times:
    """Return the times that a grade file holds; only Moodle's worksheet does.

    Parameters
    ----------
    book : GradeFile
        The grade file.
    column : int
        Place of its column of grades.
    zone : tzinfo, optional
        The zone in which whoever downloaded it reads Moodle.
    """
    rows, notes = book.handed_in(column, zone)
    times = (HandedIn(f"moodle:{number}", when) for number, when in rows)
    return Times(times, f"Moodle's worksheet ({printable(book.name, 60)})", notes)


def _table(text: str, name: str, zone: datetime.tzinfo | None) -> list[HandedIn]:
    first = text.split("\n", 1)[0]
    reader = csv.DictReader(
        io.StringIO(text, newline=""),
        delimiter=max(",;\t", key=first.count),
        restkey="",
        strict=True,
    )
    reader.fieldnames = [(name or "").strip() for name in reader.fieldnames or ()]
    names = set(reader.fieldnames)
    gradescope = GRADESCOPE_TIME in names and bool(names & set(GRADESCOPE_NUMBERS))
    if not gradescope and not {"id", "submitted"} <= names <= {"id", "submitted", "file"}:
        raise ValueError(f"{name} must have the columns id, submitted and, if wanted, file")
    rows = []
    for row in whole_rows(reader, name):
        cells = {key: (value or "").strip() for key, value in row.items() if isinstance(key, str)}
        said = cells[GRADESCOPE_TIME if gradescope else "submitted"]
        if gradescope and not said:  # handed in nothing
            continue
        try:
            when = moment(said.replace(" UTC", "Z"), zone).timestamp()
        except ValueError as error:
            raise ValueError(f"{name}, line {reader.line_num}: {error}") from error
        for column in GRADESCOPE_NUMBERS if gradescope else ("id",):
            if cells.get(column):
                rows.append(HandedIn(cells[column], when, cells.get("file", "")))
    return rows


def _canvas(text: str, name: str) -> list[HandedIn]:
    wrong = f"{name} is not what Canvas answers when it is asked for submissions"
    try:
        found = json.loads(text.strip().removeprefix(BEFORE_JSON))
    except (ValueError, RecursionError):
        raise ValueError(wrong) from None
    rows = []
    for place, one in enumerate(found if isinstance(found, list) else [found], 1):
        if not isinstance(one, dict) or not {"user_id", "submitted_at"} <= set(one):
            raise ValueError(f"{wrong}: entry {place} has no user_id or no submitted_at")
        if one["submitted_at"] is None:
            continue
        try:
            when = datetime.datetime.fromisoformat(str(one["submitted_at"]))
            if when.tzinfo is None:
                raise ValueError("it has no zone")
        except ValueError as error:
            raise ValueError(f"{name}, entry {place}: {error}") from None
        for key in ("user_id", "anonymous_id"):
            if one.get(key) is not None:
                rows.append(HandedIn(f"canvas:{one[key]}", when.timestamp()))
    return rows
