"""Marks by hand in the store: they count, they go out, they belong to a version, they stay."""

import csv
import json
import re

import pytest
from page_server import grade, hand_in
from paper_class import COPY, PROPOSAL, ROOT, Believer, filled

from aimc_course.grading.gradebook.by_hand import ByHand
from aimc_course.grading.gradebook.gradebook import Gradebook
from aimc_course.grading.gradebook.hand_marks import HandMark
from aimc_course.grading.gradebook.late import LatePolicy
from aimc_course.grading.gradebook.rules import Rules
from aimc_course.grading.marking.rounds import Round
from aimc_course.grading.written.source import read_sheet

LAB = "lab-3"
SOURCE = ROOT / "labs" / COPY.name


@pytest.fixture
def gradebook(folder):
    with Gradebook(folder / "out") as found:
        by_hand = ByHand(found.store, LAB)
        by_hand.use(read_sheet(SOURCE.read_bytes(), LAB))
        by_hand.collect()
        yield found


def give(gradebook, owner, item="o1", points=(2.0, 1.0, 1.5, 0.0), comment="Well argued."):
    marking = Round(gradebook, LAB)
    asked = marking.sheet.item(item)
    here = next(s for s in marking.standings(asked) if s.entry.owner == owner)
    most = tuple(line.points for line in asked.lines)
    found = (owner, item, here.written.answer, points, most)
    mark = HandMark(*found, comment, asked.version, here.entry.number)
    marking.by_hand.marks.give([mark])
    return mark


def rows(folder):
    with (folder / "out" / LAB / "grades.csv").open(newline="") as stream:
        return {row["student"]: row for row in csv.DictReader(stream)}


def state(gradebook, owner, item="o1"):
    marking = Round(gradebook, LAB)
    found = marking.standings(marking.sheet.item(item))
    return next(s.state for s in found if s.entry.owner == owner)


def test_a_question_counts_for_all_from_its_first_mark_on(folder, gradebook):
    gradebook.publish(LAB)
    assert {row["most"] for row in rows(folder).values()} == {"2", ""}
    give(gradebook, "ada")
    lines = gradebook.publish(LAB)
    found = rows(folder)
    assert {name: row["points"] for name, row in found.items()} == {
        "ada": "5.5",
        "max": "1",
        "emmy": "1",
        "lise": "",
    }
    assert found["ada"]["o1"] == "4.5"
    assert {row["most"] for row in found.values()} == {"8", ""}
    assert [found[name]["state"] for name in ("ada", "max", "emmy")] == [
        *("graded", "to mark", "graded")
    ]
    assert "o1: 1 answers are not marked by hand yet and count 0 until they are" in lines


def test_marks_go_out_everywhere(folder, gradebook):
    give(gradebook, "ada", comment="Well argued.\n<b>Bold</b> | _claims_.")
    gradebook.publish(LAB)
    out = folder / "out" / LAB
    page = (out / "feedback" / "ada.html").read_text()
    assert "4.5 / 6" in page
    assert "1.5 of 2: A conductance after one year" in page
    assert "&lt;b&gt;Bold&lt;/b&gt;" in page
    text = (out / "feedback" / "ada.md").read_text()
    assert "4.5 / 6" in text
    assert "\\_claims\\_" in text
    result = json.loads((out / "gradescope" / "ada" / "results.json").read_text())
    (test,) = [t for t in result["tests"] if t["number"] == "o1"]
    assert (test["score"], test["max_score"]) == (4.5, 6)
    assert "Well argued." in test["output"]
    report = (out / "report.html").read_text()
    assert "what is your data sheet worth" in report
    waiting = (out / "feedback" / "max.html").read_text()
    assert "not marked yet" in waiting


def test_comments_without_points_reach_only_whom_they_are_for(folder, gradebook):
    give(gradebook, "ada", "e1", (0.0,), "Which of the two?")
    gradebook.publish(LAB)
    page = (folder / "out" / LAB / "feedback" / "ada.html").read_text()
    assert "Which of the two?" in page
    assert "0 / 0" not in page
    other = (folder / "out" / LAB / "feedback" / "max.html").read_text()
    assert "Which of the two?" not in other
    assert not re.search(r"\be1\b", other)
    assert "e1" not in rows(folder)["ada"]


def test_being_late_costs_its_share(folder, gradebook):
    give(gradebook, "ada")
    gradebook.set_rules(LAB, Rules(LatePolicy(deadline=0.0, loss=0.5, closes=9 * 86_400.0)))
    gradebook.store.database.execute("UPDATE submissions SET submitted = 3600")
    gradebook.publish(LAB)
    assert rows(folder)["ada"]["points"] == "2.75"


def test_the_same_answer_in_another_notebook_keeps_its_mark(folder, gradebook):
    give(gradebook, "ada")
    again = filled(explanation="Another thought.", proposal=PROPOSAL)
    hand_in(folder, "ada", again, "second.ipynb")
    grade(folder)
    assert rows(folder)["ada"]["points"] == "5.5"
    assert state(gradebook, "ada") == "marked"


def test_a_changed_answer_says_that_its_mark_belongs_to_another_version(folder, gradebook):
    give(gradebook, "ada")
    hand_in(folder, "ada", filled(proposal=PROPOSAL + " And 40 to 62 % for one."), "second.ipynb")
    grade(folder)
    assert rows(folder)["ada"]["points"] == "1"
    assert state(gradebook, "ada") == "changed"
    lines = gradebook.publish(LAB)
    said = "ada o1: the mark by hand belongs to another version of answer or rubric"
    assert said in lines
    page = (folder / "out" / LAB / "feedback" / "ada.html").read_text()
    assert "belongs to another version" in page
    give(gradebook, "ada", points=(2.0, 1.0, 2.0, 1.0))
    assert said not in gradebook.publish(LAB)
    assert rows(folder)["ada"]["o1"] == "6"


def test_a_rubric_with_other_points_asks_for_new_marks(folder, gradebook):
    by_hand = ByHand(gradebook.store, LAB)
    give(gradebook, "ada", "e1", (0.0,), "Seen.")
    by_hand.use(by_hand.sheet.worth({"explain": 2.0}))
    gradebook.publish(LAB)
    assert state(gradebook, "ada", "e1") == "changed"
    give(gradebook, "ada", "e1", (1.5,), "Seen.")
    gradebook.publish(LAB)
    assert rows(folder)["ada"]["e1"] == "1.5"


def test_a_regrade_keeps_marks_by_hand(folder, gradebook):
    give(gradebook, "ada")
    done = gradebook.regrade(
        *(LAB, ["q1"], Believer), version="v2", reason="a wrong reference", progress=False
    )
    assert "1 answers marked by hand keep their marks" in done.lines
    assert rows(folder)["ada"]["points"] == "5.5"


def test_an_override_stands_above_a_mark_by_hand(folder, gradebook):
    with pytest.raises(ValueError, match="counts for nobody yet"):
        gradebook.override(LAB, "ada", "o1", 5.0, "after a talk")
    give(gradebook, "ada")
    with pytest.raises(ValueError, match="points"):
        gradebook.override(LAB, "ada", "o1", 6.5, "after a talk")
    gradebook.override(LAB, "ada", "o1", 6.0, "after a talk")
    assert rows(folder)["ada"]["o1"] == "6"
    assert "after a talk" in (folder / "out" / LAB / "feedback" / "ada.html").read_text()
    gradebook.override(LAB, "max", "o1", 3.0, "told in person")
    assert (rows(folder)["max"]["o1"], rows(folder)["max"]["state"]) == ("3", "by hand")
    gradebook.override(LAB, "ada", "o1", None, "a mistake")
    assert rows(folder)["ada"]["o1"] == "4.5"
    gradebook.override(LAB, "max", "total", 8.0, "all of it")
    assert rows(folder)["max"]["points"] == "8"


def test_a_forgotten_student_leaves_no_mark_and_no_comment(folder, gradebook):
    give(gradebook, "ada", comment="A sentence about Ada alone.")
    give(gradebook, "ada", points=(0.0, 0.0, 0.0, 0.0), comment="Another one.")
    gradebook.forget("ada")
    for table in ("hand_marks", "hand_changes", "written"):
        rows = gradebook.store.database.execute(f"SELECT * FROM {table}").fetchall()
        assert not any("ada" in map(str, row) for row in rows)
    assert b"Ada alone" not in (folder / "out" / "grades.sqlite").read_bytes()
    assert ByHand(gradebook.store, LAB).marks.undo() is None


def test_undo_goes_back_step_by_step(gradebook):
    marks = ByHand(gradebook.store, LAB).marks
    first = give(gradebook, "ada", points=(1.0, 0.0, 0.0, 0.0), comment="first")
    at = marks.all()["ada", "o1", first.answer].at
    give(gradebook, "ada", points=(2.0, 1.0, 2.0, 1.0), comment="second")
    marks.take_back("ada", "o1", first.answer)
    assert marks.all() == {}
    assert marks.undo() == ("ada", "o1", first.answer)
    assert marks.all()["ada", "o1", first.answer].comment == "second"
    marks.undo()
    again = marks.all()["ada", "o1", first.answer]
    assert (again.comment, again.points, again.at) == ("first", (1.0, 0.0, 0.0, 0.0), at)
    marks.undo()
    assert marks.all() == {}
    assert marks.undo() is None


def test_the_log_says_who_gave_what_and_when(gradebook):
    give(gradebook, "ada")
    give(gradebook, "ada", points=(0.0, 0.0, 0.0, 0.0))
    ByHand(gradebook.store, LAB).marks.undo()
    log = [row for row in gradebook.store.log() if row["question"] == "o1"]
    assert [(r["action"], r["before"], r["after"]) for r in log] == [
        *(("mark", "", "4.5"), ("mark", "4.5", "0"), ("undo", "0", "4.5"))
    ]
    assert all(row["who"] and row["at"] > 0 and row["student"] == "ada" for row in log)
    assert all("rubric" in row["reason"] for row in log)


def test_lines_of_comments_come_back_most_used_first(gradebook):
    give(gradebook, "ada", comment="Give an interval.\nOnly here.")
    give(gradebook, "max", comment="Give an interval.")
    assert ByHand(gradebook.store, LAB).marks.comments("o1") == ["Give an interval.", "Only here."]
    assert ByHand(gradebook.store, LAB).marks.comments("e1") == []


def test_the_order_tells_nothing_and_names_are_hidden(gradebook):
    blind, seen = Round(gradebook, LAB), Round(gradebook, LAB, names=True)
    entries = blind.entries()
    assert entries == seen.entries()
    assert all(e.owner not in blind.label(e) for e in entries)
    assert {seen.label(e) for e in entries} >= {"Ada Lovelace (ada)"}
    assert [blind.label(e) for e in entries] == sorted(blind.label(e) for e in entries)


def test_the_next_answer_is_one_without_a_mark(gradebook):
    marking = Round(gradebook, LAB)
    item, first = marking.first_waiting()
    assert item.id == "o1"
    give(gradebook, first.owner)
    _, second = marking.next_waiting(item, first.number)
    assert second.owner != first.owner
    give(gradebook, second.owner)
    assert marking.next_waiting(item, second.number) is None
    progress = {p.item.id: p for p in marking.progress()}
    assert (progress["o1"].marked, progress["o1"].waiting, progress["o1"].empty) == (2, 0, 1)


def test_the_command_says_what_is_missing(folder, monkeypatch, capsys):
    import argparse

    from aimc_course.grading.gradebook.grading_commands import run
    from aimc_course.grading.marking import mark_command

    parser = argparse.ArgumentParser()
    mark_command.add_commands(parser.add_subparsers())

    def said(*words):
        assert run(parser.parse_args(["mark", *map(str, words)])) == 2
        return capsys.readouterr().err

    assert "holds no marks: grade first" in said(folder, "--lab", 3)
    assert "no notebook of lab-2" in said(folder / "out", "--lab", 2)
    with Gradebook(folder / "out") as gradebook:
        gradebook.set_rules(LAB, Rules(anonymous=True))
    assert "names stay hidden" in said(folder / "out", "--lab", 3, "--names")
    monkeypatch.setattr(mark_command, "find_spec", lambda name: None if name == "nh3" else name)
    assert "python -m pip install nh3" in said(folder / "out", "--lab", 3)
