"""A regrade on trial: questions are graded again, and what would change is seen before it counts.

What a trial finds lies beside the marks until it is kept or dropped. A trial that was ended goes on
where it was.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from aimc_course.grading.grade import Grader
from aimc_course.grading.gradebook.classlist import ClassList
from aimc_course.grading.gradebook.runs import Change, graded, merged
from aimc_course.grading.gradebook.store import Entry, Store
from aimc_course.grading.gradebook.texts import printable
from aimc_course.grading.marks import SubmissionMarks

__all__ = ["Trial", "Trials"]


@dataclass(frozen=True, slots=True)
class Trial:
    """What grading some questions again has found so far."""

    run: int
    questions: tuple[str, ...]
    done: int
    """Notebooks that were graded again."""
    of: int
    """Notebooks that have marks."""
    changes: tuple[Change, ...]
    """Points that would change."""


class Trials:
    """The regrade of a lab that is on trial: one at a time.

    Parameters
    ----------
    store : Store
        The marks.
    lab : str
        The lab.
    """

    def __init__(self, store: Store, lab: str) -> None:
        self._store, self._lab = store, lab
        self._db: sqlite3.Connection = store.database

    def now(self) -> Trial | None:
        """Return the trial that was neither kept nor dropped, if there is one."""
        row = self._db.execute(
            "SELECT number, what FROM runs WHERE lab = ? AND what LIKE 'trial %' AND ended IS NULL "
            "ORDER BY number DESC LIMIT 1",
            (self._lab,),
        ).fetchone()
        if row is None:
            return None
        run, questions = int(row[0]), tuple(str(row[1]).split()[1].split("+"))
        known = self._known(run)
        entries = self._entries()
        changes: list[Change] = []
        for entry in entries:
            if entry.number in known and entry.marks is not None:
                changes += _changes(entry, known[entry.number])
        return Trial(run, questions, len(known), len(entries), tuple(changes))

    def run(
        self,
        factory: Callable[[], Grader],
        people: ClassList,
        questions: Sequence[str],
        *,
        version: str,
        afresh: bool = False,
        workers: int = 1,
        progress: bool | None = None,
    ) -> tuple[Trial, tuple[str, ...]]:
        """Grade questions again without changing a mark; return what would change, what failed.

        Parameters
        ----------
        factory : callable
            Returns a grader of the lab; called once for each notebook at the same time.
        people : ClassList
            The class, for its serial numbers.
        questions : sequence of str
            The questions to grade.
        version : str
            Fingerprint of these questions as they are now; another one begins another trial.
        afresh : bool
            Whether all notebooks are run as a whole, even where their answers were kept.
        workers : int
            Notebooks that are graded at the same time.
        progress : bool, optional
            Whether a bar is drawn; by default where somebody sees it.
        """
        what = f"trial {'+'.join(questions)} {version}"
        row = self._db.execute(
            "SELECT count(*) FROM runs WHERE lab = ? AND what = ? AND ended IS NULL",
            (self._lab, what),
        ).fetchone()
        if not row[0]:
            self.drop()
        run = self._store.run(self._lab, what)
        known = self._known(run)
        todo = [e for e in self._entries() if e.number not in known]
        failures: list[str] = []
        again = graded(
            *(self._store, todo, factory, people, questions, workers, progress), recall=not afresh
        )
        for entry, found in again:
            if isinstance(found, SubmissionMarks):
                self._db.execute(
                    "INSERT OR REPLACE INTO trials SELECT ?, ?, ?, ? WHERE EXISTS "
                    "(SELECT 1 FROM submissions WHERE number = ?)",
                    (run, entry.number, entry.revision, found.to_json(), entry.number),
                )
                self._store.keep_answers(entry.number, found.answers)
            else:
                failures.append(f"{printable(entry.owner)} ({entry.source}): {found}")
        now = self.now()
        if now is None:
            raise ValueError("the trial was kept or dropped while it ran")
        return now, tuple(failures)

    def keep(self, reason: str = "") -> tuple[Change, ...]:
        """Have what the trial found count; return what changed.

        A call that was killed goes on where it was.

        Raises
        ------
        ValueError
            If there is none, or it has not graded every notebook that has marks.
        """
        trial = self.now()
        if trial is None:
            raise ValueError(f"{self._lab} has no regrade on trial")
        entries = [e for e in self._entries() if e.run != trial.run]
        known = self._known(trial.run)
        if missing := [e for e in entries if e.number not in known]:
            raise ValueError(
                f"the trial of {' '.join(trial.questions)} is not complete: {len(missing)} "
                "notebooks are new, were graded again meanwhile, or failed; run it again"
            )
        for entry in entries:
            if entry.marks is not None:
                found = replace(known[entry.number], answers=self._store.answers(entry.number))
                marks = merged(entry.marks, found, reason)
                self._store.write(entry, trial.run, marks, reason, log=True)
        changes: list[Change] = []
        for entry in self._entries():
            if entry.run == trial.run:
                before, after = self._store.revisions(entry.number)[-2:]
                changes += _changes(entry, after, before)
        self._end(trial.run)
        return tuple(changes)

    def drop(self) -> bool:
        """Forget the trial; False if there is none."""
        trial = self.now()
        if trial is not None:
            self._end(trial.run)
        return trial is not None

    def _entries(self) -> list[Entry]:
        return [e for e in self._store.entries(self._lab) if e.marks is not None]

    def _known(self, run: int) -> dict[int, SubmissionMarks]:
        """Return what was found, for notebooks whose marks are those of then."""
        rows = self._db.execute(
            "SELECT t.submission, t.marks FROM trials t WHERE t.run = ? AND t.revision = "
            "(SELECT max(revision) FROM results WHERE submission = t.submission)",
            (run,),
        )
        return {int(number): SubmissionMarks.from_json(text) for number, text in rows}

    def _end(self, run: int) -> None:
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("DELETE FROM trials WHERE run = ?", (run,))
            self._store.end(run)


def _changes(
    entry: Entry, after: SubmissionMarks, before: SubmissionMarks | None = None
) -> list[Change]:
    old = before or entry.marks
    points = {mark.question: mark.points for mark in old.marks} if old else {}
    return [
        Change(entry.owner, entry.source, m.question, points.get(m.question, 0.0), m.points)
        for m in after.marks
        if points.get(m.question, 0.0) != m.points
    ]
