"""Processes that somebody else ends cost no marks; what ends twice is told to the teacher."""

import contextlib
import os
import signal

import pytest

from aimc_course.grading import Grader, SandboxError, judge, student_process
from aimc_course.grading.channel import Channel, EndedError


class Killer:
    """Kills the other side of channels when certain messages are sent, before it can answer."""

    def __init__(self, monkeypatch, inside, times):
        self.left, self.inside = times, inside
        for module, kind in ((judge, "judge"), (student_process, "worker")):
            monkeypatch.setattr(module, "Channel", self.made(kind))

    def made(self, kind):
        killer = self

        class Killed(Channel):
            def __init__(self, process, **options):
                super().__init__(process, **options)
                self.process = process

            def send(self, message, seconds):
                if killer.inside != (kind, message.get("op")) or not killer.left:
                    super().send(message, seconds)
                    return
                killer.left -= 1
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
                with contextlib.suppress(EndedError):  # what is asked next finds it, too
                    super().send(message, seconds)

        return Killed


@pytest.fixture
def marked(sandbox, limits, lab2):
    """Grade a right notebook of lab 2 with a judge of its own."""

    def mark(*cells):
        right = (lab2.start, lab2.error, lab2.quantise, lab2.count)
        with Grader("lab-2", lab2.key, sandbox, limits) as grader:
            return grader.grade(
                lab2.written(*right, *cells),
                student="ada",
                serial=lab2.serial,
                questions=("q1", "q2", "q8"),
            )

    return mark


PLACES = [
    ("judge", "lab"), ("judge", "judge"), ("judge", "called"),
    ("worker", "begin"), ("worker", "cell"), ("worker", "call"),
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES, ids=" ".join)
def test_one_kill_costs_nothing(place, marked, lab2, monkeypatch):
    killer = Killer(monkeypatch, place, 1)
    marks = marked()
    assert killer.left == 0
    assert lab2.points(marks) == (2, 3, 1), marks.notes
    assert marks.doubts == ()


@pytest.mark.parametrize("place", [("judge", "judge"), ("worker", "call"), ("worker", "cell")])
def test_what_ends_again_and_again_is_told(place, marked, lab2, monkeypatch):
    Killer(monkeypatch, place, 10**6)
    marks = marked()
    assert sum(lab2.points(marks)) < 6
    assert any("twice" in doubt for doubt in marks.doubts)


def test_a_worker_that_never_starts_is_an_error_of_the_sandbox(marked, monkeypatch):
    Killer(monkeypatch, ("worker", "begin"), 10**6)
    with pytest.raises(SandboxError, match="does not start"):
        marked()


def test_a_submission_that_ends_its_own_process_costs_what_it_did(marked, lab2):
    call = "import os\n\ndef f(*arguments):\n    os._exit(1)\nlab.check('q2', f)"
    marks = marked("import os\nos._exit(1)", call)
    assert lab2.points(marks) == (2, 0, 1)
    assert len(marks.doubts) == 2


def test_the_judge_is_not_slow_because_it_was_killed_while_a_function_ran(
    marked, lab2, monkeypatch
):
    Killer(monkeypatch, ("judge", "called"), 10**6)
    marks = marked()
    assert not any("longer than" in mark.message for mark in marks.marks)


def test_marks_in_doubt_survive_the_store(marked, monkeypatch):
    Killer(monkeypatch, ("judge", "judge"), 10**6)
    marks = marked()
    assert type(marks).from_json(marks.to_json()) == marks


def test_marks_of_before_have_no_doubts(marked):
    text = marked().to_json()
    assert type(marked()).from_json(text.replace(', "doubts": []', "")).doubts == ()
