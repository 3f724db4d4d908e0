"""The text of the book as a whole, checked without building it; `test_lint.py` has its rules."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from aimc_course.authoring.lint.markup import Block, labels_of, roles, split
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
    "3-chip": ("01-", "02-", "03-", "04-", "06-", "07-"),
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
    named = [contents["root"], *(c["file"] for p in contents["parts"] for c in p["chapters"])]
    for name in named:
        assert any((ROOT / f"{name}{ending}").is_file() for ending in (".md", ".ipynb")), name
    listed = {ROOT / f"{name}.md" for name in named}
    assert set(PAGES) <= listed, "a page lies in book/ that the contents do not list"


@by_chapter
def test_chapters_that_promise_an_explorer_have_one(chapter):
    wanted = chapter.name.startswith(WITH_EXPLORER[chapter.parent.name])
    shown = any(".interact(" in cell.body for cell in blocks_of(chapter, "code-cell"))
    assert shown or not wanted


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


def test_teachers_plan_reads_every_chapter_and_every_lab():
    text = read(BOOK / "instructor.md")
    plan = text[: text.index("## What goes wrong")]
    named, labs = roles("ref", plan), roles("doc", plan)
    for chapter in CHAPTERS:
        label = re.search(r"^\((ch-[\w-]+)\)=$", read(chapter), flags=re.MULTILINE)
        assert label is not None
        assert label[1] in named, f"no meeting reads {chapter.stem}"
    assert {f"/labs/student/{lab.stem}" for lab in LABS} <= set(labs)


def test_front_page_names_the_first_and_the_last_lab_and_the_weeks_of_the_plan():
    text = read(BOOK / "intro.md")
    first, last = LABS[0].stem, LABS[-1].stem
    assert roles("doc", text)[:2] == [f"/labs/student/{first}", f"/labs/student/{last}"]
    weeks = re.search(r"^## (\w+) weeks", read(BOOK / "instructor.md"), flags=re.MULTILINE)
    assert weeks is not None
    assert f"plans {weeks[1].lower()} weeks" in text


def test_front_page_says_which_parts_are_here():
    text = read(BOOK / "intro.md")
    # a part is here when its first chapter is; a later one may come before
    here = sorted(int(chapter.parent.name[0]) for chapter in CHAPTERS if chapter.name[:2] == "01")
    assert here == list(range(1, here[-1] + 1))
    span = "1 and 2" if here[-1] == 2 else f"1 to {here[-1]}"
    assert f"Parts {span} are here now" in text
    assert "independent work" in text
    assert not re.search(rf"\]\((\.\./)?book/[{here[-1] + 1}-9]-", text)
