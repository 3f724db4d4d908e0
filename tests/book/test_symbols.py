"""Letters: one meaning within a part, and the table of a part has what its chapters use."""

import re
from collections import Counter, defaultdict
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


def test_a_letter_of_part_4_stands_at_its_door_or_in_its_chapter() -> None:
    door = symbols.of_part(BOOK, "4")
    assert 5 <= len(door) <= 12
    for row in ROWS:
        if "4" in row.parts and row not in door:
            (chapter,) = row.chapters
            assert "```{symbols}\n:chapter:\n```" in (BOOK / f"{chapter}.md").read_text(), row


CODE = re.compile(r"```\{(?:code-cell|live)\}.*?\n```", re.DOTALL)
FORMULA = re.compile(r"```\{math\}(.*?)```|\$\$(.*?)\$\$|\$([^$]+)\$", re.DOTALL)
NO_LETTER = re.compile(
    r":label:.*|[_^]?\\(?:text|operatorname|mathrm|begin|end)\*?\{[^}]*\}|[_^](?:\{[^{}]*\}|\\?\w+)"
)
BASE = re.compile(r"\\math(?:bf|cal) \w|\\[A-Za-z]+|[A-Za-z]")
GREEK = "alpha beta gamma delta varepsilon zeta eta theta kappa lambda mu nu xi rho sigma varphi"


def bases(formula: str) -> set[str]:
    """Letters of a formula, without their indices: no words, and no names of functions."""
    found = set(BASE.findall(NO_LETTER.sub(" ", formula)))
    return {x for x in found if len(x) == 1 or " " in x or x[1:] in GREEK.split()}


@pytest.mark.parametrize("part", "12345")
def test_a_letter_of_three_formulas_is_in_the_table(part: str) -> None:
    notation = (BOOK / "notation.md").read_text()
    (indices,) = re.findall(r"^- \*\*Indices\.\*\*.*", notation, re.MULTILINE)
    told = [indices, *(row.symbol for row in ROWS if part in row.parts)]
    known = bases(" ".join("".join(f) for text in told for f in FORMULA.findall(text))) | {"O", "e"}
    for page in BOOK.glob(f"{part}-*/*.md"):
        formulas = FORMULA.findall(CODE.sub("", page.read_text()))
        times = Counter(x for formula in formulas for x in bases("".join(formula)))
        assert {x for x, n in times.items() if n > 2} <= known, page.stem
