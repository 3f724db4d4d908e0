"""The labs with their judges, found by the names that the course gives them."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING, Any

from aimc_answers.checks.answers import Answers
from aimc_answers.checks.question import JudgedLab
from aimc_course.labs import catalogue

__all__ = ["LABS", "answers_of", "find"]

if TYPE_CHECKING:
    LABS: tuple[JudgedLab, ...]
    """All labs of the course, in order; all of them are loaded when this is asked for."""


def find(lab: str) -> JudgedLab:
    """Return one lab with its judges; no other lab is imported.

    Raises
    ------
    ValueError
        If there is no such lab.
    """
    table = catalogue.find(lab)
    judges = _judges(table.name)
    return JudgedLab(
        table.name,
        table.slug,
        table.title,
        tuple(getattr(judges, question.id) for question in table.questions),
        table.predictions,
        table.given,
    )


def answers_of(lab: str) -> Answers:
    """Return the answers that the judges of a lab look up."""
    found: Answers = _judges(catalogue.find(lab).name).answers
    return found


def _judges(name: str) -> ModuleType:
    return importlib.import_module(f"aimc_answers.{catalogue.folders()[name]}.judges")


def __getattr__(name: str) -> Any:
    if name == "LABS":
        return tuple(find(lab) for lab in catalogue.folders())
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
