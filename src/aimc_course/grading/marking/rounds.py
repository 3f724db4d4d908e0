"""The order in which answers are marked: question by question, nobody's name in sight.

Several people may mark one lab at the same time, each with a page of their own on the same store.
An answer that somebody has open is handed out to nobody else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aimc_course.grading.gradebook.by_hand import ByHand, Standing
from aimc_course.grading.gradebook.gradebook import Gradebook
from aimc_course.grading.gradebook.leases import Lease, Leases
from aimc_course.grading.gradebook.outcomes import Outcome, pseudonym
from aimc_course.grading.gradebook.requests import Request, Requests
from aimc_course.grading.gradebook.store import Entry
from aimc_course.grading.gradebook.texts import printable
from aimc_course.grading.written.answers import Answer, answers
from aimc_course.grading.written.sheet import Item, Sheet

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
    gradebook : Gradebook
        The marks of the class.
    lab : str
        The lab, whose sheet is in the store.
    names : bool
        Whether names are shown.
    """

    def __init__(self, gradebook: Gradebook, lab: str, *, names: bool = False) -> None:
        self.gradebook, self.lab, self.names = gradebook, lab, names
        self.by_hand = ByHand(gradebook.store, lab)
        self.leases = Leases(gradebook.store, lab)
        if self.by_hand.sheet is None:
            raise ValueError(f"{lab} has no sheet of questions to mark")
        self._version = -1
        self._outcomes: tuple[Outcome, ...] = ()
        self._entries: tuple[Entry, ...] = ()

    @property
    def sheet(self) -> Sheet:
        """The questions, as they stand now: another marker may have changed a rubric."""
        self._follow()
        assert self.by_hand.sheet is not None
        return self.by_hand.sheet

    def entries(self) -> tuple[Entry, ...]:
        """Return the notebooks that count, in an order that tells nothing."""
        self._follow()
        return self._entries

    def _follow(self) -> None:
        """Read again what other processes may have changed."""
        found = self.gradebook.store.database.execute("PRAGMA data_version").fetchone()
        if found[0] != self._version:
            self._version = found[0]
            self.by_hand.rubric.read()
            self.by_hand.collect()
            self._outcomes = self.gradebook.outcomes(self.lab)
            entries = {o.entry.number: o.entry for o in self._outcomes if o.entry}
            self._entries = tuple(sorted(entries.values(), key=lambda e: self._alias(e.owner)))

    def label(self, entry: Entry) -> str:
        """Return the name under which an answer is shown."""
        if not self.names:
            return self._alias(entry.owner)
        student = self.gradebook.people().by_number(entry.owner)
        return f"{student.name} ({student.id})" if student and student.name else entry.owner

    def standings(self, item: Item) -> list[Standing]:
        """Return all answers to a question, those without anything to read last."""
        found = self.by_hand.standings(self.entries(), [item])
        return sorted(found, key=lambda s: s.written.empty)

    def progress(self) -> list[Progress]:
        """Return how far every question is."""
        found = self.standings_of_all()
        return [_progress(i, [s for s in found if s.item.id == i.id]) for i in self.sheet.items]

    def standings_of_all(self) -> list[Standing]:
        """Return all answers to all questions."""
        return self.by_hand.standings(self.entries(), self.sheet.items)

    def doubts(self) -> list[tuple[str, str]]:
        """Return marks that count and may be wrong: whose they are, and why."""
        self._follow()
        return [
            (self.named(o.student.id if self.names else o.student.owner), printable(doubt))
            for o in self._outcomes
            for doubt in o.doubts
        ]

    def graded(self) -> tuple[int, int]:
        """Return how many notebooks have marks, and how many there are."""
        row = self.gradebook.store.database.execute(
            "SELECT count(DISTINCT r.submission), count(DISTINCT s.number) FROM submissions s "
            "LEFT JOIN results r ON r.submission = s.number WHERE s.lab = ?",
            (self.lab,),
        ).fetchone()
        return int(row[0]), int(row[1])

    def named(self, owner: str) -> str:
        """Return the name under which a student or group is shown."""
        return owner if self.names else self._alias(owner)

    def unwritten(self) -> bool:
        """Return whether marks by hand were changed since feedback and grades were written."""
        written = int(self.gradebook.store.setting(f"published {self.lab}") or 0)
        return written != self.by_hand.marks.changes()

    def progress_of(self, item: Item, found: Sequence[Standing]) -> Progress:
        """Return how far one question is."""
        return _progress(item, found)

    def first_waiting(self, item: Item | None = None) -> tuple[Item, Entry] | None:
        """Take the first answer that waits, of one question or of all; ``None`` if none does."""
        items = [i for i in self.sheet.items if i.max_points > 0] if item is None else [item]
        return self._taken((i, s) for i in items for s in self.standings(i))

    def answer(self, entry: Entry, item: Item) -> Answer:
        """Return what a notebook answers."""
        found = answers(self.sheet, self.gradebook.store.notebook(entry.number))
        return next(answer for answer in found if answer.item == item.id)

    def requests(self, entry: Entry, item: Item) -> list[Request]:
        """Return what the students of a notebook asked for again, for one question."""
        store = self.gradebook.store
        owners = set(store.by_student([entry]))
        found = Requests(store, self.lab).all()
        return [r for r in found if r.student in owners and r.question == item.id]

    def open_requests(self) -> list[str]:
        """Return the questions for which somebody waits for an answer, in the sheet or not."""
        return sorted(
            {r.question for r in Requests(self.gradebook.store, self.lab).all() if r.open}
        )

    def next_waiting(self, item: Item, number: int) -> tuple[Item, Entry] | None:
        """Take the next answer that waits: of this question, or else of a later one."""
        items = self.sheet.items
        at = next((k for k, i in enumerate(items) if i.id == item.id), 0)
        others = [i for i in (*items[at + 1 :], *items[:at]) if i.max_points > 0]

        def following() -> Iterator[tuple[Item, Standing]]:
            found = self.standings(item)
            place = next((k for k, s in enumerate(found) if s.entry.number == number), -1)
            for standing in (*found[place + 1 :], *found[: place + 1]):
                yield item, standing
            for other in others:
                for standing in self.standings(other):
                    yield other, standing

        return self._taken(following())

    def open(self, standing: Standing) -> Lease | None:
        """Take an answer that is looked at; return who else has it open, if anybody."""
        return self.leases.take(standing.entry.owner, standing.item.id)

    def _taken(self, found: Iterator[tuple[Item, Standing]]) -> tuple[Item, Entry] | None:
        others = self.leases.others()
        for item, standing in found:
            if standing.state in ("open", "changed"):
                owner = standing.entry.owner
                # Another page may take it between the look and the taking.
                if (owner, item.id) not in others and self.open(standing) is None:
                    return item, standing.entry
        return None

    def _alias(self, owner: str) -> str:
        return pseudonym(self.gradebook.key, owner)


def _progress(item: Item, found: Sequence[Standing]) -> Progress:
    states = [s.state for s in found]
    waiting = states.count("open") + states.count("changed")
    return Progress(item, states.count("marked"), waiting, states.count("empty"))
