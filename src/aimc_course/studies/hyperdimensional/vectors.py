r"""Random bipolar vectors and the three operations of computing with them.

Vectors hold +1 and -1 and have some hundred to ten thousand dimensions. Two random ones are nearly
orthogonal: the cosine between them has the standard deviation :math:`1/\sqrt{D}`.
"""

from __future__ import annotations

import numpy as np

from aimc.validation import check_array, check_integer

__all__ = ["ROUNDED", "bind", "bundle", "check_bipolar", "item_memory", "permute"]

ROUNDED = 10
"""Decimal places kept of what cores compute with bipolar vectors.

Sums of an ideal core are whole numbers and often tie. No last digit may decide between equals, or
each processor would find other answers.
"""


def item_memory(items: int, dimensions: int, rng: np.random.Generator) -> np.ndarray:
    """Return random bipolar vectors, one per item, shape (items, dimensions).

    Raises
    ------
    ValueError
        If a count is below one.
    """
    check_integer("items", items, low=1)
    check_integer("dimensions", dimensions, low=1)
    return rng.choice(np.array([-1.0, 1.0]), size=(items, dimensions))


def check_bipolar(name: str, vectors: np.ndarray, *, ndim: int | None = None) -> None:
    """Raise a ValueError that names the argument unless all entries are +1 or -1."""
    check_array(name, vectors, ndim=ndim)
    if not np.all(np.abs(vectors) == 1):
        raise ValueError(f"{name} must hold only +1 and -1, got other numbers")


def bind(*vectors: np.ndarray) -> np.ndarray:
    """Return the product, entry by entry: similar to none of the factors, and its own inverse.

    Parameters
    ----------
    *vectors : array of shape (..., dimensions)
        One or more bipolar factors.
    """
    if not vectors:
        raise ValueError("vectors is empty: bind needs at least one factor")
    for vector in vectors:
        check_bipolar("vectors", vector)
        check_array("vectors", vector, last=vectors[0].shape[-1])
    product = np.array(vectors[0], dtype=float)
    for vector in vectors[1:]:
        product = product * vector
    return product


def bundle(vectors: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the majority of the vectors, entry by entry: similar to each of them.

    Parameters
    ----------
    vectors : array of shape (n, ..., dimensions)
        The first axis is summed over.
    rng : numpy.random.Generator
        Decides ties, which occur for even numbers of vectors.
    """
    check_array("vectors", vectors)
    total = np.asarray(vectors, dtype=float).sum(axis=0)
    return np.where(total == 0, rng.choice([-1.0, 1.0], size=total.shape), np.sign(total))


def permute(vector: np.ndarray, shift: int = 1) -> np.ndarray:
    """Return the vector rotated by ``shift`` places, a cheap permutation that marks an order."""
    check_array("vector", vector)
    check_integer("shift", shift, low=-(2**31))
    return np.roll(vector, shift, axis=-1)
