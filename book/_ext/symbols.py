"""The directive ``symbols``: what the letters of a part mean, made from the page of notation.

It stands in the first chapter of a part and shows, folded, those rows of the table on the page
"Notation and conventions" whose definition is in a chapter of that part. With the option `chapter`
it shows those of its own chapter, as in part 5, whose chapters can be read alone. The first chapter
of part 4 leaves to such a chapter what is defined there alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

ROW = re.compile(r"^\* - (.*)\n  - (.*)\n  - (.*)\n  - (.*)$", re.MULTILINE)
LABEL = re.compile(r"^\(([\w-]+)\)=$", re.MULTILINE)
REFERENCE = re.compile(r"\{ref\}`([\w-]+)`")
OWN = "```{symbols}\n:chapter:"
LETTER = re.compile(r"\$([^$]+)\$")


class Row(NamedTuple):
    """One row of the table of symbols."""

    symbol: str
    meaning: str
    unit: str
    defined: str
    chapters: tuple[str, ...]
    """Chapters that define it, as folder and file."""

    @property
    def letters(self) -> tuple[str, ...]:
        """The letters as they are set, without what they are equal to."""
        return tuple(found.partition("=")[0].strip() for found in LETTER.findall(self.symbol))

    @property
    def parts(self) -> set[str]:
        """Numbers of the parts whose chapters define it."""
        return {chapter.partition("-")[0] for chapter in self.chapters}


def rows(book: Path) -> tuple[Row, ...]:
    """Return the symbols of a book, which is a folder with ``notation.md`` and the parts."""
    pages = [*book.glob("[1-9]-*/*.md"), book / "models.md"]
    texts = {page: page.read_text(encoding="utf-8") for page in pages}
    notation = (book / "notation.md").read_text(encoding="utf-8")
    return _rows(notation, tuple(_places(book, texts)))


def _places(book: Path, pages: dict[Path, str]) -> Iterator[tuple[str, str]]:
    for page, text in pages.items():
        name = page.relative_to(book).with_suffix("").as_posix()
        for label in LABEL.findall(text):
            # the models are those of the second part's devices
            yield label, name if "/" in name else f"2-devices/{name}"


@lru_cache(maxsize=4)
def _rows(notation: str, places: tuple[tuple[str, str], ...]) -> tuple[Row, ...]:
    where = dict(places)
    found = [
        Row(symbol, meaning, unit, defined, _chapters(defined, where))
        for symbol, meaning, unit, defined in ROW.findall(notation)
    ]
    return tuple(row for row in found if row.letters)


def _chapters(text: str, where: dict[str, str]) -> tuple[str, ...]:
    return tuple(where[label] for label in REFERENCE.findall(text) if label in where)


def _alone(book: Path, part: str) -> set[str]:
    """Return the chapters of a part that show letters of their own."""
    pages = book.glob(f"{part}-*/*.md")
    own = (page for page in pages if OWN in page.read_text(encoding="utf-8"))
    return {page.relative_to(book).with_suffix("").as_posix() for page in own}


def of_part(book: Path, part: str) -> tuple[Row, ...]:
    """Return the rows that stand at the door of a part."""
    alone = _alone(book, part)
    return tuple(
        row
        for row in rows(book)
        if part in row.parts and not (len(row.chapters) == 1 and row.chapters[0] in alone)
    )


class Symbols(SphinxDirective):
    """The symbols of the part in which the page stands, or of its chapter."""

    option_spec: ClassVar[dict[str, Any]] = {"chapter": directives.flag}

    def run(self) -> list[nodes.Node]:
        """Return a folded table."""
        book = Path(self.env.srcdir) / "book"
        self.env.note_dependency(str(book / "notation.md"))
        chapter = self.env.docname.removeprefix("book/")
        part, alone = chapter.partition("-")[0], "chapter" in self.options
        own = (
            [row for row in rows(book) if chapter in row.chapters] if alone else of_part(book, part)
        )
        if not own:
            raise self.error("the directive symbols stands in a chapter that has symbols")
        columns = 3 if alone else 4  # it is clear where
        lines = [
            f":::{{admonition}} Letters of this {'chapter' if alone else 'part'}",
            ":class: dropdown symbols",
            "What a section needs beside these is explained there; all letters: {ref}`notation`.",
            "",
            "```{list-table}",
            ":header-rows: 1",
            f":widths: {'18 66 16' if alone else '18 52 12 18'}",
            "",
            *_row(*("Symbol", "Meaning", "Unit", "Defined in")[:columns]),
            *(line for row in own for line in _row(*_texts(row, part)[:columns])),
            "```",
            ":::",
        ]
        box = nodes.container()
        self.state.nested_parse(StringList(lines, self.env.docname), self.content_offset, box)
        return box.children


def _texts(row: Row, part: str) -> tuple[str, str, str, str]:
    meaning = re.sub(rf" \(parts? {part}\)$", "", row.meaning)
    return row.symbol, meaning, row.unit, row.defined


def _row(*cells: str) -> Iterator[str]:
    first, *others = cells
    yield f"* - {first}"
    yield from (f"  - {cell}" for cell in others)


def setup(app: Any) -> dict[str, Any]:
    """Add the directive."""
    app.add_directive("symbols", Symbols)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
