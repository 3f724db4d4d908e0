"""How a question is judged, as its authors write it.

What a question asks for stands in the lab's table, `aimc_course.labs`; here it gets a judge and a
word of praise. `number`, `array`, `function`, `classes` and `properties` make one each of the usual
kinds; `judged` takes a judge of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from aimc.validation import check_integer, check_number
from aimc_answers.checks.judges import (
    FunctionOnInputs,
    Judge,
    PropertiesHold,
    Property,
    ValueClose,
    detached,
)
from aimc_answers.checks.shares import check_names
from aimc_answers.checks.slips import Slip
from aimc_answers.checks.weighted import Weighted
from aimc_course.checks.diagnosis import is_blank
from aimc_course.checks.lab import UNANSWERED
from aimc_course.checks.question import LabDefinition, Question, Verdict

__all__ = [
    "JudgedLab",
    "JudgedQuestion",
    "array",
    "classes",
    "function",
    "judged",
    "number",
    "properties",
]


@dataclass(frozen=True, slots=True)
class JudgedQuestion(Question):
    """One question of a lab, with its judge."""

    judge: Judge = field(kw_only=True)
    """Judge of the answer."""
    praise: str = "Right."
    """Said after a right answer: what it is good for."""
    model: Callable[[int], Any] | None = None
    """A right answer by serial number, where the judge knows none."""

    def verdict(self, answer: Any, serial: int) -> Verdict:
        """Judge an answer: same answer and serial, same verdict."""
        if is_blank(answer):
            return Verdict(0.0, self.points, UNANSWERED)
        finding = self.judge(detached(answer), serial)
        message = self.praise if finding.share == 1 else finding.message
        return Verdict(self.points * finding.share, self.points, message)

    @property
    def parts(self) -> dict[str, float]:
        """What earns a share of the points by itself, and the share; empty if nothing does."""
        if isinstance(self.judge, Weighted):
            whole = sum(weight for weight, _ in self.judge.parts)
            weights = [weight / whole for weight, _ in self.judge.parts]
            return dict(zip(self.judge.names, weights, strict=True)) if self.judge.names else {}
        names = getattr(self.judge, "parts", ())
        return dict.fromkeys(names, 1 / len(names)) if names else {}

    def is_personal(self, serial: int) -> bool:
        """Return whether the answer is the student's own: neither shared nor a function.

        The right function is the same for all; what differs are the inputs that it is called with.
        """
        return not self.shared and not callable(self.right_answer(serial))

    def right_answer(self, serial: int) -> Any:
        """Return an answer that earns all points."""
        if self.model is not None:
            return self.model(serial)
        judge = self.judge.main if isinstance(self.judge, Weighted) else self.judge
        if isinstance(judge, FunctionOnInputs):
            return judge.reference
        if isinstance(self.judge, ValueClose):
            return self.judge.expected(serial)
        raise ValueError(f"question {self.id!r} names no model answer: give it `model=`")

    def wrong_answers(self, serial: int) -> list[tuple[str, Any]]:
        """Return the known slips of this question: what is said to each, and the wrong answer.

        The answer is ``None`` where the slip makes no difference on the chip with that number.
        """
        judge = self.judge.main if isinstance(self.judge, Weighted) else self.judge
        if isinstance(judge, FunctionOnInputs):
            return [(s.message, judge.slipping(s)) for s in judge.slips]
        if isinstance(self.judge, ValueClose):
            (case,) = self.judge.cases(serial)
            slips = self.judge.slips
            return [(s.message, s.answer(case) if s.leads_astray(case) else None) for s in slips]
        return []


@dataclass(frozen=True, slots=True)
class JudgedLab(LabDefinition):
    """A lab whose questions have their judges."""

    questions: tuple[JudgedQuestion, ...]


def number(
    asked: Question,
    expected: Callable[[int], Any],
    *slips: Slip,
    rtol: float = 0.01,
    unit: str = "",
    praise: str = "Right.",
) -> JudgedQuestion:
    """Ask for one number that follows from the serial number."""
    return _value(asked, expected, slips, rtol, unit, praise, scalar=True)


def array(
    asked: Question,
    expected: Callable[[int], Any],
    *slips: Slip,
    rtol: float = 0.01,
    unit: str = "",
    praise: str = "Right.",
    parts: Sequence[str] = (),
) -> JudgedQuestion:
    """Ask for an array that follows from the serial number.

    With ``parts``, the names of its entries, each entry earns an equal share of the points.
    """
    return _value(asked, expected, slips, rtol, unit, praise, scalar=False, parts=parts)


def function(
    asked: Question,
    draw: Callable[[np.random.Generator], tuple[Any, ...]],
    reference: Callable[..., Any],
    *slips: Slip,
    rtol: float = 1e-6,
    rounds: int = 5,
    unit: str = "",
    praise: str = "Right.",
    parts: Sequence[str] = (),
) -> JudgedQuestion:
    """Ask for a function, which is called on inputs that it has not seen.

    Parameters
    ----------
    asked : Question
        What it asks for, from the lab's table.
    draw : callable
        Draws one set of arguments.
    reference : callable
        The right function.
    slips : Slip
        Known wrong functions.
    rtol : float
        Relative tolerance.
    rounds : int
        How many sets of arguments are tried.
    unit : str
        Unit of the result; empty for a pure number.
    praise : str
        Said after a right answer.
    parts : sequence of str
        Names of the parts that it returns, each of which earns an equal share of the points.
    """
    check_integer("rounds", rounds, low=1)
    names = check_names(parts)
    judge = FunctionOnInputs(draw, reference, _tolerance(rtol), rounds, unit, slips, names)
    return judged(asked, judge, praise=praise)


def classes(
    asked: Question,
    draws: Mapping[str, tuple[float, Callable[[np.random.Generator], tuple[Any, ...]]]],
    reference: Callable[..., Any],
    *slips: Slip,
    rtol: float = 1e-6,
    rounds: int = 5,
    unit: str = "",
    praise: str = "Right.",
) -> JudgedQuestion:
    """Ask for a function whose edge cases earn points of their own.

    Parameters
    ----------
    asked : Question
        What it asks for, from the lab's table.
    draws : mapping
        By the name of a class of inputs, its weight and what draws one set of arguments. The
        first one has to be right for the others to count.
    reference, slips, rtol, rounds, unit, praise
        As in `function`.
    """
    check_integer("rounds", rounds, low=1)
    judges = tuple(
        (weight, FunctionOnInputs(draw, reference, _tolerance(rtol), rounds, unit, slips))
        for weight, draw in draws.values()
    )
    return judged(asked, Weighted(judges, tuple(draws), first=True), praise=praise)


def properties(
    asked: Question,
    *tests: Property,
    model: Callable[[int], Any],
    praise: str = "Right.",
) -> JudgedQuestion:
    """Ask for an answer that is not unique, and test what has to be true of it.

    Parameters
    ----------
    asked : Question
        What it asks for, from the lab's table.
    tests : Property
        First what it `needs` (the kind of answer, which earns nothing), then what `earns`.
    model : callable
        A right answer by serial number.
    praise : str
        Said after a right answer.
    """
    return judged(asked, PropertiesHold(tests), model=model, praise=praise)


def judged(
    asked: Question,
    judge: Judge,
    *,
    model: Callable[[int], Any] | None = None,
    praise: str = "Right.",
) -> JudgedQuestion:
    """Ask for an answer that has a judge of its own."""
    known = (asked.title, asked.points, asked.id, asked.shared)
    return JudgedQuestion(*known, judge=judge, praise=praise, model=model)


def _value(
    asked: Question,
    expected: Callable[[int], Any],
    slips: tuple[Slip, ...],
    rtol: float,
    unit: str,
    praise: str,
    *,
    scalar: bool,
    parts: Sequence[str] = (),
) -> JudgedQuestion:
    judge = ValueClose(expected, _tolerance(rtol), unit, slips, scalar, check_names(parts))
    return judged(asked, judge, praise=praise)


def _tolerance(rtol: float) -> float:
    return check_number("rtol", rtol, low=0.0, open_low=True)
