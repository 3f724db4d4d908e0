"""A ring of columns, one token each: the newest overwrites the oldest, and nothing is moved."""

from __future__ import annotations

import numpy as np

from aimc.validation import check_array, check_integer, check_number
from aimc_course.studies.gain_cell_attention.cell import GainCell

__all__ = ["RingBuffer"]


class RingBuffer:
    """Cells for the keys, or for the values, of the last tokens.

    Parameters
    ----------
    cell : GainCell
        What the cells are like.
    window : int
        Number of columns, and so of tokens that are held.
    size : int
        Entries of a vector, one per cell of a column.
    rng : numpy.random.Generator, optional
        Source of the factors by which cells differ; needed if ``cell.spread`` is not zero.

    Raises
    ------
    TypeError, ValueError
        If a number is below 1, or cells differ and no source is given.

    Examples
    --------
    >>> import numpy as np
    >>> ring = RingBuffer(GainCell(retention=np.inf), window=2, size=1)
    >>> for k, value in enumerate((-1.0, 0.5, 1.0)):
    ...     ring.write(np.array([value]), time=float(k))
    >>> np.round(ring.weights(3.0)[:, 0], 2), ring.ages(3.0)  # the third has replaced the first
    (array([1.  , 0.43]), array([1., 2.]))
    """

    def __init__(
        self, cell: GainCell, window: int, size: int, *, rng: np.random.Generator | None = None
    ) -> None:
        self.cell = cell
        self.window = check_integer("window", window, low=1)
        self.size = check_integer("size", size, low=1)
        if cell.spread > 0 and rng is None:
            raise ValueError("rng is missing: cells that differ (spread > 0) have to be drawn")
        shape = (self.window, self.size)
        factors = np.ones(shape) if rng is None else rng.normal(1.0, cell.spread, shape)
        self._factors = np.maximum(factors, 0.0)
        self._written = np.zeros(shape)
        self._times = np.full(self.window, -np.inf)
        self._count = 0

    @property
    def column(self) -> int:
        """Column that the next token is written to."""
        return self._count % self.window

    def write(self, vector: np.ndarray, time: float) -> None:
        """Write one token, shape (size,), at a time in s; times must not run backwards."""
        check_array("vector", vector, ndim=1, last=self.size)
        check_number("time", time, low=float(np.max(self._times)), unit="s")
        self._written[self.column] = self.cell.write(vector)
        self._times[self.column] = time
        self._count += 1

    def ages(self, time: float) -> np.ndarray:
        """Return how long ago each column was written, s, shape (window,); infinite if never."""
        check_number("time", time, low=float(np.max(self._times)), unit="s")
        return np.asarray(time - self._times)

    def weights(self, time: float) -> np.ndarray:
        """Return what the cells multiply with at a time in s, shape (window, size)."""
        ages = self.ages(time)
        ages[np.isinf(ages)] = 0.0  # never written: the weight is zero at any age
        held = self.cell.held(self._written, ages[:, None])
        return np.asarray(self._factors * self.cell.current(held))
