"""Differences on the same chips: pairs, their interval, and intervals that are usual slips."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from aimc.statistics import STUDENT_T, mean_interval

__all__ = ["NEAR_STUDENT", "Interval", "draw_pairs", "paired", "unpaired", "with_factor"]

Interval = Callable[[np.ndarray, np.ndarray], tuple[float, float]]
"""Mean and half-width of a difference, first minus second."""


def paired(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """Return mean and 95 % half-width of the difference of two arrays over the same chips."""
    found = mean_interval(np.asarray(first) - np.asarray(second))
    return found.mean, found.half_width


def unpaired(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """Return the interval of the difference as if the chips were not the same."""
    one, other = (paired(each, np.zeros_like(each))[1] for each in (first, second))
    return float(np.mean(first) - np.mean(second)), float(np.hypot(one, other))


def with_factor(factor: float) -> Interval:
    """Return an interval with a fixed factor in place of Student's."""

    def interval(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
        d = first - second
        return float(d.mean()), float(factor * d.std(ddof=1) / np.sqrt(len(d)))

    return interval


def stretched(factor: Callable[[int], float]) -> Interval:
    """Return an interval whose half-width is off by a factor of the number of pairs."""

    def interval(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
        mean, half = paired(first, second)
        return mean, half * factor(len(first))

    return interval


NEAR_STUDENT = (
    (
        "the standard deviation has n - 1 in the denominator: `ddof=1`",
        stretched(lambda n: np.sqrt((n - 1) / n)),
    ),
    (
        "the next quantile: `STUDENT_T[0]` is the one for a single degree of freedom, of two pairs",
        stretched(lambda n: STUDENT_T[n - 1] / STUDENT_T[n - 2]),
    ),
    ("divide by the root of n, not by n", stretched(lambda n: 1 / np.sqrt(n))),
    ("that is the whole width: half of it lies on each side of the mean", stretched(lambda n: 2.0)),
)
"""Intervals that nearly are Student's, and what to say to each."""


def draw_pairs(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw losses on the same chips whose difference is real, or just not."""
    n = int(rng.integers(4, 8))
    chips, noise = rng.normal(2.1, 0.1, n), rng.normal(0.0, 0.005, n)
    half = paired(noise, np.zeros(n))[1]
    times = float(rng.choice([-3.0, -0.8, 0.8, 3.0]))
    return chips + noise - noise.mean() + times * half, chips
