r"""The plainest thing to learn: a matrix, from its products with random vectors.

With targets :math:`\hat W`, inputs :math:`x` from a uniform distribution on (-1, 1) and the loss
:math:`\tfrac12 |(W - \hat W) x|^2`, the derivative with respect to the outputs is
:math:`(W - \hat W) x`. Nothing stands in the way of learning but the devices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aimc.in_memory_training.rule import UpdateRule
from aimc.validation import check_array, check_integer, check_number

__all__ = ["LearningCurve", "learn_matrix"]


@dataclass(frozen=True, slots=True, eq=False)
class LearningCurve:
    """Error of the weights while a matrix is learned."""

    updates: np.ndarray
    """Updates made when the weights were looked at, shape (points,)."""
    errors: np.ndarray
    """Root mean square of weights minus targets, in units of weight, shape (points,)."""

    @property
    def final(self) -> float:
        """Mean error over the last quarter, where learning has come to rest."""
        return float(np.mean(self.errors[-max(1, self.errors.size // 4) :]))


def learn_matrix(
    rule: UpdateRule,
    target: np.ndarray,
    *,
    rng: np.random.Generator,
    updates: int = 8000,
    rate: float = 0.05,
    points: int = 160,
) -> LearningCurve:
    """Let a rule learn a matrix from its products, one vector after another.

    Parameters
    ----------
    rule : UpdateRule
        The rule, with its devices.
    target : array of shape (out, in)
        The matrix to learn.
    rng : numpy.random.Generator
        Source of the vectors.
    updates : int
        Number of vectors.
    rate : float
        Learning rate.
    points : int
        How often the weights are looked at.

    Raises
    ------
    ValueError
        If the target has another shape than the weights, or a number is outside its range.

    Examples
    --------
    >>> import numpy as np
    >>> from aimc.in_memory_training import (
    ...     DeviceMatrix, StochasticGradientDescent, coarse_devices, learn_matrix
    ... )
    >>> rng = np.random.default_rng(1)
    >>> rule = StochasticGradientDescent(
    ...     DeviceMatrix(coarse_devices().fabricate((4, 4), serial=1), rng=rng), rng=rng
    ... )
    >>> curve = learn_matrix(rule, rng.normal(0, 0.3, (4, 4)), rng=rng, updates=400)
    >>> 0.0 < curve.final < 0.4
    True
    """
    check_array("target", target, ndim=2)
    if target.shape != rule.matrix.shape:
        raise ValueError(
            f"target must have the shape {rule.matrix.shape} of the weights, got {target.shape}"
        )
    check_integer("updates", updates, low=1)
    check_integer("points", points, low=1, high=updates)
    check_number("rate", rate, low=0.0, open_low=True)
    looks = set(np.unique(np.linspace(0, updates, points + 1).round().astype(int))[1:].tolist())
    seen: list[tuple[int, float]] = []
    for k in range(1, updates + 1):
        x = rng.uniform(-1.0, 1.0, target.shape[1])
        rule.update((rule.weights - target) @ x, x, rate)
        if k in looks:
            seen.append((k, float(np.sqrt(np.mean((rule.weights - target) ** 2)))))
    counts, errors = zip(*seen, strict=True)
    return LearningCurve(np.array(counts), np.array(errors))
