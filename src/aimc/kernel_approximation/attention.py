r"""Attention with positive random features, beside the softmax attention that it approaches.

For directions :math:`\omega` from a standard normal distribution,
:math:`e^{q\cdot k} = E[e^{\omega q - |q|^2/2}\, e^{\omega k - |k|^2/2}]` (Choromanski et al. 2021).
All terms are positive, so no denominator comes near zero. Sums over the keys are taken once for all
queries: the work grows with the length of the sequence, not with its square. On cores runs the
product with :math:`\omega`, as on the 64-core chip :cite:p:`buchel2024kernel`; the exponential
and the sums are digital.
"""

from __future__ import annotations

import numpy as np

from aimc.kernel_approximation.projection import Projection
from aimc.validation import check_array

__all__ = ["PositiveFeatures", "linear_attention", "softmax_attention"]


def _check(queries: np.ndarray, keys: np.ndarray, values: np.ndarray) -> None:
    check_array("queries", queries, ndim=2)
    check_array("keys", keys, ndim=2, last=int(queries.shape[1]))
    check_array("values", values, ndim=2)
    if len(values) != len(keys):
        raise ValueError(f"values must have one row per key, got {len(values)} for {len(keys)}")


class PositiveFeatures:
    """Positive features of queries and keys, up to factors that the normalisation cancels.

    Parameters
    ----------
    projection : Projection
        Random directions, shape (count, size), in floating point or on cores.

    Raises
    ------
    TypeError
        If ``projection`` is not a projection.
    """

    def __init__(self, projection: Projection) -> None:
        if not isinstance(projection, Projection):
            raise TypeError(f"projection must be a Projection, got {type(projection).__name__}")
        self.projection = projection

    def exponents(self, x: np.ndarray) -> np.ndarray:
        """Return the logarithms of the features of x, shape (n, size), as shape (n, count)."""
        scaled = x / self.projection.inputs**0.25  # half of the division by sqrt(size) each
        return self.projection.project(scaled) - 0.5 * np.sum(scaled**2, axis=1, keepdims=True)


def softmax_attention(queries: np.ndarray, keys: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return exact attention, each query looking at all keys.

    Parameters
    ----------
    queries, keys : two arrays, ``(n, size)`` and ``(k, size)``
        What is sought, and what is offered.
    values : array of shape (k, outputs)
        What the keys stand for.

    Returns
    -------
    numpy.ndarray
        Weighted means of the values, shape (n, outputs).

    Raises
    ------
    ValueError
        If shapes do not match.

    Examples
    --------
    >>> import numpy as np
    >>> softmax_attention(np.zeros((1, 2)), np.eye(2), np.array([[0.0], [1.0]]))
    array([[0.5]])
    """
    _check(queries, keys, values)
    scores = queries @ keys.T / np.sqrt(queries.shape[1])
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(weights @ values / weights.sum(axis=1, keepdims=True))


def linear_attention(
    queries: np.ndarray, keys: np.ndarray, values: np.ndarray, features: PositiveFeatures
) -> np.ndarray:
    """Return attention in which features of queries and keys take the place of the softmax.

    Parameters
    ----------
    queries, keys : two arrays, ``(n, size)`` and ``(k, size)``
        What is sought, and what is offered.
    values : array of shape (k, outputs)
        What the keys stand for.
    features : PositiveFeatures
        Features with directions of the same size.

    Returns
    -------
    numpy.ndarray
        Weighted means of the values, shape (n, outputs).

    Raises
    ------
    ValueError
        If shapes do not match.

    Examples
    --------
    >>> import numpy as np
    >>> from aimc.kernel_approximation import directions
    >>> features = PositiveFeatures(Projection(directions("orf", 64, 2, np.random.default_rng(1))))
    >>> values = np.array([[1.0], [2.0], [6.0]])
    >>> linear_attention(np.ones((1, 2)), np.ones((3, 2)), values, features)
    array([[3.]])
    """
    _check(queries, keys, values)
    of_queries, of_keys = features.exponents(queries), features.exponents(keys)
    # Each feature of the keys is scaled to one where it is largest, and what that takes goes to the
    # queries, each of which has a factor that cancels: nothing overflows, no denominator vanishes.
    largest = of_keys.max(axis=0)
    b = np.exp(of_keys - largest)
    of_queries = of_queries + largest
    a = np.exp(of_queries - of_queries.max(axis=1, keepdims=True))
    return np.asarray(a @ (b.T @ values) / (a @ b.sum(axis=0))[:, None])
