"""Questions of a lab as students may know them, and the lab that they make up.

Nothing here says what is right: judges and answers are a package of their own, `aimc_answers`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from aimc.validation import check_choice, check_number

__all__ = ["LabDefinition", "Question", "Verdict", "lab"]


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
    id: str = ""
    """Name in ``check("q1", answer)``; the lab numbers its questions."""
    shared: bool = False
    """Whether another student's right answer is likely to be accepted; the lab says so."""

    def __post_init__(self) -> None:
        """Refuse a question that is worth nothing."""
        check_number("points", self.points, low=0.0, open_low=True)


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

    def __getitem__(self, name: str) -> Question:
        """Return the question of that name, such as ``"q1"``."""
        known = {question.id: question for question in self.questions}
        return known[check_choice("question", name, tuple(known))]


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
