"""The former names of questions and judges, until all labs are folders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aimc_course.checks import question as new
from aimc_course.checks.judges import Finding, FunctionOnInputs, PropertiesHold, ValueClose
from aimc_course.checks.question import LabDefinition, Verdict
from aimc_course.checks.slips import Slip, slip

__all__ = [
    "Finding",
    "LabDefinition",
    "Mistake",
    "Question",
    "Verdict",
    "array_close",
    "function_on_inputs",
    "number_close",
    "property_holds",
]


def Mistake(value: Callable[..., Any], message: str) -> Slip:  # noqa: D103, N802
    return slip(message, value)


def Question(id: str, title: str, points: float, checker: Any, praise: str = "Right.") -> Any:  # noqa: A002, D103, N802
    return new.Question(title, points, checker, praise, id=id)


def number_close(expected: Any, *, rtol=0.01, unit="", mistakes=()) -> Any:  # type: ignore[no-untyped-def] # noqa: D103
    return ValueClose(expected, rtol, unit, mistakes, scalar=True)


def array_close(expected: Any, *, rtol=0.01, unit="", mistakes=()) -> Any:  # type: ignore[no-untyped-def] # noqa: D103
    return ValueClose(expected, rtol, unit, mistakes, scalar=False)


def function_on_inputs(  # type: ignore[no-untyped-def] # noqa: D103
    draw: Any, reference: Any, *, rtol=1e-6, rounds=5, unit="", mistakes=()
) -> Any:
    return FunctionOnInputs(draw, reference, rtol, rounds, unit, mistakes)


def property_holds(*properties: Any, requirements: Any = ()) -> Any:  # noqa: D103
    tests = [new.needs(hint, test) for test, hint in requirements]
    return PropertiesHold((*tests, *(new.earns(hint, test) for test, hint in properties)))
