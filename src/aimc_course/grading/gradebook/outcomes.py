"""What each student gets: the notebook that counts, how late it is, points given by hand."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aimc_course.grading.gradebook.by_hand import ByHand, Found, added
from aimc_course.grading.gradebook.classlist import Student
from aimc_course.grading.gradebook.requests import Request, Requests
from aimc_course.grading.gradebook.rules import Rules
from aimc_course.grading.gradebook.store import Entry, Override, Store
from aimc_course.grading.marks import QuestionMark, SubmissionMarks

__all__ = ["TOTAL", "Outcome", "in_doubt", "outcomes", "pseudonym"]

TOTAL = "total"
"""Stands for a question where points of the whole lab are given by hand."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one student gets for one lab."""

    student: Student
    label: str
    """The name that is shown: the id, or a pseudonym."""
    attempts: int
    """Notebooks that were handed in."""
    entry: Entry | None
    """The one that counts; ``None`` if there is none with marks."""
    marks: SubmissionMarks | None
    """Its marks, with points given by hand in their place."""
    late: int
    """Days, or hours, late that have begun."""
    factor: float
    """Share of the points that is left after being late."""
    by_hand: tuple[Override, ...]
    """Points given by hand in place of others, with a reason."""
    waiting: tuple[str, ...] = ()
    """Questions that count and that nobody has marked yet."""
    changed: tuple[str, ...] = ()
    """Those of them whose mark by hand belongs to another version of the answer."""
    per: str = "day"
    """What `late` counts: ``"day"`` or ``"hour"``."""
    zeroed: bool = False
    """Whether nothing was handed in until the deadline, and this counts as zero."""
    requests: tuple[Request, ...] = ()
    """Questions whose mark the student asked for again."""

    @property
    def points(self) -> float | None:
        """Points that count; ``None`` where there are none."""
        for override in self.by_hand:
            if override.question == TOTAL:
                return override.points
        if self.zeroed:
            return 0.0
        return None if self.marks is None else self.marks.points * self.factor

    @property
    def doubts(self) -> tuple[str, ...]:
        """What may be wrong with the marks: what ended twice, but where points were given."""
        given = {override.question for override in self.by_hand}
        if self.marks is None or TOTAL in given:
            return ()
        return tuple(d for d in self.marks.doubts if d.partition(":")[0] not in given)

    def points_of(self, question: str) -> float | None:
        """Return the points of a question, or of the whole lab; ``None`` where there are none."""
        if question == TOTAL:
            return self.points
        marks = self.marks.marks if self.marks else ()
        return next((mark.points for mark in marks if mark.question == question), None)

    @property
    def clock(self) -> str:
        """What lateness was judged by; empty where nothing tells when the notebook came."""
        if self.entry is None:
            return ""
        return self.entry.clock or ("the platform's flag" if self.entry.late else "")

    @property
    def max_points(self) -> float | None:
        """Most points of the lab."""
        return None if self.marks is None else self.marks.max_points


def outcomes(
    store: Store,
    lab: str,
    rules: Rules,
    *,
    key: bytes = b"",
    now: float | None = None,
) -> tuple[Outcome, ...]:
    """Return what every student of the class gets, in the order of the class list.

    Parameters
    ----------
    store : Store
        The marks.
    lab : str
        The lab.
    rules : Rules
        How marks become grades. Where the best notebook counts, it is the one with the most points
        of the grader after what being late cost, so that marking by hand does not change what is
        marked.
    key : bytes
        Secret from which pseudonyms follow.
    now : float, optional
        The time that decides whether a deadline has passed, s since 1970; by default the present.
    """
    now = time.time() if now is None else now
    entries = store.entries(lab)
    by_people = ByHand(store, lab).found(entries)
    by_student = store.by_student(entries)
    by_hand: dict[str, list[Override]] = {}
    for override in store.overrides(lab):
        by_hand.setdefault(override.student, []).append(override)
    asked: dict[str, list[Request]] = {}
    for request in Requests(store, lab).all():
        asked.setdefault(request.student, []).append(request)
    found = []
    for student in store.students():
        if rules.excuses(student):
            student = replace(student, excused=True)
        extension = rules.extension(student)
        own = by_student.get(student.id, [])
        if rules.keep == "best":  # handing the same in once more, late, costs nothing
            own = [replace(e, submitted=e.first, late=e.first_late) for e in own]
        given = tuple(by_hand.get(student.id, ()))
        chosen = _chosen(own, rules, extension)
        late, factor = _late(chosen, rules, extension) if chosen else (0, 1.0)
        label = pseudonym(key, student.id) if rules.anonymous else student.id
        zeroed = (
            rules.policy.missing == "zero"
            and not own
            and not student.excused
            and rules.policy.over(now, extension)
        )
        more = by_people.get(chosen.number, Found()) if chosen else Found()
        chosen = added(chosen, more) if chosen else None
        marks = _with(chosen.marks, given) if chosen and chosen.marks else None
        given_too = {override.question for override in given}
        waiting, changed = (
            tuple(q for q in questions if q not in given_too and TOTAL not in given_too)
            for questions in (more.waiting, more.changed)
        )
        requests = tuple(asked.get(student.id, ()))
        rest = (late, factor, given, waiting, changed, rules.policy.per, zeroed, requests)
        found.append(Outcome(student, label, len(own), chosen, marks, *rest))
    return tuple(found)


def pseudonym(key: bytes, student: str) -> str:
    """Return a name that only who holds the class key can lead back to a student."""
    digest = hmac.new(key, b"pseudonym\x00" + student.encode(), hashlib.sha256).hexdigest()
    return f"student-{digest[:10]}"


def in_doubt(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return notebooks of which nothing says which was handed in last, the one that counts last.

    None are returned where a time, or a number of the platform, tells them apart.
    """
    latest = max((_told(entry) for entry in entries), default=None)
    last = [entry for entry in entries if _told(entry) == latest]
    return tuple(sorted(last, key=_age)) if len(last) > 1 else ()


def _told(entry: Entry) -> tuple[float, int]:
    return (entry.submitted or 0.0, entry.attachment)


def _age(entry: Entry) -> tuple[float, int, int]:
    return (*_told(entry), entry.number)


def _chosen(entries: Sequence[Entry], rules: Rules, extension: float) -> Entry | None:
    def worth(entry: Entry) -> tuple[float, float, int, int]:
        points = entry.marks.points if entry.marks else -1.0
        return (points * _late(entry, rules, extension)[1], *_age(entry))

    if rules.keep == "best":
        graded = [entry for entry in entries if entry.marks]
        return max(graded, key=worth, default=None)
    # The last one counts even while it has no marks: an older one must not stand in for it.
    return max(entries, key=_age, default=None)


def _late(entry: Entry, rules: Rules, extension: float) -> tuple[int, float]:
    return rules.policy.late(entry.submitted, flagged=entry.late, extension=extension)


def _with(marks: SubmissionMarks, given: Sequence[Override]) -> SubmissionMarks:
    points = {override.question: override.points for override in given}

    def changed(mark: QuestionMark) -> QuestionMark:
        if mark.question not in points:
            return mark
        return replace(mark, points=points[mark.question], slip=None)

    return replace(marks, marks=tuple(changed(mark) for mark in marks.marks))
