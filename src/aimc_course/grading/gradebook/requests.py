"""Requests in the store: a student asks for one question's mark again, and a teacher answers.

A question is asked for once. The answer closes the request for good: the same file, collected
again, opens nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from aimc_course.grading.gradebook.asked import Asked
from aimc_course.grading.gradebook.store import Store
from aimc_course.grading.gradebook.texts import number, quoted

__all__ = ["Request", "Requests"]


@dataclass(frozen=True, slots=True)
class Request:
    """One request, and its answer if there is one."""

    student: str
    """Id of the student."""
    question: str
    """The question, or ``"total"``."""
    reason: str
    """The student's words."""
    stood: float | None
    """Points when the request was collected."""
    asked: float
    """When it was collected, s since 1970."""
    answer: str = ""
    """The teacher's words; empty as long as it is open."""
    became: float | None = None
    """Points when it was answered."""
    who: str = ""
    """Who answered."""
    answered: float | None = None
    """When, s since 1970."""

    @property
    def open(self) -> bool:
        """Whether it still waits for an answer."""
        return self.answered is None

    def lines(self) -> list[str]:
        """Return what the student reads of it."""
        asked = f"You asked for this mark again: {quoted(self.reason)}"
        if self.open:
            return [asked, "Your request is not answered yet."]
        return [asked, f"Answer, {self.outcome}: {self.answer}"]

    @property
    def outcome(self) -> str:
        """What the answer did to the points."""
        before, after = ("–" if x is None else number(x) for x in (self.stood, self.became))
        if before == after:
            return f"the mark stays at {after} points"
        return f"the mark went from {before} to {after} points"


class Requests:
    """The requests of one lab.

    Parameters
    ----------
    store : Store
        Where they are kept.
    lab : str
        The lab.
    """

    def __init__(self, store: Store, lab: str) -> None:
        self._store, self.lab = store, lab
        self._db = store.database

    def all(self) -> tuple[Request, ...]:
        """Return all requests, oldest first."""
        rows = self._db.execute(
            "SELECT student, question, reason, stood, asked, answer, became, who, answered "
            "FROM requests WHERE lab = ? ORDER BY asked, rowid",
            (self.lab,),
        )
        return tuple(Request(*row) for row in rows)

    def find(self, student: str, question: str) -> Request | None:
        """Return the request of a student for a question, ``None`` if there is none."""
        found = (r for r in self.all() if (r.student, r.question) == (student, question))
        return next(found, None)

    def ask(self, asked: Iterable[tuple[Asked, float | None]]) -> tuple[int, int]:
        """Keep requests with the points that stand; return how many are new, and how many closed.

        An open one takes the newest reason, one that was answered before stays as it is.
        """
        new = closed = 0
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            for request, stood in asked:
                place = (self.lab, request.student, request.question)
                where = "lab = ? AND student = ? AND question = ?"
                row = self._db.execute(
                    f"SELECT reason, answered FROM requests WHERE {where}", place
                ).fetchone()
                if row is not None and row[1] is not None:
                    closed += 1
                elif row is None:
                    new += 1
                    self._db.execute(
                        "INSERT INTO requests (lab, student, question, reason, stood, asked) "
                        "VALUES (?, ?, ?, ?, ?, ?)",
                        (*place, request.reason, stood, time.time()),
                    )
                elif row[0] != request.reason:
                    self._db.execute(
                        f"UPDATE requests SET reason = ? WHERE {where}", (request.reason, *place)
                    )
                if row is None or (row[1] is None and row[0] != request.reason):
                    self._store.note("request", *place, _text(stood), "", request.reason)
        return new, closed

    def answer(self, request: Request, reason: str, became: float | None) -> None:
        """Close a request with a reason; a second answer replaces the first.

        Raises
        ------
        ValueError
            If there is no reason.
        """
        if not reason.strip():
            raise ValueError("an answer needs a reason: the student reads it")
        place = (self.lab, request.student, request.question)
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute(
                "UPDATE requests SET answer = ?, became = ?, who = ?, answered = ? "
                "WHERE lab = ? AND student = ? AND question = ?",
                (reason.strip(), became, self._store.who(), time.time(), *place),
            )
            self._store.note("answer", *place, _text(request.stood), _text(became), reason)


def _text(points: float | None) -> str:
    return "" if points is None else f"{points:.6g}"
