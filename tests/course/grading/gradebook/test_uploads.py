"""Feedback goes back under the very names that the platforms' own programs look for."""

import io
import re
import zipfile
from dataclasses import replace

import pytest

from aimc_course.grading.gradebook.classlist import Student
from aimc_course.grading.gradebook.feedback import Titles, as_html
from aimc_course.grading.gradebook.outcomes import Outcome
from aimc_course.grading.gradebook.requests import Request
from aimc_course.grading.gradebook.store import Entry, Override
from aimc_course.grading.gradebook.uploads import feedback_zip
from aimc_course.grading.marks import QuestionMark, SubmissionMarks

TITLES = Titles("Lab 1", {})


def outcome(student, source, number=1, points=1.0, **other):
    mark = QuestionMark("q1", points, 2.0, "said", None, "", "", 0.0)
    marks = SubmissionMarks("lab-1", student.owner, 1, (mark,), (), "", 0.0)
    entry = Entry(number, "lab-1", student.owner, "d", source, 0, False, None, marks, 1, 1)
    return Outcome(student, student.id, 1, entry, marks, 0, 1.0, other.get("by_hand", ()))


def page(outcome):
    return as_html(outcome, TITLES).encode()


def names(*found):
    data, notes = feedback_zip(found, page)
    return (zipfile.ZipFile(io.BytesIO(data)).namelist() if data else None), notes


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("lovelaceada_LATE_17_55_lab_3_4.ipynb", "lovelaceada_LATE_17_55_feedback.html"),
        ("anon_a1B_55_lab.ipynb", "anon_a1B_55_feedback.html"),
        ("bornmax_17_55_w.zip/x/lab.ipynb", "bornmax_17_55_feedback.html"),
        (
            "Ada L_31_assignsubmission_file_/lab.ipynb",
            "Ada L_31_assignsubmission_file_/feedback.html",
        ),
        (
            "Ada L_31_assignsubmission_file_lab.ipynb",
            "Ada L_31_assignsubmission_file_feedback.html",
        ),
    ],
)
def test_numbers_of_the_platform_are_kept(source, name):
    assert names(outcome(Student("ada"), source)) == ([name], [])


def test_canvas_finds_user_and_attachment():
    # Canvas splits a name at underscores; the first two that are numbers are user and attachment.
    (name,), _ = names(outcome(Student("ada"), "lovelaceada_LATE_17_55_lab_3.ipynb"))
    assert [p for p in name.split("_") if re.fullmatch(r"\d+", p)][:2] == ["17", "55"]


def test_files_sorted_by_hand_go_nowhere():
    assert names(outcome(Student("ada"), "ada/lab.ipynb")) == (None, [])


def test_group_gets_one_feedback_unless_its_members_differ():
    source = "lovelaceada_17_55_lab.ipynb"
    ada, born = Student("ada", group="a"), Student("max", group="a")
    both = [outcome(ada, source), outcome(born, source)]
    data, _ = feedback_zip(both, page)
    assert b"group:a" in zipfile.ZipFile(io.BytesIO(data)).read("lovelaceada_17_55_feedback.html")
    asked = Request("ada", "q1", "my own reason", 1.0, 0.0)
    data, notes = feedback_zip([replace(both[0], requests=(asked,)), both[1]], page)
    sent = zipfile.ZipFile(io.BytesIO(data)).read("lovelaceada_17_55_feedback.html")
    assert b"my own reason" not in sent
    assert "requests and answers of ada are not in the zip" in notes[0]
    by_hand = (Override("max", "q1", 1.0, "ill"),)
    differ = [outcome(ada, source), outcome(born, source, by_hand=by_hand)]
    assert names(*differ) == (None, ["group:a: members differ, no feedback in the zip"])
