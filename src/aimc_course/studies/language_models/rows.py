r"""Rows of weights with large ones among them, and what a limit on them gains and costs.

The largest weight of a row becomes a fully SET cell, and each cell is off by a share :math:`\eta`
of one. Clipped at :math:`c` standard deviations, without any training, a row of
:math:`n_\text{in}` weights misses its product with random inputs by

.. math::

   \varepsilon^2 = \underbrace{\frac{\sum_j (w_j - \bar w_j)^2}{\sum_j w_j^2}}_\text{clipping}
   + \underbrace{\frac{n_\text{in}\,(\eta\,\max_j |\bar w_j|)^2}{\sum_j w_j^2}}_\text{cells}

relative to the product, with the clipped weights :math:`\bar w_j`. This takes the error of a fully
SET cell for all; cells of a real chip err by a share that depends on their state, as `cell_error`
gives it, and then the second sum runs over :math:`\eta^2(|\bar w_j|/\max_k|\bar w_k|)`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from aimc.devices import pcm_hermes
from aimc.validation import check_array, check_integer, check_number

__all__ = ["cell_error", "draw_rows", "peak", "row_errors"]


def cell_error(share: NDArray[np.floating], devices: int = 2) -> NDArray[np.float64]:
    """Return the programming error of a cell of the 64-core chip, as a share of a fully SET one.

    Parameters
    ----------
    share : array
        Conductance that was wanted, over that of a fully SET cell; any shape.
    devices : {1, 2}
        Devices per polarity.

    Examples
    --------
    >>> import numpy as np
    >>> cell_error(np.array([0.0, 0.1, 1.0])).round(3)
    array([0.008, 0.027, 0.053])
    """
    device = pcm_hermes(devices)
    share = np.asarray(share, np.float64)
    check_array("share", share, low=0.0, high=1.0)
    return np.asarray(device.programming_std(share * device.g_max) / device.g_max, np.float64)


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


def row_errors(
    weights: NDArray[np.floating],
    limit: float,
    noise: float | Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> tuple[float, float]:
    """Return the relative errors of products by clipping and by cells, means over rows.

    Parameters
    ----------
    weights : array, shape (rows, inputs)
        Weights before clipping.
    limit : float
        Standard deviations of each row at which its weights are clipped; infinity clips nothing.
    noise : float or callable
        Standard deviation of the error of a cell as a share of a fully SET one: the same for all
        cells, or as a function of the share of a fully SET one that a cell holds, as `cell_error`.

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
    if not callable(noise):
        check_number("noise", noise, low=0.0)
    bound = limit * weights.std(axis=1, keepdims=True)
    clipped = np.clip(weights, -bound, bound)
    size = np.sum(weights**2, axis=1)
    lost = np.sum((weights - clipped) ** 2, axis=1) / size
    top = np.abs(clipped).max(axis=1, keepdims=True)
    off = noise(np.abs(clipped) / top) if callable(noise) else np.full_like(clipped, noise)
    cells = np.sum((off * top) ** 2, axis=1) / size
    return float(np.sqrt(lost.mean())), float(np.sqrt(cells.mean()))
