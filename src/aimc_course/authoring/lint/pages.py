"""A page of the book as rules see it: lines of prose, headings, fenced blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from aimc_course.authoring.lint.markup import Block, split
from aimc_course.authoring.lint.shelf import Shelf

__all__ = ["Page"]

HEADER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


@dataclass(frozen=True)
class Page:
    """One page; ``shelf`` knows the rest of the book."""

    path: Path
    file: str
    """Path from the course's root."""
    text: str
    shelf: Shelf = field(repr=False)

    @property
    def is_chapter(self) -> bool:
        """Whether it lies in the folder of a part."""
        return re.match(r"book/\d-[^/]+/\d\d[a-z]?-[^/]+\.md$", self.file) is not None

    @cached_property
    def _parts(self) -> tuple[list[tuple[int, str]], list[Block]]:
        header = HEADER.match(self.text)
        skipped = header[0].count("\n") if header else 0
        return split(self.text.splitlines()[skipped:], skipped + 1)

    @property
    def prose(self) -> list[tuple[int, str]]:
        """Lines outside of all fences, with their numbers."""
        return self._parts[0]

    @property
    def blocks(self) -> list[Block]:
        """All blocks, those inside others included."""
        return self._parts[1]

    def named(self, *names: str) -> list[Block]:
        """Return the blocks with one of these names."""
        return [block for block in self.blocks if block.name in names]

    @cached_property
    def headings(self) -> list[tuple[int, str]]:
        """Headings of the second level, with their lines."""
        return [(n, line[3:].strip()) for n, line in self.prose if line.startswith("## ")]

    def section(self, pattern: str) -> tuple[int, list[tuple[int, str]]]:
        """Return the line of a heading and the lines of prose under it; 0 and none without it."""
        start, kept = 0, []
        for number, line in self.prose:
            if line.startswith(("# ", "## ")):
                if start:
                    break
                if re.fullmatch(pattern, line.lstrip("# ").strip().lower()):
                    start = number
            elif start:
                kept.append((number, line))
        return start, kept
