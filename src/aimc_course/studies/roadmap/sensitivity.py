r"""Which constant matters: shares of the variance, and a tornado.

The gain of a machine spans orders of magnitude, so it is its common logarithm :math:`y` whose
variance is shared out. The *first* index of a constant is the part of the variance that would go if
it were known; its *total* index is the part that would stay if it alone were not known
:cite:p:`saltelli2010variance`. The estimators take :math:`n(d+2)` evaluations for :math:`d`
constants.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aimc.validation import check_integer
from aimc_course.studies.roadmap.forecast import Roadmap

__all__ = ["Bar", "Sensitivity", "sensitivity", "tornado"]


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Share of the variance of one constant."""

    name: str
    first: float
    """What would go if this constant were known."""
    total: float
    """What would stay if only this constant were unknown."""


def sensitivity(
    question: Roadmap, count: int, rng: np.random.Generator, goal: str = "energy"
) -> tuple[Sensitivity, ...]:
    """Return the shares of the variance of the gain's logarithm, the largest total first.

    Parameters
    ----------
    question : Roadmap
        What is compared.
    count : int
        Draws; there are two more evaluations of each than varied constants.
    rng : numpy.random.Generator
        Where the draws come from.
    goal : {"energy", "rate", "density"}
        Gain in what.
    """
    check_integer("count", count, low=2)
    names = question.constants.varied
    first, second = rng.random((2, count, len(names)))

    def logarithm(shares: np.ndarray) -> np.ndarray:
        return np.log10(question.compare(question.constants.at(shares)).gain(goal))

    a, b = logarithm(first), logarithm(second)
    variance = float(np.var(np.concatenate([a, b])))
    centred = b - np.mean(b)
    found = []
    for k, name in enumerate(names):
        mixed = first.copy()
        mixed[:, k] = second[:, k]
        c = logarithm(mixed)
        if variance == 0.0:
            found.append(Sensitivity(name, 0.0, 0.0))
            continue
        alone = float(np.mean(centred * (c - a))) / variance
        whole = float(np.mean((a - c) ** 2)) / (2 * variance)
        found.append(Sensitivity(name, max(0.0, alone), whole))
    return tuple(sorted(found, key=lambda one: -one.total))


@dataclass(frozen=True, slots=True)
class Bar:
    """What one constant alone does to the gain, all others at their medians."""

    name: str
    at_low: float
    """Gain with this constant at its lower end."""
    at_high: float
    """Gain with this constant at its upper end."""

    @property
    def swing(self) -> float:
        """Factor between both."""
        low, high = sorted((self.at_low, self.at_high))
        return high / low


def tornado(question: Roadmap, goal: str = "energy") -> tuple[Bar, ...]:
    """Return the bars of all varied constants, the largest swing first.

    Parameters
    ----------
    question : Roadmap
        What is compared.
    goal : {"energy", "rate", "density"}
        Gain in what.
    """
    made = []
    for name in question.constants.varied:
        one = question.constants[name]
        ends = [float(question.middle(**{name: end}).gain(goal)[0]) for end in (one.low, one.high)]
        made.append(Bar(name, *ends))
    return tuple(sorted(made, key=lambda bar: -bar.swing))
