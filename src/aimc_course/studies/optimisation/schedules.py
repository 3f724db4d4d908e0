"""How much noise a search gets, step by step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aimc.validation import check_array, check_integer, check_number

__all__ = ["NoiseSchedule", "averaged", "constant", "falling"]


@dataclass(frozen=True, slots=True, eq=False)
class NoiseSchedule:
    """Noise that is added, and reads that are averaged, in each step.

    Attributes
    ----------
    noise : array of shape (steps,)
        Standard deviation of what is added to the field of each node, in units of an edge.
    reads : array of int, shape (steps,)
        Reads of the core per step. Their mean has less of the core's own noise.
    """

    noise: np.ndarray
    reads: np.ndarray

    def __post_init__(self) -> None:
        check_array("noise", self.noise, ndim=1, low=0.0)
        check_array("reads", self.reads, ndim=1, last=len(self.noise), low=1)

    @property
    def steps(self) -> int:
        """Number of steps."""
        return len(self.noise)


def _once(noise: np.ndarray) -> NoiseSchedule:
    return NoiseSchedule(noise, np.ones(len(noise), dtype=int))


def constant(noise: float, steps: int) -> NoiseSchedule:
    """Return a schedule of the same noise throughout; zero leaves only what the core has."""
    check_number("noise", noise, low=0.0)
    check_integer("steps", steps, low=1)
    return _once(np.full(steps, float(noise)))


def falling(noise: float, steps: int) -> NoiseSchedule:
    """Return a schedule of noise that falls in a straight line to zero."""
    check_number("noise", noise, low=0.0)
    check_integer("steps", steps, low=1)
    return _once(np.linspace(float(noise), 0.0, steps))


def averaged(most: int, steps: int) -> NoiseSchedule:
    """Return a schedule without added noise whose reads grow, by equal factors, from 1 to ``most``.

    It lets the noise of the core itself fall by the square root of ``most``.
    """
    check_integer("most", most, low=1)
    check_integer("steps", steps, low=1)
    reads = np.rint(np.geomspace(1, most, steps)).astype(int)
    return NoiseSchedule(np.zeros(steps), reads)
