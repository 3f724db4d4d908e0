"""Length must not betray an answer: the key is the longest choice no more often than by chance."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import sqrt
from pathlib import Path

import pytest

from aimc_course.teaching.draw import draw_exam
from aimc_course.teaching.items import Item, read_items

ROOT = Path(__file__).resolve().parents[2]
ONE_SIDED_95 = 1.645
PARTS = (1, 2, 3, 4, 5)

ITEMS = [item for item in read_items(ROOT) if sum(choice.right for choice in item.choices) == 1]


def shown(text: str) -> int:
    """Return about how many characters a reader sees of a choice."""
    text = re.sub(r"\{[\w:-]+\}`([^`<]*?)\s*(?:<[^>]*>)?`", r"\1", text)
    text = re.sub(r"\\[a-zA-Z]+", "x", text)
    return len(re.sub(r"[$`*{}\\_^]", "", text))


def longest(item: Item) -> float:
    """Return 1 if the key is the longest choice; if several are equally long, its chance of it."""
    lengths = [shown(choice.text) for choice in item.choices]
    (key,) = (shown(choice.text) for choice in item.choices if choice.right)
    return (key == max(lengths)) / lengths.count(max(lengths))


def too_many(items: Sequence[Item]) -> str:
    """Say which keys are the longest, if there are more than chance explains, else nothing."""
    chances = [1 / len(item.choices) for item in items]
    expected = sum(chances)
    # The sum of independent questions: its variance is the sum of theirs.
    margin = ONE_SIDED_95 * sqrt(sum(p * (1 - p) for p in chances))
    found = sum(map(longest, items))
    if found <= expected + margin:
        return ""
    names = " ".join(item.name for item in items if longest(item) == 1)
    return f"{found:.1f} of {len(items)}, by chance {expected:.1f} + {margin:.1f}: {names}"


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("kinds", [("quiz",), ("quiz", "predict")], ids=["quizzes", "all"])
def test_in_each_part_the_key_is_the_longest_choice_no_more_often_than_by_chance(part, kinds):
    items = [item for item in ITEMS if item.part == part and item.kind in kinds]
    assert items
    assert not too_many(items)


@pytest.mark.parametrize("kinds", [("quiz",), ("quiz", "predict")], ids=["quizzes", "bank"])
def test_in_the_whole_book_the_key_is_the_longest_choice_no_more_often_than_by_chance(kinds):
    assert not too_many([item for item in ITEMS if item.kind in kinds])


def test_whoever_marks_the_longest_choice_of_drawn_exams_earns_what_chance_gives():
    bank = read_items(ROOT)
    drawn = [item for seed in range(12) for item in draw_exam(bank, 20, seed)]
    assert not too_many([item for item in drawn if sum(c.right for c in item.choices) == 1])


def test_a_book_whose_keys_are_the_longest_is_noticed():
    told = [item for item in ITEMS if longest(item) == 1]
    assert too_many(told)
    assert not too_many([item for item in ITEMS if longest(item) == 0])
