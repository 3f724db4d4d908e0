"""What students read: strangers' text in it is text, in HTML, Markdown, tables and reports."""

import html
import json
import re
from dataclasses import replace

import markdown_it
import pytest

from aimc_course.grading.gradebook.class_report import as_page, items, slips, twins
from aimc_course.grading.gradebook.classlist import Student
from aimc_course.grading.gradebook.feedback import Titles, as_gradescope, as_html, as_markdown
from aimc_course.grading.gradebook.outcomes import Outcome
from aimc_course.grading.gradebook.store import Entry, Override
from aimc_course.grading.gradebook.texts import cell, file_name, markdown, number, printable
from aimc_course.grading.marks import QuestionMark, SubmissionMarks

EVIL = '<script>alert("1")</script>\n| x | [a](javascript:b) ![](c) `d` <img src=x onerror=y>'
TITLES = Titles("Lab 1", {"q1": "Ohm's <law>", "q2": "Two"})


def outcome(student="ada", points=(2.0, 0.0), *, message="m", slip=None, note="", **other):
    marks = tuple(
        QuestionMark(f"q{k + 1}", p, 2.0, message, slip if p < 2 else None, "00feed", "v9", 0.0)
        for k, p in enumerate(points)
    )
    found = SubmissionMarks("lab-1", student, 1, marks, (note,) if note else (), "0", 1.6)
    entry = Entry(1, "lab-1", student, "d", "folder/x.ipynb", 0, False, None, found, 1, 1)
    given = {"late": 0, "factor": 1.0, "by_hand": (), "label": student, "attempts": 1, **other}
    return Outcome(student=Student(student), entry=entry, marks=found, **given)


@pytest.mark.parametrize("where", ["message", "note", "student", "reason"])
def test_html_shows_markup_and_runs_none(where):
    by_hand = (Override("ada", "q2", 1.0, EVIL),) if where == "reason" else ()
    said = {where: EVIL} if where != "reason" else {}
    page = as_html(outcome(by_hand=by_hand, **said), TITLES)
    assert html.escape('<script>alert("1")</script>') in page
    assert "<script" not in page
    assert "<img" not in page
    assert "Ohm&#x27;s &lt;law&gt;" in page


@pytest.mark.parametrize("reason", ["it calls itself lab-4", "the file is no notebook"])
def test_a_wrong_file_is_said_once_on_top(reason):
    one = outcome(points=(0.0, 0.0), message="no answer: no check was run", note="cell 3 raised")
    marks = replace(one.marks, doubts=(f"notebook: {reason}",), witnessed=one.marks.notes)
    one = replace(one, marks=marks)
    for page in (as_html(one, TITLES), as_markdown(one, TITLES), as_gradescope(one, TITLES)):
        assert page.count(f"Your file is not the notebook of this lab: {reason}.") == 1
        assert "no check was run" not in page
        assert "cell 3 raised" not in page
    given = replace(one, by_hand=(Override("ada", "q2", 1.0, "seen on paper"),))
    assert "seen on paper" in as_html(given, TITLES)
    final = replace(one, by_hand=(Override("ada", "total", 1.0, "seen on paper"),))
    assert "Hand in the right one" not in as_html(final, TITLES)


def test_markdown_shows_markup_and_runs_none():
    text = as_markdown(outcome(EVIL, message=EVIL, note="# head\n- item"), TITLES)
    page = markdown_it.MarkdownIt("gfm-like", {"linkify": False}).render(text)
    assert not re.search(r"<(script|img|a|code)", page)
    assert page.count("<td") == 2 * 4
    assert page.count("<li>") == 1
    assert page.count("<h1") == 1


@pytest.mark.parametrize("text", ["# a", "- a", "1. a", "1) a", "+ a", "a*b*", "=", "> a", "a|b"])
def test_escaped_markdown_renders_as_itself(text):
    page = markdown_it.MarkdownIt("gfm-like", {"linkify": False}).render(f"- {markdown(text)}")
    assert page == f"<ul>\n<li>{html.escape(text)}</li>\n</ul>\n"


def test_feedback_holds_no_seed_and_no_version():
    for render in (as_html, as_markdown, as_gradescope):
        text = render(outcome(), TITLES)
        assert "00feed" not in text
        assert "v9" not in text


def test_feedback_says_what_being_late_cost():
    page = as_markdown(outcome(late=2, factor=0.8, attempts=3), TITLES)
    assert "1.6 of 4 points" in page
    assert "Handed in 2 days late: 80 % of the 2 points earned are left" in page
    assert "One of your 3 notebooks counts: x.ipynb" in page
    assert "x.ipynb" not in as_markdown(outcome(attempts=3, label="student-1"), TITLES)


def test_gradescope_adds_up_unless_the_score_differs():
    data = json.loads(as_gradescope(outcome(message=EVIL), TITLES))
    assert [t["score"] for t in data["tests"]] == [2, 0]
    assert {t["output_format"] for t in data["tests"]} == {"text"}
    assert data["stdout_visibility"] == "hidden"
    assert data["execution_time"] == 2
    assert "score" not in data
    late = json.loads(as_gradescope(outcome(late=1, factor=0.5), TITLES))
    assert late["score"] == 1


def test_formulas_do_not_begin_cells():
    for text in ("=1+1", "+1", "-1", "@x", "\t=1", "\r=1"):
        assert cell(text) == "'" + text
    assert cell("Ada") == "Ada"


def test_file_names_stay_apart_and_inside():
    names = [
        "../../etc/passwd",
        "..",
        "Ada",
        "ada",
        "a/b",
        "a-b",
        "a\x00b",
        "con ",
        "con",
        "é",
        "x" * 99,
    ]
    made = [file_name(name) for name in names]
    assert len({name.lower() for name in made}) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,80}", name) for name in made)


def test_numbers_and_lines_are_short():
    assert [number(v) for v in (2.0, 1 / 3, -1e-9, 0.005, 100)] == ["2", "0.33", "0", "0.01", "100"]
    assert printable("a" * 400, 10) == "a" * 10 + "…"


def test_item_analysis():
    found = [outcome(str(k), p) for k, p in enumerate([(2, 2), (2, 1), (0, 0), (0, 1)])]
    one, two = items(found)
    assert (one.share, one.full, one.none) == (0.5, 0.5, 0.5)
    assert (two.share, two.full, two.none) == (0.5, 0.25, 0.25)
    assert one.discrimination == pytest.approx(1 / 2**0.5)


def test_slips_are_counted():
    found = [outcome("a", slip="sign"), outcome("b", slip="sign"), outcome("c", slip=EVIL)]
    assert slips(found) == [("q2", "sign", 2), ("q2", EVIL, 1)]


def test_report_shows_plots_and_runs_nothing():
    found = [outcome("a", slip=EVIL), outcome(EVIL), outcome("c", (2.0, 2.0))]
    entries = [o.entry for o in found]
    assert twins(entries, found) == [("a", EVIL, "c")]
    page = as_page(found, entries, TITLES)
    assert page.count("<svg") == 3
    assert page.count('<svg role="img" aria-label=') == 3
    assert "<script" not in page
    assert "<img" not in page
    assert page == as_page(found, entries, TITLES)
    assert "students have points" in as_page([], [], TITLES)
