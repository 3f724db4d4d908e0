"""Marks: what a submission earned, why, and all that is needed to compute them again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from aimc_course.grading.kept import KeptAnswers

__all__ = ["WRONG_FILE", "QuestionMark", "SubmissionMarks"]

WRONG_FILE = "notebook"
"""How a doubt begins that is about the file: another lab's, or one that cannot be read."""


@dataclass(frozen=True, slots=True)
class QuestionMark:
    """What one answer earned."""

    question: str
    """Name of the question, ``"q1"``."""
    points: float
    """Points earned."""
    max_points: float
    """Points of a right answer."""
    message: str
    """What there is to say about the answer; it holds no number of a hidden input."""
    slip: str | None
    """Misunderstanding that the answer shows, in the words of the question; ``None`` if none."""
    seed: str
    """Hidden seed of this student's draws, hexadecimal: for the teacher, not for the student."""
    question_version: str
    """Fingerprint of the question, its answer and what it draws from."""
    seconds: float
    """Wall time that this question took, s."""
    regrade: str = ""
    """What a regrade changed and why, for the student; empty if none did."""


@dataclass(frozen=True, slots=True)
class SubmissionMarks:
    """What one notebook earned."""

    lab: str
    """Name of the lab, ``"lab-3"``."""
    student: str
    """Name under which the seeds were drawn."""
    serial: int
    """Serial number of the chip that the notebook was run with."""
    marks: tuple[QuestionMark, ...]
    """One mark for every question that was graded, in the lab's order."""
    notes: tuple[str, ...]
    """What happened while the notebook ran: errors of cells, lines left out, limits reached."""
    library_version: str
    """Version of the library that graded."""
    seconds: float
    """Wall time of the submission, s."""
    doubts: tuple[str, ...] = ()
    """What a teacher should look at: processes that ended twice, which nobody may have meant."""
    witnessed: tuple[str, ...] = ()
    """Those of the notes that the grader vouches for. The others were told by the process that the
    notebook ran in, which can say anything."""
    answers: KeptAnswers | None = field(default=None, repr=False, compare=False)
    """What was handed in, to be kept beside the marks; it is no part of them, nor of their JSON."""

    @property
    def points(self) -> float:
        """Sum of the points."""
        return sum(mark.points for mark in self.marks)

    @property
    def max_points(self) -> float:
        """Most points of the questions that were graded."""
        return sum(mark.max_points for mark in self.marks)

    @property
    def wrong_file(self) -> bool:
        """Whether these are marks of another lab's notebook, or of a file that is none."""
        return any(doubt.startswith(f"{WRONG_FILE}:") for doubt in self.doubts)

    def mark(self, question: str) -> QuestionMark:
        """Return the mark of one question.

        Raises
        ------
        KeyError
            If the question was not graded.
        """
        for mark in self.marks:
            if mark.question == question:
                return mark
        raise KeyError(question)

    def to_json(self) -> str:
        """Return the marks as JSON text."""
        data = asdict(replace(self, answers=None))
        del data["answers"]
        return json.dumps(data, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> SubmissionMarks:
        """Return the marks that `to_json` wrote.

        Raises
        ------
        ValueError
            If the text is not JSON, or lacks a field or has one too many.
        """
        data: Any = json.loads(text)
        try:
            marks = tuple(QuestionMark(**mark) for mark in data.pop("marks"))
            notes, doubts = tuple(data.pop("notes")), tuple(data.pop("doubts", ()))
            witnessed = tuple(data.pop("witnessed", ()))
            return cls(marks=marks, notes=notes, doubts=doubts, witnessed=witnessed, **data)
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"these are no marks of a submission: {error}") from error
