"""The questions of a lab that no judge can mark, each with its rubric."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from aimc.validation import check_choice

__all__ = ["KINDS", "Cell", "Item", "Line", "Sheet", "without_rubric"]

KINDS = {
    "open": "Open questions",
    "explain": "Explanations",
    "figure": "Figures",
    "predict": "Predictions",
}
"""Kinds of questions, and what they are called together."""
DIGITS = 12
TABLE = re.compile(
    r"^\| *Points *\| *What is looked for *\|.*\n\|[ :|-]+\|\n(?P<rows>(?:\|.*(?:\n|$))+)",
    re.MULTILINE,
)
"""The rubric of an open question, as a notebook has it."""
LOOKED_FOR = re.compile(r"^Looked for: *(?P<text>.+)$", re.MULTILINE)
"""That of an explanation."""
WORD = re.compile(r"\w+")
ALIKE = 0.4  # share of words that a line keeps when it is changed


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the notebook that students start from."""

    kind: str
    """``"code"``, ``"markdown"`` or ``"raw"``."""
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a rubric."""

    points: float
    """Most points of this line; 0 where there is only something to say."""
    text: str
    """What is looked for, Markdown."""
    half: str = ""
    """What earns half of the points, Markdown."""
    id: str = ""
    """Name that it keeps when its points or its words are changed."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question that a person marks."""

    id: str
    """Name, such as ``"o1"`` or ``"e3"``."""
    kind: str
    """One of `KINDS`."""
    title: str
    """What it is called, in one line."""
    question: str
    """What the lab asks, Markdown."""
    lines: tuple[Line, ...]
    """The rubric."""
    model: str
    """A model answer and samples of others, Markdown; empty if the lab has none."""
    first: int
    """Cell that asks, by its place in the sheet."""
    end: int
    """First cell after it that no longer belongs to the answer."""

    @property
    def max_points(self) -> float:
        """Most points of the question."""
        return sum(line.points for line in self.lines)

    @property
    def version(self) -> str:
        """Fingerprint of the question and its rubric."""
        said = [self.question, *(f"{line.points:g} {line.text} {line.half}" for line in self.lines)]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()[:DIGITS]

    def line(self, name: str) -> Line:
        """Return one line of the rubric.

        Raises
        ------
        ValueError
            If there is none of that name.
        """
        check_choice("line", name, tuple(line.id for line in self.lines))
        return next(line for line in self.lines if line.id == name)

    def with_line(self, line: Line) -> Item:
        """Return the question with another line in place of the one with its name."""
        return replace(self, lines=tuple(line if x.id == line.id else x for x in self.lines))

    def in_cell(self) -> bool:
        """Return whether the answer is the cell that asks, and not what follows it."""
        return self.kind in ("figure", "predict")


@dataclass(frozen=True, slots=True)
class Sheet:
    """All questions of a lab that people mark, and the cells around them."""

    lab: str
    items: tuple[Item, ...]
    cells: tuple[Cell, ...]
    """The notebook that students start from, with the answers of its author."""

    def item(self, name: str) -> Item:
        """Return one question.

        Raises
        ------
        ValueError
            If the lab has none of that name.
        """
        check_choice("question", name, tuple(item.id for item in self.items))
        return next(item for item in self.items if item.id == name)

    def with_item(self, item: Item) -> Sheet:
        """Return the sheet with another question in place of the one with its name."""
        return replace(self, items=tuple(item if x.id == item.id else x for x in self.items))

    def following(self, earlier: Sheet | None) -> Sheet:
        """Return this sheet with the names that lines had in an earlier one.

        A line is the one of before if it says the same, if it is the only one there, or if most of
        its words are the same. Where nothing but rubrics changed, the cells stay those that
        students started from.
        """
        known = {item.id: item.lines for item in earlier.items} if earlier else {}
        items = tuple(
            replace(item, lines=_named(item.lines, known.get(item.id, ()))) for item in self.items
        )
        same = earlier is not None and _bare(self.cells) == _bare(earlier.cells)
        return replace(self, items=items, cells=earlier.cells if same and earlier else self.cells)

    def worth(self, points: dict[str, float]) -> Sheet:
        """Return the sheet with other points for kinds whose rubric has a single line.

        Parameters
        ----------
        points : dict of str to float
            Points by kind: ``"explain"`` and ``"figure"``.
        """

        def changed(item: Item) -> Item:
            if item.kind not in points:
                return item
            return replace(item, lines=(replace(item.lines[0], points=points[item.kind]),))

        return replace(self, items=tuple(changed(item) for item in self.items))

    def to_json(self) -> str:
        """Return the sheet as JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Sheet:
        """Return the sheet that `to_json` wrote."""
        data = json.loads(text)
        items = [Item(**i | {"lines": _lines(i["lines"])}) for i in data["items"]]
        return cls(data["lab"], tuple(items), tuple(Cell(**cell) for cell in data["cells"]))


def without_rubric(text: str) -> str:
    """Return the text of a cell without its rubric."""
    return LOOKED_FOR.sub("", TABLE.sub("", text))


def _bare(cells: Sequence[Cell]) -> list[tuple[str, str]]:
    return [(cell.kind, without_rubric(cell.text)) for cell in cells]


def _lines(rows: Sequence[dict[str, object]]) -> tuple[Line, ...]:
    # Sheets of before lines had names: the order was all there was.
    named = [{"id": str(place)} | row for place, row in enumerate(rows, 1)]
    return tuple(Line(**row) for row in named)  # type: ignore[arg-type]


def _named(lines: Sequence[Line], known: Sequence[Line]) -> tuple[Line, ...]:
    if not known:
        return tuple(replace(line, id=str(place)) for place, line in enumerate(lines, 1))
    left = list(known)
    names: dict[int, str] = {}

    def take(place: int, line: Line) -> None:
        names[place] = line.id
        left.remove(line)

    for place, line in enumerate(lines):
        if same := next((k for k in left if k.text == line.text), None):
            take(place, same)
    for place, line in enumerate(lines):
        if place in names or not left:
            continue
        if len(lines) == len(known) == 1:
            take(place, left[0])
            continue
        likeness = [_likeness(k.text, line.text) for k in left]
        if max(likeness) >= ALIKE:
            take(place, left[likeness.index(max(likeness))])
    taken = {*names.values(), *(line.id for line in known)}
    for place, line in enumerate(lines):
        if place not in names:
            name = hashlib.sha256(line.text.encode()).hexdigest()[:DIGITS]
            names[place] = name if name not in taken else f"{name}-{place + 1}"
            taken.add(names[place])
    return tuple(replace(line, id=names[place]) for place, line in enumerate(lines))


def _likeness(a: str, b: str) -> float:
    first, second = (set(WORD.findall(text.lower())) for text in (a, b))
    return len(first & second) / max(1, len(first | second))
