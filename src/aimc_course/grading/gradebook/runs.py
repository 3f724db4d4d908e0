"""Grading many submissions: several at a time, each result written once, as soon as it is there."""

from __future__ import annotations

import contextlib
import queue
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from tqdm import tqdm

from aimc_course.grading.context import ClosingContext
from aimc_course.grading.grade import Grader
from aimc_course.grading.gradebook.classlist import ClassList
from aimc_course.grading.gradebook.store import Entry, Store
from aimc_course.grading.gradebook.texts import number, printable
from aimc_course.grading.kept import KeptAnswers
from aimc_course.grading.marks import WRONG_FILE, QuestionMark, SubmissionMarks
from aimc_course.grading.sandboxes import SandboxError

__all__ = ["Change", "GraderPool", "grade_pending", "graded", "merged", "regrade", "serial_now"]


@dataclass(frozen=True, slots=True)
class Change:
    """Points of one question before and after a regrade."""

    owner: str
    source: str
    question: str
    before: float
    after: float

    def __str__(self) -> str:
        """Return one line."""
        where = f"{printable(self.owner)} {self.question}: {self.before:g} -> {self.after:g}"
        return f"{where} ({self.source})"


class GraderPool(ClosingContext):
    """As many graders as are wanted at the same time. Use it as a context, or `close` it.

    Parameters
    ----------
    factory : callable
        Returns a grader; called when all that are there are at work.
    """

    def __init__(self, factory: Callable[[], Grader]) -> None:
        self._factory = factory
        self._free: queue.SimpleQueue[Grader] = queue.SimpleQueue()
        self._made: list[Grader] = []

    @contextlib.contextmanager
    def grader(self) -> Iterator[Grader]:
        """Give a grader to one notebook; if something is raised meanwhile, it is closed."""
        try:
            grader = self._free.get_nowait()
        except queue.Empty:
            grader = self._factory()
            self._made.append(grader)
        try:
            yield grader
        except BaseException:
            self._made.remove(grader)
            grader.close()
            raise
        self._free.put(grader)

    def close(self) -> None:
        """Close all graders; none may be at work."""
        while self._made:
            self._made.pop().close()


def grade_pending(
    store: Store,
    lab: str,
    factory: Callable[[], Grader],
    people: ClassList,
    *,
    workers: int = 1,
    progress: bool | None = None,
) -> tuple[str, ...]:
    """Grade the submissions of a lab that have no marks; return a line for each that failed.

    Parameters
    ----------
    store : Store
        Where submissions are read and marks written.
    lab : str
        The lab.
    factory : callable
        Returns a grader of the lab; called once for each notebook at the same time.
    people : ClassList
        The class, for its serial numbers.
    workers : int
        Submissions that are graded at the same time.
    progress : bool, optional
        Whether a bar is drawn; by default where somebody sees it.

    Raises
    ------
    SandboxError
        If student code can no longer be kept in; nothing further is graded.
    """
    entries = [entry for entry in store.entries(lab) if entry.marks is None]
    run = store.run(lab, "grade") if entries else 0
    failures: list[str] = []
    for entry, found in graded(store, entries, factory, people, None, workers, progress):
        if isinstance(found, SubmissionMarks):
            store.write(entry, run, found)
        else:
            failures.append(f"{printable(entry.owner)} ({entry.source}): {found}")
    if entries and not failures:
        store.end(run)
    return tuple(failures)


def regrade(
    store: Store,
    lab: str,
    factory: Callable[[], Grader],
    people: ClassList,
    questions: Sequence[str],
    *,
    version: str,
    reason: str = "",
    afresh: bool = False,
    workers: int = 1,
    progress: bool | None = None,
) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    """Grade single questions of all submissions again; return what changed, and what failed.

    A regrade that was killed goes on where it ended if it is asked for again.

    Parameters
    ----------
    questions : sequence of str
        The questions to grade.
    version : str
        Fingerprint of these questions as they are now; another one begins another regrade.
    reason : str
        Why; it stands in the log, and in the feedback where points changed.
    afresh : bool
        Whether all notebooks are run as a whole, even where their answers were kept.
    """
    run = store.run(lab, f"regrade {' '.join(questions)} {version}")
    entries = [e for e in store.entries(lab) if e.marks is not None and e.run != run]
    failures: list[str] = []
    again = graded(store, entries, factory, people, questions, workers, progress, recall=not afresh)
    for entry, found in again:
        if isinstance(found, SubmissionMarks) and entry.marks is not None:
            store.write(entry, run, merged(entry.marks, found, reason), reason, log=True)
        else:
            failures.append(f"{printable(entry.owner)} ({entry.source}): {found}")
    changes = []
    for entry in store.entries(lab):
        if entry.run == run:
            changes += _changes(entry, store.revisions(entry.number)[-2:])
    if not failures:
        store.end(run)
    return tuple(changes), tuple(failures)


def merged(old: SubmissionMarks, new: SubmissionMarks, reason: str) -> SubmissionMarks:
    """Return marks with those of questions that were graded again in their place."""
    before = {mark.question: mark for mark in old.marks}
    fresh = {m.question: _told(before.get(m.question), m, reason) for m in new.marks}
    # of questions that are asked again; a cell left out, or what the file is, holds for all of them
    asked = {*fresh, WRONG_FILE} | {
        d.partition(":")[0] for d in old.doubts if d.startswith("cell ")
    }
    called = [note for note in old.witnessed if note.startswith("q")]  # about calls of a question
    others = [note for note in called if note.partition(":")[0] not in fresh]
    marks = [fresh.get(mark.question, mark) for mark in old.marks]
    return replace(
        old,
        marks=(*marks, *(fresh[q] for q in fresh if q not in before)),
        notes=tuple(dict.fromkeys((*new.notes, *others))),
        witnessed=tuple(dict.fromkeys((*new.witnessed, *others))),
        doubts=(*(d for d in old.doubts if d.partition(":")[0] not in asked), *new.doubts),
        library_version=new.library_version,
        seconds=new.seconds,
        answers=new.answers,
        serial=new.serial if before.keys() <= fresh.keys() else old.serial,
    )


def _told(old: QuestionMark | None, new: QuestionMark, reason: str) -> QuestionMark:
    """Return a new mark that says what changed; one that changed nothing keeps what was said."""
    if old is None:
        return new
    if old.points == new.points:
        return replace(new, regrade=old.regrade)
    why = f": {reason.strip()}" if reason.strip() else ""
    said = f"Graded again, from {number(old.points)} to {number(new.points)} points{why}"
    return replace(new, regrade=said)


def _changes(entry: Entry, revisions: Sequence[SubmissionMarks]) -> list[Change]:
    before, after = revisions
    points = {mark.question: mark.points for mark in before.marks}
    return [
        Change(entry.owner, entry.source, m.question, points.get(m.question, 0.0), m.points)
        for m in after.marks
        if points.get(m.question, 0.0) != m.points
    ]


def graded(
    store: Store,
    entries: Sequence[Entry],
    factory: Callable[[], Grader],
    people: ClassList,
    questions: Sequence[str] | None,
    workers: int,
    progress: bool | None,
    *,
    recall: bool = False,
) -> Iterable[tuple[Entry, SubmissionMarks | str]]:
    """Grade notebooks, several at a time; yield each with its marks, or with what went wrong."""
    if not entries:
        return
    graders = GraderPool(factory)

    def one(
        notebook: bytes, owner: str, serial: int | None, kept: KeptAnswers | None
    ) -> SubmissionMarks:
        known: dict[str, Any] = {} if kept is None else {"kept": kept}
        with graders.grader() as grader:
            return grader.grade(
                notebook, student=owner, serial=serial, questions=questions, **known
            )

    todo = iter(entries)
    running: dict[Future[Any], Entry] = {}
    pool = ThreadPoolExecutor(workers, thread_name_prefix="grading")
    bar = tqdm(
        total=len(entries), unit="notebook", disable=None if progress is None else not progress
    )
    try:
        while True:
            for entry in islice(todo, 2 * workers - len(running)):
                serial = serial_now(entry, people)
                kept = store.answers(entry.number) if recall else None
                notebook = store.notebook(entry.number)
                future = pool.submit(one, notebook, entry.owner, serial, kept)
                running[future] = entry
            if not running:
                break
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                entry = running.pop(future)
                error = future.exception()
                if isinstance(error, SandboxError):
                    raise error
                if error is None:
                    yield entry, future.result()
                else:
                    yield entry, f"{type(error).__name__}: {printable(str(error))}"
                bar.update()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        bar.close()
        graders.close()


def serial_now(entry: Entry, people: ClassList) -> int | None:
    """Return the serial number that the class list gives a notebook; ``None``: the key gives it."""
    if entry.owner.startswith("group:"):
        group = entry.owner.removeprefix("group:")
        known, serial = any(s.group == group for s in people.students), people.group_serial(group)
    else:
        student = people.by_number(entry.owner)
        known, serial = student is not None, student.serial if student else None
    # Of an owner whom the class list no longer has, such as a group that was dissolved, it stays.
    return entry.marks.serial if entry.marks and not known else serial
