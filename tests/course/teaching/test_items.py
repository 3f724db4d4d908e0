"""The bank holds every question of the book, and the table fits the book."""

import re
from collections import Counter

import pytest

from aimc_course.teaching import items as bank
from aimc_course.teaching.book import chapters, directives
from aimc_course.teaching.items import DIFFICULTIES, chosen_parts, read_items, read_table, shuffled


def test_every_question_of_the_book_is_in_the_bank(root, items):
    contents = (root / "_toc.yml").read_text(encoding="utf-8")

    def place(path):
        return contents.index(f"{path.relative_to(root).with_suffix('').as_posix()}\n")

    asked = [
        name
        for path in sorted((root / "book").glob("[1-9]-*/*.md"), key=place)
        for name in re.findall(
            r"^`{3,}\{(?:quiz|predict)\}.*\n:name: (\S+)$",
            path.read_text(encoding="utf-8"),
            flags=re.MULTILINE,
        )
    ]
    assert [item.name for item in items] == asked
    assert len(asked) >= 80


def test_every_chapter_asks_and_its_objectives_are_tested(root, items):
    book = chapters(root)
    assert len(book) >= 27
    for chapter in book:
        own = [item for item in items if item.chapter == chapter.name]
        assert len(own) >= 4, chapter.name
        assert len(chapter.objectives) >= 3, chapter.name
        assert {item.objective for item in own} <= set(chapter.objectives)
        assert len({item.objective for item in own}) >= 2, f"{chapter.name}: one objective only"
        assert {item.part for item in own} == {int(chapter.name[0])}


def test_difficulties_are_spread_over_every_part(items):
    for part in {item.part for item in items}:
        levels = Counter(item.difficulty for item in items if item.part == part)
        chapters = len({item.chapter for item in items if item.part == part})
        least = min(5, chapters)
        assert min(levels[level] for level in DIFFICULTIES) >= least, (part, levels)


def test_question_reads_as_in_its_chapter(items):
    item = next(item for item in items if item.name == "quiz-mw-3")
    assert item.question == "Which term of the energy does in-memory computing remove?"
    assert [choice.text for choice in item.choices if choice.right] == ["moving weights"]
    assert item.choices[1].feedback == "They still go into and out of each array."
    assert item.title == "The memory wall"
    assert item.objective.startswith("decide which of these parts in-memory computing removes")
    assert not item.keep_order
    assert next(item for item in items if item.name == "predict-mw").keep_order


def test_question_without_a_row_is_refused(root, monkeypatch):
    table = read_table()
    del table["2-devices/03-drift"]["quiz-drift-5"]
    monkeypatch.setattr(bank, "read_table", lambda: table)
    with pytest.raises(ValueError, match=r"needs a row for question 'quiz-drift-5' of 2-devices"):
        read_items(root)


@pytest.mark.parametrize(
    ("name", "row", "words"),
    [
        ("quiz-mw-1", [4, "easy"], "objective must be 1 to 3"),
        ("quiz-mw-1", [1, "tricky"], "difficulty must be one of"),
        ("quiz-mw-1", [1, "easy", "maybe"], "only 'in context'"),
        ("quiz-mw-99", [1, "easy"], "asks no question quiz-mw-99"),
    ],
)
def test_row_that_does_not_fit_is_refused(root, monkeypatch, name, row, words):
    table = read_table()
    table["1-concepts/01-memory-wall"][name] = row
    monkeypatch.setattr(bank, "read_table", lambda: table)
    with pytest.raises(ValueError, match=words):
        read_items(root)


def test_directives_are_taken_apart():
    text = "````{quiz} One?\n:name: a-1\n:keep-order:\n- [x] a :: b\n\n- [ ] c :: d\n````\n"
    (found,) = directives(text, "quiz")
    assert found.argument == "One?"
    assert found.options == {"name": "a-1", "keep-order": ""}
    assert found.body == ["- [x] a :: b", "", "- [ ] c :: d"]
    assert directives(text, "figure") == []


@pytest.mark.parametrize(
    ("text", "parts"), [("1-4", [1, 2, 3, 4]), ("1,3", [1, 3]), ("2", [2]), ("1-2, 4", [1, 2, 4])]
)
def test_parts_are_named_in_spans(text, parts):
    assert chosen_parts(text) == parts


@pytest.mark.parametrize("text", ["", "one", "1-", "-2", "3-2"])
def test_parts_that_name_nothing_are_refused(text):
    with pytest.raises(ValueError, match="parts="):
        chosen_parts(text)


def test_order_follows_from_the_seed_with_any_version_of_python():
    assert shuffled(7, ["a", "b", "c", "d"]) == ["c", "b", "a", "d"]
    assert len({tuple(shuffled(seed, "abc")) for seed in range(60)}) == 6


def test_unknown_question_that_is_to_stay_apart_is_refused(root, monkeypatch):
    table = read_table()
    table["apart"].append(["quiz-mw-1", "quiz-mw-77"])
    monkeypatch.setattr(bank, "read_table", lambda: table)
    with pytest.raises(ValueError, match="the book asks no question quiz-mw-77"):
        read_items(root)
