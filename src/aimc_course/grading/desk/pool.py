"""Graders that are lent to one notebook at a time."""

from __future__ import annotations

import contextlib
import queue
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar

from aimc_course.grading.closing import Closing
from aimc_course.grading.kept import KeptAnswers
from aimc_course.grading.marks import SubmissionMarks

__all__ = ["GraderPool", "GradesNotebooks", "Making"]


class GradesNotebooks(Protocol):
    """What grades one notebook after the other, as `aimc_course.grading.Grader` does."""

    def grade(
        self,
        notebook: bytes,
        *,
        student: str,
        serial: int | None = None,
        questions: Sequence[str] | None = None,
        kept: KeptAnswers | None = None,
    ) -> SubmissionMarks:
        """Return the marks of one notebook; ``kept`` is what an earlier call returned with them."""

    def close(self) -> None:
        """End what it has started."""


Making = Callable[[], GradesNotebooks]
G = TypeVar("G", bound=GradesNotebooks)


class GraderPool(Closing, Generic[G]):
    """As many graders as are wanted at the same time. Use it as a context, or `close` it.

    Parameters
    ----------
    making : callable
        Returns a grader; called when all that are there are lent.
    """

    def __init__(self, making: Callable[[], G]) -> None:
        self._making = making
        self._free: queue.SimpleQueue[G] = queue.SimpleQueue()
        self._made: list[G] = []

    @contextlib.contextmanager
    def lent(self) -> Iterator[G]:
        """Lend a grader; if something is raised meanwhile, the next one gets a fresh grader."""
        try:
            grader = self._free.get_nowait()
        except queue.Empty:
            grader = self._making()
            self._made.append(grader)
        try:
            yield grader
        except BaseException:
            self._made.remove(grader)
            grader.close()
            raise
        self._free.put(grader)

    def close(self) -> None:
        """Close all graders; none may be lent."""
        while self._made:
            self._made.pop().close()
