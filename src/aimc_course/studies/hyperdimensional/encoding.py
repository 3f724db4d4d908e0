"""From symbols and images to single vectors."""

from __future__ import annotations

import numpy as np

from aimc.validation import check_array, check_integer
from aimc_course.studies.hyperdimensional.vectors import check_bipolar, permute

__all__ = ["encode_pixels", "encode_sequence", "level_memory"]


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
