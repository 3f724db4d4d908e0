"""An analog and a digital machine beside each other, with what is not known about both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from aimc.validation import check_choice, check_integer
from aimc_course.studies.roadmap.machines import (
    H100,
    NORTHPOLE,
    Outcome,
    analog_machine,
    fetching_machine,
    resident_machine,
)
from aimc_course.studies.roadmap.ranges import Constants, Values
from aimc_course.studies.roadmap.table import hoped
from aimc_course.studies.roadmap.workload import Workload

__all__ = ["GOALS", "RIVALS", "Forecast", "Roadmap", "Span"]

RIVALS: dict[str, Callable[[Workload, Values, int], Outcome]] = {
    H100: fetching_machine,
    NORTHPOLE: resident_machine,
}
"""The digital machines by name."""

GOALS = ("energy", "rate", "density")
"""Energy per inference, inferences per second of one user, and of all users for each area."""


_MEMORY = ("weights", "keys and values")


@dataclass(frozen=True, slots=True)
class Span:
    """A median with its 90 % interval."""

    low: float
    """5 % of the draws lie below."""
    median: float
    """Half of the draws lie below."""
    high: float
    """5 % of the draws lie above."""

    @classmethod
    def of(cls, values: np.ndarray) -> Span:
        """Return the span of draws."""
        low, median, high = np.quantile(values, (0.05, 0.5, 0.95))
        return cls(float(low), float(median), float(high))


@dataclass(frozen=True, slots=True)
class Forecast:
    """Two machines with the same draws of the constants that they share."""

    analog: Outcome
    digital: Outcome

    def gain(self, goal: str = "energy") -> np.ndarray:
        """Return how many times better the analog machine is; above 1 it wins. Shape (n,).

        Parameters
        ----------
        goal : {"energy", "rate", "density"}
            What counts.
        """
        check_choice("goal", goal, GOALS)
        analog, digital = getattr(self.analog, goal), getattr(self.digital, goal)
        return digital / analog if goal == "energy" else analog / digital

    def span(self, goal: str = "energy") -> Span:
        """Return median and 90 % interval of the gain."""
        return Span.of(self.gain(goal))

    def wins(self, *goals: str) -> float:
        """Return the share of draws in which the analog machine is better in all of these goals.

        Parameters
        ----------
        goals : str
            Names out of `GOALS`; none means energy alone.
        """
        won = [self.gain(goal) > 1 for goal in goals or ("energy",)]
        return float(np.mean(np.all(won, axis=0)))


@dataclass(frozen=True, slots=True)
class Roadmap:
    """A question: which workload, against which machine, for how many users, with what constants.

    Raises
    ------
    ValueError
        If the rival is unknown or the batch is not positive.
    """

    work: Workload
    rival: str = H100
    batch: int = 1
    constants: Constants = field(default_factory=hoped)
    hub: int = 0
    """H100s that do the attention of all blocks; 0 is a unit beside every chip."""

    def __post_init__(self) -> None:
        check_choice("rival", self.rival, tuple(RIVALS))
        check_integer("batch", self.batch, low=1)

    def compare(self, values: Values) -> Forecast:
        """Return both machines for given values of all constants."""
        digital = RIVALS[self.rival](self.work, values, self.batch)
        analog = analog_machine(self.work, values, self.batch, self.hub)
        # What the memory beside the chips gains, both machines gain: it has a constant of its own.
        return Forecast(analog, digital.better(values["rival_progress"], keep=_MEMORY))

    def middle(self, **values: float) -> Forecast:
        """Return both machines with every constant at its median, and single ones replaced."""
        return self.compare(self.constants.middle(**values))

    def forecast(self, count: int, rng: np.random.Generator) -> Forecast:
        """Return both machines for random draws of the constants.

        Parameters
        ----------
        count : int
            Draws.
        rng : numpy.random.Generator
            Where they come from.
        """
        return self.compare(self.constants.draw(count, rng))

    def at(self, *, batch: int | None = None, context: float | None = None) -> Roadmap:
        """Return the question for other users or another context."""
        work = self.work if context is None else self.work.at(context)
        return replace(self, work=work, batch=self.batch if batch is None else batch)
