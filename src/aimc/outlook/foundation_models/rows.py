r"""Rows of weights with large ones among them, and what a limit on them gains and costs.

The largest weight of a row becomes a fully SET cell, and each cell is off by a share :math:`\eta`
of one. Clipped at :math:`c` standard deviations, without any training, a row of :math:`N` weights
misses its product with random inputs by

.. math::

   \varepsilon^2 = \underbrace{\frac{\sum_j (w_j - \bar w_j)^2}{\sum_j w_j^2}}_\text{clipping}
   + \underbrace{\frac{N\,(\eta\,\max_j |\bar w_j|)^2}{\sum_j w_j^2}}_\text{cells}

relative to the product, with the clipped weights :math:`\bar w_j`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aimc.validation import check_array, check_integer, check_number

__all__ = ["draw_rows", "peak", "row_errors"]


def draw_rows(
    rows: int, inputs: int, degrees: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return random weights of shape (rows, inputs), in standard deviations of each row.

    Parameters
    ----------
    rows, inputs : int
        How many outputs, and weights of each, two or more.
    degrees : float
        Degrees of freedom of Student's t: the fewer, the more outliers; infinity is Gaussian.
    rng : numpy.random.Generator
        Source of the draws.
    """
    check_integer("rows", rows, low=1)
    check_integer("inputs", inputs, low=2)
    check_number("degrees", degrees, low=2.0, open_low=True, infinite=True)
    shape = (rows, inputs)
    drawn = rng.standard_normal(shape) if np.isinf(degrees) else rng.standard_t(degrees, shape)
    scaled: NDArray[np.float64] = drawn / drawn.std(axis=1, keepdims=True)
    return scaled


def peak(weights: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the largest magnitude of each row over its standard deviation, shape (rows,)."""
    check_array("weights", np.asarray(weights, np.float64), ndim=2)
    found: NDArray[np.float64] = np.abs(weights).max(axis=1) / weights.std(axis=1)
    return found


def row_errors(weights: NDArray[np.floating], limit: float, noise: float) -> tuple[float, float]:
    """Return the relative errors of products by clipping and by cells, means over rows.

    Parameters
    ----------
    weights : array, shape (rows, inputs)
        Weights before clipping.
    limit : float
        Standard deviations of each row at which its weights are clipped; infinity clips nothing.
    noise : float
        Standard deviation of the error of a cell as a share of a fully SET one.

    Returns
    -------
    tuple of float
        Root mean square errors relative to the product; they add up as squares.

    Examples
    --------
    >>> import numpy as np
    >>> weights = np.array([[1.0, -1.0, 1.0, 5.0]])
    >>> row_errors(weights, np.inf, 0.1)[0]
    0.0
    >>> row_errors(weights, 1.0, 0.1)[1] < row_errors(weights, np.inf, 0.1)[1]
    True
    """
    check_array("weights", np.asarray(weights, np.float64), ndim=2)
    check_number("limit", limit, low=0.0, open_low=True, infinite=True)
    check_number("noise", noise, low=0.0)
    bound = limit * weights.std(axis=1, keepdims=True)
    clipped = np.clip(weights, -bound, bound)
    size = np.sum(weights**2, axis=1)
    lost = np.sum((weights - clipped) ** 2, axis=1) / size
    cells = weights.shape[1] * (noise * np.abs(clipped).max(axis=1)) ** 2 / size
    return float(np.sqrt(lost.mean())), float(np.sqrt(cells.mean()))
