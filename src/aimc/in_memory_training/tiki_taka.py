r"""Two matrices instead of one: a fast one that gathers gradients, a slow one that holds weights.

The pull that spoils gradient descent is made to work. In the fast matrix it carries every device
back to its symmetry point; with this point as the zero of its weights, the fast matrix forgets old
gradients and keeps a running mean of recent ones. Column by column it is read and handed on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aimc.in_memory_training.device_matrix import DeviceMatrix
from aimc.in_memory_training.pulse_trains import PulseTrains
from aimc.in_memory_training.rule import UpdateRule
from aimc.validation import check_integer, check_number

__all__ = ["TikiTaka", "TikiTaka2", "Transfer"]


@dataclass(frozen=True, slots=True)
class Transfer:
    """How gradients enter the fast matrix and leave it again."""

    every: int = 1
    """Updates between two reads; each read takes the next column."""
    rate: float = 0.25
    """Change of the slow matrix per unit that was read, times the learning rate."""
    pulses: float | None = 5.0
    """Pulses that an update of the usual size gives to the device where both vectors are largest.
    The learning rate of the fast matrix follows the size of the vectors, so that small gradients
    still move its coarse devices :cite:p:`rasch2024fast`. `None`: the rate of `update` holds for
    the fast matrix too :cite:p:`gokmen2020algorithm`."""

    def __post_init__(self) -> None:
        check_integer("every", self.every, low=1)
        check_number("rate", self.rate, low=0.0, open_low=True)
        if self.pulses is not None:
            check_number("pulses", self.pulses, low=0.0, open_low=True)


class TikiTaka(UpdateRule):
    """The first version: what is read from the fast matrix is pulsed into the slow one.

    Source: :cite:t:`gokmen2020algorithm`.

    Parameters
    ----------
    matrix : DeviceMatrix
        The slow matrix; it holds the weights.
    fast : DeviceMatrix
        The fast matrix, of the same shape. Its reference should be the symmetry point.
    rng : numpy.random.Generator
        Source of all pulse trains.
    transfer : Transfer, optional
        How gradients enter the fast matrix and leave it again.
    trains : PulseTrains, optional
        How outer products become pulses.

    Raises
    ------
    ValueError
        If the matrices differ in shape.
    """

    def __init__(
        self,
        matrix: DeviceMatrix,
        fast: DeviceMatrix,
        *,
        rng: np.random.Generator,
        transfer: Transfer | None = None,
        trains: PulseTrains | None = None,
    ) -> None:
        super().__init__(matrix, rng=rng, trains=trains)
        if fast.shape != matrix.shape:
            raise ValueError(f"fast must have the shape {matrix.shape} of matrix, got {fast.shape}")
        self.fast = fast
        self.transfer = Transfer() if transfer is None else transfer
        self._updates = 0
        self._size = 0.0

    def _update(self, d: np.ndarray, x: np.ndarray, rate: float) -> None:
        self._gather(d, x, self._fast_rate(d, x, rate))
        self._updates += 1
        turn, rest = divmod(self._updates, self.transfer.every)
        if rest == 0:
            self._hand_on((turn - 1) % self.matrix.shape[1], self.transfer.rate * rate)

    def _fast_rate(self, d: np.ndarray, x: np.ndarray, rate: float) -> float:
        if self.transfer.pulses is None:
            return rate
        size = float(np.max(np.abs(d)) * np.max(np.abs(x)))
        self._size = size if self._size == 0.0 else 0.99 * self._size + 0.01 * size
        return self.transfer.pulses * self.fast.step / self._size if self._size > 0 else rate

    def _gather(self, d: np.ndarray, x: np.ndarray, rate: float) -> None:
        self._pulse(self.fast, -d, x, rate)

    def _hand_on(self, column: int, rate: float) -> None:
        one = np.zeros(self.matrix.shape[1])
        one[column] = 1.0
        self._pulse(self.matrix, self._read(column), one, rate)

    def _read(self, column: int) -> np.ndarray:
        return self.fast.weights[:, column]


class TikiTaka2(TikiTaka):
    """The second version (TTv2): a digital matrix in between sums up what is read.

    A device of the slow matrix is pulsed when a whole step has gathered, so that noise of reads and
    pulses averages out before it reaches a weight. Source: :cite:t:`gokmen2021enabling`.
    """

    def __init__(
        self,
        matrix: DeviceMatrix,
        fast: DeviceMatrix,
        *,
        rng: np.random.Generator,
        transfer: Transfer | None = None,
        trains: PulseTrains | None = None,
    ) -> None:
        super().__init__(matrix, fast, rng=rng, transfer=transfer, trains=trains)
        self.hidden = np.zeros(matrix.shape)
        """Sums of what was read, in steps of the slow matrix, shape (out, in)."""

    def _hand_on(self, column: int, rate: float) -> None:
        self.hidden[:, column] += rate / self.matrix.step * self._read(column)
        pulses = np.zeros(self.matrix.shape)
        pulses[:, column] = np.trunc(self.hidden[:, column])
        self.hidden[:, column] -= pulses[:, column]
        self.matrix.apply(pulses)
