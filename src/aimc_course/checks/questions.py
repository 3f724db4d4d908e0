"""Questions of a lab and how their answers are judged.

A question holds a checker. A checker keeps what it needs apart (how to draw inputs, the reference,
how to compare), so that the same question can be asked inside a notebook or by a program that never
runs the student's code itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from aimc.validation import check_integer, check_number
from aimc_course.checks.diagnosis import as_numbers, close, explain, is_blank, wrong_kind

__all__ = [
    "Checker",
    "Finding",
    "FunctionOnInputs",
    "LabDefinition",
    "Mistake",
    "Property",
    "PropertyHolds",
    "Question",
    "ValueClose",
    "Verdict",
    "array_close",
    "function_on_inputs",
    "number_close",
    "property_holds",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a checker found: the share of the answer that is right, and why."""

    share: float
    message: str


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


class Checker(Protocol):
    """Judges an answer of the student who owns the chip with that serial number."""

    def __call__(self, answer: Any, serial: int) -> Finding:
        """Return the share of the points and a message."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a lab."""

    id: str
    """Name in ``check("q1", answer)``."""
    title: str
    """What it asks for, in a few words."""
    points: float
    """Points for a right answer."""
    checker: Checker
    """Judge of the answer."""
    praise: str = "Right."
    """Said after a right answer: what it is good for."""

    def verdict(self, answer: Any, serial: int) -> Verdict:
        """Judge an answer: same answer and serial, same verdict."""
        check_number("points", self.points, low=0.0, open_low=True)
        if is_blank(answer):
            message = "no answer yet: replace the `...` in the cell above and run it first"
            return Verdict(0.0, self.points, message)
        finding = self.checker(answer, serial)
        message = self.praise if finding.share == 1 else finding.message
        return Verdict(self.points * finding.share, self.points, message)


@dataclass(frozen=True, slots=True)
class LabDefinition:
    """What a lab consists of, apart from its notebook."""

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


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong answer that is expected, and what to say to it."""

    value: Callable[..., Any]
    """The wrong answer: a function of what the right answer is a function of."""
    message: str
    """What the student should think about."""


def _matches(mistake: Mistake, got: np.ndarray, arguments: tuple[Any, ...], rtol: float) -> bool:
    try:
        wrong = as_numbers(mistake.value(*arguments))
    except (ValueError, TypeError, IndexError):  # this slip does not exist for these inputs
        return False
    return wrong is not None and close(got, wrong, rtol)


@dataclass(frozen=True, slots=True)
class ValueClose:
    """A number or an array that has to agree with the one that follows from the serial number."""

    expected: Callable[[int], Any]
    """Right answer as a function of the serial number."""
    rtol: float
    """Relative tolerance."""
    unit: str
    """Unit of the answer; empty for a pure number."""
    mistakes: tuple[Mistake, ...]
    """Known wrong answers, as functions of the serial number."""
    scalar: bool
    """Whether the answer is a single number."""

    def __call__(self, answer: Any, serial: int) -> Finding:
        """Compare the answer with the expected one."""
        got = as_numbers(answer)
        if got is None:
            return Finding(0.0, wrong_kind(answer))
        if self.scalar and got.size == 1:
            got = got.reshape(())
        expected = np.asarray(self.expected(serial), dtype=np.float64)
        if close(got, expected, self.rtol):
            return Finding(1.0, "right")
        for mistake in self.mistakes:
            if _matches(mistake, got, (serial,), self.rtol):
                return Finding(0.0, mistake.message)
        if self.scalar and got.size != 1:
            return Finding(0.0, f"expected one number, got an array of shape {got.shape}")
        return Finding(0.0, explain(got, expected, self.rtol, self.unit))


@dataclass(frozen=True, slots=True)
class FunctionOnInputs:
    """A function that has to agree with a reference on inputs that it has not seen."""

    draw: Callable[[np.random.Generator], tuple[Any, ...]]
    """Draws one set of arguments."""
    reference: Callable[..., Any]
    """The right function."""
    rtol: float
    """Relative tolerance."""
    rounds: int
    """How many sets of arguments are tried."""
    unit: str
    """Unit of the result; empty for a pure number."""
    mistakes: tuple[Mistake, ...]
    """Known wrong functions of the same arguments."""

    def arguments(self, seed: int) -> list[tuple[Any, ...]]:
        """Return the argument sets of one seed."""
        rng = np.random.default_rng([seed, 0x1AB])
        return [self.draw(rng) for _ in range(self.rounds)]

    def judge(self, returned: Any, arguments: tuple[Any, ...]) -> str:
        """Say what is wrong with a returned value; an empty string if nothing is."""
        if is_blank(returned):
            return "it returned nothing: is the `return` missing?"
        got = as_numbers(returned)
        if got is None:
            return f"wrong type returned: {wrong_kind(returned)}"
        expected = np.asarray(self.reference(*_copies(arguments)), dtype=np.float64)
        if close(got, expected, self.rtol):
            return ""
        for mistake in self.mistakes:
            if _matches(mistake, got, _copies(arguments), self.rtol):
                return mistake.message
        return explain(got, expected, self.rtol, self.unit)

    def __call__(self, answer: Any, serial: int) -> Finding:
        """Call the function on fresh inputs and compare."""
        if not callable(answer):
            kind = type(answer).__name__
            return Finding(0.0, f"expected a function, got {kind}: give its name without brackets")
        name = getattr(answer, "__name__", "the function")
        for arguments in self.arguments(serial):
            try:
                returned = answer(*_copies(arguments))
            # Whatever the student's function raises is an answer to be explained.
            except Exception as error:
                return Finding(
                    0.0,
                    f"{name} raised {type(error).__name__} ({error}) when called with "
                    f"{_describe(arguments)}",
                )
            complaint = self.judge(returned, arguments)
            if complaint:
                complaint = self._slip(answer, serial) or complaint
                return Finding(0.0, f"{name}, called with {_describe(arguments)}: {complaint}")
        return Finding(1.0, "right")

    def _slip(self, answer: Callable[..., Any], seed: int) -> str:
        """Return what to say to the one mistake that explains all results; empty without one."""
        # Two mistakes may agree on the first inputs; on all of them they do not.
        tried = self.arguments(seed)
        try:
            results = [as_numbers(answer(*_copies(arguments))) for arguments in tried]
        except Exception:
            return ""
        for mistake in self.mistakes:
            if all(
                got is not None and _matches(mistake, got, _copies(arguments), self.rtol)
                for got, arguments in zip(results, tried, strict=True)
            ):
                return mistake.message
        return ""


@dataclass(frozen=True, slots=True)
class Property:
    """Something that has to be true of an answer, with the hint for when it is not."""

    holds: Callable[[Any, int], bool]
    """Test of the answer and the serial number; may raise on answers of the wrong kind."""
    hint: str
    """What to say when it does not hold."""


@dataclass(frozen=True, slots=True)
class PropertyHolds:
    """An answer that is not unique: properties are tested in order, each earns its share."""

    properties: tuple[Property, ...]
    """What earns points."""
    requirements: tuple[Property, ...] = ()
    """What has to hold first and earns nothing: the kind of answer that is asked for."""

    def __call__(self, answer: Any, serial: int) -> Finding:
        """Test one property after the other and stop at the first that does not hold."""
        for k, test in enumerate(self.requirements + self.properties):
            try:
                held = bool(test.holds(answer, serial))
            # Any exception means: not an answer of the kind that was asked for.
            except Exception as error:
                held, reason = False, f" ({type(error).__name__}: {error})"
            else:
                reason = ""
            if not held:
                earned = max(k - len(self.requirements), 0)
                return Finding(earned / len(self.properties), test.hint + reason)
        return Finding(1.0, "right")


def number_close(
    expected: Callable[[int], float],
    *,
    rtol: float = 0.01,
    unit: str = "",
    mistakes: tuple[Mistake, ...] = (),
) -> ValueClose:
    """Return a checker of one number that follows from the serial number."""
    return ValueClose(expected, _tolerance(rtol), unit, mistakes, scalar=True)


def array_close(
    expected: Callable[[int], Any],
    *,
    rtol: float = 0.01,
    unit: str = "",
    mistakes: tuple[Mistake, ...] = (),
) -> ValueClose:
    """Return a checker of an array that follows from the serial number."""
    return ValueClose(expected, _tolerance(rtol), unit, mistakes, scalar=False)


def function_on_inputs(
    draw: Callable[[np.random.Generator], tuple[Any, ...]],
    reference: Callable[..., Any],
    *,
    rtol: float = 1e-6,
    rounds: int = 5,
    unit: str = "",
    mistakes: tuple[Mistake, ...] = (),
) -> FunctionOnInputs:
    """Return a checker that calls the student's function on fresh random inputs."""
    check_integer("rounds", rounds, low=1)
    return FunctionOnInputs(draw, reference, _tolerance(rtol), rounds, unit, mistakes)


def property_holds(
    *properties: tuple[Callable[[Any, int], bool], str],
    requirements: tuple[tuple[Callable[[Any, int], bool], str], ...] = (),
) -> PropertyHolds:
    """Return a checker of properties, each a test of (answer, serial) and a hint.

    ``requirements`` are tested first and earn nothing: any number is not half an answer.
    """
    if not properties:
        raise ValueError("properties is empty: an answer without a test cannot be wrong")
    return PropertyHolds(
        tuple(Property(test, hint) for test, hint in properties),
        tuple(Property(test, hint) for test, hint in requirements),
    )


def _tolerance(rtol: float) -> float:
    return check_number("rtol", rtol, low=0.0, open_low=True)


def _copies(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Copy arrays, so that a function that changes its arguments cannot spoil the comparison."""
    return tuple(a.copy() if isinstance(a, np.ndarray) else a for a in arguments)


def _describe(arguments: tuple[Any, ...]) -> str:
    parts = [
        f"an array of shape {a.shape}" if isinstance(a, np.ndarray) else f"{a:.4g}"
        for a in arguments
    ]
    return ", ".join(parts)
