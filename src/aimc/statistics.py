"""Means with their confidence intervals: no figure or table states one without the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aimc.validation import check_array, check_integer

__all__ = ["Interval", "mean_interval", "share_interval"]


def __dir__() -> list[str]:
    return __all__


# Two-sided 95 % quantiles of Student's t for 1 to 30 degrees of freedom; beyond, the normal's 1.960
# with its first correction is right to three digits.
STUDENT_T = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and the half-width of its 95 % confidence interval."""

    mean: float
    half_width: float
    n: int
    """Number of independent values, e.g. chips."""

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return self.mean - self.half_width

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return self.mean + self.half_width

    def __format__(self, spec: str) -> str:
        """Format mean and half-width alike: ``f"{interval:.2f}"`` gives ``12.34 ± 0.56``.

        The spaces around the sign are no-break spaces, so that no line of a page ends in between.
        """
        return f"{self.mean:{spec}}\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}{self.half_width:{spec}}"


def mean_interval(values: Sequence[float] | np.ndarray) -> Interval:
    """Return the mean of independent values with its 95 % confidence interval (Student's t).

    Parameters
    ----------
    values : sequence of float
        At least two independent values: chips, not repeated reads of one chip.

    Raises
    ------
    ValueError
        If there are fewer than two values, or one is not finite.
    """
    array = np.asarray(values, dtype=np.float64)
    check_array("values", array, ndim=1)
    if array.size < 2:
        raise ValueError(f"values must hold at least 2 numbers for an interval, got {array.size}")
    degrees = array.size - 1
    t = STUDENT_T[degrees - 1] if degrees <= len(STUDENT_T) else 1.95996 + 2.3723 / degrees
    spread = float(array.std(ddof=1)) / array.size**0.5
    return Interval(float(array.mean()), t * spread, int(array.size))


def share_interval(hits: int, n: int) -> Interval:
    """Return a share with its 95 % confidence interval (Wilson), around the interval's centre.

    Parameters
    ----------
    hits : int
        Independent trials that succeeded, 0 to ``n``.
    n : int
        Trials.

    Raises
    ------
    ValueError
        If there is no trial, or there are more hits than trials.
    """
    check_integer("n", n, low=1)
    check_integer("hits", hits, low=0, high=n)
    z = 1.95996
    centre = (hits + z**2 / 2) / (n + z**2)
    half = z * (hits * (n - hits) / n + z**2 / 4) ** 0.5 / (n + z**2)
    return Interval(float(centre), float(half), n)
