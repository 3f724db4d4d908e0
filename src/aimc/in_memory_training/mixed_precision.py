"""Gradients summed in floating point, weights in devices: mixed-precision training."""

from __future__ import annotations

import numpy as np

from aimc.in_memory_training.device_matrix import DeviceMatrix
from aimc.in_memory_training.rule import UpdateRule

__all__ = ["MixedPrecision"]


class MixedPrecision(UpdateRule):
    """A digital matrix sums exact gradients; a device gets its pulses when a step has gathered.

    Multiplications forward and backward stay in memory. The outer product does not: it takes as
    many digital operations as the matrix has weights, at every update, which is the price beside
    the rules that pulse. Source: :cite:t:`nandakumar2020mixed`.

    Parameters
    ----------
    matrix : DeviceMatrix
        The devices that hold the weights.
    rng : numpy.random.Generator
        Kept for rules of one form; this one draws nothing.
    """

    def __init__(self, matrix: DeviceMatrix, *, rng: np.random.Generator) -> None:
        super().__init__(matrix, rng=rng)
        self.sums = np.zeros(matrix.shape)
        """Gradients that have not reached the devices yet, in units of weight."""

    def _update(self, d: np.ndarray, x: np.ndarray, rate: float) -> None:
        self.sums -= rate * np.outer(d, x)
        pulses = np.trunc(self.sums / self.matrix.step)
        if pulses.any():
            self.sums -= pulses * self.matrix.step
            self.matrix.apply(pulses)
