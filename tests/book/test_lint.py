"""Every page and every lab keeps the rules, but for what older chapters owe; sentences too.

A failure names the file, the line and how to mend it, as `aimc-course lint` does.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from aimc_course.authoring.lint.check import lint_file, pages
from aimc_course.authoring.lint.debts import read_debts, without_debts
from aimc_course.authoring.lint.prose import MEAN, MOST_SHORT, style
from aimc_course.authoring.lint.shelf import Shelf

ROOT = Path(__file__).resolve().parents[2]
SHELF = Shelf(ROOT)
DEBTS = read_debts(ROOT)
FILES = [*SHELF.pages, *SHELF.labs]
CHAPTERS = [page for page in pages(ROOT) if page.is_chapter]
# What was owed when the rules were made. Lower it after `aimc-course lint --settle`.
MOST_OWED = 0


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_pages_and_labs_keep_the_rules(path):
    left = without_debts(lint_file(SHELF, path), DEBTS)
    assert not left, "\n" + "\n".join(map(str, left))


@pytest.mark.parametrize("page", CHAPTERS, ids=lambda page: page.path.stem)
def test_chapters_are_not_clipped(page):
    found = style(page)
    most = DEBTS.short.get(page.file, MOST_SHORT)
    assert found.short <= most, f"run: aimc-course lint --prose {page.file}"
    assert MEAN[0] <= found.mean <= MEAN[1]


def test_debts_are_few_and_those_of_files_that_exist():
    assert sum(DEBTS.findings.values()) <= MOST_OWED
    for file in {*DEBTS.short, *(file for file, _ in DEBTS.findings)}:
        assert (ROOT / file).is_file(), file
