"""What people marked, as a part of the marks: which answers count, and which still wait.

A question counts for the whole class from its first mark on. An answer without a mark is then worth
nothing until it has one, and an empty one is worth nothing at all. What a mark says of a line is a
share of its points, so that a line that is changed later changes all marks that were given by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from aimc_course.grading.gradebook.hand_marks import HandMark, HandMarks, Written
from aimc_course.grading.gradebook.rubric import Rubric, by_lines
from aimc_course.grading.gradebook.store import Entry, Store
from aimc_course.grading.gradebook.texts import number
from aimc_course.grading.marks import QuestionMark
from aimc_course.grading.written.answers import answers
from aimc_course.grading.written.sheet import Item, Sheet

__all__ = ["ByHand", "Found", "Marker", "Standing", "added"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one answer is."""

    entry: Entry
    item: Item
    written: Written
    mark: HandMark | None
    """The mark of this very answer, with the points that its lines have now."""
    earlier: HandMark | None = None
    """The newest mark of another version of the answer, or by another rubric."""
    seen: str = ""
    """Stamp of the mark that stands for this very answer, by whatever rubric."""

    @property
    def state(self) -> str:
        """One of ``"marked"``, ``"empty"``, ``"changed"`` (another version was) and ``"open"``."""
        if self.mark is not None:
            return "marked"
        if self.written.empty:
            return "empty"
        return "changed" if self.earlier else "open"


@dataclass(frozen=True, slots=True)
class Found:
    """What marking by hand adds to one notebook."""

    marks: tuple[QuestionMark, ...] = ()
    waiting: tuple[str, ...] = ()
    """Questions that count and are not marked yet."""
    changed: tuple[str, ...] = ()
    """Those of them whose mark belongs to another version of the answer."""


@dataclass(frozen=True, slots=True)
class Marker:
    """What one person has marked."""

    who: str
    marks: int
    """Answers with points."""
    share: float
    """Mean share of the points that they gave."""


class ByHand:
    """The marking by hand of one lab.

    Parameters
    ----------
    store : Store
        The marks.
    lab : str
        The lab.
    """

    def __init__(self, store: Store, lab: str) -> None:
        self._store, self.lab = store, lab
        self.marks = HandMarks(store, lab)
        self.rubric = Rubric(store, lab, self.marks)

    @property
    def sheet(self) -> Sheet | None:
        """The questions and their rubrics as they stand now."""
        return self.rubric.sheet

    def use(self, sheet: Sheet) -> tuple[str, ...]:
        """Mark by this sheet from now on; return what that changes about marks that were given."""
        before = self.rubric.base
        said = self.rubric.use(sheet)
        now = self.rubric.base
        if now is not None and (before is None or _asked(before) != _asked(now)):
            self.marks.forget_written()
        return said

    def collect(self) -> int:
        """Read the answers of notebooks that were not read yet; return how many these were."""
        if self.sheet is None:
            return 0
        known = self.marks.written()
        new = [e for e in self._store.entries(self.lab) if e.number not in known]
        for entry in new:
            found = answers(self.sheet, self._store.notebook(entry.number))
            rows = [(a.item, Written(a.digest, a.empty)) for a in found]
            self.marks.keep_written(entry.number, rows)
        return len(new)

    def standings(self, entries: Sequence[Entry], items: Sequence[Item]) -> list[Standing]:
        """Return how far each answer of these notebooks to these questions is."""
        written, given = self.marks.written(), _by_question(self.marks.all().values())
        return [
            _standing(entry, item, written.get(entry.number, {}), given)
            for item in items
            for entry in entries
        ]

    def found(self, entries: Sequence[Entry]) -> dict[int, Found]:
        """Return what marking by hand adds to each notebook, by its number."""
        if self.sheet is None:
            return {}
        given = _by_question(self.marks.all().values())
        begun = {item for _, item in given}
        items = [item for item in self.sheet.items if item.id in begun]
        written = self.marks.written()
        return {
            entry.number: _found(
                [_standing(entry, i, written.get(entry.number, {}), given) for i in items]
            )
            for entry in entries
        }

    def markers(self, entries: Sequence[Entry]) -> list[Marker]:
        """Return who marked how many answers of these notebooks, and how generously."""
        shares: dict[str, list[float]] = {}
        items = [] if self.sheet is None else [i for i in self.sheet.items if i.max_points > 0]
        for standing in self.standings(entries, items):
            if standing.mark is not None:
                share = sum(standing.mark.points) / standing.item.max_points
                shares.setdefault(standing.mark.who, []).append(share)
        return [
            Marker(who, len(each), sum(each) / len(each)) for who, each in sorted(shares.items())
        ]

    def most(self) -> dict[str, float]:
        """Return the most points of the questions that people mark, by name."""
        return {} if self.sheet is None else {i.id: i.max_points for i in self.sheet.items}

    def titles(self) -> dict[str, str]:
        """Return what the questions are called."""
        return {} if self.sheet is None else {item.id: item.title for item in self.sheet.items}


def _standing(
    entry: Entry,
    item: Item,
    written: dict[str, Written],
    given: dict[tuple[str, str], list[HandMark]],
) -> Standing:
    here = written.get(item.id, Written("", empty=True))
    marks = given.get((entry.owner, item.id), [])
    exact = next((m for m in marks if m.answer == here.answer), None)
    # What was said of other lines says nothing about these.
    own = None if exact is None else by_lines(exact, item)
    seen = "" if exact is None else exact.stamp
    return Standing(entry, item, here, own, marks[-1] if marks and own is None else None, seen)


def _asked(sheet: Sheet) -> object:
    """Return what decides where answers are found."""
    return sheet.cells, [(i.id, i.kind, i.first, i.end) for i in sheet.items]


def _by_question(marks: Iterable[HandMark]) -> dict[tuple[str, str], list[HandMark]]:
    found: dict[tuple[str, str], list[HandMark]] = {}
    for mark in marks:
        found.setdefault((mark.owner, mark.item), []).append(mark)
    return found


def _found(standings: Sequence[Standing]) -> Found:
    marks, waiting, changed = [], [], []
    for s in standings:
        if s.item.max_points == 0:
            if s.mark and s.mark.comment.strip():
                marks.append(_question(s, 0.0, s.mark.comment))
            continue
        if s.mark:
            marks.append(_question(s, sum(s.mark.points), _said(s.item, s.mark)))
        elif s.state == "empty":
            marks.append(_question(s, 0.0, "no answer was found"))
        else:
            waiting.append(s.item.id)
            why = "not marked yet"
            if s.state == "changed":
                changed.append(s.item.id)
                why += ": the mark that was given belongs to another version of answer or rubric"
            marks.append(_question(s, 0.0, why))
    return Found(tuple(marks), tuple(waiting), tuple(changed))


def _question(standing: Standing, points: float, message: str) -> QuestionMark:
    item = standing.item
    return QuestionMark(item.id, points, item.max_points, message, None, "", item.version, 0.0)


def _said(item: Item, mark: HandMark) -> str:
    lines = [
        f"{number(points)} of {number(line.points)}: {line.text.rstrip('.')}."
        for points, line in zip(mark.points, item.lines, strict=True)
    ]
    return "\n".join([*lines, *([mark.comment.strip()] if mark.comment.strip() else [])])


def added(entry: Entry, found: Found) -> Entry:
    """Return a notebook with what people gave among its marks."""
    if entry.marks is None or not found.marks:
        return entry
    marks = replace(entry.marks, marks=(*entry.marks.marks, *found.marks))
    return replace(entry, marks=marks)
