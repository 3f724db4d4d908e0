"""What marks say about questions: how hard they were, and whom they tell apart."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from aimc_course.grading.gradebook.outcomes import Outcome

__all__ = ["Aim", "Item", "aims", "items", "reliability", "slips"]

Z95 = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Item:
    """How a class did in one question."""

    question: str
    share: float
    """Mean share of its points."""
    full: float
    """Share of students with all points."""
    none: float
    """Share of students without a point."""
    discrimination: float
    """Correlation of its points with the points of all other questions; NaN where one of the two
    is the same for everybody. For a question with two marks it is the point-biserial one."""
    low: float = math.nan
    """Lower end of its 95 % interval."""
    high: float = math.nan
    """Upper end."""


@dataclass(frozen=True, slots=True)
class Aim:
    """How a class did in the questions of one objective."""

    objective: str
    questions: tuple[str, ...]
    share: float
    """Mean share of their points."""
    reached: float
    """Share of students with at least 80 % of their points."""


def items(found: Sequence[Outcome]) -> tuple[Item, ...]:
    """Return how a class did, question by question."""
    names, points, most = _points(found)
    rest = points.sum(axis=1, keepdims=True) - points
    made = []
    for k, name in enumerate(names):
        own = points[:, k]
        correlation = _correlation(own, rest[:, k])
        made.append(
            Item(
                name,
                float(own.mean() / most[k]),
                float(np.mean(own >= most[k] - 1e-9)),
                float(np.mean(own <= 0)),
                correlation,
                *_interval(correlation, own.size),
            )
        )
    return tuple(made)


def aims(found: Sequence[Outcome], objectives: Mapping[str, Sequence[str]]) -> tuple[Aim, ...]:
    """Return how a class did, objective by objective.

    Parameters
    ----------
    found : sequence of Outcome
        What the students get.
    objectives : mapping of str to sequence of str
        Objectives and the names of their questions.
    """
    names, points, most = _points(found)
    made = []
    for objective, questions in objectives.items():
        columns = [names.index(question) for question in questions if question in names]
        if not columns:
            continue
        shares = points[:, columns].sum(axis=1) / most[columns].sum()
        reached = float(np.mean(shares >= 0.8 - 1e-9))
        asked = tuple(names[k] for k in columns)
        made.append(Aim(objective, asked, float(shares.mean()), reached))
    return tuple(made)


def reliability(found: Sequence[Outcome]) -> float:
    """Return Cronbach's alpha of a lab; NaN where it says nothing.

    Cronbach, *Psychometrika* 16, 297 (1951).
    """
    _, points, _ = _points(found)
    if min(points.shape) < 3:
        return math.nan
    total = float(points.sum(axis=1).var(ddof=1))
    if total == 0:
        return math.nan
    count = points.shape[1]
    return count / (count - 1) * (1 - float(points.var(axis=0, ddof=1).sum()) / total)


def slips(found: Sequence[Outcome]) -> list[tuple[str, str, int]]:
    """Return question, misunderstanding and how many students show it, most frequent first."""
    count = Counter(
        (mark.question, mark.slip)
        for outcome in found
        if outcome.marks
        for mark in outcome.marks.marks
        if mark.slip
    )
    ordered = sorted(count.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(question, slip, n) for (question, slip), n in ordered]


def _points(found: Sequence[Outcome]) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return names of questions, points of shape (students, questions), and most points."""
    counted = [outcome.marks for outcome in found if outcome.marks]
    worth = [(m.question, m.max_points) for marks in counted for m in marks.marks if m.max_points]
    names = list(dict.fromkeys(name for name, _ in worth))
    place = {name: k for k, name in enumerate(names)}
    points, most = np.zeros((len(counted), len(names))), np.zeros(len(names))
    for name, value in worth:
        most[place[name]] = max(most[place[name]], value)
    for row, marks in enumerate(counted):
        for mark in marks.marks:
            if mark.question in place:
                points[row, place[mark.question]] = mark.points
    return names, points, most


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    if a.size < 3 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return math.nan
    return float(np.corrcoef(a, b)[0, 1])


def _interval(correlation: float, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a correlation, by Fisher's transformation."""
    if math.isnan(correlation) or count < 5:
        return math.nan, math.nan
    centre = math.atanh(min(max(correlation, -1 + 1e-12), 1 - 1e-12))
    reach = Z95 / math.sqrt(count - 3)
    return math.tanh(centre - reach), math.tanh(centre + reach)
