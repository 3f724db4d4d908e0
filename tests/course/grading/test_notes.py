"""Notes of a submission: what the grader saw is told apart from what the notebook said."""

import json

from aimc_course.grading.limits import Limits
from aimc_course.grading.marks import SubmissionMarks
from aimc_course.grading.student_process import StudentProcess


def student():
    return StudentProcess(["x"], lab="lab-1", serial=1, sandbox=None, limits=Limits())


def test_only_what_the_grader_saw_is_witnessed():
    worker = student()
    worker._keep(1, {}, ["q1: 5 of 5 points", "cell 1 took longer"])
    worker.note("cell 1 took longer")
    worker.note("cell 2 ended")
    assert worker.notes == ["q1: 5 of 5 points", "cell 1 took longer", "cell 2 ended"]
    assert worker.witnessed == ["cell 1 took longer", "cell 2 ended"]


def test_a_flood_of_notes_leaves_room_for_the_grader():
    worker = student()
    for k in range(10):
        worker._keep(1, {}, [f"note {k} {j}" for j in range(60)])
    worker.note("cell 2 ended")
    assert "cell 2 ended" in worker.notes
    assert worker.witnessed == ["cell 2 ended"]


def test_of_marks_that_say_nothing_of_it_no_note_is_witnessed():
    marks = SubmissionMarks("lab-1", "a", 1, (), ("a note",), "0", 1.0, (), ("a note",))
    assert SubmissionMarks.from_json(marks.to_json()) == marks
    old = json.loads(marks.to_json())
    del old["witnessed"]
    assert SubmissionMarks.from_json(json.dumps(old)).witnessed == ()
