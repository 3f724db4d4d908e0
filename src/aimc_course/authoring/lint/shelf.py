"""What pages share: labels, sources, terms and published numbers of the whole book."""

from __future__ import annotations

import json
import re
import tomllib
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from aimc_course.authoring.lint.markup import MarkupError, labels_of

__all__ = ["QUESTIONS", "Shelf"]

QUESTIONS = "src/aimc_course/teaching/questions.toml"
"""Where the table of the questions stands, from the course's root."""

KEY = re.compile(r"^@\w+\{([^,\s]+)", re.MULTILINE)
GLOSSARY = re.compile(r"^```\{glossary\}\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Shelf:
    """The book and the labs of a course, read when a rule asks."""

    root: Path

    @cached_property
    def pages(self) -> tuple[Path, ...]:
        """All pages, in order."""
        found = (self.root / "book").rglob("*.md")
        return tuple(sorted(path for path in found if "_build" not in path.parts))

    @cached_property
    def labs(self) -> tuple[Path, ...]:
        """Sources of all labs, in order."""
        return tuple(sorted((self.root / "labs").glob("[0-9]*.ipynb")))

    @cached_property
    def texts(self) -> dict[str, str]:
        """Text of all pages and labs, by path from the root."""
        texts = {str(p.relative_to(self.root)): p.read_text(encoding="utf-8") for p in self.pages}
        for path in self.labs:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            kept = ["".join(c["source"]) for c in cells if c["cell_type"] == "markdown"]
            texts[str(path.relative_to(self.root))] = "\n\n".join(kept)
        return texts

    @cached_property
    def labels(self) -> dict[str, list[str]]:
        """Everything that a reference may name, but for pages that cannot be read, and where."""
        found: dict[str, list[str]] = {}
        for file, text in self.texts.items():
            with suppress(MarkupError):
                for line, label in labels_of(text):
                    found.setdefault(label, []).append(f"{file}:{line}")
        return found

    @cached_property
    def questions(self) -> dict[str, Any]:
        """What each question tests and how hard it is, by chapter; empty without the table.

        Raises
        ------
        ValueError
            If the table is no TOML.
        """
        path = self.root / QUESTIONS
        return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}

    @cached_property
    def sources(self) -> frozenset[str]:
        """Keys of the bibliography."""
        return frozenset(KEY.findall((self.root / "book/references.bib").read_text("utf-8")))

    @cached_property
    def terms(self) -> frozenset[str]:
        """Terms of the glossary, in small letters."""
        match = GLOSSARY.search((self.root / "book/glossary.md").read_text("utf-8"))
        lines = match[1].splitlines() if match else []
        return frozenset(line.strip().lower() for line in lines if line and line[0] != " ")
