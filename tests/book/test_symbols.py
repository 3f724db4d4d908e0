"""Letters: one meaning within a part, and the table of a part has what its chapters define."""

from collections import defaultdict
from pathlib import Path

import pytest

from aimc_course.teaching.book import module_at

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "book"
symbols = module_at(BOOK / "_ext" / "symbols.py")
ROWS = symbols.rows(BOOK)


def test_every_symbol_belongs_to_a_chapter() -> None:
    assert len(ROWS) > 90
    assert [row.symbol for row in ROWS if not row.chapters] == []


@pytest.mark.parametrize("part", "12345")
def test_a_letter_has_one_meaning(part: str) -> None:
    meanings = defaultdict(list)
    for row in ROWS:
        if part in row.parts:
            for letter in row.letters:
                meanings[letter].append(row.meaning)
    assert {letter: found for letter, found in meanings.items() if len(found) > 1} == {}


@pytest.mark.parametrize("part", "1234")
def test_a_part_begins_with_its_letters(part: str) -> None:
    (folder,) = BOOK.glob(f"{part}-*")
    toc = (ROOT / "_toc.yml").read_text()
    first = min(folder.glob("*.md"), key=lambda page: toc.index(f"{folder.name}/{page.stem}\n"))
    assert "```{symbols}\n```\n" in first.read_text()


def test_each_chapter_of_part_5_begins_with_its_own_letters() -> None:
    own = {chapter for row in ROWS for chapter in row.chapters if chapter.startswith("5-")}
    chapters = {f"5-outlook/{page.stem}" for page in BOOK.glob("5-*/*.md")}
    assert own == chapters
    assert len(own) == 8
    for chapter in chapters:
        text = (BOOK / f"{chapter}.md").read_text()
        assert "```{symbols}\n:chapter:\n```\n\n## Predict" in text, chapter
