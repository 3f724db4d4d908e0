"""The page about a class: right numbers, harmless text, and code beside each other."""

import hashlib
import html.parser
import importlib
import json
import math
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from aimc_course.grading.gradebook.classlist import Student
from aimc_course.grading.gradebook.feedback import Titles
from aimc_course.grading.gradebook.intake import Submission
from aimc_course.grading.gradebook.item_analysis import aims, items, reliability
from aimc_course.grading.gradebook.outcomes import Outcome, outcomes
from aimc_course.grading.gradebook.publish import publish
from aimc_course.grading.gradebook.report_tables import decimals
from aimc_course.grading.gradebook.rules import Rules
from aimc_course.grading.gradebook.similar_code import base_code_of, similar_code
from aimc_course.grading.gradebook.store import Store
from aimc_course.grading.gradebook.templates import environment
from aimc_course.grading.marks import QuestionMark, SubmissionMarks

sys.path.insert(0, str(Path(__file__).parents[1] / "similarity"))
import honest as people

EVIL = "</pre><script>alert(1)</script><img src=x onerror=y>\u202e"
TITLES = Titles("Lab 2", {"q1": "One", "q2": "Two"})
VOID = {"meta", "br", "img", "path", "use", "rect", "link", "circle", "line"}


def outcome(student, points):
    marks = tuple(
        QuestionMark(f"q{k + 1}", float(p), 2.0, "m", None, "", "", 0.0)
        for k, p in enumerate(points)
    )
    found = SubmissionMarks("lab-2", student, 1, marks, (), "", 0.0)
    return Outcome(Student(student), student, 1, None, found, 0, 1.0, ())


class Checker(html.parser.HTMLParser):
    """Looks for elements that are not closed in order, and for ids that stand twice."""

    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.ids, self.tags = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [v for k, v in attrs if k == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def test_discrimination_is_the_point_biserial_correlation_with_its_interval():
    right = np.array([1, 1, 0, 1, 0, 0, 1, 1])
    rest = np.array([2, 1.5, 0.5, 2, 1, 0, 1.5, 0.5])
    found = items([outcome(str(k), (2 * right[k], rest[k])) for k in range(8)])[0]
    means = rest[right == 1].mean() - rest[right == 0].mean()
    share = right.mean()
    point_biserial = means / rest.std() * math.sqrt(share * (1 - share))
    assert found.discrimination == pytest.approx(point_biserial)
    # r = 0.5 of 28 students: atanh gives 0.549 +- 1.96 / 5, so 0.156 to 0.736.
    assert found.low < found.discrimination < found.high
    centre = (math.atanh(found.low) + math.atanh(found.high)) / 2
    assert math.tanh(centre) == pytest.approx(point_biserial)
    assert math.atanh(found.high) - centre == pytest.approx(1.96 / math.sqrt(5), rel=1e-3)


def test_interval_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(1)
    truth, held = 0.5, 0
    for _ in range(400):
        a, b = rng.multivariate_normal([0, 0], [[1, truth], [truth, 1]], 40).T
        found = items([outcome(str(k), (a[k] + 9, b[k] + 9)) for k in range(40)])[0]
        held += found.low <= truth <= found.high
    # 95 % of 400 draws, four standard deviations of 4.4 around 380.
    assert 362 <= held <= 398


def test_objectives_gather_their_questions():
    found = [outcome("a", (2, 2)), outcome("b", (2, 1)), outcome("c", (0, 0)), outcome("d", (2, 0))]
    both, second = aims(found, {"both": ("q1", "q2", "q9"), "second": ("q2",), "none": ("q7",)})
    assert both.questions == ("q1", "q2")
    assert (both.share, both.reached) == (pytest.approx(9 / 16), 0.25)
    assert (second.share, second.reached) == (pytest.approx(3 / 8), 0.25)


def test_alpha_is_one_for_parallel_questions_and_none_for_a_pair_of_students():
    same = [outcome(str(k), (p, p, p)) for k, p in enumerate((0, 1, 2, 2))]
    assert reliability(same) == pytest.approx(1)
    assert math.isnan(reliability(same[:2]))


def test_cells_of_tables_are_escaped_and_numbers_have_intervals():
    made = (
        environment()
        .get_template("tables.html")
        .module.table(("Name", "Points #"), [(EVIL, "<b>")])
    )
    assert "<script" not in made
    assert "&lt;b&gt;" in made
    assert '<th scope="col" class="n">Points</th>' in made
    assert decimals(math.nan) == "–"
    assert decimals(0.5, 0.1, 0.8) == "0.50 (0.10 to 0.80)"


@pytest.fixture(scope="module")
def class_of_twelve(tmp_path_factory):
    """A store with ten who work apart, a copy, a pasted solution, and hostile text in all of it."""
    folder = tmp_path_factory.mktemp("class")
    rng = np.random.default_rng(2)
    names = [f"name{k}" for k in range(11)] + [EVIL]
    books = [people.honest(rng) for _ in range(10)]
    books.append(people.disguised(people.cells_of(people.SOLUTION), rng))
    books.append([*people.disguised(books[0], rng), f"# {EVIL}\nx = {EVIL!r}"])
    books[0].append(f"# {EVIL}\nx = {EVIL!r}")
    store = Store(folder / "grades.sqlite")
    store.keep_students([Student(name, EVIL) for name in names])
    for tries in (1.02, 1.04):
        data = people.notebook([f'check("q12", {tries})'])
        new = Submission(names[3], f"{tries}.ipynb", data, str(tries), submitted=tries)
        store.add("lab-2", [new])
    for number, (name, cells) in enumerate(zip(names, books, strict=True)):
        data = people.notebook(cells)
        digest = hashlib.sha256(data).hexdigest()
        store.add("lab-2", [Submission(name, "x.ipynb", data, digest, submitted=9.0 + number)])
    for number, entry in enumerate(store.entries("lab-2")):
        marks = tuple(
            QuestionMark(f"q{k}", float((number + k) % 3), 2.0, EVIL, EVIL, "", "", 0.0)
            for k in range(1, 14)
        )
        marked = SubmissionMarks("lab-2", entry.owner, 1, marks, (EVIL,), "", 0.0)
        store.write(entry, 1, marked)
    yield store, folder
    store.close()


@pytest.mark.parametrize("anonymous", [False, True])
def test_page_of_a_hostile_class_is_whole_and_harmless(class_of_twelve, anonymous):
    store, folder = class_of_twelve
    publish(store, "lab-2", folder, Rules(anonymous=anonymous), TITLES, b"k" * 16)
    page = (folder / "lab-2" / "report.html").read_text(encoding="utf-8")
    checker = Checker()
    checker.feed(page)
    assert not checker.wrong
    assert not checker.open
    assert len(set(checker.ids)) == len(checker.ids)
    tags = {tag for tag, _ in checker.tags}
    assert not tags & {"script", "img", "iframe", "link", "object", "embed", "form"}
    for _, given in checker.tags:
        assert not [name for name in given if name.startswith("on")]
        assert not any(
            re.match(r"https?:|javascript:|//", value or "")
            for name, value in given.items()
            if name in ("href", "src", "xlink:href")
        )
    assert page.count("<svg") == 4
    assert all(given.get("aria-label") for tag, given in checker.tags if tag == "svg")
    assert "\u202e" not in page
    for part in ("talk", "points", "objectives", "questions", "slips", "handing-in", "code"):
        assert f"id='{part}'" in page
    assert page.count("A reason to ask, not proof.") >= 2
    assert ("name3" in page) is not anonymous
    publish(store, "lab-2", folder, Rules(anonymous=anonymous), TITLES, b"k" * 16)
    assert page == (folder / "lab-2" / "report.html").read_text(encoding="utf-8")


def test_a_lab_without_objectives_is_published_and_says_so(class_of_twelve, monkeypatch, tmp_path):
    store, folder = class_of_twelve
    nothing = tmp_path / "objectives.toml"
    nothing.write_text("", encoding="utf-8")
    monkeypatch.setattr(importlib.import_module("aimc_course.labs.objectives"), "FILE", nothing)
    notes = publish(store, "lab-2", folder, Rules(), TITLES, b"k" * 16)
    assert "lab-2 has no objectives in objectives.toml: the report names none" in notes
    page = (folder / "lab-2" / "report.html").read_text(encoding="utf-8")
    assert "id='objectives'" not in page
    assert "id='questions'" in page


def test_copies_the_pasted_solution_and_typed_numbers_are_shown(class_of_twelve):
    store, _ = class_of_twelve
    found = outcomes(store, "lab-2", Rules())
    similar = similar_code(store, "lab-2", found, base_code_of("lab-2"))
    first = similar.comparison.pairs[0]
    assert {similar.labels[first.one], similar.labels[first.other]} == {"name0", EVIL}
    assert similar.between(first.one, first.other)
    shares = [share.similarity for share in similar.comparison.solution]
    assert similar.labels[int(np.argmax(shares))] == "name10"
    assert similar.published(10)
    typed = {label: answer.values for label, answer in similar.typed if answer.question == "q12"}
    assert typed == {"name3": ("1.02", "1.04")}


def test_members_of_a_group_are_compared_once(tmp_path):
    with Store(tmp_path / "grades.sqlite") as store:
        store.keep_students([Student("a", group="g"), Student("b", group="g"), Student("c")])
        for owner in ("group:g", "c"):
            data = people.notebook(people.honest(np.random.default_rng(len(owner))))
            store.add("lab-2", [Submission(owner, "x.ipynb", data, owner)])
        found = outcomes(store, "lab-2", Rules())
        similar = similar_code(store, "lab-2", found, base_code_of("lab-2"))
    assert similar.labels == ("a, b", "c")
    assert similar.comparison.similarities.size == 1


def test_a_notebook_that_is_none_shares_nothing(tmp_path):
    with Store(tmp_path / "grades.sqlite") as store:
        store.keep_students([Student("a"), Student("b")])
        for owner, data in (("a", b"\x80"), ("b", json.dumps([1]).encode())):
            store.add("lab-2", [Submission(owner, "x.ipynb", data, owner)])
        found = outcomes(store, "lab-2", Rules())
        similar = similar_code(store, "lab-2", found, base_code_of("lab-2"))
    assert similar.comparison.pairs == ()
    assert similar.typed == ()
