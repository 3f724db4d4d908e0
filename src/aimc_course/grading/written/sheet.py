"""The questions of a lab that no judge can mark, each with its rubric."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from aimc.validation import check_choice

__all__ = ["KINDS", "Cell", "Item", "Line", "Sheet"]

KINDS = {
    "open": "Open questions",
    "explain": "Explanations",
    "figure": "Figures",
    "predict": "Predictions",
}
"""Kinds of questions, and what they are called together."""
DIGITS = 12


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


def _lines(rows: Sequence[dict[str, object]]) -> tuple[Line, ...]:
    return tuple(Line(**row) for row in rows)  # type: ignore[arg-type]
