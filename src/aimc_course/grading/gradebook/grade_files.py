"""Grades written into the very file that a teacher downloaded from Canvas or Moodle.

Canvas makes an assignment of a column that it does not know, and changes points by a row. So a file
is never made up: single cells of the teacher's own are replaced, and every other byte stays. Both
platforms name columns in the language of the site, so files are recognised by what stands in them.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aimc_course.grading.gradebook.classlist import ClassList, Student
from aimc_course.grading.gradebook.dates import looks_like_a_date, read_date
from aimc_course.grading.gradebook.texts import number, printable, shortened

__all__ = ["Filled", "GradeFile", "read_grade_file"]

LARGEST = 32 * 2**20  # bytes
CANVAS_NUMBERS = 3  # columns: ID, SIS User ID, SIS Login ID, beside each other in any language
IDENTIFIER = re.compile(r"\D+(\d{1,18})")
ASSIGNMENT = re.compile(r".*\(\d+\)", re.DOTALL)
NO_TIME = ("", "-")
DECIMAL = re.compile(r"(\d+)[.,](\d+)|(\d+)")


@dataclass(frozen=True, slots=True)
class Filled:
    """A grade_file with grades in it."""

    data: bytes
    """Content of the file."""
    written: int
    """Grades that were written."""
    column: str
    """Column that they were written to."""
    notes: tuple[str, ...]
    """What to know before it is uploaded."""
    absent: tuple[str, ...] = ()
    """Students with a grade and without a line in the file, by id."""


class GradeFile:
    """A grade file as a platform exports it.

    Parameters
    ----------
    data : bytes
        Its content.
    name : str
        Its name, for messages.

    Raises
    ------
    ValueError
        If it is no grade file of Canvas or Moodle.
    """

    def __init__(self, data: bytes, name: str = "the grade file") -> None:
        if b"\x00" in data:
            raise ValueError(f"{name} is not a CSV file in UTF-8: download it as such")
        self.name = name
        # Bytes that are no UTF-8 survive as they are.
        self._text = data.decode("utf-8", "surrogateescape")
        first = self._text.split("\n", 1)[0]
        self._delimiter = max(",;\t", key=first.count)
        self._rows = _spans(self._text, self._delimiter)
        self.header = [value.strip().lstrip("\ufeff") for value in self._values(0)]
        body = [(row, self._values(row)) for row in range(1, len(self._rows))]
        self._body = [(row, values) for row, values in body if any(values)]
        self._id = self._canvas_numbers()
        if self._body and all(IDENTIFIER.fullmatch(values[0]) for _, values in self._body):
            self.platform = "moodle"
        elif self._id is not None:
            self.platform = "canvas"
        else:
            raise ValueError(
                f"{name} is no grade file: Canvas' has a column of numbers of people before the "
                "assignments, whose names end with their numbers in brackets, and in Moodle's "
                f"worksheet each line begins like 'Participant 123'; its columns are "
                f"{self._columns()}"
            )

        spoilt = [v[self._id or 0] for _, v in self._people() if shortened(v[self._id or 0])]
        if self.platform == "canvas" and spoilt:
            raise ValueError(
                f"{name}: a spreadsheet has shortened numbers of people, such as {spoilt[0]!r}, "
                "and Canvas knows nobody by them: download it again and give it unopened"
            )

    def _canvas_numbers(self) -> int | None:
        """Return the place of Canvas' own numbers of people: whole numbers, before the points."""
        first = [k for k, name in enumerate(self.header) if ASSIGNMENT.fullmatch(name)]
        for place in range(1, first[0] if first else 0):
            values = [v[place].strip() for _, v in self._body if len(v) > place]
            said = [value for value in values if value]
            if said and all(map(str.isdecimal, said)):
                return place
        return self.header.index("ID") if "ID" in self.header[1:] else None

    def usual_column(self, lab: str) -> str:
        """Return the name of the column that takes the grades of a lab, if nobody names one.

        In Moodle's worksheet it stands before that of the most points, the same number for all.
        """
        if self.platform == "canvas":
            return f"Lab {lab.removeprefix('lab-')}"
        for place, name in enumerate(self.header[:-1]):
            most = {v[place + 1].strip() for _, v in self._body if len(v) > place + 1}
            given = [v[place].strip() for _, v in self._body if len(v) > place + 1]
            known = [_number(value) for value in given if value]
            if place and len(most) == 1 and _number(*most) and None not in known:
                return name
        return "Grade"

    def find(self, people: ClassList, column: int) -> tuple[dict[str, int], list[str]]:
        """Return the row of each student by id, and a note on each row that stays unclear."""
        rows: dict[str, int] = {}
        notes = []
        for row, values in self._people():
            numbers = [people.by_number(v) for v in self._numbers(values, column)]
            names = [people.by_name(v) for v in values[:column] if v]
            # Numbers and names have to agree: the one may be another student's by chance.
            found = dict.fromkeys(s.id for s in (*numbers, *names) if s)
            shown = printable(values[0], 60)
            if len(found) > 1:
                notes.append(f"{shown}: could be {' or '.join(map(printable, found))}: left")
            for student in list(found)[: len(found) == 1]:
                if student in rows:
                    notes.append(f"{shown}: a second line of {printable(student)}: left")
                else:
                    rows[student] = row
        return rows, notes

    def enrich(self, people: ClassList, column: int) -> ClassList:
        """Return the class with the platform's own numbers as further names of its students."""
        rows, _ = self.find(people, column)
        added = {student: self._platform_number(self._values(row)) for student, row in rows.items()}
        students = []
        for s in people.students:
            other = added.get(s.id, "")
            aliases = (*s.aliases, other) if other and not people.by_number(other) else s.aliases
            students.append(
                Student(s.id, s.name, s.serial, s.extension_days, s.group, aliases, s.excused)
            )
        return ClassList(students)

    def column(self, wanted: str) -> int:
        """Return the place of the column to fill.

        Parameters
        ----------
        wanted : str
            Its name or how its name begins, upper or lower case.

        Raises
        ------
        ValueError
            If there is no such column, or more than one, or it is none for grades.
        """
        exact = [k for k, name in enumerate(self.header) if name.casefold() == wanted.casefold()]
        begun = [k for k, name in enumerate(self.header) if _begins(name, wanted)]
        found = exact or begun
        if len(found) != 1:
            how = "no column" if not found else f"{len(found)} columns"
            raise ValueError(
                f"{self.name} has {how} called {wanted!r}; say with --column which of these takes "
                f"the grades: {self._columns()}"
            )
        name = self.header[found[0]]
        if self.platform == "canvas" and not ASSIGNMENT.fullmatch(name):
            raise ValueError(
                f"{name!r} is no assignment that Canvas knows: the name of one ends with its "
                f"number in brackets; columns are {self._columns()}"
            )
        if self.platform == "moodle" and found[0] == 0:
            raise ValueError(f"{name!r} says who it is and takes no grades")
        return found[0]

    def handed_in(
        self, column: int, zone: datetime.tzinfo | None
    ) -> tuple[list[tuple[str, float]], list[str]]:
        """Return when participants handed in, by their number, and a note on what is unreadable.

        Moodle's worksheet has, behind the grades, a column of times of submission and further on
        one of times of grading, which are words in the language of the site. A worksheet with one
        such column is of an assignment to which nothing can be handed in.
        """
        if self.platform != "moodle":
            return [], []
        width = max((len(values) for _, values in self._body), default=0)
        dated = [k for k in range(column + 1, width) if self._has_times(k)]
        if len(dated) < 2 or not any(looks_like_a_date(v[dated[0]]) for _, v in self._body):
            return [], [f"{self.name} has no column with times of submission"]
        rows, notes = [], []
        for row, values in self._body:
            said = values[dated[0]].strip() if dated[0] < len(values) else ""
            if said in NO_TIME:
                continue
            try:
                when = read_date(said, zone).timestamp()
            except ImportError:
                said = "since dates in words need the package babel, of the extra 'grading'"
                return [], [f"{printable(self.name)}: no time of submission is used, {said}"]
            except ValueError as error:
                line = 1 + self._text.count("\n", 0, self._rows[row][0][0])
                notes.append(
                    f"{printable(self.name)}, line {line}: the time of submission "
                    f"{printable(said, 60)!r} cannot be read and is not used: {error}"
                )
            else:
                rows.append((self._platform_number(values), when))
        return rows, notes

    def _has_times(self, column: int) -> bool:
        """Tell whether all that stands in a column are times, or signs that there is none."""
        said = {v[column].strip() for _, v in self._body if column < len(v)}
        return bool(said - {""}) and all(s in NO_TIME or looks_like_a_date(s) for s in said)

    def fill(
        self,
        column: int,
        people: ClassList,
        grades: Mapping[str, tuple[float, float]],
    ) -> Filled:
        """Return the file with grades in one column.

        Parameters
        ----------
        column : int
            Place of the column, as `column` returns it.
        people : ClassList
            The class.
        grades : mapping
            Points and most points of each student who has some, by id. Where the file gives other
            most points than the lab, points are scaled.
        """
        rows, notes = self.find(people, column)
        comma = self._decimal_comma()
        new: dict[int, str] = {}
        replaced = 0
        scaled: set[tuple[float, float]] = set()
        absent = []
        for student, (points, most) in grades.items():
            if student not in rows:
                absent.append(student)
                continue
            row = rows[student]
            values = self._values(row)
            if column >= len(values):
                notes.append(f"{printable(student)}: the line ends before the column: left")
                continue
            limit = self._limit(values, column)
            if limit is not None and limit != most and most > 0:
                scaled.add((most, limit))
                points *= limit / most
            shown = number(points)
            shown = shown.replace(".", ",") if comma else shown
            old = values[column].strip()
            replaced += bool(old) and _number(old) not in (None, _number(shown))
            new[row] = shown
        notes += [f"{m:g} points of the lab are {p:g} there: scaled" for m, p in sorted(scaled)]
        if replaced:
            notes.append(f"{replaced} grades that stood there were replaced by others")
        data = self._with(column, new)
        return Filled(data, len(new), self.header[column], tuple(notes), tuple(absent))

    def _with(self, column: int, new: Mapping[int, str]) -> bytes:
        pieces, end = [], 0
        for row in sorted(new):
            start, stop = self._rows[row][column]
            quoted = self._text[start:stop].startswith('"') or self._delimiter in new[row]
            cell = f'"{new[row]}"' if quoted else new[row]
            pieces += [self._text[end:start], cell]
            end = stop
        return "".join([*pieces, self._text[end:]]).encode("utf-8", "surrogateescape")

    def _values(self, row: int) -> list[str]:
        return [_unquoted(self._text[a:b]) for a, b in self._rows[row]]

    def _people(self) -> list[tuple[int, list[str]]]:
        if self.platform == "moodle":
            return self._body
        place = self._id or 0
        return [(r, v) for r, v in self._body if len(v) > place and v[place].strip()]

    def _numbers(self, values: list[str], column: int) -> list[str]:
        if self.platform == "canvas":
            first = self._id or 0
            return [v.strip() for v in values[first : first + CANVAS_NUMBERS] if v.strip()]
        return [self._platform_number(values), *(v.strip() for v in values[1:column] if v.strip())]

    def _platform_number(self, values: list[str]) -> str:
        if self.platform == "canvas":
            return values[self._id or 0].strip()
        match = IDENTIFIER.fullmatch(values[0])
        return match[1] if match else ""

    def _limit(self, values: list[str], column: int) -> float | None:
        """Return the most points that the file gives for a row."""
        if self.platform == "canvas":
            place = self._id or 0
            for _, row in self._body:  # the points stand in a line that is nobody's
                nobody = place < len(row) and not row[place].strip()
                if nobody and column < len(row) and (most := _number(row[column])) is not None:
                    return most
            return None
        return _number(values[column + 1]) if column + 1 < len(values) else None

    def _decimal_comma(self) -> bool:
        values = [v.strip() for _, row in self._body for v in row]
        return any(re.fullmatch(r"\d+,\d+", value) for value in values)

    def _columns(self) -> str:
        return ", ".join(repr(printable(name, 60)) for name in self.header[:60])


def read_grade_file(path: Path) -> GradeFile:
    """Read a grade file.

    Raises
    ------
    ValueError
        If it is none.
    """
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{path.name} is larger than {LARGEST >> 20} MiB: is it a grade file?")
    return GradeFile(path.read_bytes(), path.name)


def _spans(text: str, delimiter: str) -> list[list[tuple[int, int]]]:
    """Return where each cell of each row begins and ends, its quotation marks included."""
    rows: list[list[tuple[int, int]]] = []
    row: list[tuple[int, int]] = []
    start = place = 1 if text.startswith("\ufeff") else 0
    quoted = False
    while place < len(text):
        sign = text[place]
        if quoted:
            quoted = sign != '"'
        elif sign == '"':
            # The second of two marks inside a cell opens it again.
            quoted = place == start or text[start] == text[place - 1] == '"'
        elif sign == delimiter:
            row.append((start, place))
            start = place + 1
        elif sign in "\r\n":
            row.append((start, place))
            rows.append(row)
            place += text.startswith("\r\n", place)
            row, start = [], place + 1
        place += 1
    if start < len(text) or row:
        rows.append([*row, (start, len(text))])
    return rows or [[(0, 0)]]


def _unquoted(cell: str) -> str:
    if len(cell) >= 2 and cell.startswith('"') and cell.endswith('"'):
        return cell[1:-1].replace('""', '"')
    return cell


def _begins(name: str, wanted: str) -> bool:
    name, wanted = name.casefold(), wanted.casefold()
    # 'Lab 1' does not begin 'Lab 10'.
    return bool(wanted) and name.startswith(wanted) and not name[len(wanted) :][:1].isalnum()


def _number(text: str) -> float | None:
    text = text.strip()
    return float(text.replace(",", ".")) if DECIMAL.fullmatch(text) else None
