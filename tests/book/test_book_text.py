"""The text of the book as a whole, checked without building it; `test_lint.py` has its rules."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from aimc_course.authoring.lint.markup import Block, labels_of, split
from aimc_course.authoring.lint.shelf import Shelf

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"
SHELF = Shelf(ROOT)
PAGES, LABS = SHELF.pages, SHELF.labs
CHAPTERS = sorted(BOOK.glob("[0-9]-*/*.md"))

# The outline gives these chapters an explorer.
WITH_EXPLORER = {
    "1-concepts": ("01-", "02-", "04-", "07-"),
    "2-devices": ("01-", "02-", "03-", "05-"),
    "3-chip": ("01-", "02b-", "03-", "04-", "06-", "07-"),
    "4-accuracy": ("01-", "02-", "03-", "04-", "05-"),
    "5-outlook": ("01-", "02-", "03-", "04-", "05-", "06-", "07-"),
}


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks_of(page: Path, name: str) -> list[Block]:
    return [block for block in split(read(page).splitlines())[1] if block.name == name]


by_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda page: page.stem)


def test_every_page_of_the_contents_exists():
    contents = yaml.safe_load(read(ROOT / "_toc.yml"))
    chapters = [chapter for part in contents["parts"] for chapter in part["chapters"]]
    below = [section for chapter in chapters for section in chapter.get("sections", [])]
    named = [contents["root"], *(entry["file"] for entry in [*chapters, *below])]
    for name in named:
        assert any((ROOT / f"{name}{ending}").is_file() for ending in (".md", ".ipynb")), name
    listed = {ROOT / f"{name}.md" for name in named}
    assert set(PAGES) <= listed, "a page lies in book/ that the contents do not list"


@by_chapter
def test_chapters_that_promise_an_explorer_have_one(chapter):
    wanted = chapter.name.startswith(WITH_EXPLORER[chapter.parent.name])
    shown = any(".interact(" in cell.body for cell in blocks_of(chapter, "code-cell"))
    assert shown or not wanted


@by_chapter
def test_a_page_opened_as_a_notebook_has_the_explorers_of_the_site(chapter):
    named = [block.argument.split(":")[-1] for block in blocks_of(chapter, "explorer")]
    cells = "\n".join(cell.body for cell in blocks_of(chapter, "code-cell"))
    assert sorted(named) == sorted(re.findall(r"^(\w+)\.interact\(\)", cells, re.MULTILINE))


def test_glossary_is_sorted_complete_and_short():
    (block,) = blocks_of(BOOK / "glossary.md", "glossary")
    entries = re.split(r"\n\s*\n", block.body.strip())
    names = [entry.splitlines()[0].strip() for entry in entries]
    assert names == sorted(names, key=str.lower)
    assert len(set(map(str.lower, names))) == len(names) >= 70
    for entry in entries:
        definition = " ".join(entry.splitlines()[1:])
        assert entry.splitlines()[1].startswith("  "), entry
        assert 3 <= len(definition.split()) <= 60, entry


def test_labels_are_unique():
    counts = Counter(label for text in SHELF.texts.values() for _, label in labels_of(text))
    assert [label for label, count in counts.items() if count > 1] == []
