"""The order in which answers are marked: question by question, nobody's name in sight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aimc_course.grading.desk.by_hand import ByHand, Standing
from aimc_course.grading.desk.desk import Desk
from aimc_course.grading.desk.outcomes import pseudonym
from aimc_course.grading.desk.requests import Request, Requests
from aimc_course.grading.desk.store import Entry
from aimc_course.grading.written.answers import Answer, answers
from aimc_course.grading.written.sheet import Item

__all__ = ["Progress", "Round"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one question is."""

    item: Item
    marked: int
    waiting: int
    """Answers without a mark, those that were changed after it among them."""
    empty: int
    """Notebooks without an answer, which need no mark."""

    @property
    def total(self) -> int:
        """Answers that are marked or wait to be."""
        return self.marked + self.waiting


class Round:
    """One round of marking.

    Parameters
    ----------
    desk : Desk
        The marks of the class.
    lab : str
        The lab, whose sheet is in the store.
    names : bool
        Whether names are shown.
    """

    def __init__(self, desk: Desk, lab: str, *, names: bool = False) -> None:
        self.desk, self.lab, self.names = desk, lab, names
        self.by_hand = ByHand(desk.store, lab)
        if self.by_hand.sheet is None:
            raise ValueError(f"{lab} has no sheet of questions to mark")
        self.sheet = self.by_hand.sheet
        self._version = -1
        self._entries: tuple[Entry, ...] = ()

    def entries(self) -> tuple[Entry, ...]:
        """Return the notebooks that count, in an order that tells nothing."""
        found = self.desk.store.database.execute("PRAGMA data_version").fetchone()
        if found[0] != self._version:
            self._version = found[0]
            self.by_hand.collect()
            entries = {o.entry.number: o.entry for o in self.desk.outcomes(self.lab) if o.entry}
            self._entries = tuple(sorted(entries.values(), key=lambda e: self._alias(e.owner)))
        return self._entries

    def label(self, entry: Entry) -> str:
        """Return the name under which an answer is shown."""
        if not self.names:
            return self._alias(entry.owner)
        student = self.desk.people().by_number(entry.owner)
        return f"{student.name} ({student.id})" if student and student.name else entry.owner

    def standings(self, item: Item) -> list[Standing]:
        """Return all answers to a question, those without anything to read last."""
        found = self.by_hand.standings(self.entries(), [item])
        return sorted(found, key=lambda s: s.written.empty)

    def progress(self) -> list[Progress]:
        """Return how far every question is."""
        found = self.by_hand.standings(self.entries(), self.sheet.items)
        return [_progress(item, [s for s in found if s.item is item]) for item in self.sheet.items]

    def progress_of(self, item: Item, found: Sequence[Standing]) -> Progress:
        """Return how far one question is."""
        return _progress(item, found)

    def first_waiting(self) -> tuple[Item, Entry] | None:
        """Return the first answer with points that waits; ``None`` if none does."""
        for item in self.sheet.items:
            if item.max_points > 0:
                for standing in self.standings(item):
                    if standing.state in ("open", "changed"):
                        return item, standing.entry
        return None

    def answer(self, entry: Entry, item: Item) -> Answer:
        """Return what a notebook answers."""
        found = answers(self.sheet, self.desk.store.notebook(entry.number))
        return next(answer for answer in found if answer.item == item.id)

    def requests(self, entry: Entry, item: Item) -> list[Request]:
        """Return what the students of a notebook asked for again, for one question."""
        owners = {s.id for s in self.desk.people().students if s.owner == entry.owner}
        found = Requests(self.desk.store, self.lab).all()
        return [r for r in found if r.student in owners and r.question == item.id]

    def open_requests(self) -> list[str]:
        """Return the questions for which somebody waits for an answer, in the sheet or not."""
        return sorted({r.question for r in Requests(self.desk.store, self.lab).all() if r.open})

    def next_waiting(self, item: Item, number: int) -> tuple[Item, Entry] | None:
        """Return the next answer that waits: of this question, or else of a later one."""
        found = self.standings(item)
        place = next((k for k, s in enumerate(found) if s.entry.number == number), -1)
        for standing in (*found[place + 1 :], *found[: place + 1]):
            if standing.state in ("open", "changed"):
                return item, standing.entry
        at = self.sheet.items.index(item)
        for other in (*self.sheet.items[at + 1 :], *self.sheet.items[:at]):
            if other.max_points > 0:
                for standing in self.standings(other):
                    if standing.state in ("open", "changed"):
                        return other, standing.entry
        return None

    def _alias(self, owner: str) -> str:
        return pseudonym(self.desk.key, owner)


def _progress(item: Item, found: Sequence[Standing]) -> Progress:
    states = [s.state for s in found]
    waiting = states.count("open") + states.count("changed")
    return Progress(item, states.count("marked"), waiting, states.count("empty"))
