r"""Random bipolar vectors and the three operations of computing with them.

Vectors hold +1 and -1 and have some hundred to ten thousand dimensions. Two random ones are nearly
orthogonal: the cosine between them has the standard deviation :math:`1/\sqrt{D}`.
"""

from __future__ import annotations

import numpy as np

from aimc.validation import check_array, check_integer

__all__ = [
    "ROUNDED",
    "bind",
    "bundle",
    "check_bipolar",
    "encode_pixels",
    "encode_sequence",
    "item_memory",
    "level_memory",
    "permute",
]

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


def encode_sequence(codes: np.ndarray, items: np.ndarray, n: int = 3) -> np.ndarray:
    r"""Return the sum of all n-grams of a sequence, as integers, shape (dimensions,).

    The n-gram of the symbols :math:`a, b, c` is :math:`\rho^2(a) \odot \rho(b) \odot c`, with the
    rotation :math:`\rho` by one place, as in :cite:t:`karunaratne2020hyperdimensional`.

    Parameters
    ----------
    codes : array of int, shape (length,)
        Rows of the item memory, one per symbol.
    items : array of shape (symbols, dimensions)
        Item memory.
    n : int
        Length of an n-gram.

    Raises
    ------
    ValueError
        If the sequence is shorter than ``n`` or a code names no item.
    """
    check_bipolar("items", items, ndim=2)
    check_integer("n", n, low=1)
    check_array("codes", codes, ndim=1, low=0, high=len(items) - 1)
    if len(codes) < n:
        raise ValueError(f"codes must hold at least n={n} symbols, got {len(codes)}")
    grams = np.ones((len(codes) - n + 1, items.shape[1]))
    for place in range(n):
        grams *= permute(items, n - 1 - place)[codes[place : place + len(grams)]]
    return np.asarray(grams.sum(axis=0))


def level_memory(levels: int, dimensions: int, rng: np.random.Generator) -> np.ndarray:
    """Return vectors of which neighbours are similar, shape (levels, dimensions).

    From the first to the last, half of the entries are flipped, equally many in each step: the ends
    are orthogonal.
    """
    check_integer("levels", levels, low=2)
    check_integer("dimensions", dimensions, low=2 * levels)
    start = rng.choice(np.array([-1.0, 1.0]), size=dimensions)
    rank = rng.permutation(dimensions)
    flips = np.linspace(0, dimensions / 2, levels)
    return np.where(rank < flips[:, None], -start, start)


def encode_pixels(images: np.ndarray, places: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Return the sum of the pixels, each bound to its place, shape (n, dimensions).

    Parameters
    ----------
    images : array of int, shape (n, pixels)
        Rows of ``levels``.
    places : array of shape (pixels, dimensions)
        Item memory of the places.
    levels : array of shape (levels, dimensions)
        Vectors of the grey levels.
    """
    check_bipolar("places", places, ndim=2)
    check_bipolar("levels", levels, ndim=2)
    check_array("levels", levels, last=places.shape[1])
    check_array("images", images, ndim=2, last=len(places), low=0, high=len(levels) - 1)
    # Level by level, a product of matrices: no array of (n, pixels, dimensions) is ever made.
    sums = np.zeros((len(images), places.shape[1]))
    for level, vector in enumerate(levels):
        sums += ((images == level).astype(float) @ places) * vector
    return sums
