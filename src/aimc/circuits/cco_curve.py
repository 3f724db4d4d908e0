r"""The transfer curve of an oscillator, from current to frequency, and its fit to three points.

.. math:: f = \frac{A\,i}{1 + B\,i} + C

See `aimc.circuits.cco` for where it comes from :cite:p:`khaddam2022hermes`.
"""

from __future__ import annotations

import math

import numpy as np

from aimc.backend import Array, namespace
from aimc.validation import check_array

__all__ = ["fit_transfer", "transfer"]


def transfer(magnitude: Array, gain: Array, bend: Array, offset: Array) -> Array:
    """Return the frequency (Hz) at a current, at least zero.

    Parameters
    ----------
    magnitude : array
        Magnitude of the current, A.
    gain, bend, offset : array
        :math:`A` (Hz/A), :math:`B` (1/A) and :math:`C` (Hz); they broadcast to ``magnitude``.
    """
    frequency = gain * magnitude / (1 + bend * magnitude) + offset
    return namespace(frequency).clip(frequency, 0.0, math.inf)


def fit_transfer(
    currents: np.ndarray, frequencies: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""Solve the transfer law for its three parameters from three measured points.

    Multiplied by :math:`1 + B i` the law is linear in :math:`p = A + BC`, :math:`B` and :math:`C`:
    :math:`f = p\,i - B\,(f i) + C` :cite:p:`khaddam2022hermes`.

    Parameters
    ----------
    currents : array, shape (3,)
        Three different currents, A.
    frequencies : array, shape (3, columns)
        Measured frequencies, Hz.

    Returns
    -------
    tuple of arrays, shape (columns,)
        Gain (Hz/A), nonlinearity (1/A) and offset (Hz).
    """
    i, f = np.asarray(currents, dtype=np.float64), np.asarray(frequencies, dtype=np.float64)
    check_array("currents", i, ndim=1, last=3)
    check_array("frequencies", f, ndim=2)
    if f.shape[0] != 3 or np.unique(i).size != 3:
        raise ValueError(
            f"currents must be three different numbers with one row of frequencies each, got "
            f"currents {i.tolist()} and frequencies of shape {f.shape}"
        )
    # in units of the largest current and frequency, or the matrix would be badly conditioned
    top_i, top_f = float(np.max(np.abs(i))), float(np.max(np.abs(f)))
    x, y = np.broadcast_to((i / top_i)[:, None], f.shape), f / top_f
    matrix = np.stack([x, -x * y, np.ones_like(x)], axis=-1)  # (3, columns, 3)
    solved = np.linalg.solve(np.moveaxis(matrix, 0, 1), np.moveaxis(y, 0, 1)[..., None])[..., 0]
    p, bend, offset = solved.T
    return (p - bend * offset) * top_f / top_i, bend / top_i, offset * top_f
