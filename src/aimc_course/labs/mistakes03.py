"""The usual wrong answers of lab 3 that are functions, and what to say to each."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from aimc_course.checks.questions import Mistake
from aimc_course.labs import reference03 as ref

__all__ = ["HONEST_FIT", "LAW", "PLAIN_FIT", "SPREAD"]


def _interval(s: float, n: int) -> tuple[float, float, float]:
    """Return a spread with the ends of its interval for n values."""
    half = 1.96 * s / math.sqrt(2 * (n - 1))
    return s, s - half, s + half


def _scaled(a: float, b: float) -> Any:
    """Return `fit_plain` with its two answers multiplied by numbers."""
    return lambda t, g: (a * ref.fit_plain(t, g)[0], b * ref.fit_plain(t, g)[1])


def _scaled_honest(a: float, b: float) -> Any:
    """Return `fit_honest` with its two answers multiplied by numbers."""
    return lambda t, g, k: (a * ref.fit_honest(t, g, k)[0], b * ref.fit_honest(t, g, k)[1])


def _half_whitened(t: np.ndarray, g: np.ndarray, k: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the fit whose column of ones was left as it was."""
    root = np.linalg.cholesky(k)
    slope = -np.linalg.solve(root, np.log(1 + t / 20.0))
    a, y = np.stack([np.ones(len(t)), slope], axis=1), np.linalg.solve(root, np.log(g).T)
    best = np.linalg.lstsq(a, y, rcond=None)[0]
    variance = np.sum((y - a @ best) ** 2, axis=0) / (len(t) - 2)
    return best[1], 1.96 * np.sqrt(variance * np.linalg.inv(a.T @ a)[1, 1])


LAW = (
    Mistake(
        lambda g, nu, t: g * t**-nu,
        "t_0 is missing: time counts in units of the 20 s before the first read",
    ),
    Mistake(
        lambda g, nu, t: g * (t / 20.0) ** -nu,
        "at t = 0 that is infinite: the first read comes t_0 after the pulse, so the "
        "time since the pulse is t + t_0",
    ),
    Mistake(
        lambda g, nu, t: g * (1 + t / 20.0) ** nu,
        "it grows: the exponent of drift stands with a minus",
    ),
    Mistake(
        lambda g, nu, t: g * (1 - nu * math.log(1 + t / 20.0)),
        "that is only the first term of the power law: it fails when much has drifted",
    ),
)
"""Of the law of drift."""

SPREAD = (
    Mistake(
        lambda v: _interval(float(np.std(v)), len(v)),
        "the sample's own mean was used up: divide by n - 1, np.std(..., ddof=1)",
    ),
    Mistake(
        lambda v: (
            s := float(np.std(v, ddof=1)),
            s - 1.96 * s / len(v) ** 0.5,
            s + 1.96 * s / len(v) ** 0.5,
        ),
        "s/sqrt(n) is the error of the mean: that of the spread is s/sqrt(2(n - 1))",
    ),
    Mistake(
        lambda v: (
            s := float(np.std(v, ddof=1)),
            s - s / (2 * (len(v) - 1)) ** 0.5,
            s + s / (2 * (len(v) - 1)) ** 0.5,
        ),
        "that is one standard error to each side: 95 % takes 1.96 of them",
    ),
    Mistake(
        lambda v: np.array(ref.spread_interval(v)) ** 2,
        "these are variances: take the square root",
    ),
)
"""Of a spread and its interval."""

PLAIN_FIT = (
    Mistake(_scaled(-1, 1), "nu is minus the slope: conductance falls"),
    Mistake(
        lambda t, g: ref.fit_plain(t, np.exp(g)),
        "G itself was fitted: a power law is a straight line in ln G",
    ),
    Mistake(
        lambda t, g: ref.fit_plain(t - 20.0, g),
        "t_0 is missing: fit against ln(t + t_0), the time since the pulse",
    ),
    Mistake(
        lambda t, g: ref.fit_plain(t - 19.0, g),
        "np.log1p(t) is the logarithm of t + 1 s: divide t by t_0 first",
    ),
    Mistake(
        _scaled(1 / math.log(10), 1 / math.log(10)),
        "one logarithm is to base 10, the other natural: any base will do, but the same for both",
    ),
    Mistake(
        _scaled(math.log(10), math.log(10)),
        "one logarithm is to base 10, the other natural: any base will do, but the same for both",
    ),
    Mistake(
        _scaled(1, 1 / 1.96),
        "the second is the standard error: half of a 95 % interval is 1.96 times it",
    ),
    Mistake(
        lambda t, g: _scaled(1, ((len(t) - 2) / len(t)) ** 0.5)(t, g),
        "two numbers were fitted: divide the squared residuals by T - 2",
    ),
    Mistake(
        lambda t, g: _scaled(1, ((len(t) - 2) / (len(t) - 1)) ** 0.5)(t, g),
        "two numbers were fitted: divide the squared residuals by T - 2, not T - 1",
    ),
)
"""Of the plain fit."""

HONEST_FIT = (
    Mistake(
        lambda t, g, k: ref.fit_plain(t, g),
        "that is the plain fit: the covariance is not used",
    ),
    Mistake(
        _half_whitened,
        "the column of ones has to be whitened too: it is a column of A like the other",
    ),
    Mistake(
        lambda t, g, k: ref.fit_honest(t, g, np.linalg.inv(k)),
        "it was whitened the wrong way round: solve L z = y, do not multiply with L",
    ),
    Mistake(
        lambda t, g, k: ref.fit_honest(t, g, k @ k),
        "divide by L, the Cholesky factor, not by K itself",
    ),
    Mistake(
        lambda t, g, k: ref.fit_honest(t, g, np.diag(np.diag(k))),
        "only the diagonal of K was used: the correlations stand beside it",
    ),
    Mistake(_scaled_honest(-1, 1), "nu is minus the slope: conductance falls"),
    Mistake(
        _scaled_honest(1, 1 / 1.96),
        "the second is the standard error: half of a 95 % interval is 1.96 times it",
    ),
    Mistake(
        lambda t, g, k: ref.fit_honest(t, np.exp(g), k),
        "G itself was fitted: a power law is a straight line in ln G",
    ),
)
"""Of the fit with a covariance."""
