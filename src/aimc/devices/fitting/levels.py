r"""Condenses the reads of each programmed level into four numbers, one per effect of the model.

The reads of one device, divided by how far the mean of its level has drifted, are fitted with a
line in :math:`L_k = \ln((t_k + t_0)/t_0)`. What the intercepts scatter about their targets speaks
of programming, the slope of the level's mean of the drift exponent, the scatter of slopes of its
spread, and the reads' scatter about the lines of read noise. Each number is a function of first
and second moments of the reads, so that a bootstrap needs weighted moments only.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["EFFECTS", "LevelMoments", "observe"]

Array = NDArray[np.float64]

EFFECTS = ("programming", "drift_mean", "drift_std", "read_noise")
"""What the four numbers of a level speak of, in their order."""


@dataclass(frozen=True, slots=True, eq=False)
class LevelMoments:
    """First and second moments of the reads and targets of each level."""

    first: Array = field(repr=False)
    """Means over devices of the k reads and the target, S, shape (..., levels, k + 1)."""
    second: Array = field(repr=False)
    """Means of their products, S^2, shape (..., levels, k + 1, k + 1)."""

    def numbers(self, spread: Array) -> tuple[Array, Array]:
        """Return four numbers per level, and how far its devices lie above their targets (S).

        The numbers are the mean drift exponent and, of the three scatters, natural logarithms: the
        error of a logarithm does not depend on what the sample happened to be, so that weights
        made from such errors favour no side. Programming is in siemens, the others are relative.

        Parameters
        ----------
        spread : array, shape (k,)
            ln((t + t_0) / t_0) of each read.
        """
        k = len(spread)
        centred = spread - spread.mean()
        slope = centred / (centred @ centred)
        intercept = 1 / k - spread.mean() * slope
        logs = np.log(np.maximum(self.first[..., :k], 1e-15))
        start = logs @ intercept
        drifted = np.exp(logs - start[..., None])
        strength = np.exp(start)
        covariance = self.second - self.first[..., :, None] * self.first[..., None, :]
        about = np.concatenate([intercept / drifted, -np.ones((*start.shape, 1))], axis=-1)
        scatter = _form(about, covariance)
        slopes = _form(slope / drifted, covariance[..., :k, :k]) / strength**2
        lines = np.eye(k) - intercept - spread[:, None] * slope
        relative = covariance[..., :k, :k] / (drifted[..., :, None] * drifted[..., None, :])
        noise = np.einsum("ij,...ij->...", lines, relative) / (k - 2) / strength**2
        logarithms = (0.5 * np.log(np.maximum(part, 1e-30)) for part in (scatter, slopes, noise))
        programming, drift_std, read_noise = logarithms
        four = np.stack([programming, -(logs @ slope), drift_std, read_noise], axis=-1)
        return four, strength - self.first[..., k]


def observe(
    target: Array, reads: Array, level: NDArray[np.intp], weights: Array | None = None
) -> LevelMoments:
    """Return the moments of each level.

    Parameters
    ----------
    target : array, shape (n,)
        Targets, S.
    reads : array, shape (n, k)
        Reads, S.
    level : array of int, shape (n,)
        Level of each device, from 0 on.
    weights : array, shape (b, n), optional
        How often each device counts in each of b samples of a bootstrap.
    """
    both = np.concatenate([reads, target[:, None]], axis=1)
    products = (both[:, :, None] * both[:, None, :]).reshape(len(both), -1)
    first, second = [], []
    for k in range(int(level.max()) + 1):
        rows = np.flatnonzero(level == k)
        counts = np.ones((1, len(rows))) if weights is None else weights[:, rows]
        total = counts.sum(axis=1, keepdims=True)
        first.append(counts @ both[rows] / total)
        second.append(counts @ products[rows] / total)
    shape = (both.shape[1], both.shape[1])
    one, two = np.stack(first, axis=1), np.stack(second, axis=1)
    two = two.reshape(*two.shape[:2], *shape)
    return LevelMoments(one[0], two[0]) if weights is None else LevelMoments(one, two)


def _form(vector: Array, matrix: Array) -> Array:
    return np.asarray(np.einsum("...i,...ij,...j->...", vector, matrix, vector))
