"""Rubrics of open questions say what the notebooks say, and stay away from students."""

import re

import pytest

from aimc_answers.rubrics import RubricError, read_rubric, rubric
from aimc_course.grading.staging import Staging
from aimc_course.labs.catalogue import LABS

pytestmark = pytest.mark.native("it needs packages of authors")

TIME = re.compile(r"\((\d+) minutes\)")
OPEN = """
[[task]]
id = "o1"
title = "A title"
section = "1 · A section"
[[task.line]]
points = 2
earns = "An idea"
"""


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.name)
def test_open_questions_are_worth_six_points_and_what_is_half_is_said(lab):
    (task,) = rubric(lab.name)
    assert task.id == "o1"
    assert task.minutes == int(TIME.search(task.section)[1])
    assert task.points == 6
    assert all(line.half for line in task.lines)
    assert all(sample.why for sample in task.samples)


def test_rubrics_are_not_in_a_sandbox():
    staging = Staging()
    try:
        assert list(staging.course.rglob("questions.py"))
        assert not list(staging.course.rglob("rubric.toml"))
    finally:
        staging.close()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('id = "o1"', 'id = "o1"\nkind = "essay"'), "kind"),
        (('title = "A title"', ""), "title"),
        (('earns = "An idea"', 'worth = "An idea"'), "worth"),
        (("points = 2", "points ="), "no TOML"),
        (("[[task.line]]", '[[task.sample]]\nmarks = "half"\nanswer = "a"\nwhy = "b"'), "line"),
    ],
)
def test_a_rubric_of_another_form_is_refused(tmp_path, change, words):
    path = tmp_path / "rubric.toml"
    path.write_text(OPEN.replace(*change))
    with pytest.raises(ValueError, match=words):
        read_rubric(path)


def test_a_sample_earns_what_its_name_says(tmp_path):
    path = tmp_path / "rubric.toml"
    sample = '[[task.sample]]\nmarks = "half"\npoints = 2\nanswer = "a"\nwhy = "b"\n'
    path.write_text(OPEN + sample)
    with pytest.raises(RubricError, match="cannot be 'half'"):
        read_rubric(path)
    path.write_text(OPEN + sample.replace("points = 2", "points = 1"))
    assert read_rubric(path)[0].samples[0].points == 1


def test_two_tasks_of_one_name_are_refused(tmp_path):
    path = tmp_path / "rubric.toml"
    path.write_text(OPEN + OPEN)
    with pytest.raises(RubricError, match="an id of its own"):
        read_rubric(path)
