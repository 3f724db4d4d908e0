"""The lab object inside a sandbox: it keeps answers, gives numbers, and judges nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aimc.validation import check_choice
from aimc_course.checks.diagnosis import is_blank
from aimc_course.checks.lab import NOTE, Lab, Message
from aimc_course.checks.question import LabDefinition, Verdict
from aimc_course.labs import catalogue

__all__ = ["RecordingLab"]


class RecordingLab(Lab):
    """A lab that hands each answer on as it is at that moment.

    Its verdicts say that every answer is right, so that the cells which wait for one run: what is
    really right is known outside alone.
    """

    def __init__(
        self, definition: LabDefinition, serial: int, keep: Callable[[str, Any], None]
    ) -> None:
        super().__init__(definition, serial)
        self._keep = keep

    def __reduce__(self) -> tuple[Any, ...]:
        """Let a copy be this lab itself: what is handed in to either counts."""
        return _started, (self.definition.name, self.serial)

    def check(self, question: str, answer: Any) -> Message:
        """Keep an answer as it is now: what later lines do to it does not count."""
        check_choice("question", question, tuple(self._questions))
        most = self._questions[question].points
        self._keep(question, answer)
        given = not is_blank(answer)
        self.verdicts[question] = Verdict(most if given else 0.0, most, "")
        return Message("…", f"{question}: kept.", NOTE)


def _started(name: str, serial: int) -> Lab:
    """Return the lab that a notebook gets which starts it here."""
    return catalogue.start(name, serial=serial)
