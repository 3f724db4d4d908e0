r"""Compression of sparse signals by a random matrix in a core that is read from both sides.

A signal of :math:`n` numbers of which few differ from zero is known from :math:`m < n` random sums
of them, :math:`y = Ax`. One core holds the matrix: driven from its rows it compresses, and driven
from its columns it multiplies with :math:`A^\top`, which is all that the recovery asks for
:cite:p:`legallo2018compressed`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from aimc.cores import Core
from aimc.validation import check_array, check_integer

__all__ = ["SensingCore", "sensing_matrix", "sparse_signals"]


def sparse_signals(count: int, length: int, nonzero: int, rng: np.random.Generator) -> np.ndarray:
    """Return signals with normally distributed entries at random places, shape (count, length).

    Parameters
    ----------
    count, length, nonzero : int
        Number of signals, of entries, and of those among them that are not zero.
    rng : numpy.random.Generator
        Source of places and sizes.

    Raises
    ------
    ValueError
        If a number is below one, or more entries are not zero than there are.
    """
    check_integer("count", count, low=1)
    check_integer("length", length, low=1)
    check_integer("nonzero", nonzero, low=1, high=length)
    places = np.argsort(rng.random((count, length)), axis=1)[:, :nonzero]
    signals = np.zeros((count, length))
    np.put_along_axis(signals, places, rng.standard_normal((count, nonzero)), axis=1)
    return signals


def sensing_matrix(sums: int, length: int, rng: np.random.Generator) -> np.ndarray:
    r"""Return a random matrix of :math:`\pm 1/\sqrt{M}`, shape (sums, length).

    Its columns have the length 1, and every cell of a core that holds it is fully SET, on one side
    or the other, where a device errs least relative to what it holds.
    """
    check_integer("sums", sums, low=1)
    check_integer("length", length, low=1)
    return rng.choice(np.array([-1.0, 1.0]), size=(sums, length)) / np.sqrt(sums)


class SensingCore:
    """A sensing matrix in one core, and the two products with it.

    Parameters
    ----------
    matrix : array of shape (sums, length)
        Sensing matrix A.
    core : Core
        Where it goes: as many columns as sums, as many rows as the signal has entries.
    reads : int
        Reads that are averaged for each product. They are spread over the read-out of the core, so
        that they share everything but the fast part of the read noise; reads in a row would share
        most of that, too (`aimc.recovery.precision.averaged`).

    Raises
    ------
    ValueError
        If the matrix does not fit the core.
    """

    def __init__(self, matrix: np.ndarray, core: Core, *, reads: int = 1) -> None:
        check_array("matrix", matrix, ndim=2)
        self.reads = check_integer("reads", reads, low=1)
        self.matrix = np.asarray(matrix, dtype=float)
        self.core = core.program(self.matrix)

    def compress(self, signals: np.ndarray) -> np.ndarray:
        """Return what the core makes of A x, shape (n, sums), for signals of (n, length)."""
        check_array("signals", signals, ndim=2, last=self.matrix.shape[1])
        return self._scaled(self.core.forward, signals)

    def back(self, residuals: np.ndarray) -> np.ndarray:
        """Return what it makes of A^T r, shape (n, length), for residuals of (n, sums)."""
        check_array("residuals", residuals, ndim=2, last=self.matrix.shape[0])
        return self._scaled(self.core.T.forward, residuals)

    def error(self, signals: np.ndarray) -> float:
        """Return the error of one product A x relative to A x itself."""
        exact = signals @ self.matrix.T
        return float(np.linalg.norm(self.compress(signals) - exact) / np.linalg.norm(exact))

    def _scaled(self, product: Callable[[np.ndarray], object], x: np.ndarray) -> np.ndarray:
        # A digital factor per vector lets its largest entry fill the range of the inputs.
        largest = np.abs(x).max(axis=1, keepdims=True)
        largest[largest == 0] = 1.0
        total = sum(np.asarray(product(x / largest)) for _ in range(self.reads))
        return np.asarray(total) * largest / self.reads
