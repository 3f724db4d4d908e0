"""What every learning rule answers, and the plain one: pulses straight into the weights."""

from __future__ import annotations

import numpy as np

from aimc.in_memory_training.device_matrix import DeviceMatrix
from aimc.in_memory_training.pulse_trains import PulseTrains
from aimc.validation import check_array, check_number

__all__ = ["StochasticGradientDescent", "UpdateRule"]


class UpdateRule:
    """A matrix that learns from pairs of vectors, one pair after another.

    Parameters
    ----------
    matrix : DeviceMatrix
        The devices that hold the weights.
    rng : numpy.random.Generator
        Source of all pulse trains.
    trains : PulseTrains, optional
        How outer products become pulses.
    """

    def __init__(
        self,
        matrix: DeviceMatrix,
        *,
        rng: np.random.Generator,
        trains: PulseTrains | None = None,
    ) -> None:
        self.matrix = matrix
        self.trains = PulseTrains() if trains is None else trains
        self._rng = rng

    @property
    def weights(self) -> np.ndarray:
        """What the layer multiplies with, shape (out, in)."""
        return self.matrix.weights

    def update(self, d: np.ndarray, x: np.ndarray, rate: float) -> None:
        """Take one step down the gradient ``outer(d, x)``.

        Parameters
        ----------
        d : array of shape (out,)
            Derivative of the loss with respect to the outputs.
        x : array of shape (in,)
            Inputs that led to it.
        rate : float
            Learning rate: the step that a perfect device would take is ``-rate * outer(d, x)``.

        Raises
        ------
        ValueError
            If shapes do not fit the matrix, or ``rate`` is not positive.
        """
        outputs, inputs = self.matrix.shape
        check_array("d", d, ndim=1, last=outputs)
        check_array("x", x, ndim=1, last=inputs)
        check_number("rate", rate, low=0.0, open_low=True)
        self._update(np.asarray(d, dtype=float), np.asarray(x, dtype=float), rate)

    def _update(self, d: np.ndarray, x: np.ndarray, rate: float) -> None:
        raise NotImplementedError

    def _pulse(self, matrix: DeviceMatrix, d: np.ndarray, x: np.ndarray, rate: float) -> None:
        """Move ``matrix`` by about ``rate * outer(d, x)``."""
        matrix.apply(self.trains.draw(d, x, rate, matrix.step, self._rng))


class StochasticGradientDescent(UpdateRule):
    r"""Every gradient goes into the weights at once :cite:p:`gokmen2016acceleration`.

    On a device whose steps up and down differ, pulses that should cancel do not: each pair of them
    carries the weight towards its symmetry point. Training stands still where this pull equals the
    push of the gradient, and that is not where the loss is least.
    """

    def _update(self, d: np.ndarray, x: np.ndarray, rate: float) -> None:
        self._pulse(self.matrix, -d, x, rate)
