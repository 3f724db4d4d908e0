r"""Recovery of sparse signals by iterations that need only products with A and its transpose.

Both methods pull an estimate towards the data and set what is small to zero. **Iterative
thresholding** takes short steps. **Approximate message passing** takes full ones: it adds to the
residual a memory of the last one, without which the errors of successive steps would reinforce each
other :cite:p:`donoho2009message`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aimc.validation import check_array, check_integer, check_number
from aimc_course.studies.optimisation.compressed_sensing import SensingCore

__all__ = ["Recovery", "message_passing", "soft_thresholding"]


@dataclass(frozen=True, slots=True, eq=False)
class Recovery:
    """Estimates after each iteration.

    Attributes
    ----------
    estimates : array of shape (iterations, n, length)
        Recovered signals.
    """

    estimates: np.ndarray

    def errors(self, signals: np.ndarray) -> np.ndarray:
        """Return the error of each signal relative to its length, shape (iterations, n)."""
        check_array("signals", signals, ndim=2, last=self.estimates.shape[2])
        miss = np.linalg.norm(self.estimates - signals, axis=2)
        return np.asarray(miss / np.linalg.norm(signals, axis=1))


def _shrink(x: np.ndarray, threshold: np.ndarray) -> np.ndarray:
    return np.asarray(np.sign(x) * np.maximum(np.abs(x) - threshold, 0.0))


def message_passing(
    core: SensingCore,
    sums: np.ndarray,
    *,
    iterations: int = 30,
    threshold: float = 1.5,
    memory: bool = True,
) -> Recovery:
    r"""Recover signals by approximate message passing.

    .. math::

       x &\leftarrow \operatorname{soft}\bigl(x + A^\top r;\
         \theta \lVert r\rVert / \sqrt{m}\bigr) \\
       r &\leftarrow y - A x + \frac{n_\text{nz}}{m}\, r

    with the soft threshold and the number :math:`n_\text{nz}` of entries of x that are not zero.

    Parameters
    ----------
    core : SensingCore
        Where both products are computed.
    sums : array of shape (n, sums)
        Compressed signals y.
    iterations : int
        Number of iterations, each with one product of either kind.
    threshold : float
        Threshold :math:`\theta`, in standard deviations of the error of the estimate.
    memory : bool
        Whether the last residual is added, the term with n_nz/m; for comparison only.

    Raises
    ------
    ValueError
        If the sums do not fit the core or a number is out of range.
    """
    check_array("sums", sums, ndim=2, last=core.matrix.shape[0])
    check_integer("iterations", iterations, low=1)
    check_number("threshold", threshold, low=0.0, open_low=True)
    m, length = core.matrix.shape
    x, r = np.zeros((len(sums), length)), np.array(sums, dtype=float)
    seen = []
    for _ in range(iterations):
        level = threshold * np.linalg.norm(r, axis=1, keepdims=True) / np.sqrt(m)
        x = _shrink(x + core.back(r), level)
        kept = np.count_nonzero(x, axis=1)[:, None] / m if memory else 0.0
        r = sums - core.compress(x) + kept * r
        seen.append(x)
    return Recovery(np.array(seen))


def soft_thresholding(
    core: SensingCore,
    sums: np.ndarray,
    *,
    iterations: int = 200,
    threshold: float = 1.5,
    step: float = 0.3,
) -> Recovery:
    r"""Recover signals by iterative thresholding: the same without a memory, in steps of ``step``.

    Parameters
    ----------
    core, sums, iterations, threshold
        As those of `message_passing`.
    step : float
        Length of a step, above 0 and at most 1. Steps above :math:`2/\lVert A\rVert^2` diverge.
    """
    check_array("sums", sums, ndim=2, last=core.matrix.shape[0])
    check_integer("iterations", iterations, low=1)
    check_number("threshold", threshold, low=0.0, open_low=True)
    check_number("step", step, low=0.0, high=1.0, open_low=True)
    m, length = core.matrix.shape
    x = np.zeros((len(sums), length))
    seen = []
    for _ in range(iterations):
        r = sums - core.compress(x)
        level = threshold * np.linalg.norm(r, axis=1, keepdims=True) / np.sqrt(m)
        x = _shrink(x + step * core.back(r), step * level)
        seen.append(x)
    return Recovery(np.array(seen))
