"""A line of a rubric that is changed later changes every mark that was given by it."""

import csv
import json
from dataclasses import replace

import pytest
from page_server import grade, hand_in
from paper_class import COPY, PROPOSAL, ROOT, filled

from aimc_course.grading.gradebook.by_hand import ByHand
from aimc_course.grading.gradebook.gradebook import Gradebook
from aimc_course.grading.gradebook.hand_marks import HandMark
from aimc_course.grading.marking.rounds import Round
from aimc_course.grading.written.sheet import Line
from aimc_course.grading.written.source import read_sheet

LAB = "lab-3"
SOURCE = (ROOT / "labs" / COPY.name).read_bytes()


@pytest.fixture
def gradebook(folder):
    with Gradebook(folder / "out") as found:
        ByHand(found.store, LAB).use(read_sheet(SOURCE, LAB))
        yield found


def give(gradebook, owner, points, item="o1"):
    marking = Round(gradebook, LAB)
    asked = marking.sheet.item(item)
    here = next(s for s in marking.standings(asked) if s.entry.owner == owner)
    most = tuple(line.points for line in asked.lines)
    names = tuple(line.id for line in asked.lines)
    found = (owner, item, here.written.answer, points, most, "", asked.version)
    marking.by_hand.marks.give([HandMark(*found, here.entry.number, names)])


def points(gradebook, owner, item="o1"):
    marking = Round(gradebook, LAB)
    found = marking.standings(marking.sheet.item(item))
    mark = next(s.mark for s in found if s.entry.owner == owner)
    return None if mark is None else mark.points


def change(gradebook, place, **what):
    by_hand = ByHand(gradebook.store, LAB)
    asked = by_hand.sheet.item("o1")
    return by_hand.rubric.change_line("o1", replace(asked.lines[place], **what), asked.version)


def source(old, new, data=SOURCE):
    """Return the notebook of the lab with other words in all of its cells."""
    notebook = json.loads(data)
    hits = 0
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        hits += text.count(old)
        cell["source"] = text.replace(old, new)
    assert hits == 1, hits
    return json.dumps(notebook).encode()


def rows(folder):
    with (folder / "out" / LAB / "grades.csv").open(newline="") as stream:
        return {row["student"]: row for row in csv.DictReader(stream)}


def test_other_points_of_a_line_change_all_marks_and_keep_what_was_earned(folder, gradebook):
    give(gradebook, "ada", (2.0, 1.0, 1.5, 0.0))
    give(gradebook, "max", (1.0, 0.0, 0.0, 1.0))
    gradebook.publish(LAB)
    said = change(gradebook, 0, points=4.0)
    assert said == (
        "o1, line 1: 2 -> 4 points",
        "o1: 2 marks of 2 students or groups change their points",
    )
    assert points(gradebook, "ada") == (4.0, 1.0, 1.5, 0.0)
    assert points(gradebook, "max") == (2.0, 0.0, 0.0, 1.0)
    assert rows(folder)["ada"]["o1"] == "4.5"
    assert Round(gradebook, LAB).unwritten()
    gradebook.publish(LAB)
    assert not Round(gradebook, LAB).unwritten()
    assert (rows(folder)["ada"]["o1"], rows(folder)["ada"]["most"]) == ("6.5", "10")
    assert "4 of 4" in (folder / "out" / LAB / "feedback" / "ada.html").read_text()


def test_points_that_are_changed_back_are_those_of_before(gradebook):
    give(gradebook, "ada", (2.0, 1.0, 0.5, 0.0))
    change(gradebook, 2, points=3.0)
    assert points(gradebook, "ada")[2] == pytest.approx(0.75)
    change(gradebook, 2, points=0.0)
    assert points(gradebook, "ada")[2] == 0.0
    change(gradebook, 2, points=2.0)
    assert points(gradebook, "ada") == (2.0, 1.0, 0.5, 0.0)


def test_the_log_keeps_the_points_of_before(gradebook):
    give(gradebook, "ada", (2.0, 1.0, 1.5, 0.0))
    give(gradebook, "max", (0.0, 1.0, 0.0, 0.0))
    gradebook.store.sign("Grace")
    change(gradebook, 0, points=4.0)
    found = [row for row in gradebook.store.log() if row["action"] == "rubric"]
    assert [(r["student"], r["before"], r["after"], r["who"]) for r in found] == [
        ("", "6", "8", "Grace"),
        ("ada", "4.5", "6.5", "Grace"),
    ]
    assert all("line 1: 2 -> 4 points" in row["reason"] for row in found)


def test_other_words_reach_all_who_were_marked_by_them(folder, gradebook):
    give(gradebook, "ada", (2.0, 1.0, 1.5, 0.0))
    gradebook.publish(LAB)
    said = change(gradebook, 0, text="Entirely different: <i>a thing</i>")
    assert said[-1] == "o1: 0 marks of 0 students or groups change their points"
    assert points(gradebook, "ada") == (2.0, 1.0, 1.5, 0.0)
    assert Round(gradebook, LAB).unwritten()
    gradebook.publish(LAB)
    page = (folder / "out" / LAB / "feedback" / "ada.html").read_text()
    assert "Entirely different: &lt;i&gt;a thing&lt;/i&gt;" in page


def test_what_would_change_is_known_before(gradebook):
    give(gradebook, "ada", (2.0, 1.0, 1.5, 0.0))
    by_hand = ByHand(gradebook.store, LAB)
    line = replace(by_hand.sheet.item("o1").lines[0], points=1.0)
    (moved,) = by_hand.rubric.moved(by_hand.sheet, by_hand.rubric.with_line("o1", line))
    assert (moved.owner, moved.before, moved.after) == ("ada", 4.5, 3.5)
    assert points(gradebook, "ada") == (2.0, 1.0, 1.5, 0.0)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (Line(-1.0, "words", "", "1"), "points"),
        (Line(float("nan"), "words", "", "1"), "points"),
        (Line(101.0, "words", "", "1"), "points"),
        (Line(1.0, "  ", "", "1"), "text is empty"),
        (Line(1.0, "x" * 2001, "", "1"), "2000 characters"),
        (Line(1.0, "words", "", "9"), "line"),
    ],
)
def test_a_line_that_is_none_is_refused(gradebook, line, said):
    by_hand = ByHand(gradebook.store, LAB)
    with pytest.raises(ValueError, match=said):
        by_hand.rubric.change_line("o1", line, by_hand.sheet.item("o1").version)
    assert ByHand(gradebook.store, LAB).sheet == by_hand.sheet


def test_a_line_changed_on_the_page_outlives_the_next_start(gradebook):
    change(gradebook, 0, points=4.0)
    assert ByHand(gradebook.store, LAB).use(read_sheet(SOURCE, LAB)) == ()
    assert ByHand(gradebook.store, LAB).sheet.item("o1").lines[0].points == 4.0


def row_of(place):
    line = read_sheet(SOURCE, LAB).item("o1").lines[place]
    return f"| {line.points:g} | {line.text} |", line


def test_a_line_changed_in_the_notebook_changes_marks_and_no_answer(folder, gradebook):
    """Students started from the old words: these are no words of theirs."""
    give(gradebook, "ada", (2.0, 1.0, 1.5, 0.0))
    row, line = row_of(0)
    changed = source(row, f"| 4 | {line.text} Say why |")
    said = ByHand(gradebook.store, LAB).use(read_sheet(changed, LAB))
    assert "o1: 1 marks of 1 students or groups change their points" in said
    assert points(gradebook, "ada") == (4.0, 1.0, 1.5, 0.0)
    hand_in(folder, "emmy", filled(proposal=PROPOSAL), "second.ipynb")
    grade(folder)
    marking = Round(gradebook, LAB)
    found = marking.standings(marking.sheet.item("o1"))
    emmy = next(s for s in found if s.entry.owner == "emmy")
    shown = marking.answer(emmy.entry, marking.sheet.item("o1"))
    assert [part.text for part in shown.parts] == [PROPOSAL]


def test_the_notebook_wins_where_it_changes_a_line_of_the_page(gradebook):
    change(gradebook, 0, points=4.0)
    row, line = row_of(0)
    said = ByHand(gradebook.store, LAB).use(read_sheet(source(row, f"| 3 | {line.text} |"), LAB))
    assert any("the notebook has another line" in text for text in said)
    assert ByHand(gradebook.store, LAB).sheet.item("o1").lines[0].points == 3.0


def test_a_new_line_asks_for_another_look_and_one_that_goes_does_not(gradebook):
    give(gradebook, "ada", (2.0, 1.0, 1.5, 0.0))
    row, _ = row_of(0)
    more = source(row, f"{row}\n| 1 | Units of everything |")
    said = ByHand(gradebook.store, LAB).use(read_sheet(more, LAB))
    assert any("1 of them wait for another look" in text for text in said)
    assert points(gradebook, "ada") is None
    ByHand(gradebook.store, LAB).use(read_sheet(SOURCE, LAB))
    assert points(gradebook, "ada") == (2.0, 1.0, 1.5, 0.0)
    ByHand(gradebook.store, LAB).use(read_sheet(source(f"{row}\n", ""), LAB))
    assert points(gradebook, "ada") == (1.0, 1.5, 0.0)


def test_lines_that_change_places_keep_their_marks(gradebook):
    give(gradebook, "ada", (2.0, 1.0, 1.5, 0.0))
    (first, _), (second, _) = row_of(0), row_of(1)
    swapped = source(first, "@@")
    swapped = source("@@", second, source(second, first, swapped))
    ByHand(gradebook.store, LAB).use(read_sheet(swapped, LAB))
    assert points(gradebook, "ada") == (1.0, 2.0, 1.5, 0.0)
