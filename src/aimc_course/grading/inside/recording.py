"""The lab object inside a sandbox: it keeps answers, gives numbers, and judges nothing."""

from __future__ import annotations

from typing import Any

from aimc.validation import check_choice
from aimc_course.checks.diagnosis import is_blank
from aimc_course.checks.lab import NOTE, Lab, Message
from aimc_course.checks.question import LabDefinition, Verdict

__all__ = ["RecordingLab"]


class RecordingLab(Lab):
    """A lab that keeps the last answer to each question.

    Its verdicts say that every answer is right, so that the cells which wait for one run: what is
    really right is known outside alone.
    """

    def __init__(self, definition: LabDefinition, serial: int) -> None:
        super().__init__(definition, serial)
        self.answers: dict[str, Any] = {}
        """Answers since they were last taken, by question."""

    def check(self, question: str, answer: Any) -> Message:
        """Keep an answer."""
        check_choice("question", question, tuple(self._questions))
        most = self._questions[question].points
        self.answers[question] = answer
        given = not is_blank(answer)
        self.verdicts[question] = Verdict(most if given else 0.0, most, "")
        return Message("…", f"{question}: kept.", NOTE)
