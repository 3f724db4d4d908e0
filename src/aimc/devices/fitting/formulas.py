"""Fits the formulas of published models to points by weighted least squares, and names their parts.

Where a formula has bounds, their places are found by a search over a grid that is refined about its
best point; all else is linear. So no start values are needed and no local minimum is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from aimc.devices.fits import ClippedLog, ClippedPower, Fit, Piecewise, Polynomial

__all__ = ["fit_formula", "parameters", "with_parameters"]

Array = NDArray[np.float64]
GRID, FINE, ROUNDS = 25, 9, 6
BELOW = 4.0
"""How far below the weakest level, in ln, a bound may begin that the zero state alone shows."""


def fit_formula(shape: Fit, x: Array, y: Array, weight: Array, what: str) -> Fit:
    """Return the formula of the kind of ``shape`` that lies closest to points.

    Parameters
    ----------
    shape : Fit
        Tells which formula; its numbers are not used, except the thresholds of pieces.
    x, y, weight : array, shape (n,)
        Relative conductances, values, and the inverse squares of their standard errors.
    what : str
        Name for messages.

    Raises
    ------
    ValueError
        If there are fewer points than numbers in a piece.
    TypeError
        If there is no way to fit a formula of that kind.
    """
    if isinstance(shape, Piecewise):
        low = x < shape.threshold
        return Piecewise(
            shape.threshold,
            fit_formula(shape.below, x[low], y[low], weight[low], f"{what}.below"),
            fit_formula(shape.above, x[~low], y[~low], weight[~low], f"{what}.above"),
        )
    needed = len(parameters(shape))
    if len(x) < needed:
        raise ValueError(
            f"table has too few points: {what} has {needed} numbers and {len(x)} levels to fit "
            "them to; measure more levels there, or give formulas_of a device with a simpler one"
        )
    if isinstance(shape, Polynomial):
        powers = np.vander(x, needed, increasing=True)
        root = np.sqrt(weight)
        found = np.linalg.lstsq(powers * root[:, None], y * root, rcond=None)[0]
        return Polynomial(tuple(float(c) for c in found))
    if isinstance(shape, ClippedLog):
        return _clipped_log(x, y, weight)
    if isinstance(shape, ClippedPower):
        return _clipped_power(x, y, weight)
    raise TypeError(f"formulas_of: {what} is a {type(shape).__name__}, which fit_device cannot fit")


def parameters(fit: Fit) -> dict[str, float]:
    """Return the numbers of a formula by name; thresholds of pieces are no numbers of a fit."""
    if isinstance(fit, Polynomial):
        return {f"c{k}": float(c) for k, c in enumerate(fit.coefficients)}
    if isinstance(fit, ClippedLog):
        return {"slope": fit.slope, "offset": fit.offset, "low": fit.low, "high": fit.high}
    if isinstance(fit, ClippedPower):
        return {"factor": fit.factor, "exponent": fit.exponent, "high": fit.high}
    if isinstance(fit, Piecewise):
        pairs = (("below", fit.below), ("above", fit.above))
        return {f"{at}.{k}": v for at, part in pairs for k, v in parameters(part).items()}
    return {}


def with_parameters(fit: Fit, values: Sequence[float]) -> Fit:
    """Return a formula of the same kind with other numbers, in the order of `parameters`."""
    if isinstance(fit, Polynomial):
        return Polynomial(tuple(float(v) for v in values))
    if isinstance(fit, ClippedLog):
        return ClippedLog(*(float(v) for v in values))
    if isinstance(fit, ClippedPower):
        return ClippedPower(*(float(v) for v in values))
    if isinstance(fit, Piecewise):
        count = len(parameters(fit.below))
        below = with_parameters(fit.below, values[:count])
        return Piecewise(fit.threshold, below, with_parameters(fit.above, values[count:]))
    return fit


def _clipped_log(x: Array, y: Array, weight: Array) -> ClippedLog:
    logs, (lowest, highest) = _logs(x)

    def line(left: Array, right: Array) -> tuple[Array, Array, Array]:
        u = np.clip(logs, np.minimum(left, right)[:, None], np.maximum(left, right)[:, None])
        total = weight.sum()
        mean_u, mean_y = u @ weight / total, y @ weight / total
        off = u - mean_u[:, None]
        square = off**2 @ weight
        slope = np.where(square > 1e-12 * total, (off * (y - mean_y)) @ weight, 0.0)
        slope = slope / np.maximum(square, 1e-12 * total)
        offset = mean_y - slope * mean_u
        miss = (y - slope[:, None] * u - offset[:, None]) ** 2 @ weight
        return miss, slope, offset

    ends = ((lowest, highest), (lowest, highest))
    left, right = _search(lambda a, b: line(a, b)[0], ends)
    left, right = min(left, right), max(left, right)
    _, slope, offset = (float(v[0]) for v in line(np.array([left]), np.array([right])))
    at_ends = sorted((slope * left + offset, slope * right + offset))
    return ClippedLog(slope, offset, *at_ends)


def _clipped_power(x: Array, y: Array, weight: Array) -> ClippedPower:
    logs, (lowest, highest) = _logs(x)

    def factor(left: Array, power: Array) -> tuple[Array, Array]:
        u = np.exp(-power[:, None] * np.maximum(logs, left[:, None]))
        best = (u * y) @ weight / (u * u @ weight)
        return (y - best[:, None] * u) ** 2 @ weight, best

    left, power = _search(lambda a, b: factor(a, b)[0], ((lowest, highest), (0.0, 2.0)))
    best = float(factor(np.array([left]), np.array([power]))[1][0])
    return ClippedPower(best, power, best * float(np.exp(-power * left)))


def _logs(x: Array) -> tuple[Array, tuple[float, float]]:
    """Return logarithms, and the interval in which a bound may begin."""
    positive = x > 1e-7
    if not positive.any():
        return np.zeros_like(x), (0.0, 0.0)
    logs = np.log(np.maximum(x, 1e-7))
    lowest = float(logs[positive].min()) - (0.0 if positive.all() else BELOW)
    return logs, (lowest, float(logs.max()))


def _search(
    miss: Callable[[Array, Array], Array], ends: tuple[tuple[float, float], tuple[float, float]]
) -> tuple[float, float]:
    """Return the point of a rectangle at which a function is smallest."""
    (low_a, high_a), (low_b, high_b) = ends
    count = GRID
    best_a = best_b = 0.0
    for _ in range(ROUNDS):
        a, b = np.linspace(low_a, high_a, count), np.linspace(low_b, high_b, count)
        both = np.meshgrid(a, b, indexing="ij")
        place = int(np.argmin(miss(both[0].ravel(), both[1].ravel())))
        best_a, best_b = float(both[0].flat[place]), float(both[1].flat[place])
        step_a, step_b = float(a[1] - a[0]), float(b[1] - b[0])
        low_a, high_a = max(ends[0][0], best_a - step_a), min(ends[0][1], best_a + step_a)
        low_b, high_b = max(ends[1][0], best_b - step_b), min(ends[1][1], best_b + step_b)
        count = FINE
    return best_a, best_b
