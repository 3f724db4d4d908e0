"""The source of a lab as rules see it: cells with their lines in the file."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from aimc_course.authoring.lint.shelf import Shelf
from aimc_course.checks.question import LabDefinition
from aimc_course.labs.catalogue import find, folders

__all__ = ["Cell", "LabSource"]

SOURCE = re.compile(r'^\s*"source": ?(?P<open>\[)?')


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a notebook."""

    kind: str
    text: str
    tags: tuple[str, ...]
    line: int
    """Line of the file that holds the first line of its text."""

    @property
    def for_instructor(self) -> bool:
        """Whether students never see it."""
        return "instructor" in self.tags

    def line_of(self, place: int) -> int:
        """Return the line of the file where a character of the text stands."""
        return self.line + self.text.count("\n", 0, place)


@dataclass(frozen=True)
class LabSource:
    """A notebook ``labs/NN-topic.ipynb``; ``shelf`` knows the rest of the course."""

    path: Path
    file: str
    """Path from the course's root."""
    raw: str
    """Text of the file."""
    shelf: Shelf = field(repr=False)

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """All cells, with those for the instructor."""
        found = json.loads(self.raw)["cells"]
        starts = []
        for number, line in enumerate(self.raw.splitlines(), start=1):
            if match := SOURCE.match(line):
                starts.append(number + bool(match["open"]))
        starts += [1] * (len(found) - len(starts))
        return tuple(
            Cell(
                str(cell["cell_type"]),
                "".join(cell["source"]),
                tuple(cell.get("metadata", {}).get("tags", ())),
                line,
            )
            for cell, line in zip(found, starts, strict=False)
        )

    @property
    def texts(self) -> list[Cell]:
        """Cells of text that students read."""
        return [c for c in self.cells if c.kind == "markdown" and not c.for_instructor]

    @property
    def codes(self) -> list[Cell]:
        """Cells of code that students run."""
        return [c for c in self.cells if c.kind == "code" and not c.for_instructor]

    @cached_property
    def headings(self) -> list[tuple[int, str]]:
        """Headings of all levels, with their lines and marks."""
        return [
            (cell.line + k, line)
            for cell in self.texts
            for k, line in enumerate(cell.text.split("\n"))
            if re.match(r"#+ ", line)
        ]

    @cached_property
    def definition(self) -> LabDefinition | None:
        """What the package knows of this lab; nothing if it has no folder there."""
        try:
            return find(self.path.stem)
        except ValueError:
            return None

    @cached_property
    def folder(self) -> Path | None:
        """Folder of the lab's answers, of the course that is looked at."""
        if self.definition is None:
            return None
        name = folders()[self.definition.name]
        return self.shelf.root / "src" / "aimc_answers" / name
