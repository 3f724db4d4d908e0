"""The class: who takes part, under which numbers, with which extensions, in which groups."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from aimc.validation import check_serial
from aimc_course.grading.gradebook.texts import printable, read_table, shortened, whole_rows

__all__ = ["ClassList", "Student", "id_key", "read_class", "same_name"]

COLUMNS = ("id", "name", "serial", "extension_days", "group", "aliases", "excused")
YES, NO = ("yes", "y", "true", "1", "x"), ("", "no", "n", "false", "0")
LARGEST = 8 * 2**20  # bytes of a class list


@dataclass(frozen=True, slots=True)
class Student:
    """One student of a class."""

    id: str
    """The name under which marks are kept."""
    name: str = ""
    """The name as people say it."""
    serial: int | None = None
    """Serial number of the student's chip; ``None``: it follows from the class key."""
    extension_days: float = 0.0
    """Days by which the deadline is later for this student."""
    group: str = ""
    """Group that hands in together; empty: none."""
    aliases: tuple[str, ...] = ()
    """Other numbers and names of the same student, such as those of the learning platform."""
    excused: bool = False
    """Whether no grade is written for this student."""

    @property
    def owner(self) -> str:
        """Who a submission belongs to: the group, or else the student."""
        return f"group:{self.group}" if self.group else self.id


class ClassList:
    """Students by their numbers and names.

    Parameters
    ----------
    students : iterable of Student
        The class.
    open_to_all : bool
        Whether whoever hands in belongs to the class: for a first look without a list.
    note : str
        What to know about how it was read; empty: nothing.

    Raises
    ------
    ValueError
        If two students share an id or an alias, or members of a group have different serials.
    """

    def __init__(
        self, students: Iterable[Student] = (), *, open_to_all: bool = False, note: str = ""
    ) -> None:
        self.students = tuple(students)
        self.open_to_all, self.note = open_to_all, note
        self._by_key: dict[str, Student] = {}
        self._by_name: dict[str, list[Student]] = {}
        for student in self.students:
            for key in dict.fromkeys((student.id, *student.aliases)):
                other = self._by_key.setdefault(id_key(key), student)
                if other is not student:
                    raise ValueError(
                        f"class list: {other.id!r} and {student.id!r} both go by {key!r}"
                    )
            if student.name:
                for name in _spellings(student.name):
                    self._by_name.setdefault(name, []).append(student)
        for group in {student.group for student in self.students if student.group}:
            self.group_serial(group)

    def by_number(self, number: str) -> Student | None:
        """Return the student with an id or alias, ``None`` if there is none."""
        found = self._by_key.get(id_key(number))
        if found is None and self.open_to_all and _is_id(number):
            found = Student(id_key(number))
        return found

    def by_name(self, name: str) -> Student | None:
        """Return the only student of that name, ``None`` if there is none, or more than one."""
        found = self._by_name.get(_letters(name), [])
        return found[0] if len(found) == 1 else None

    def group_serial(self, group: str) -> int | None:
        """Return the serial number that the members of a group share."""
        members = [s for s in self.students if s.group == group]
        serials = {s.serial for s in members if s.serial is not None}
        if len(serials) > 1:
            raise ValueError(
                f"class list: the members of group {group!r} have the serials "
                f"{sorted(serials)}; a group hands in one notebook, so give all of them one serial"
            )
        return serials.pop() if serials else None

    def on_serials(self) -> list[str]:
        """Return what is odd about serial numbers: some are left out, or several people's."""
        by_serial: dict[int | None, dict[str, str]] = {}
        for s in self.students:
            serial = self.group_serial(s.group) if s.group else s.serial
            by_serial.setdefault(serial, {}).setdefault(s.owner, s.id)
        without = list(by_serial.pop(None, {}).values())
        lines = []
        if without and by_serial:
            lines.append(
                f"the class list has no serial number for {_some(without)}, although it has others:"
                " theirs follow from the class key, and their notebooks run with that"
            )
        lines += [
            f"the class list has serial {serial} for {_some(list(same.values()))}: "
            "what one of them finds is right for the others, too"
            for serial, same in by_serial.items()
            if len(same) > 1
        ]
        return lines


def _some(ids: Sequence[str], most: int = 5) -> str:
    """Return the first ids of several, and how many more there are."""
    more = f" and {len(ids) - most} more" if len(ids) > most else ""
    return ", ".join(map(printable, ids[:most])) + more


def read_class(path: Path) -> ClassList:
    """Read a class list.

    Parameters
    ----------
    path : Path
        CSV file with the columns ``id``, and any of ``name``, ``serial``, ``extension_days``,
        ``group``, ``aliases`` (separated by spaces) and ``excused`` (yes or no), in any order,
        separated by commas, semicolons or tabs.

    Raises
    ------
    ValueError
        If a column is unknown or missing, or a line cannot be read; the message gives the line.
    """
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{path.name} is larger than {LARGEST >> 20} MiB: is it a class list?")
    text, note = read_table(path.read_bytes(), path.name)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = whole_rows(reader, path.name)
    names = [name.strip().lower() for name in next(rows, [])]
    known = [name for name in names if name in COLUMNS]
    unknown = [name for name in names if name and name not in COLUMNS]
    if unknown or "id" not in names or len(set(known)) < len(known):
        raise ValueError(
            f"{path.name}: the first line must name the column 'id' and any of "
            f"{', '.join(COLUMNS[1:])}, each once; it names {', '.join(map(printable, names))}"
        )
    students = []
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        try:
            students.append(_student(names, row))
        except ValueError as error:
            raise ValueError(f"{path.name}, line {reader.line_num}: {error}") from error
    if not students:
        raise ValueError(f"{path.name} names no student")
    groups: dict[str, str] = {}
    for group in (student.group for student in students if student.group):
        if (other := groups.setdefault(id_key(group), group)) != group:
            raise ValueError(
                f"{path.name}: groups {other!r} and {group!r} differ in spelling alone: write them "
                "in the same way, or give them other names"
            )
    return ClassList(students, note=note)


def _student(names: Sequence[str], row: Sequence[str]) -> Student:
    cells = dict.fromkeys(COLUMNS, "")
    for name, cell in zip_longest(names, row, fillvalue=""):
        if name:
            cells[name] = cell.strip()
        elif cell.strip():
            raise ValueError("it has more cells than the first line names columns")
    if not _is_id(cells["id"]):
        raise ValueError("an id must not be empty, begin with 'group:', or hold control characters")
    for name in ("id", "serial", "aliases"):
        if shortened(cells[name]):
            raise ValueError(
                f"{name} is {cells[name]!r}: a spreadsheet has shortened a long number, and its "
                "last digits are lost. Make the column one of text there, and enter it again"
            )
    excused = cells["excused"].lower()
    if excused not in YES + NO:
        raise ValueError(f"excused must be yes or no, got {excused!r}")
    try:
        days = float(cells["extension_days"].replace(",", ".") or 0)
    except ValueError:
        days = -1.0
    if not 0 <= days <= 3660:
        raise ValueError(f"extension_days must be from 0 to 3660, got {cells['extension_days']!r}")
    serial = cells["serial"]
    if serial and not (serial.isascii() and serial.isdigit()):
        raise ValueError(f"serial must be a whole number, got {serial!r}")
    return Student(
        id=cells["id"],
        name=cells["name"],
        serial=check_serial("serial", int(serial)) if serial else None,
        extension_days=days,
        group=cells["group"],
        aliases=tuple(cells["aliases"].split()),
        excused=excused in YES,
    )


def _is_id(text: str) -> bool:
    return bool(id_key(text)) and text.isprintable() and not id_key(text).startswith("group:")


def id_key(text: str) -> str:
    """Return an id without what two spellings of it may differ in."""
    return unicodedata.normalize("NFC", text).strip().casefold()


def same_name(one: str, other: str) -> bool:
    """Tell whether two names can be those of one person; an empty one can be anybody's."""
    return not one or not other or bool(_spellings(one) & _spellings(other))


def _letters(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in text if c.isalnum())


def _spellings(name: str) -> set[str]:
    """Return 'Ada Lovelace' also as 'Lovelace Ada', which is how some platforms write names."""
    words = name.replace(",", " ").split()
    turned = words[-1:] + words[:-1]
    back = words[1:] + words[:1]
    return {_letters("".join(order)) for order in (words, turned, back)}
