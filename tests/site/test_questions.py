"""The order of the choices of questions: the same for everybody, and no help to guessers."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

import pytest
from served import PAGES, ROOT

FORM = re.compile(r'<form class="aimc-quiz aimc-(quiz|predict)".*?</form>', re.DOTALL)
LETTER = re.compile(r'<span class="aimc-quiz-letter">\((\w)\)</span>')
CHOICE = re.compile(r'<div class="aimc-quiz-choice">.*?<label[^>]*>(.*?)</label>', re.DOTALL)
ANSWER = re.compile(
    r'<li data-right="(true|false)">(.*?)<span class="aimc-quiz-choice-again">', re.DOTALL
)
AGAIN = re.compile(
    r'<span class="aimc-quiz-choice-again">(.*?)</span>\s*<span class="aimc-quiz-why">', re.DOTALL
)
INPUT = re.compile(r'<input type="(\w+)"')
MOST = 0.45  # of the keys, at any one place


def forms(site: Path) -> list[tuple[str, str]]:
    """Return kind and markup of every question of the book."""
    texts = [(site / f"{name}.html").read_text(encoding="utf-8") for name in PAGES]
    return [(match[1], match[0]) for text in texts for match in FORM.finditer(text)]


@pytest.mark.book
def test_keys_are_spread_over_the_places(site: Path) -> None:
    places: Counter[int] = Counter()
    for kind, form in forms(site):
        rights = [right == "true" for right, _ in ANSWER.findall(form)]
        if kind == "quiz" and sum(rights) == 1:
            places[rights.index(True)] += 1
    assert sum(places.values()) > 50
    assert max(places.values()) <= MOST * sum(places.values()), places


@pytest.mark.book
def test_several_right_answers_can_be_ticked_and_one_cannot(site: Path) -> None:
    for kind, form in forms(site):
        several = sum(right == "true" for right, _ in ANSWER.findall(form)) > 1
        boxes = kind == "quiz" and several
        assert set(INPUT.findall(form)) == {"checkbox" if boxes else "radio"}, form[:200]


@pytest.mark.book
def test_choices_and_answers_have_the_same_letters_in_the_same_order(site: Path) -> None:
    for _, form in forms(site):
        form = form.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
        choices = [LETTER.sub("", text).strip() for text in CHOICE.findall(form)]
        letters = list("abcdefgh"[: len(choices)])
        assert [LETTER.findall(text) for text in CHOICE.findall(form)] == [[x] for x in letters]
        assert [LETTER.findall(text) for _, text in ANSWER.findall(form)] == [[x] for x in letters]
        assert [text.strip() for text in AGAIN.findall(form)] == choices


@pytest.mark.book
def test_order_follows_from_the_name_alone() -> None:
    sys.path.insert(0, str(ROOT / "book" / "_ext"))
    from quiz import shuffled

    # Written here so that no version of anything changes what people talk about.
    assert shuffled("quiz-mw-1", 3) == [0, 1, 2]
    assert shuffled("quiz-wires-4", 4) == [3, 2, 1, 0]
    assert all(sorted(shuffled(f"q{k}", 5)) == [0, 1, 2, 3, 4] for k in range(20))
    assert len({tuple(shuffled(f"q{k}", 3)) for k in range(60)}) == 6
