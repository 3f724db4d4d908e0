"""The report about a class as a teacher sees it: no violation, no sideways scrolling, print."""

import sys
from pathlib import Path

import numpy as np
import pytest

from aimc_course.grading.gradebook.class_report import as_page
from aimc_course.grading.gradebook.classlist import Student
from aimc_course.grading.gradebook.feedback import Titles
from aimc_course.grading.gradebook.outcomes import Outcome
from aimc_course.grading.gradebook.similar_code import SimilarCode
from aimc_course.grading.marks import QuestionMark, SubmissionMarks
from aimc_course.grading.similarity.comparison import compare
from aimc_course.grading.similarity.documents import BaseCode
from aimc_course.grading.similarity.literals import Typed

sys.path.insert(0, str(Path(__file__).parents[1] / "course/grading/similarity"))
import honest as people
import looks

OBJECTIVES = {"Split an error into its sources": ("q1", "q2"), "Undo drift": ("q3",)}
LONG = "student-with-a-name-that-has-no-end-" * 4


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    rng = np.random.default_rng(4)
    names = [LONG, *(f"student{k}" for k in range(13))]
    books = [people.honest(rng) for _ in range(12)]
    books += [people.disguised(books[0], rng), people.cells_of(people.SOLUTION)]
    found = []
    for number, name in enumerate(names):
        marks = tuple(
            QuestionMark(f"q{k}", float((number * k) % 3), 2.0, "m", f"slip {k} " * 9, "", "", 0.0)
            for k in (1, 2, 3)
        )
        marked = SubmissionMarks("lab-2", name, 1, marks, (), "", 0.0)
        found.append(
            Outcome(Student(name), name, 1 + number % 3, None, marked, number % 2, 1.0, ())
        )
    base_code = BaseCode(people.STARTER, people.SOLUTION)
    documents = [base_code.read(n, people.notebook(b)) for n, b in zip(names, books, strict=True)]
    typed = ((LONG, Typed("q1", ("1" * 80, "2"))),)
    similar = SimilarCode(tuple(names), compare(documents, base_code), base_code, typed)
    path = tmp_path_factory.mktemp("report") / "report.html"
    page = as_page(found, [], Titles("Lab 2", {"q1": "Long " * 20}), OBJECTIVES, similar)
    path.write_text(page, encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_report_is_accessible_and_fits(browser, report, scheme, width):
    viewport = {"width": width, "height": 900}
    with browser.new_context(viewport=viewport, color_scheme=scheme) as context:
        asked = []
        context.on("request", lambda request: asked.append(request.url))
        page = context.new_page()
        page.goto(report)
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        assert looks.axe(page, None) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert asked == [report]
        page.emulate_media(media="print")
        assert page.evaluate(
            "getComputedStyle(document.querySelector('pre')).whiteSpace"
        ).startswith("pre-wrap")
