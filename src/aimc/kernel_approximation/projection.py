"""Products with a random matrix, exact or on analog cores.

The matrix is random, so it is programmed once and for all: data, kernel widths and learned weights
may change without a pulse to a device.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from aimc.cores import Core, TiledMatrix
from aimc.validation import check_array, check_number

__all__ = ["CoreProjection", "Projection"]


class Projection:
    """Products with a matrix in floating point.

    Parameters
    ----------
    matrix : array of shape (count, inputs)
        Directions, one in each row; see `directions`.

    Raises
    ------
    ValueError
        If the matrix is not a finite array with two axes.

    Examples
    --------
    >>> import numpy as np
    >>> Projection(np.eye(2)).project(np.array([[1.0, 2.0]]))
    array([[1., 2.]])
    """

    def __init__(self, matrix: np.ndarray) -> None:
        check_array("matrix", matrix, ndim=2)
        self.matrix = np.asarray(matrix, dtype=float)

    @property
    def count(self) -> int:
        """Number of directions."""
        return int(self.matrix.shape[0])

    @property
    def inputs(self) -> int:
        """Number of entries of a vector."""
        return int(self.matrix.shape[1])

    def project(self, x: np.ndarray) -> np.ndarray:
        """Return the products of x, shape (..., inputs), as an array of shape (..., count)."""
        check_array("x", x, last=self.inputs)
        return self._multiply(np.asarray(x, dtype=float))

    def _multiply(self, x: np.ndarray) -> np.ndarray:
        return np.asarray(x @ self.matrix.T)


class CoreProjection(Projection):
    """The same products on cores, with their converters, devices and noise.

    Parameters
    ----------
    matrix : array of shape (count, inputs)
        Directions, one in each row; spread over as many cores as they need.
    make_core : callable
        ``make_core(k)`` returns the k-th core, as in `aimc.TiledMatrix`.
    reach : float
        Magnitude of an entry of x that becomes an input of 1, a full pulse of a HERMES core.
        Larger entries are clipped by a core with a fixed input range.

    Raises
    ------
    TypeError
        If ``make_core`` does not return a core.
    ValueError
        If ``reach`` is not positive, or the matrix is not finite with two axes.

    Examples
    --------
    >>> import numpy as np, aimc
    >>> exact = CoreProjection(np.eye(2), lambda k: aimc.presets.ideal(index=k), reach=2.0)
    >>> exact.project(np.array([[1.0, 2.0]]))
    array([[1., 2.]])
    """

    def __init__(
        self, matrix: np.ndarray, make_core: Callable[[int], Core], *, reach: float
    ) -> None:
        super().__init__(matrix)
        self.reach = check_number("reach", reach, low=0.0, open_low=True)
        self.cores = TiledMatrix(self.matrix, make_core)

    def _multiply(self, x: np.ndarray) -> np.ndarray:
        return self.reach * np.asarray(self.cores.forward(x / self.reach), dtype=float)
