r"""Random matrices whose rows are directions of a standard normal distribution.

Three ways to draw them, as in :cite:p:`buchel2024kernel`: independent entries (random Fourier
features, Rahimi and Recht 2007), orthogonal rows of the same lengths, and orthogonal rows made of
signs and Hadamard matrices (Yu et al. 2016). A crossbar holds each of them as a dense matrix, so
the fast transform of the third saves it nothing; what remains is the choice of the directions.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from aimc.validation import check_choice, check_integer

__all__ = ["METHODS", "directions"]


def _gaussian(size: int, rng: np.random.Generator) -> np.ndarray:
    return rng.standard_normal((size, size))


def _orthogonal(size: int, rng: np.random.Generator) -> np.ndarray:
    """Return orthogonal rows with the lengths that independent normal rows would have."""
    q, r = np.linalg.qr(rng.standard_normal((size, size)))
    # With the signs of R's diagonal, Q is uniform among all orthogonal matrices.
    rotation = q * np.sign(np.diag(r))
    lengths = np.sqrt(rng.chisquare(size, size))
    return lengths[:, None] * rotation


def _structured(size: int, rng: np.random.Generator) -> np.ndarray:
    """Return sqrt(p) H D H D H D, cut to ``size`` columns; p is the next power of two."""
    padded = 1 << (size - 1).bit_length()
    hadamard = np.ones((1, 1))
    while len(hadamard) < padded:
        hadamard = np.block([[hadamard, hadamard], [hadamard, -hadamard]])
    hadamard /= np.sqrt(padded)
    product = np.sqrt(padded) * np.eye(padded)
    for _ in range(3):
        signs = rng.choice([-1.0, 1.0], padded)
        product = hadamard @ (signs[:, None] * product)
    return product[:, :size]


_BLOCKS: dict[str, Callable[[int, np.random.Generator], np.ndarray]] = {
    "rff": _gaussian,
    "orf": _orthogonal,
    "sorf": _structured,
}
METHODS = tuple(_BLOCKS)
"""Names of the ways to draw directions."""


def directions(method: str, count: int, inputs: int, rng: np.random.Generator) -> np.ndarray:
    """Return random directions, shape (count, inputs), block after block.

    Rows are orthogonal within a block of ``inputs`` rows (``"orf"``) and independent between
    blocks. Blocks of ``"sorf"`` have the next power of two as their size; where that exceeds
    ``inputs``, columns are cut off, and rows are orthogonal only on average.

    Parameters
    ----------
    method : {"rff", "orf", "sorf"}
        Independent, orthogonal, or structured orthogonal directions.
    count, inputs : int
        Number of directions, and of entries in each.
    rng : numpy.random.Generator
        Source of the directions.

    Raises
    ------
    ValueError
        If the method is unknown or a number is below 1.

    Examples
    --------
    >>> import numpy as np
    >>> w = directions("orf", 4, 4, np.random.default_rng(1))
    >>> gram = w @ w.T
    >>> bool(np.allclose(gram, np.diag(np.diag(gram))))
    True
    """
    check_choice("method", method, METHODS)
    check_integer("count", count, low=1)
    check_integer("inputs", inputs, low=1)
    rows: list[np.ndarray] = []
    while sum(map(len, rows)) < count:
        rows.append(_BLOCKS[method](inputs, rng))
    return np.concatenate(rows)[:count]
