"""The rubrics of a lab while it is marked: a line that is changed changes all marks given by it.

Rubrics come from the notebook of the lab, and a line can be changed on the page as well. Marks keep
what was said of each line, under the line's name, so that nothing is marked again when its points
or its words change. The log keeps what each mark was worth before.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from aimc.validation import check_number
from aimc_course.grading.gradebook.hand_marks import HandMark, HandMarks
from aimc_course.grading.gradebook.store import Store
from aimc_course.grading.gradebook.texts import number, printable
from aimc_course.grading.written.sheet import Item, Line, Sheet

__all__ = ["Moved", "Rubric", "by_lines"]

LONGEST_LINE = 2000  # characters of a line
MOST_POINTS = 100.0  # of a line
Edits = dict[str, dict[str, dict[str, list[object]]]]
"""By question and line: points, words, and words for half of them, before and now."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What a changed rubric does to one mark."""

    owner: str
    item: str
    before: float | None
    """Its points; ``None`` if it did not count."""
    after: float | None
    """Its points; ``None`` if somebody has to look at the answer again."""


class Rubric:
    """The questions of a lab and their rubrics, as they stand in the store.

    Parameters
    ----------
    store : Store
        Where they are kept.
    lab : str
        The lab.
    marks : HandMarks
        The marks that were given by them.
    """

    def __init__(self, store: Store, lab: str, marks: HandMarks) -> None:
        self._store, self.lab, self.marks = store, lab, marks
        self.base: Sheet | None = None
        """The sheet as the notebook of the lab has it."""
        self.sheet: Sheet | None = None
        """The sheet with the lines that were changed on the page."""
        self.read()

    def read(self) -> None:
        """Read the sheet and its lines as they stand in the store now."""
        text = self._store.setting(f"sheet {self.lab}")
        self.base = None if text is None else Sheet.from_json(text)
        self.sheet = None if self.base is None else self._edited(self.base)[0]

    def use(self, sheet: Sheet) -> tuple[str, ...]:
        """Mark by this sheet from now on; return what that changes about marks that were given.

        Lines that were changed on the page stay changed, unless the sheet changes them as well.
        """
        with self._store.database as database:
            database.execute("BEGIN IMMEDIATE")
            self.read()
            new = sheet.following(self.base)
            if new == self.base:
                return ()
            old = self.sheet
            edited, kept, dropped = self._edited(new)
            self._store.set(f"sheet {self.lab}", new.to_json())
            self._store.set(f"rubric {self.lab}", json.dumps(kept))
            changed = [] if old is None else self._note(old, edited)
            self.base, self.sheet = new, edited
        return (*dropped, *changed)

    def change_line(self, item: str, line: Line, version: str) -> tuple[str, ...]:
        """Change a line of a rubric and with it all marks; return what that changed.

        Parameters
        ----------
        item : str
            The question.
        line : Line
            The line; its name is that of the line to change.
        version : str
            Fingerprint of the question as it was looked at.

        Raises
        ------
        ValueError
            If the line is none, or somebody has changed the rubric meanwhile.
        """
        with self._store.database as database:
            database.execute("BEGIN IMMEDIATE")
            self.read()
            old = self._sheet()
            if old.item(item).version != version:
                raise ValueError(f"the rubric of {item} was changed meanwhile: look at it again")
            new = self.with_line(item, line)
            if new == old:
                return ()
            assert self.base is not None
            was = self.base.item(item).line(line.id)
            edits = self._edits()
            edits.setdefault(item, {})[line.id] = {"was": _said_by(was), "now": _said_by(line)}
            self._store.set(f"rubric {self.lab}", json.dumps(edits))
            changed = self._note(old, new)
            self.sheet = new
        return tuple(changed)

    def with_line(self, item: str, line: Line) -> Sheet:
        """Return the sheet as it would be with another line.

        Raises
        ------
        ValueError
            If there is no such line, or its words or points are none.
        """
        sheet = self._sheet()
        asked = sheet.item(item)
        asked.line(line.id)
        check_number("points", line.points, low=0.0, high=MOST_POINTS)
        for name, text in (("what is looked for", line.text), ("what earns half", line.half)):
            if len(text) > LONGEST_LINE:
                raise ValueError(f"{name} may have {LONGEST_LINE} characters, not {len(text)}")
        if not line.text.strip():
            raise ValueError("a line says what is looked for: its text is empty")
        return sheet.with_item(asked.with_line(line))

    def moved(self, old: Sheet, new: Sheet) -> list[Moved]:
        """Return the marks whose points differ between two sheets, of the newest answers."""
        newest: dict[tuple[str, str], HandMark] = {}
        for mark in self.marks.all().values():
            newest[mark.owner, mark.item] = mark
        changed = []
        for mark in newest.values():
            before, after = (
                None if (found := _by_sheet(mark, sheet)) is None else sum(found.points)
                for sheet in (old, new)
            )
            if before != after:
                changed.append(Moved(mark.owner, mark.item, before, after))
        return changed

    def _sheet(self) -> Sheet:
        if self.sheet is None:
            raise ValueError(f"{self.lab} has no sheet of questions to mark")
        return self.sheet

    def _edits(self) -> Edits:
        found: Edits = json.loads(self._store.setting(f"rubric {self.lab}") or "{}")
        return found

    def _edited(self, base: Sheet) -> tuple[Sheet, Edits, list[str]]:
        """Return a sheet with lines that were changed on the page, these, and what is lost."""
        sheet, lost = base, []
        kept: Edits = {}
        for item in base.items:
            for name, edit in self._edits().get(item.id, {}).items():
                line = next((x for x in item.lines if x.id == name), None)
                if line is not None and _said_by(line) == edit["was"]:
                    points, text, half = edit["now"]
                    line = Line(float(str(points)), str(text), str(half), name)
                    sheet = sheet.with_item(sheet.item(item.id).with_line(line))
                    kept.setdefault(item.id, {})[name] = edit
                else:
                    lost.append(
                        f"{item.id}: the notebook has another line where the page had changed one; "
                        f"that of the notebook counts, not {printable(str(edit['now'][1]), 80)!r}"
                    )
        return sheet, kept, lost

    def _note(self, old: Sheet, new: Sheet) -> list[str]:
        """Write to the log what a changed rubric does; return it for people."""
        moved = self.moved(old, new)
        said = []
        for item in new.items:
            before = next((x for x in old.items if x.id == item.id), None)
            if before is None or before.lines == item.lines:
                continue
            changes = _changes(before, item)
            for change in changes:
                points = (number(before.max_points), number(item.max_points))
                self._store.note("rubric", self.lab, "", item.id, *points, change)
            here = [m for m in moved if m.item == item.id]
            for m in here:
                why = "; ".join(changes)[:LONGEST_LINE]
                worth = ("" if p is None else f"{p:.6g}" for p in (m.before, m.after))
                self._store.note("rubric", self.lab, m.owner, item.id, *worth, why)
            again = sum(m.after is None for m in here)
            end = f", {again} of them wait for another look" if again else ""
            count = len({m.owner for m in here})
            said += [f"{item.id}, {change}" for change in changes]
            said.append(
                f"{item.id}: {len(here)} marks of {count} students or groups change their points"
                + end
            )
        return said


def by_lines(mark: HandMark, item: Item) -> HandMark | None:
    """Return a mark with the points that its lines have now, ``None`` if it lacks a line.

    What a mark says of a line is a share of the points that the line had.
    """
    names = mark.lines or tuple(str(place) for place in range(1, len(mark.points) + 1))
    given = dict(zip(names, zip(mark.points, mark.most, strict=True), strict=True))
    points = []
    for line in item.lines:
        got, most = given.get(line.id, (0.0, 0.0))
        if not most and line.points:
            return None  # nobody has said how much of this line was there
        points.append(got if most == line.points else got / most * line.points if most else 0.0)
    lines = tuple(line.id for line in item.lines)
    most_now = tuple(line.points for line in item.lines)
    return replace(mark, points=tuple(points), most=most_now, lines=lines)


def _said_by(line: Line) -> list[object]:
    return [line.points, line.text, line.half]


def _changes(before: Item, after: Item) -> list[str]:
    """Return in words how a rubric was changed."""
    old = {line.id: line for line in before.lines}
    new = {line.id: line for line in after.lines}
    said = []
    for place, line in enumerate(after.lines, 1):
        was = old.get(line.id)
        if was is None:
            said.append(f"line {place} is new: {printable(line.text, 120)}")
            continue
        if was.points != line.points:
            said.append(f"line {place}: {number(was.points)} -> {number(line.points)} points")
        if was.text != line.text:
            words = f"{printable(was.text, 120)!r} -> {printable(line.text, 120)!r}"
            said.append(f"line {place}: {words}")
        if was.half != line.half:
            said.append(f"line {place}: other words for half of its points")
    said += [f"a line went: {printable(x.text, 120)}" for x in before.lines if x.id not in new]
    return said or ["other order of lines"]


def _by_sheet(mark: HandMark, sheet: Sheet) -> HandMark | None:
    item = next((item for item in sheet.items if item.id == mark.item), None)
    return None if item is None else by_lines(mark, item)
