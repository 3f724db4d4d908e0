"""Grade a notebook: the student's code on one side of the border, the judge on the other.

This process belongs to neither side. It hands messages over, watches the clock, and writes marks.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import aimc
from aimc.validation import check_choice, check_serial
from aimc_course.grading.channel import BrokenError, EndedError, SlowError
from aimc_course.grading.context import ClosingContext
from aimc_course.grading.judge import Judge, LabFacts
from aimc_course.grading.kept import KeptAnswers, holds_function, kept_values
from aimc_course.grading.keys import derived_serial, question_seed
from aimc_course.grading.limits import Limits
from aimc_course.grading.marks import WRONG_FILE, QuestionMark, SubmissionMarks
from aimc_course.grading.notebook import NotebookError, code_cells, lab_of
from aimc_course.grading.sandbox import Sandbox
from aimc_course.grading.student_process import StudentProcess
from aimc_course.grading.worker.protocol import passable

__all__ = ["Grader", "grade_notebook"]

NO_ANSWER = "no answer: no check of this question was run"


class Grader(ClosingContext):
    """Grades notebooks of one lab, one after the other, with one judge.

    Parameters
    ----------
    lab : str
        The lab, ``"lab-3"`` or the name of its notebook.
    class_key : bytes
        Secret of the class, at least 16 bytes; hidden inputs follow from it.
    sandbox : Sandbox
        Where student code runs, as `find_sandbox` returns it.
    limits : Limits
        What a submission may take.
    reveal : bool
        Whether messages say how far off an answer is. Before the deadline they should not: asked
        often enough, they would tell the answer.
    cache : Path, optional
        Folder in which slow reference answers are kept between runs.

    Examples
    --------
    A grader is a context, which ends its processes::

        with find_sandbox() as sandbox, Grader("lab-1", key, sandbox) as grader:
            marks = grader.grade(path.read_bytes(), student="ada", serial=12)
    """

    def __init__(
        self,
        lab: str,
        class_key: bytes,
        sandbox: Sandbox,
        limits: Limits | None = None,
        *,
        reveal: bool = False,
        cache: Path | None = None,
    ) -> None:
        self._limits = limits or Limits()
        self._key, self._sandbox, self._reveal = class_key, sandbox, reveal
        question_seed(class_key, lab, "", "")  # refuses a key that is none
        self._judge = Judge(self._limits, cache)
        self._thought = 0.0
        self._lab = lab

    @property
    def lab(self) -> LabFacts:
        """Name, points and versions of the lab's questions."""
        return self._judge.lab(self._lab)

    def grade(
        self,
        notebook: bytes,
        *,
        student: str,
        serial: int | None = None,
        questions: Sequence[str] | None = None,
        kept: KeptAnswers | None = None,
    ) -> SubmissionMarks:
        """Return the marks of one notebook.

        Parameters
        ----------
        notebook : bytes
            Content of its file.
        student : str
            Name under which hidden inputs are drawn; the same name, the same inputs.
        serial : int, optional
            Serial number of the student's chip; by default it follows from class key and name.
        questions : sequence of str, optional
            Questions to grade; all by default.
        kept : KeptAnswers, optional
            Answers of an earlier run of the same notebook. As long as it would find the same in its
            sandbox, only those of its cells run that functions among the questions need.

        Raises
        ------
        SandboxError
            If no worker starts at all.
        JudgeError
            If the judge fails for a reason of its own, such as answers that are not installed.
            Whatever a notebook does ends in marks and notes, never in an error.
        """
        start, lab = time.monotonic(), self.lab
        for question in questions or ():
            check_choice("questions", question, tuple(lab.points))
        wanted = [name for name in lab.points if questions is None or name in questions]
        own = derived_serial(self._key, student) if serial is None else serial
        check_serial("serial", own)
        drawn = {q: question_seed(self._key, lab.name, q, student) for q in wanted}
        self._thought = 0.0
        marks: list[QuestionMark] = []
        notes: list[str] = []
        doubts: list[str] = []
        witnessed: list[str] = []
        answers: KeptAnswers | None = None
        try:
            cells = code_cells(notebook, self._limits)
        except NotebookError as error:
            notes = witnessed = [str(error)]
            doubts.append(f"{WRONG_FILE}: {error}")
            marks = [self._mark(name, drawn[name], f"not graded: {error}") for name in wanted]
        else:
            if (said := lab_of(cells)) not in (None, lab.name):
                doubts.append(f"{WRONG_FILE}: it calls itself {said}")
            worker = StudentProcess(
                cells,
                lab=lab.name,
                serial=own,
                sandbox=self._sandbox,
                limits=self._limits,
                questions=tuple(lab.points),
            )
            try:
                seen = self._sandbox.sees
                if kept and seen and (kept.serial, kept.seen) == (own, seen):
                    worker.recall(kept, wanted)
                    answers = kept
                else:
                    worker.run()
                ran = (tuple(worker.notes), tuple(worker.witnessed))
                self._judge.beside = worker.look
                marks = [self._judged(name, drawn[name], own, worker) for name in wanted]
                if answers is None and seen and worker.untroubled:
                    answers = self._kept(worker, own, ran, wanted)
            finally:
                self._judge.beside = None
                worker.stop()
            notes, witnessed = worker.notes, worker.witnessed
            doubts += worker.doubts
        return SubmissionMarks(
            lab=lab.name,
            student=student,
            serial=own,
            marks=tuple(marks),
            notes=tuple(notes),
            library_version=aimc.__version__,
            seconds=time.monotonic() - start,
            doubts=tuple(doubts),
            witnessed=tuple(witnessed),
            answers=answers,
        )

    def _kept(
        self,
        worker: StudentProcess,
        serial: int,
        notes: tuple[tuple[str, ...], tuple[str, ...]],
        judged: Sequence[str],
    ) -> KeptAnswers:
        """Return what a notebook answered; of functions only those whose calls went well."""
        asked = self.lab.points
        given = {name: worker.answers[name] for name in asked if name in worker.answers}
        values = kept_values(given)
        cells = {
            name: worker.cells[name]
            for name, answer in given.items()
            if name in judged or not holds_function(answer)
        }
        missing = tuple(name for name in asked if name not in given)
        return KeptAnswers(serial, self._sandbox.sees, *notes, cells, values, missing)

    def _judged(
        self, question: str, seed: int, serial: int, worker: StudentProcess
    ) -> QuestionMark:
        start = time.monotonic()
        if question not in worker.answers:
            return self._mark(question, seed, NO_ANSWER)
        while True:
            if holds_function(worker.answers[question]) and not worker.alive:
                worker.run()
            calls = _Calls(worker, self._limits)
            request = {
                "lab": self.lab.name,
                "question": question,
                "serial": serial,
                "seed": seed,
                "reveal": self._reveal,
                "answer": worker.answers[question],
            }
            ended = False
            verdict: dict[str, Any]
            allowed = min(self._limits.judge, self._limits.judging - self._thought)
            try:
                if allowed <= 0:
                    most = self._limits.judging
                    raise BrokenError(f"was not judged: all took longer than {most:g} s to judge")
                try:
                    verdict = self._judge.verdict(request, calls, allowed)
                finally:
                    self._thought += self._judge.thought
            except BrokenError as error:
                verdict = {"share": 0.0, "message": f"the answer {error}", "slip": None}
                ended = isinstance(error, EndedError)
            share, message = float(verdict["share"]), str(verdict["message"])
            if share < 1 and (ended or calls.ended) and worker.once_more(question):
                continue  # nobody may have meant it: ask a fresh judge and a fresh worker
            if calls.reason and share < 1:
                message = f"the function {calls.reason}"
                worker.note(f"{question}: {message}")
            seconds = time.monotonic() - start
            return self._mark(question, seed, message, share, verdict["slip"], seconds)

    def _mark(
        self,
        question: str,
        seed: int,
        message: str,
        share: float = 0.0,
        slip: str | None = None,
        seconds: float = 0.0,
    ) -> QuestionMark:
        most, version = self.lab.points[question], self.lab.versions[question]
        hidden = f"{seed:016x}"
        return QuestionMark(question, share * most, most, message, slip, hidden, version, seconds)

    def close(self) -> None:
        """End the judge."""
        self._judge.close()


class _Calls:
    """The calls of one question: their time adds up, and after a broken one none follows."""

    def __init__(self, worker: StudentProcess, limits: Limits) -> None:
        self._worker, self._limits = worker, limits
        self._left = limits.question
        self.reason = ""
        self.ended = False

    def __call__(
        self, function: Any, arguments: Any, used: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> dict[str, Any]:
        if self.reason:
            return {"raised": ["RuntimeError"]}
        start = self._worker.now()
        try:
            reply = self._worker.call(function, arguments, min(self._limits.call, self._left), used)
        except BrokenError as error:
            self.reason, self.ended = str(error), isinstance(error, EndedError)
            if isinstance(error, SlowError) and self._left < self._limits.call:
                self.reason = f"took longer than {self._limits.question:g} s in all its calls"
            return {"raised": ["RuntimeError"]}
        self._left -= self._worker.now() - start
        if self._left <= 0:
            self.reason = f"took longer than {self._limits.question:g} s in all its calls"
        if "raised" in reply:
            raised = reply["raised"]
            name = raised[0] if isinstance(raised, list) and raised else None
            return {"raised": [name if isinstance(name, str) else "Error"]}
        return {"value": passable(reply.get("value"))}


def grade_notebook(
    notebook: bytes,
    *,
    lab: str,
    student: str,
    class_key: bytes,
    sandbox: Sandbox,
    questions: Sequence[str] | None = None,
    limits: Limits | None = None,
    serial: int | None = None,
    reveal: bool = False,
) -> SubmissionMarks:
    """Return the marks of one notebook; for more than one use a `Grader`.

    Parameters
    ----------
    notebook : bytes
        Content of its file.
    lab : str
        The lab, ``"lab-3"`` or the name of its notebook.
    student : str
        Name under which hidden inputs are drawn; the same name, the same inputs.
    class_key : bytes
        Secret of the class, at least 16 bytes.
    sandbox : Sandbox
        Where student code runs, as `find_sandbox` returns it.
    questions : sequence of str, optional
        Questions to grade; all by default.
    limits : Limits, optional
        What the submission may take.
    serial : int, optional
        Serial number of the student's chip; by default it follows from class key and name.
    reveal : bool
        Whether messages say how far off an answer is.
    """
    with Grader(lab, class_key, sandbox, limits, reveal=reveal) as grader:
        return grader.grade(notebook, student=student, serial=serial, questions=questions)
