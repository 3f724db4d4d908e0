"""Judges: how an answer is compared with what is right.

A judge keeps what it needs apart (how to draw inputs, the reference, how to compare), so that the
same question can be asked inside a notebook or by a program that never runs the student's code
itself: such a program sends the arguments of `FunctionOnInputs.cases`, gets an `Outcome` of each
call back, and hands them to `FunctionOnInputs.compare`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from aimc_answers.checks.common_slips import COMMON
from aimc_answers.checks.keys import hidden_seed, is_hidden
from aimc_answers.checks.shares import said
from aimc_answers.checks.slips import EXACT, Case, Slip, copies, passed_for_right, recognise
from aimc_course.checks.diagnosis import as_numbers, close, describe, is_blank, wrong_kind

__all__ = [
    "Complaint",
    "Finding",
    "FunctionOnInputs",
    "FunctionScored",
    "Judge",
    "Outcome",
    "PropertiesHold",
    "Property",
    "ValueClose",
    "call",
    "detached",
    "earns",
    "needs",
    "no_function",
]


NOTHING = "it returned nothing: is the `return` missing?"
MISFIT = "two arrays in it do not fit together"
# What NumPy says of such arrays.
CORE = re.compile(r"core dimension .*\(size (\d+) is different from (\d+)\)")
BROADCAST = re.compile(r"broadcast together with shapes (\([\d,]*\)) (\([\d,]*\))")
ALIGNED = re.compile(r"shapes (\([\d,]*\)) and (\([\d,]*\)) not aligned")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a judge found: the share of the answer that is right, and why."""

    share: float
    message: str


class Judge(Protocol):
    """Judges an answer of the student who owns the chip with that serial number."""

    def __call__(self, answer: Any, serial: int) -> Finding:
        """Return the share of the points and a message."""
        ...


@dataclass(frozen=True, slots=True)
class ValueClose:
    """A number or an array that has to agree with the one that follows from the serial number."""

    expected: Callable[[int], Any]
    """Right answer as a function of the serial number."""
    rtol: float
    """Relative tolerance."""
    unit: str
    """Unit of the answer; empty for a pure number."""
    slips: tuple[Slip, ...]
    """Known wrong answers of this question."""
    scalar: bool
    """Whether the answer is a single number."""
    parts: tuple[str, ...] = ()
    """What its entries are, if each earns an equal share of the points; else all or nothing."""

    def right(self, got: np.ndarray, case: Case) -> list[bool]:
        """Return which parts of an answer are right; of one without parts, whether all is."""
        return _right(got, case, self.rtol, self.parts)

    def cases(self, serial: int) -> list[Case]:
        """Return the right answer of one student, as a list of one."""
        expected = np.asarray(self.expected(serial), dtype=np.float64)
        parts = bool(self.parts)
        return [Case((serial,), self.expected, expected, self.rtol, self.unit, parts)]

    def __call__(self, answer: Any, serial: int) -> Finding:
        """Compare the answer with the expected one."""
        got = as_numbers(answer)
        if got is None:
            return Finding(0.0, wrong_kind(answer))
        if self.scalar and got.size == 1:
            got = got.reshape(())
        (case,) = self.cases(serial)
        if slipped := passed_for_right(got, case, self.slips):
            return _shared(self.parts, _right(got, case, EXACT, self.parts), slipped)
        right = self.right(got, case)
        if all(right):
            return Finding(1.0, "right")
        if told := recognise([(got, case)], self.slips, COMMON):
            return _shared(self.parts, right, told)
        if self.scalar and got.size != 1:
            return Finding(0.0, f"expected one number, got an array of shape {got.shape}")
        return _shared(self.parts, right, _described_part(got, case, right))


def _right(got: np.ndarray, case: Case, rtol: float, parts: tuple[str, ...]) -> list[bool]:
    """Return which parts are right; each is compared by its own size, not by the largest one's."""
    if not parts:
        return [close(got, case.expected, rtol)]
    if got.shape != case.expected.shape:
        return [False] * len(parts)
    return [close(a, b, rtol) for a, b in zip(got, case.expected, strict=True)]


def _described_part(got: np.ndarray, case: Case, right: Sequence[bool]) -> str:
    """Say what is wrong with an answer, or with its first wrong part if others are right."""
    if not any(right):
        return describe(got, case.expected, case.rtol)
    k = list(right).index(False)
    return describe(np.asarray(got[k]), np.asarray(case.expected[k]), case.rtol)


def _shared(parts: tuple[str, ...], right: Sequence[bool], told: str) -> Finding:
    share = sum(right) / len(parts) if parts else 0.0
    return Finding(share, said(parts, right, told) if parts else told)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call of a student's function came to."""

    returned: Any = None
    """What it returned."""
    raised: str = ""
    """The exception that it raised instead, with its text."""


def detached(answer: Any) -> Any:
    """Return an answer with arrays in place of tensors of torch, also in a list of them.

    Tensors are numbers like any others, but what NumPy asks of them is not always what they
    answer: `np.min` of a tensor raises, and one that knows its gradient is no array at all.
    """
    if isinstance(answer, list | tuple):
        some = any(hasattr(entry, "detach") for entry in answer)
        return [detached(entry) for entry in answer] if some else answer
    if not (hasattr(answer, "detach") and hasattr(answer, "__array__")):
        return answer
    try:
        return np.asarray(answer.detach().cpu())
    except (TypeError, RuntimeError):  # in a format that NumPy does not have
        return answer


def call(answer: Callable[..., Any], arguments: tuple[Any, ...]) -> Outcome:
    """Call a student's function on copies of the arguments."""
    try:
        return Outcome(detached(answer(*copies(arguments))))
    # Whatever the student's function raises is an answer to be explained.
    except Exception as error:
        return Outcome(raised=f"raised {type(error).__name__} ({error})")


def no_function(answer: Any) -> str:
    """Say what an answer is that should have been a function; an empty string if it is one."""
    if callable(answer):
        return ""
    kind = type(answer).__name__
    return f"expected a function, got {kind}: give its name without brackets"


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
    slips: tuple[Slip, ...]
    """Known wrong functions of the same arguments."""
    parts: tuple[str, ...] = ()
    """What it returns, if each part earns an equal share of the points; else all or nothing."""

    def cases(self, seed: int) -> list[Case]:
        """Return the argument sets of one seed with their right answers."""
        rng = np.random.default_rng([seed, 0x1AB])
        return [self._case(self.draw(rng)) for _ in range(self.rounds)]

    def slipping(self, slip: Slip) -> Callable[..., Any]:
        """Return the wrong function of one slip."""
        return lambda *arguments: slip.answer(self._case(arguments))

    def _case(self, arguments: tuple[Any, ...]) -> Case:
        expected = np.asarray(self.reference(*copies(arguments)), dtype=np.float64)
        parts = bool(self.parts)
        return Case(arguments, self.reference, expected, self.rtol, self.unit, parts)

    def __call__(self, answer: Any, serial: int) -> Finding:
        """Call the function on fresh inputs and compare."""
        if kind := no_function(answer):
            return Finding(0.0, kind)
        cases = self.cases(hidden_seed(serial))
        outcomes = [call(answer, case.arguments) for case in cases]
        name = getattr(answer, "__name__", "the function")
        return self.compare(outcomes, cases, name, hidden=is_hidden(serial))

    def compare(
        self, outcomes: Sequence[Outcome], cases: Sequence[Case], name: str, *, hidden: bool = False
    ) -> Finding:
        """Judge what the function called ``name`` returned for each case.

        Inputs that are ``hidden`` are told by their kinds, not by their numbers.
        """
        wrong, held = [], []
        for outcome, case in zip(outcomes, cases, strict=True):
            got = None if is_blank(outcome.returned) else as_numbers(outcome.returned)
            if got is not None and got.size == 1 and case.expected.ndim == 0:
                got = got.reshape(())  # as where a number is asked for
            none = [False] * max(len(self.parts), 1)
            held.append(none if got is None else _right(got, case, self.rtol, self.parts))
            if not all(held[-1]):
                wrong.append((outcome, got, case))
        if not wrong:
            return Finding(1.0, "right")
        outcome, got, case = wrong[0]
        inputs = _kinds(case.arguments) if hidden else _described(case.arguments)
        if outcome.raised:
            told = f"{name} {outcome.raised} when called with {inputs}"
            if misfit := _misfit(outcome.raised):
                told = f"{name}, called with {inputs}: {MISFIT}"
                if not hidden:
                    told += f" ({misfit}). It should return shape {case.expected.shape}"
                told += ": is one of them transposed, or an axis missing?"
            return Finding(0.0, told)
        if is_blank(outcome.returned):
            told = NOTHING
        elif got is None:
            told = f"wrong type returned: {wrong_kind(outcome.returned)}"
        else:
            tried = [(got, case) for _, got, case in wrong]
            here = _right(got, case, self.rtol, self.parts)
            told = recognise(tried, self.slips, COMMON) or _described_part(got, case, here)
        right = [all(column) for column in zip(*held, strict=True)]
        return _shared(self.parts, right, f"{name}, called with {inputs}: {told}")


@dataclass(frozen=True, slots=True)
class FunctionScored:
    """A function of which every result is judged on its own; the worst one counts."""

    cases: Callable[[int], Sequence[tuple[Any, ...]]]
    """Argument sets of a serial number."""
    score: Callable[..., Finding]
    """Judges what was returned, an array of numbers, with the arguments after it."""

    def __call__(self, answer: Any, serial: int) -> Finding:
        """Call the function on every argument set."""
        if kind := no_function(answer):
            return Finding(0.0, kind)
        worst = Finding(1.0, "right")
        for arguments in self.cases(hidden_seed(serial)):
            outcome = call(answer, arguments)
            if outcome.raised:
                return Finding(0.0, f"it {outcome.raised}")
            found = self._found(outcome.returned, arguments)
            worst = found if found.share < worst.share else worst
        return worst

    def _found(self, returned: Any, arguments: tuple[Any, ...]) -> Finding:
        if is_blank(returned):
            return Finding(0.0, NOTHING)
        if as_numbers(returned) is None:
            return Finding(0.0, f"wrong type returned: {wrong_kind(returned)}")
        return self.score(np.asarray(returned), *arguments)


@dataclass(frozen=True, slots=True)
class Complaint:
    """Numbers that are right if nothing is found against them."""

    says: Callable[[np.ndarray, int], str]
    """What is wrong with the numbers of a student; an empty string if nothing is."""
    scalar: bool = False
    """Whether the answer is a single number."""

    def __call__(self, answer: Any, serial: int) -> Finding:
        """Look for what is wrong."""
        if as_numbers(answer) is None:
            return Finding(0.0, wrong_kind(answer))
        numbers = np.asarray(answer)
        if self.scalar and numbers.size != 1:
            return Finding(0.0, f"expected one number, got an array of shape {numbers.shape}")
        said = self.says(numbers.reshape(()) if self.scalar else numbers, serial)
        return Finding(0.0, said) if said else Finding(1.0, "right")


@dataclass(frozen=True, slots=True)
class Property:
    """Something that has to be true of an answer, with the hint for when it is not."""

    holds: Callable[[Any, int], Any]
    """Test of the answer and the serial number; may raise on answers of the wrong kind."""
    hint: str
    """What to say when it does not hold."""
    earns: bool = True
    """Whether it earns an equal share of the points."""


def needs(hint: str, holds: Callable[[Any, int], Any]) -> Property:
    """Return what has to hold first and earns nothing: any number is not half an answer."""
    return Property(holds, hint, earns=False)


def earns(hint: str, holds: Callable[[Any, int], Any]) -> Property:
    """Return what has to hold of an answer and earns an equal share of the points."""
    return Property(holds, hint, earns=True)


@dataclass(frozen=True, slots=True)
class PropertiesHold:
    """An answer that is not unique: properties are tested in order, up to the first that fails."""

    tests: tuple[Property, ...]
    """What has to hold."""

    def __post_init__(self) -> None:
        """Refuse a judge that could not find an answer wrong."""
        if not any(test.earns for test in self.tests):
            raise ValueError("no property earns points: an answer without a test cannot be wrong")

    def __call__(self, answer: Any, serial: int) -> Finding:
        """Test one property after the other and stop at the first that does not hold."""
        earned, most, reason = 0, sum(test.earns for test in self.tests), ""
        for test in self.tests:
            try:
                held = bool(test.holds(answer, serial))
            except MemoryError:  # says nothing of the answer
                raise
            # Any other exception means: not an answer of the kind that was asked for.
            except Exception as error:
                held, reason = False, f" ({type(error).__name__}: {error})"
            if not held:
                return Finding(earned / most, test.hint + reason)
            earned += test.earns
        return Finding(1.0, "right")


def _described(arguments: tuple[Any, ...]) -> str:
    return ", ".join(
        f"an array of shape {a.shape}"
        if isinstance(a, np.ndarray)
        else "a function"
        if callable(a)
        else f"{a:.4g}"
        for a in arguments
    )


def _misfit(raised: str) -> str:
    """Say which sizes did not fit if that is what NumPy complains of; else an empty string."""
    if found := CORE.search(raised):
        return f"a product joins an axis of {found[2]} with one of {found[1]}"
    if found := BROADCAST.search(raised) or ALIGNED.search(raised):
        return f"shape {found[1]} meets shape {found[2]}"
    return ""


def _kinds(arguments: tuple[Any, ...]) -> str:
    return ", ".join(
        "an array" if isinstance(a, np.ndarray) else "a function" if callable(a) else "a number"
        for a in arguments
    )
