"""Marks that a person gave, in the store: each for one version of one answer, and each undoable.

A mark belongs to what was written, not to a file: a second notebook with the same answer keeps it,
a changed answer has none yet.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from aimc_course.grading.desk.store import Store

__all__ = ["HandMark", "HandMarks", "Written"]

LONGEST = 8000  # characters of a comment


@dataclass(frozen=True, slots=True)
class Written:
    """What one submission answers to one question, without its text."""

    answer: str
    """Fingerprint of the answer."""
    empty: bool


@dataclass(frozen=True, slots=True)
class HandMark:
    """What a person gave for one version of an answer."""

    owner: str
    """Id of the student, or ``group:`` and the group's name."""
    item: str
    """The question, such as ``"o1"``."""
    answer: str
    """Fingerprint of the answer that was marked."""
    points: tuple[float, ...]
    """Points by line of the rubric."""
    most: tuple[float, ...]
    """Most points of each line, as they were then."""
    comment: str
    """What the student reads."""
    rubric: str
    """Fingerprint of the question and rubric."""
    submission: int
    """Submission that was looked at."""
    who: str = ""
    """Who marked; the store fills it in."""
    at: float = 0.0
    """When, s since 1970; the store fills it in."""


class HandMarks:
    """The marks by hand of one lab.

    Parameters
    ----------
    store : Store
        Where they are kept.
    lab : str
        The lab.
    """

    def __init__(self, store: Store, lab: str) -> None:
        self._store, self.lab = store, lab
        self._db: sqlite3.Connection = store.database

    def keep_written(self, submission: int, found: Iterable[tuple[str, Written]]) -> None:
        """Replace what is known of the answers of a submission."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("DELETE FROM written WHERE submission = ?", (submission,))
            self._db.executemany(
                "INSERT INTO written SELECT ?, ?, ?, ? WHERE EXISTS "
                "(SELECT 1 FROM submissions WHERE number = ?)",
                [(submission, item, w.answer, w.empty, submission) for item, w in found],
            )

    def written(self) -> dict[int, dict[str, Written]]:
        """Return what is known of the answers, by submission and question."""
        rows = self._db.execute(
            "SELECT w.submission, w.item, w.answer, w.empty FROM written w "
            "JOIN submissions s ON s.number = w.submission WHERE s.lab = ?",
            (self.lab,),
        )
        found: dict[int, dict[str, Written]] = {}
        for number, item, answer, empty in rows:
            found.setdefault(number, {})[item] = Written(answer, bool(empty))
        return found

    def forget_written(self) -> None:
        """Forget what is known of the answers; they are read again."""
        self._db.execute(
            "DELETE FROM written WHERE submission IN "
            "(SELECT number FROM submissions WHERE lab = ?)",
            (self.lab,),
        )

    def all(self) -> dict[tuple[str, str, str], HandMark]:
        """Return the marks by owner, question and answer, oldest first."""
        rows = self._db.execute(
            "SELECT owner, item, answer, points, most, comment, rubric, submission, who, at "
            "FROM hand_marks WHERE lab = ? ORDER BY at",
            (self.lab,),
        )
        return {(row[0], row[1], row[2]): _mark(row) for row in rows}

    def give(self, marks: Sequence[HandMark]) -> None:
        """Keep marks: all of them, or none if the process ends before.

        Raises
        ------
        ValueError
            If a comment is too long.
        """
        for mark in marks:
            if len(mark.comment) > LONGEST:
                raise ValueError(
                    f"a comment may have {LONGEST} characters, not {len(mark.comment)}"
                )
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            for mark in marks:
                self._change(mark, mark.owner, mark.item, mark.answer, "mark")

    def take_back(self, owner: str, item: str, answer: str) -> bool:
        """Remove a mark; False if there is none."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            return self._change(None, owner, item, answer, "unmark")

    def undo(self) -> tuple[str, str, str] | None:
        """Take back the newest change that stands; return whose it was, of what, or ``None``."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            row = self._db.execute(
                "SELECT number, owner, item, answer, before FROM hand_changes "
                "WHERE lab = ? AND undone = 0 ORDER BY number DESC LIMIT 1",
                (self.lab,),
            ).fetchone()
            if row is None:
                return None
            number, owner, item, answer, before = row
            self._db.execute("UPDATE hand_changes SET undone = 1 WHERE number = ?", (number,))
            self._change(_read(before), owner, item, answer, "undo")
            return owner, item, answer

    def comments(self, item: str, most: int = 9) -> list[str]:
        """Return the lines of comments on a question that were written most often, newest first."""
        count: dict[str, list[float]] = {}
        for mark in self.all().values():
            if mark.item == item:
                for line in {line.strip() for line in mark.comment.splitlines() if line.strip()}:
                    times, newest = count.get(line, [0, 0.0])
                    count[line] = [times + 1, max(newest, mark.at)]
        return sorted(count, key=lambda line: (-count[line][0], -count[line][1]))[:most]

    def changes(self) -> int:
        """Return a number that grows with each change."""
        row = self._db.execute(
            "SELECT coalesce(max(number), 0) + coalesce(sum(undone), 0) FROM hand_changes "
            "WHERE lab = ?",
            (self.lab,),
        ).fetchone()
        return int(row[0])

    def _change(self, mark: HandMark | None, owner: str, item: str, answer: str, how: str) -> bool:
        place = (self.lab, owner, item, answer)
        row = self._db.execute(
            "SELECT owner, item, answer, points, most, comment, rubric, submission, who, at "
            "FROM hand_marks WHERE lab = ? AND owner = ? AND item = ? AND answer = ?",
            place,
        ).fetchone()
        before = None if row is None else _mark(row)
        if before is None and mark is None:
            return False
        where = "lab = ? AND owner = ? AND item = ? AND answer = ?"
        self._db.execute(f"DELETE FROM hand_marks WHERE {where}", place)
        if mark is not None:
            # What an undo brings back keeps its author and its time.
            who, at = (mark.who, mark.at) if how == "undo" else (self._store.who(), time.time())
            self._db.execute(
                "INSERT INTO hand_marks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(*place, json.dumps(mark.points), json.dumps(mark.most), mark.comment),
                    *(mark.rubric, mark.submission, who, at),
                ),
            )
        if how != "undo":
            self._db.execute(
                "INSERT INTO hand_changes (lab, owner, item, answer, before, after) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (*place, _written(before), _written(mark)),
            )
        said = f"answer {answer}" if mark is None else f"answer {answer}, rubric {mark.rubric}"
        self._store.note(how, self.lab, owner, item, _points(before), _points(mark), said)
        return True


def _mark(row: tuple[object, ...]) -> HandMark:
    owner, item, answer, points, most, *rest = row
    numbers = (tuple(json.loads(str(text))) for text in (points, most))
    return HandMark(owner, item, answer, *numbers, *rest)  # type: ignore[arg-type]


def _written(mark: HandMark | None) -> str:
    return "" if mark is None else json.dumps(asdict(mark), ensure_ascii=False)


def _read(text: str) -> HandMark | None:
    if not text:
        return None
    data = json.loads(text)
    return HandMark(**data | {name: tuple(data[name]) for name in ("points", "most")})


def _points(mark: HandMark | None) -> str:
    return "" if mark is None else f"{sum(mark.points):.6g}"
