"""Marks that people gave, in the store: each for one version of one answer, and each undoable.

A mark belongs to what was written, not to a file: a second notebook with the same answer keeps it,
a changed answer has none yet. Several people may mark at the same time: whoever was overtaken by
another marker is told so, and nothing is overwritten unseen.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from aimc_course.grading.gradebook.store import Store

__all__ = ["HandMark", "HandMarks", "OvertakenError", "Written"]

LONGEST = 8000  # characters of a comment
COLUMNS = "owner, item, answer, points, most, comment, rubric, submission, lines, who, at"


class OvertakenError(ValueError):
    """Another marker has changed a mark since it was looked at; nothing was written.

    Parameters
    ----------
    now : HandMark or None
        The mark that stands there.
    """

    def __init__(self, now: HandMark | None) -> None:
        who = "taken back" if now is None else f"given by {now.who}"
        super().__init__(f"the mark was changed meanwhile: it was {who}")
        self.now = now


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
    lines: tuple[str, ...] = ()
    """Ids of the lines; empty in marks of before lines had any, when their order was all."""
    who: str = ""
    """Who marked; the store fills it in."""
    at: float = 0.0
    """When, s since 1970; the store fills it in."""

    @property
    def stamp(self) -> str:
        """Tells this mark from another one of the same answer."""
        said = json.dumps([self.who, self.at, self.comment])
        return hashlib.sha256(said.encode()).hexdigest()[:16]


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
            f"SELECT {COLUMNS} FROM hand_marks WHERE lab = ? ORDER BY at", (self.lab,)
        )
        return {(row[0], row[1], row[2]): _mark(row) for row in rows}

    def give(self, marks: Sequence[HandMark], seen: str | None = None) -> None:
        """Keep marks: all of them, or none if the process ends before.

        Parameters
        ----------
        marks : sequence of HandMark
            The marks.
        seen : str, optional
            Stamp of the mark that was seen where these are to stand, empty if there was none.

        Raises
        ------
        ValueError
            If a comment is too long.
        OvertakenError
            If another mark stands there by now.
        """
        for mark in marks:
            if len(mark.comment) > LONGEST:
                raise ValueError(
                    f"a comment may have {LONGEST} characters, not {len(mark.comment)}"
                )
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            for mark in marks:
                self._unless_overtaken(mark.owner, mark.item, mark.answer, seen)
                self._change(mark, mark.owner, mark.item, mark.answer, "mark")

    def take_back(self, owner: str, item: str, answer: str, seen: str | None = None) -> bool:
        """Remove a mark; False if there is none."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._unless_overtaken(owner, item, answer, seen)
            return self._change(None, owner, item, answer, "unmark")

    def undo(self) -> tuple[str, str, str] | None:
        """Take back one's own newest change that stands; return whose it was, of what, or ``None``.

        Raises
        ------
        OvertakenError
            If another marker has changed that mark since; the next undo goes one step further.
        """
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            row = self._db.execute(
                "SELECT number, owner, item, answer, before, after FROM hand_changes "
                "WHERE lab = ? AND undone = 0 AND who IN (?, '') ORDER BY number DESC LIMIT 1",
                (self.lab, self._store.who()),
            ).fetchone()
            if row is None:
                return None
            number, owner, item, answer, before, after = row
            self._db.execute("UPDATE hand_changes SET undone = 1 WHERE number = ?", (number,))
            now, left = self.one(owner, item, answer), _read(after)
            # Marks of earlier editions were noted without author and time.
            untouched = left is None or not left.who or (now and now.stamp == left.stamp)
            if untouched and (now is None) == (left is None):
                self._change(_read(before), owner, item, answer, "undo")
                return owner, item, answer
        raise OvertakenError(now)

    def one(self, owner: str, item: str, answer: str) -> HandMark | None:
        """Return the mark of one version of an answer."""
        row = self._db.execute(
            f"SELECT {COLUMNS} FROM hand_marks "
            "WHERE lab = ? AND owner = ? AND item = ? AND answer = ?",
            (self.lab, owner, item, answer),
        ).fetchone()
        return None if row is None else _mark(row)

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
        marks = self._db.execute(
            "SELECT coalesce(max(number), 0) + coalesce(sum(undone), 0) FROM hand_changes "
            "WHERE lab = ?",
            (self.lab,),
        ).fetchone()
        rubric = self._db.execute(
            "SELECT count(*) FROM audit WHERE lab = ? AND action = 'rubric' AND student = ''",
            (self.lab,),
        ).fetchone()
        return int(marks[0]) + int(rubric[0])

    def _unless_overtaken(self, owner: str, item: str, answer: str, seen: str | None) -> None:
        if seen is not None:
            now = self.one(owner, item, answer)
            if seen != (now.stamp if now else ""):
                raise OvertakenError(now)

    def _change(self, mark: HandMark | None, owner: str, item: str, answer: str, how: str) -> bool:
        place = (self.lab, owner, item, answer)
        before = self.one(owner, item, answer)
        if before is None and mark is None:
            return False
        where = "lab = ? AND owner = ? AND item = ? AND answer = ?"
        self._db.execute(f"DELETE FROM hand_marks WHERE {where}", place)
        if mark is not None:
            if how != "undo":  # what an undo brings back keeps its author and its time
                mark = replace(mark, who=self._store.who(), at=time.time())
            self._db.execute(
                f"INSERT INTO hand_marks (lab, {COLUMNS}) VALUES (?{', ?' * 11})",
                (
                    *(*place, json.dumps(mark.points), json.dumps(mark.most), mark.comment),
                    *(mark.rubric, mark.submission, json.dumps(mark.lines), mark.who, mark.at),
                ),
            )
        if how != "undo":
            self._db.execute(
                "INSERT INTO hand_changes (lab, owner, item, answer, before, after, who) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*place, _written(before), _written(mark), self._store.who()),
            )
        said = f"answer {answer}" if mark is None else f"answer {answer}, rubric {mark.rubric}"
        self._store.note(how, self.lab, owner, item, _points(before), _points(mark), said)
        return True


def _mark(row: tuple[object, ...]) -> HandMark:
    owner, item, answer, points, most, comment, rubric, submission, lines, who, at = row
    numbers = (tuple(json.loads(str(text))) for text in (points, most))
    rest = (comment, rubric, submission, tuple(json.loads(str(lines))), who, at)
    return HandMark(owner, item, answer, *numbers, *rest)  # type: ignore[arg-type, call-arg]


def _written(mark: HandMark | None) -> str:
    return "" if mark is None else json.dumps(asdict(mark), ensure_ascii=False)


def _read(text: str) -> HandMark | None:
    if not text:
        return None
    data = json.loads(text)
    lists = {name: tuple(data.get(name, ())) for name in ("points", "most", "lines")}
    return HandMark(**data | lists)


def _points(mark: HandMark | None) -> str:
    return "" if mark is None else f"{sum(mark.points):.6g}"
