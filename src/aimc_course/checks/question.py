"""Questions of a lab, as its authors write them, and the lab that they make up.

A question is a title, its points, a judge and a word of praise. `number`, `array`, `function` and
`properties` make one each of the four kinds; `judged` takes a judge of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from aimc.validation import check_choice, check_integer, check_number
from aimc_course.checks.diagnosis import is_blank
from aimc_course.checks.judges import (
    FunctionOnInputs,
    Judge,
    PropertiesHold,
    Property,
    ValueClose,
)
from aimc_course.checks.shares import check_names
from aimc_course.checks.slips import Slip
from aimc_course.checks.weighted import Weighted

__all__ = [
    "LabDefinition",
    "Question",
    "Verdict",
    "array",
    "classes",
    "function",
    "judged",
    "lab",
    "number",
    "properties",
]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Points for one answer and what there is to say about it."""

    points: float
    max_points: float
    message: str

    @property
    def right(self) -> bool:
        """Whether the answer earned all points."""
        return math.isclose(self.points, self.max_points)


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a lab."""

    title: str
    """What it asks for, in a few words."""
    points: float
    """Points for a right answer."""
    judge: Judge
    """Judge of the answer."""
    praise: str = "Right."
    """Said after a right answer: what it is good for."""
    model: Callable[[int], Any] | None = None
    """A right answer by serial number, where the judge knows none."""
    id: str = ""
    """Name in ``check("q1", answer)``; the lab numbers its questions."""
    shared: bool = False
    """Whether another student's right answer is likely to be accepted; the lab says so."""

    def verdict(self, answer: Any, serial: int) -> Verdict:
        """Judge an answer: same answer and serial, same verdict.

        Raises
        ------
        AnswersNotInstalledError
            If the judge needs a reference answer that this environment does not hold.
        """
        if is_blank(answer):
            message = "no answer yet: replace the `...` in the cell above and run it first"
            return Verdict(0.0, self.points, message)
        finding = self.judge(answer, serial)
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
class LabDefinition:
    """What a lab consists of, apart from its notebook. Made by `lab`."""

    name: str
    """Short name, e.g. ``"lab-1"``."""
    slug: str
    """Name of the notebook without its ending."""
    title: str
    """Title for people."""
    questions: tuple[Question, ...]
    """Graded questions, in order."""
    predictions: Mapping[str, str]
    """Unit of each predicted number, by its name; empty for a pure number."""
    given: Mapping[str, Callable[[int], tuple[np.ndarray, ...]]] = field(default_factory=dict)
    """Numbers that each student gets from the serial number, by name."""


def lab(
    slug: str,
    title: str,
    *questions: Question,
    predictions: Mapping[str, str],
    given: Mapping[str, Callable[[int], tuple[np.ndarray, ...]]] | None = None,
    shared: Sequence[str] = (),
) -> LabDefinition:
    """Return a lab whose questions are numbered in order.

    Parameters
    ----------
    slug : str
        Name of the notebook, such as ``"01-build-a-crossbar"``: its number is the lab's.
    title : str
        Title without the number.
    questions : Question
        The graded questions.
    predictions : mapping
        Unit of each predicted number, by its name; empty for a pure number.
    given : mapping
        What each student gets from the serial number, by name.
    shared : sequence of str
        Questions, such as ``"q5"``, whose right answers differ so little between students that the
        judge is likely to accept one for another. All others refuse them.
    """
    order, _, topic = slug.partition("-")
    if not (order.isdecimal() and topic):
        raise ValueError(f"slug={slug!r} must begin with the lab's number, as 01-topic does")
    names = [f"q{k}" for k in range(1, len(questions) + 1)]
    for name in shared:
        check_choice("shared", name, tuple(names))
    numbered = tuple(
        replace(q, id=name, shared=name in shared) for name, q in zip(names, questions, strict=True)
    )
    name = f"lab-{int(order)}"
    return LabDefinition(
        name, slug, f"Lab {int(order)} · {title}", numbered, predictions, given or {}
    )


def number(
    asked: tuple[str, float],
    expected: Callable[[int], Any],
    *slips: Slip,
    rtol: float = 0.01,
    unit: str = "",
    praise: str = "Right.",
) -> Question:
    """Ask for one number that follows from the serial number."""
    return _value(asked, expected, slips, rtol, unit, praise, scalar=True)


def array(
    asked: tuple[str, float],
    expected: Callable[[int], Any],
    *slips: Slip,
    rtol: float = 0.01,
    unit: str = "",
    praise: str = "Right.",
    parts: Sequence[str] = (),
) -> Question:
    """Ask for an array that follows from the serial number.

    With ``parts``, the names of its entries, each entry earns an equal share of the points.
    """
    return _value(asked, expected, slips, rtol, unit, praise, scalar=False, parts=parts)


def function(
    asked: tuple[str, float],
    draw: Callable[[np.random.Generator], tuple[Any, ...]],
    reference: Callable[..., Any],
    *slips: Slip,
    rtol: float = 1e-6,
    rounds: int = 5,
    unit: str = "",
    praise: str = "Right.",
    parts: Sequence[str] = (),
) -> Question:
    """Ask for a function, which is called on inputs that it has not seen.

    Parameters
    ----------
    asked : tuple of str and float
        What it asks for, and the points for a right answer.
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
    asked: tuple[str, float],
    draws: Mapping[str, tuple[float, Callable[[np.random.Generator], tuple[Any, ...]]]],
    reference: Callable[..., Any],
    *slips: Slip,
    rtol: float = 1e-6,
    rounds: int = 5,
    unit: str = "",
    praise: str = "Right.",
) -> Question:
    """Ask for a function whose edge cases earn points of their own.

    Parameters
    ----------
    asked : tuple of str and float
        What it asks for, and the points for a right answer.
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
    asked: tuple[str, float],
    *tests: Property,
    model: Callable[[int], Any],
    praise: str = "Right.",
) -> Question:
    """Ask for an answer that is not unique, and test what has to be true of it.

    Parameters
    ----------
    asked : tuple of str and float
        What it asks for, and the points for a right answer.
    tests : Property
        First what it `needs` (the kind of answer, which earns nothing), then what `earns`.
    model : callable
        A right answer by serial number.
    praise : str
        Said after a right answer.
    """
    return judged(asked, PropertiesHold(tests), model=model, praise=praise)


def judged(
    asked: tuple[str, float],
    judge: Judge,
    *,
    model: Callable[[int], Any] | None = None,
    praise: str = "Right.",
) -> Question:
    """Ask for an answer that has a judge of its own."""
    title, points = asked
    check_number("points", points, low=0.0, open_low=True)
    return Question(title, points, judge, praise, model)


def _value(
    asked: tuple[str, float],
    expected: Callable[[int], Any],
    slips: tuple[Slip, ...],
    rtol: float,
    unit: str,
    praise: str,
    *,
    scalar: bool,
    parts: Sequence[str] = (),
) -> Question:
    judge = ValueClose(expected, _tolerance(rtol), unit, slips, scalar, check_names(parts))
    return judged(asked, judge, praise=praise)


def _tolerance(rtol: float) -> float:
    return check_number("rtol", rtol, low=0.0, open_low=True)
