"""Usual slips: what turns a right answer into a wrong one, and what to say to it.

A slip is told by the numbers alone: the wrong answer is computed, and compared with what came in.
Those of any first course, such as another unit or the wrong sign, stand in `common_slips` and are
tried on every question. What belongs to one question stands beside it, and comes first:

>>> known = (
...     slip("the division by w_max is missing", lambda w, w_max: w),
...     but("that is the error of one core alone", cores=1),
...     inverse("the axes are exchanged: log K is the abscissa"),
... )
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from aimc_answers.checks.answers import Reference
from aimc_course.checks.diagnosis import as_numbers, close

__all__ = [
    "Case",
    "Slip",
    "but",
    "changed",
    "copies",
    "exactly",
    "flipped",
    "inverse",
    "missing",
    "parts",
    "passed_for_right",
    "recognise",
    "reordered",
    "rest",
    "scaled",
    "slip",
    "squared",
    "summed",
]

APART = 3.0
"""Tolerances that lie at least between the right answer and a common slip."""
EXACT = 1e-6
"""Relative difference up to which two numbers come from the same calculation."""


@dataclass(frozen=True, slots=True)
class Case:
    """A right answer and what it follows from."""

    arguments: tuple[Any, ...]
    """What the right answer is a function of: the serial number, or the inputs of a function."""
    reference: Callable[..., Any]
    """The function that gives it."""
    expected: np.ndarray
    """The right answer."""
    rtol: float
    """Relative tolerance."""
    unit: str = ""
    """Unit of the answer; empty for a pure number."""
    parts: bool = False
    """Whether each entry along the first axis is compared by its own size."""

    def same(self, got: np.ndarray, wanted: np.ndarray, rtol: float) -> bool:
        """Return whether two answers agree."""
        if not self.parts or got.shape != wanted.shape or got.ndim == 0:
            return close(got, wanted, rtol)
        return all(close(a, b, rtol) for a, b in zip(got, wanted, strict=True))


@dataclass(frozen=True, slots=True)
class Slip:
    """A wrong answer that is expected, and what to say to it."""

    message: str
    """What the student should think about; ``{unit}`` stands for the unit of the answer."""
    wrong: Callable[[Case], Any]
    """The wrong answer; ``None`` or an error where the slip does not exist."""
    where: Callable[[Case], bool] = lambda case: True
    """Questions to which the slip applies."""
    tolerance: float = math.inf
    """Largest relative tolerance with which it is recognised."""

    def says(self, case: Case) -> str:
        """Return the message for this question."""
        return self.message.replace("{unit}", case.unit)

    def answer(self, case: Case) -> np.ndarray | None:
        """Return the wrong answer; ``None`` where the slip does not exist."""
        try:
            if not self.where(case):
                return None
            with np.errstate(all="ignore"):
                wrong = as_numbers(self.wrong(case))
        except (ValueError, TypeError, IndexError, ZeroDivisionError):
            return None
        return wrong if wrong is not None and np.all(np.isfinite(wrong)) else None

    def explains(self, got: np.ndarray, case: Case) -> bool:
        """Return whether an answer is this slip."""
        wrong = self.answer(case)
        return wrong is not None and case.same(got, wrong, min(case.rtol, self.tolerance))

    def leads_astray(self, case: Case) -> bool:
        """Return whether the slip leads to another number than the right one."""
        wrong = self.answer(case)
        return wrong is not None and not case.same(wrong, case.expected, EXACT)

    def is_apart(self, case: Case) -> bool:
        """Return whether the slip leads far enough from the right answer to be told apart."""
        wrong = self.answer(case)
        return wrong is not None and not case.same(wrong, case.expected, APART * case.rtol)


def recognise(
    tried: Sequence[tuple[np.ndarray | None, Case]], known: Sequence[Slip], common: Iterable[Slip]
) -> str:
    """Say which slip an answer is; an empty string if it is none that is known.

    Parameters
    ----------
    tried : sequence of (array or None, Case)
        Wrong answers to one question: one, or those of a function on several inputs.
    known : sequence of Slip
        Slips of this question. One that explains all answers comes before the common ones; one
        that explains the first answer alone is better than nothing.
    common : iterable of Slip
        Slips of any question.
    """
    first, case = tried[0]

    def explains(one: Slip) -> bool:
        return all(got is not None and one.explains(got, case) for got, case in tried)

    for one in known:
        if explains(one):
            return one.says(case)
    found = [one.says(case) for one in common if explains(one) and _is_apart(one, tried)]
    if found:
        # A single number may be the result of two slips: both are worth a thought.
        return "; or: ".join(dict.fromkeys(found[:2]))
    if first is not None:
        for one in known:
            if one.explains(first, case):
                return one.says(case)
    return ""


def passed_for_right(got: np.ndarray, case: Case, known: Iterable[Slip]) -> str:
    """Say which slip an answer is that lies within the tolerance; an empty string if none.

    On some chips chance brings a slip that near to the right answer. All its digits still tell it:
    a student who reads noise or rounds a result meets them no more often than once in thousands.
    """
    if case.same(got, case.expected, EXACT):
        return ""
    exactly = replace(case, rtol=EXACT)
    return next((one.says(case) for one in known if one.explains(got, exactly)), "")


def _is_apart(one: Slip, tried: Sequence[tuple[Any, Case]]) -> bool:
    return all(one.is_apart(case) for _, case in tried)


def copies(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Copy arrays, so that a function that changes its arguments cannot spoil the comparison."""
    return tuple(a.copy() if isinstance(a, np.ndarray) else a for a in arguments)


def slip(message: str, wrong: Callable[..., Any]) -> Slip:
    """Return a slip of one question: a function of what the right answer is a function of."""
    return Slip(message, lambda case: wrong(*copies(case.arguments)))


def exactly(message: str, wrong: Callable[..., Any]) -> Slip:
    """Return a slip that lies near the right answer, and is known by all its digits."""
    return replace(slip(message, wrong), tolerance=EXACT)


def but(message: str, **changes: Any) -> Slip:
    """Return a slip that is the right answer with other arguments, by their names.

    A function changes an argument that the case gives; any other value takes its place, or that
    of a default.
    """

    def wrong(case: Case) -> Any:
        reference = case.reference
        if isinstance(reference, Reference):
            reference = reference.function
        bound = inspect.signature(reference).bind(*copies(case.arguments))
        for name, change in changes.items():
            value = bound.arguments.get(name)
            changed = value is not None and callable(change)
            bound.arguments[name] = change(value) if changed else change
        return reference(*bound.args, **bound.kwargs)

    return Slip(message, wrong)


def changed(message: str, change: Callable[[np.ndarray], Any]) -> Slip:
    """Return a slip that is a function of the right answer."""
    return Slip(message, lambda case: change(case.expected))


def scaled(message: str, factor: float) -> Slip:
    """Return a slip by a factor."""
    return changed(message, lambda right: factor * right)


def parts(message: str, *factors: float) -> Slip:
    """Return a slip by one factor for each part, along the first axis."""
    return changed(message, lambda right: (right.T * np.array(factors)).T)


def inverse(message: str) -> Slip:
    """Return the slip of a ratio that stands upside down."""
    return changed(message, lambda right: 1 / right)


def squared(message: str) -> Slip:
    """Return the slip of a square root that is missing."""
    return changed(message, np.square)


def rest(message: str) -> Slip:
    """Return the slip of a share that was taken for the rest."""
    return changed(message, lambda right: 1 - right)


def summed(message: str) -> Slip:
    """Return the slip of entries that were added up."""
    return changed(message, np.sum)


def flipped(message: str) -> Slip:
    """Return the slip of entries that came last to first; of two, exchanged."""
    return changed(message, lambda right: right[::-1])


def missing(message: str, place: int) -> Slip:
    """Return the slip of an entry that is not there."""
    return changed(message, lambda right: np.delete(right, place))


def reordered(message: str, *order: int) -> Slip:
    """Return the slip of entries in another order."""
    return changed(message, lambda right: right[list(order)])
