"""Requests as students hand them in: who asks for which question's mark again, and why.

A file is text with a line for each question, ``q5: my reason``, whose further lines belong to it;
Moodle and Canvas export what was typed into their own field as HTML, of which only the text is
taken. Whose it is the platform's name of the file says, as for notebooks.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from aimc_course.grading.gradebook.archives import Bounds, Found, Refused, walk
from aimc_course.grading.gradebook.classlist import ClassList, Student
from aimc_course.grading.gradebook.exported import parse
from aimc_course.grading.gradebook.intake import keys_of, owner_of, why_nobody
from aimc_course.grading.gradebook.late import moment
from aimc_course.grading.gradebook.texts import printable, read_table, whole_rows
from aimc_course.grading.gradebook.times import Times

__all__ = ["Asked", "Collected", "read_requests"]

BOUNDS = Bounds(
    endings=(".txt", ".md", ".html", ".htm"),
    called="text file",
    notebook=2**18,
    archive=2**22,
    unpacked=2**22,
)
LARGEST_TABLE = 2**23  # bytes
MOST = 2000  # characters of a reason
CUT = " [cut here]"
BEGINS = re.compile(
    r"[\s>*_#-]{0,10}(?:question\s)?(?P<name>[a-z]{1,2}\d{1,3}|total)[\s*_]{0,4}[:.)–—-](?P<text>.*)",
    re.IGNORECASE,
)
SHOWN = 300  # characters of what is refused
MARKED_BY_HAND = re.compile(r"[oef]\d{1,2}")
"""Names of open questions, explanations and figures, as a sheet for marking gives them."""
VALUE = re.compile(
    r"\s*[=≈~]?\s*[+−-]?[\d.,]*\d(?:e[+-]?\d+)?\s*"
    r"(?:[fpnuµμmkMGT]?(?:J|V|A|W|S|F|Hz|s|m|K|eV|Ω|ohm|bits?|B)\b|%|[,;)]|$)"
)
"""A number with its unit, at the beginning of a text."""
BREAKS = {"p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote"}
SILENT = {"script", "style", "head", "title", "template"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    student: str
    """Id of the student."""
    question: str
    reason: str


@dataclass(frozen=True, slots=True)
class Collected:
    """All that was found."""

    asked: tuple[Asked, ...]
    refused: tuple[Refused, ...]
    """What is not taken, and why."""
    guessed: tuple[Refused, ...] = ()
    """Files whose owner only a name tells."""


def read_requests(
    place: Path,
    people: ClassList,
    questions: Collection[str],
    *,
    times: Times | None = None,
    deadline: float | None = None,
) -> Collected:
    """Read the requests in a folder, in an exported zip, or in a table.

    Parameters
    ----------
    place : Path
        Folder or zip as Canvas or Moodle exports it, or a CSV file with the columns ``id``,
        ``question``, ``reason`` and, if wanted, ``submitted``.
    people : ClassList
        The class.
    questions : collection of str
        Questions that can be asked for.
    times : Times, optional
        When files were handed in.
    deadline : float, optional
        Requests after it are not taken, s since 1970; nor are those that the platform calls late.

    Raises
    ------
    ValueError
        If the place is none of these, or the table lacks a column.
    """
    if place.suffix.lower() == ".csv" and place.is_file():
        return _table(place, people, questions, deadline)
    taken: dict[tuple[str, str], Asked] = {}
    refused: list[Refused] = []
    guessed: list[Refused] = []
    accounts: dict[str, set[str]] = {}
    found = []
    for file in walk(place, BOUNDS):
        if isinstance(file, Refused):
            refused.append(file)
            continue
        said = parse(file.parts)
        student, by_name = owner_of(said, people)
        where = printable("/".join(file.parts))
        if said is None or student is None:
            refused.append(Refused(where, why_nobody(said, people)))
            continue
        told = (times or Times()).find(keys_of(said, student), file.parts[-1])
        when = told and told[0]
        if deadline is not None and (when > deadline if when is not None else said.late):
            refused.append(Refused(where, f"{printable(student.id)} asked too late"))
            continue
        accounts.setdefault(student.id, set()).add(said.number)
        found.append((when or 0.0, said.attachment, where, student, by_name, file))
    for _, _, where, student, by_name, file in sorted(found, key=lambda row: row[:3]):
        if by_name and len(accounts[student.id]) > 1:
            reason = f"more than one account goes by the name of {printable(student.id)}"
            refused.append(Refused(where, reason))
            continue
        if by_name:
            guessed.append(Refused(where, f"taken for {printable(student.id)} by its name alone"))
        for asked in _asked(_text(file), where, student, questions):
            if isinstance(asked, Refused):
                refused.append(asked)
            else:
                taken[asked.student, asked.question] = asked  # the newest counts
    return Collected(tuple(taken.values()), tuple(refused), tuple(guessed))


def _table(
    place: Path, people: ClassList, questions: Collection[str], deadline: float | None
) -> Collected:
    if place.stat().st_size > LARGEST_TABLE:
        raise ValueError(f"{place.name} is larger than {LARGEST_TABLE >> 20} MiB")
    text, note = read_table(place.read_bytes(), place.name)
    first = text.split("\n", 1)[0]
    reader = csv.DictReader(
        io.StringIO(text, newline=""),
        delimiter=max(",;\t", key=first.count),
        restkey="",
        strict=True,
    )
    names = [(name or "").strip() for name in reader.fieldnames or ()]
    if missing := {"id", "question", "reason"} - set(names):
        raise ValueError(
            f"{place.name} lacks {', '.join(sorted(missing))}: it must have the columns id, "
            "question, reason and, if wanted, submitted"
        )
    reader.fieldnames = names
    taken: dict[tuple[str, str], Asked] = {}
    refused: list[Refused] = []
    for row in whole_rows(reader, place.name):
        where = f"{place.name}, line {reader.line_num}"
        number = (row["id"] or "").strip()
        student = people.by_number(number)
        if student is None:
            refused.append(Refused(where, f"nobody of the class has the id {printable(number)!r}"))
            continue
        when = (row.get("submitted") or "").strip()
        try:
            late = bool(deadline is not None and when and moment(when).timestamp() > deadline)
        except ValueError as error:
            raise ValueError(f"{where}: {error}") from error
        if late:
            refused.append(Refused(where, f"{printable(student.id)} asked too late"))
            continue
        asked = _one(row["question"] or "", row["reason"] or "", where, student, questions)
        if isinstance(asked, Refused):
            refused.append(asked)
        else:
            taken[asked.student, asked.question] = asked
    looked_at = (Refused(place.name, note.removeprefix(f"{place.name} ")),) if note else ()
    return Collected(tuple(taken.values()), tuple(refused), looked_at)


def _asked(
    text: str, where: str, student: Student, questions: Collection[str]
) -> Iterator[Asked | Refused]:
    """Yield what one file asks for."""
    name, lines = "", [""]
    any_found = False
    for line in [*text.splitlines(), None]:
        begins = None if line is None else BEGINS.match(line)
        if begins and not _is_question(begins["name"].lower(), questions):
            begins = None  # part of a reason, such as a resistor's name
        if begins and name and _is_value(begins):
            begins = None  # "E1: 3 pJ" is an energy in the reason before it
        if line is not None and begins is None:
            lines.append(line)
            continue
        if name:  # what stands before the first question is a greeting
            any_found = True
            yield _one(name, "\n".join(lines), where, student, questions)
        if begins is not None:
            name, lines = begins["name"], [begins["text"]]
    if not any_found:
        said = "names no question: a line begins with one, such as 'q5: my reason'"
        yield Refused(where, said)


def _is_question(name: str, questions: Collection[str]) -> bool:
    return name in questions or name.startswith("q") or bool(MARKED_BY_HAND.fullmatch(name))


def _is_value(begins: re.Match[str]) -> bool:
    """Return whether a line gives a number to what is named like an open question."""
    by_hand = MARKED_BY_HAND.fullmatch(begins["name"].lower())
    return bool(by_hand and VALUE.match(begins["text"]))


def _one(
    name: str, reason: str, where: str, student: Student, questions: Collection[str]
) -> Asked | Refused:
    name, reason = name.strip().lower(), "\n".join(x.strip() for x in reason.splitlines()).strip()
    if name not in questions and MARKED_BY_HAND.fullmatch(name):
        said = f"no answer to {name} has a mark yet, which people give: there is nothing to ask for"
        # E1 may be an energy, and the line part of the reason before it: whoever reads it can tell
        return Refused(where, f"{said}; it says: {printable(reason, SHOWN)}" if reason else said)
    if name not in questions:
        return Refused(where, f"the lab has no question {printable(name, 40)!r}")
    if not reason:
        return Refused(where, f"no reason is given for {name}")
    if len(reason) > MOST:
        reason = reason[:MOST] + CUT
    return Asked(student.id, name, reason)


def _text(file: Found) -> str:
    try:
        text = file.data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = file.data.decode("cp1252", "replace")
    if not file.parts[-1].lower().endswith((".html", ".htm")):
        return text
    reader = _Words()
    try:
        reader.feed(text)
        reader.close()
    # Whatever broken HTML does to the reader: what was read until then counts.
    except Exception:
        pass
    return "".join(reader.words)


class _Words(HTMLParser):
    """The text of HTML, with an end of line where a block begins."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._silent += tag in SILENT
        if tag in BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT and self._silent > 0
        if tag in BREAKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)
