r"""Gradients whose sign is turned again and again, so that a wrong zero cancels.

Tiki-Taka needs the symmetry point of every device of the fast matrix as its zero. Both rules here
do without. Each column has a sign, its *chopper*, which is turned again and again, at random in the
first rule and after a fixed number of reads in the second; gradients are written with the sign that
their column has at the time, and read with it. Whatever stays the same while the sign turns is no
gradient: it is the offset. Source of both: :cite:t:`rasch2024fast`.
"""

from __future__ import annotations

import numpy as np

from aimc.in_memory_training.device_matrix import DeviceMatrix
from aimc.in_memory_training.pulse_trains import PulseTrains
from aimc.in_memory_training.tiki_taka import TikiTaka2, Transfer
from aimc.validation import check_choice, check_number

__all__ = ["AdaptiveReference", "ChoppedTikiTaka"]


class ChoppedTikiTaka(TikiTaka2):
    """Chopped Tiki-Taka (c-TTv2): an offset enters the sums with both signs and cancels there.

    Parameters
    ----------
    matrix, fast, rng, transfer, trains
        As those of `TikiTaka`.
    chop : float
        Probability that the sign of a column turns once it has been read, in (0, 1].
    regular : bool
        Whether it turns after every ``1 / chop`` reads of the column instead of at random.
    """

    def __init__(
        self,
        matrix: DeviceMatrix,
        fast: DeviceMatrix,
        *,
        rng: np.random.Generator,
        transfer: Transfer | None = None,
        trains: PulseTrains | None = None,
        chop: float = 0.1,
        regular: bool = False,
    ) -> None:
        super().__init__(matrix, fast, rng=rng, transfer=transfer, trains=trains)
        check_number("chop", chop, low=0.0, high=1.0, open_low=True)
        check_choice("regular", regular, (False, True))
        self.chop = chop
        self.regular = regular
        self.signs = np.ones(matrix.shape[1])
        """Sign of every column now, shape (in,)."""
        self._reads = np.zeros(matrix.shape[1], dtype=np.int64)

    def _gather(self, d: np.ndarray, x: np.ndarray, rate: float) -> None:
        super()._gather(d, self.signs * x, rate)

    def _read(self, column: int) -> np.ndarray:
        seen = self.signs[column] * self._deviation(column)
        if self._is_due(column):
            self._turn(column)
        return seen

    def _is_due(self, column: int) -> bool:
        """Return whether the sign of a column turns after this read."""
        if not self.regular:
            return bool(self._rng.random() < self.chop)
        self._reads[column] += 1
        return bool(self._reads[column] % np.ceil(1.0 / self.chop - 1e-9) == 0)

    def _deviation(self, column: int) -> np.ndarray:
        return self.fast.weights[:, column]

    def _turn(self, column: int) -> None:
        self.signs[column] *= -1.0


class AdaptiveReference(ChoppedTikiTaka):
    """Adaptive reference (AGAD): what was read before the sign turned is the zero after it.

    A reference that is found while learning need not be programmed. As it is found anew in every
    period, it may even move, and devices without a symmetry point serve as well.

    Parameters
    ----------
    matrix, fast, rng, transfer, trains, chop
        As those of `ChoppedTikiTaka`.
    regular : bool
        As that of `ChoppedTikiTaka`, but regular by default: this rule counts from one turn to the
        next.
    memory : float
        Share of the running mean that an earlier read keeps, in [0, 1].
    """

    def __init__(
        self,
        matrix: DeviceMatrix,
        fast: DeviceMatrix,
        *,
        rng: np.random.Generator,
        transfer: Transfer | None = None,
        trains: PulseTrains | None = None,
        chop: float = 0.1,
        regular: bool = True,
        memory: float = 0.5,
    ) -> None:
        super().__init__(
            matrix, fast, rng=rng, transfer=transfer, trains=trains, chop=chop, regular=regular
        )
        check_number("memory", memory, low=0.0, high=1.0)
        self.memory = memory
        self.reference = np.zeros(matrix.shape)
        """What counts as zero now, shape (out, in)."""
        self._recent = np.zeros(matrix.shape)
        self._first = np.ones(matrix.shape[1], dtype=bool)

    def _deviation(self, column: int) -> np.ndarray:
        seen = self.fast.weights[:, column]
        kept = 0.0 if self._first[column] else self.memory
        self._first[column] = False
        self._recent[:, column] = kept * self._recent[:, column] + (1.0 - kept) * seen
        return seen - self.reference[:, column]

    def _turn(self, column: int) -> None:
        super()._turn(column)
        self.reference[:, column] = self._recent[:, column]
        self._first[column] = True
