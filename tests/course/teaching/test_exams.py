"""Exams are drawn by seed, balanced, and the paper holds no answer."""

import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace

import pytest

from aimc_course.teaching.draw import draw_exam
from aimc_course.teaching.items import Choice, Item, read_own
from aimc_course.teaching.sheets import bank_markdown, exam_html, exam_markdown

WRITERS = [exam_markdown, exam_html]


def turned(item):
    """The same question with other answers right and other words on them."""
    rights = [choice.right for choice in item.choices]
    rights = [*rights[1:], rights[0]]
    pairs = zip(item.choices, rights, strict=True)
    choices = tuple(Choice(choice.text, right, "other words") for choice, right in pairs)
    return replace(item, choices=choices, objective="another", difficulty="another")


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("seed", range(8))
def test_paper_does_not_depend_on_what_is_right(items, writer, seed):
    exam = draw_exam(items, 40, seed)
    paper = writer(exam, "Exam", solved=False)
    assert paper == writer([turned(item) for item in exam], "Exam", solved=False)
    for item in exam:
        for choice in item.choices:
            assert choice.feedback not in paper
    for mark in ("●", "☒", "[x]", "Objective", 'class="right"'):
        assert mark not in paper


def test_order_of_answers_tells_nothing(items):
    places = Counter()
    for seed in range(40):
        for item in draw_exam(items, 30, seed):
            if len(item.choices) == 4 and not item.keep_order and not item.several:
                places[[choice.right for choice in item.choices].index(True)] += 1
    total = sum(places.values())
    assert total > 300
    assert all(0.2 < places[k] / total < 0.3 for k in range(4)), places


def test_same_seed_gives_the_same_exam_and_another_seed_another(items):
    assert draw_exam(items, 20, 7) == draw_exam(items, 20, 7)
    exams = {tuple(item.name for item in draw_exam(items, 20, seed)) for seed in range(30)}
    assert len(exams) == 30


@pytest.mark.parametrize("count", [6, 12, 20, 27, 40])
def test_exams_are_balanced_over_chapters_and_difficulties(items, count):
    chapters = {item.chapter for item in items}
    for seed in range(25):
        exam = draw_exam(items, count, seed)
        asked = Counter(item.chapter for item in exam)
        levels = Counter(item.difficulty for item in exam)
        assert len({item.name for item in exam}) == count
        assert max(asked.values()) - min(asked[chapter] for chapter in chapters) <= 1
        assert max(levels.values()) - min(levels[x] for x in ("easy", "medium", "hard")) <= 1


def test_every_question_that_stands_alone_is_drawn_some_time_and_no_other(items):
    drawn = {item.name for seed in range(150) for item in draw_exam(items, 27, seed)}
    alone = {item.name for item in items if not item.in_context}
    assert drawn == alone
    assert len(alone) >= 80
    assert len(alone) < len(items)


def test_no_question_of_an_exam_answers_another(items):
    known = {item.name: item for item in items}
    # Why amplitudes suffer from a bent curve, and which encoding does not: one tells the other.
    assert "quiz-io-1" in known["quiz-ohm-4"].apart
    for item in items:
        assert item.name not in item.apart
        assert all(item.name in known[other].apart for other in item.apart)
    for count in (20, 60, 100):
        for seed in range(20):
            exam = draw_exam(items, count, seed)
            names = {item.name for item in exam}
            assert not any(item.apart & names for item in exam)
    with pytest.raises(ValueError, match=r"only \d+ fit"):
        draw_exam(items, sum(not item.in_context for item in items), 1)


@pytest.mark.parametrize("writer", WRITERS)
def test_solutions_mark_and_explain_the_questions_of_the_paper(items, writer):
    exam = draw_exam(items, 20, 3)
    solved = writer(exam, "Exam", solved=True)
    marks = solved.count("● (") + solved.count("☒ (")
    assert marks == sum(choice.right for item in exam for choice in item.choices)
    for item in exam:
        assert item.name in solved


def test_solutions_mark_the_right_one_under_the_letter_of_the_paper(items):
    exam = draw_exam(items, 20, 3)
    papers = exam_markdown(exam, "Exam", solved=False).split("\n## ")[1:]
    solutions = exam_markdown(exam, "Exam", solved=True).split("\n## ")[1:]
    for item, paper, solved in zip(exam, papers, solutions, strict=True):
        for choice in item.choices:
            shown = next(x for x in paper.splitlines() if x.endswith(f") {choice.text}"))
            if choice.right:
                shown = shown.replace("○", "●").replace("☐", "☒")
            assert f"{shown}\n" in solved


@pytest.mark.parametrize("solved", [False, True])
def test_page_is_well_formed_keeps_latex_and_loads_nothing(items, solved):
    asks = [item for item in items if "$" in item.question]
    page = exam_html(asks, "Exam <1>", solved=solved)
    body = page.removeprefix("<!DOCTYPE html>\n").replace('<meta charset="utf-8">', "")
    assert ET.fromstring(body).find("head/title").text.startswith("Exam <1>")
    assert r"\(B_x B_w\)" in page
    assert "$" not in page
    assert "src=" not in page
    assert '<script defer src="mj.js">' in exam_html(asks, "E", solved=solved, mathjax="mj.js")
    assert "$B_x B_w$" in exam_markdown(asks, "Exam", solved=solved)


def test_hint_stands_only_where_the_question_does_not_give_it_itself():
    two = (Choice("a", True, "f"), Choice("b", True, "g"), Choice("c", False, "h"))
    item = Item("n", "quiz", 1, "c", "T", "o", "easy", "Which?", two, keep_order=False)
    assert "Which? (Several answers are right.)" in exam_markdown([item], "E", solved=False)
    said = replace(item, question="Which? Mark all that apply.")
    assert "Several answers are right" not in exam_markdown([said], "E", solved=False)


def test_more_than_there_are_is_refused(items):
    with pytest.raises(ValueError, match=r"items=1000 must be 0 to \d+: these parts hold \d+"):
        draw_exam(items, 1000, 1)
    with pytest.raises(ValueError, match="seed"):
        draw_exam(items, 5, -1)
    with pytest.raises(ValueError, match="items"):
        draw_exam(items, 0, 1)


def test_bank_in_markdown_holds_all(items):
    text = bank_markdown(items)
    for item in items:
        assert f"**{item.name}**, {item.difficulty}" in text
    assert text.count("*Right.*") == sum(c.right for item in items for c in item.choices)


OWN = """\
# Only here

```{quiz} What is $G V$?
:objective: compute a current
:difficulty: easy
- [x] a current :: Right: Ohm's law.
- [ ] a charge :: Multiply by time first.
```

```{quiz} Two of three?
:name: two-of-three
- [x] a :: b
- [x] c :: d
- [ ] e :: f
```
"""


def test_own_questions_are_all_taken_and_stand_at_the_end(root, items, tmp_path):
    file = tmp_path / "mine.md"
    file.write_text(OWN, encoding="utf-8")
    own = read_own(file, root)
    assert [item.name for item in own] == ["own-1", "two-of-three"]
    assert (own[0].objective, own[0].difficulty, own[0].title) == (
        "compute a current",
        "easy",
        "Only here",
    )
    exam = draw_exam(items, 12, 5, own)
    assert len(exam) == 12
    assert [item.name for item in exam[-2:]] == ["own-1", "two-of-three"]
    assert [item.name for item in exam[:-2]] == [item.name for item in draw_exam(items, 10, 5)]
    solved = exam_markdown(exam, "Exam", solved=True)
    assert "own-1, easy. Objective: compute a current." in solved
    assert "two-of-three, medium.\n" in solved
    with pytest.raises(ValueError, match="items=1 must be 2 to"):
        draw_exam(items, 1, 5, own)
    with pytest.raises(ValueError, match="names that differ: quiz-mw-1"):
        draw_exam(items, 9, 5, [replace(own[0], name="quiz-mw-1")])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# Nothing\n", "holds no directive"),
        ("```{quiz} Q?\n- [ ] a :: b\n- [ ] c :: d\n```\n", "own-1: a question needs"),
    ],
)
def test_own_file_that_cannot_be_read_is_refused(root, tmp_path, text, words):
    file = tmp_path / "mine.md"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=words):
        read_own(file, root)
