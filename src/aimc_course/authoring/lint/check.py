"""Runs the rules on pages and labs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from aimc.published import facts
from aimc.published.facts import FaultyTableError
from aimc_course.authoring.lint import (
    chapter_frame,
    chapter_questions,
    figures,
    lab_frame,
    lab_tasks,
    numbers,
    references,
)
from aimc_course.authoring.lint.findings import Finding, Rule, excused
from aimc_course.authoring.lint.lab_source import LabSource
from aimc_course.authoring.lint.markup import MarkupError
from aimc_course.authoring.lint.pages import Page
from aimc_course.authoring.lint.shelf import Shelf

__all__ = ["CHAPTER_RULES", "LAB_RULES", "PAGE_RULES", "files", "lint", "lint_file", "pages"]

Source = TypeVar("Source", Page, LabSource)
PAGE_RULES: tuple[Rule[Page], ...] = (
    *chapter_questions.EVERYWHERE,
    *figures.EVERYWHERE,
    *references.EVERYWHERE,
    *numbers.EVERYWHERE,
)
"""Rules for every page of the book."""
CHAPTER_RULES: tuple[Rule[Page], ...] = (
    *chapter_frame.RULES,
    *chapter_questions.RULES,
    *figures.RULES,
)
"""Rules for the chapters, beside those for all pages."""
LAB_RULES: tuple[Rule[LabSource], ...] = (*lab_frame.RULES, *lab_tasks.RULES)
"""Rules for the sources of labs."""


def lint(root: Path, paths: Sequence[Path] = ()) -> list[Finding]:
    """Return everything that breaks a rule, in the order of files and lines.

    Parameters
    ----------
    root : Path
        The course's root folder.
    paths : sequence of Path
        Pages and sources of labs, or folders with some; everything by default.

    Raises
    ------
    ValueError
        If a path is neither a page of the book nor the source of a lab.
    """
    shelf = Shelf(root)
    found = [finding for path in files(shelf, paths) for finding in lint_file(shelf, path)]
    try:
        facts()
    except FaultyTableError as error:
        place = f"src/aimc/published/tables/{error.file}"
        mend = "Mend the row; until then no page is searched for unknown published numbers."
        found.append(Finding(place, error.line, "fact", error.text, mend))
    return sorted(found)


def lint_file(shelf: Shelf, path: Path) -> list[Finding]:
    """Return what breaks a rule in one page or one lab."""
    file, text = _named(shelf, path), path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        found = _apply(LAB_RULES, LabSource(path, file, text, shelf), file)
    else:
        page = Page(path, file, text, shelf)
        found = _apply((*PAGE_RULES, *CHAPTER_RULES) if page.is_chapter else PAGE_RULES, page, file)
    try:
        return sorted(excused(found, file, text.splitlines()))
    except MarkupError as error:
        return [Finding(file, error.line, "markup", error.text, "No rule was tried on this page.")]


def pages(root: Path, paths: Sequence[Path] = ()) -> Iterator[Page]:
    """Yield the pages of the book, or those among some paths, that a build could read."""
    shelf = Shelf(root)
    for path in files(shelf, paths):
        page = Page(path, _named(shelf, path), path.read_text(encoding="utf-8"), shelf)
        with suppress(MarkupError):
            if path.suffix == ".md" and page.blocks is not None:
                yield page


def _named(shelf: Shelf, path: Path) -> str:
    return path.resolve().relative_to(shelf.root.resolve()).as_posix()


def _apply(rules: Sequence[Rule[Source]], source: Source, file: str) -> Iterator[Finding]:
    for rule in rules:
        for line, text in rule.find(source):
            yield Finding(file, line, rule.name, text, rule.mend)


def files(shelf: Shelf, paths: Sequence[Path] = ()) -> Iterator[Path]:
    """Yield the pages and labs among some paths, all of them by default.

    Raises
    ------
    ValueError
        If a path is neither a page of the book nor the source of a lab.
    """
    known = {path.resolve(): path for path in (*shelf.pages, *shelf.labs)}
    if not paths:
        yield from known.values()
    for path in paths:
        inside = [p for p in known if p == path.resolve() or path.resolve() in p.parents]
        if not inside:
            raise ValueError(
                f"{path} is neither a page in book/ nor the source of a lab, labs/NN-topic.ipynb, "
                "nor a folder with some"
            )
        yield from (known[p] for p in inside)
