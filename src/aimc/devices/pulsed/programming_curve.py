r"""The logistic programming curve, fitted to any cell.

A physical cell is described by dozens of parameters, a compact model by the four of the curve

.. math::

   G(I) = G_\mathrm{reset} +
       \frac{G_\mathrm{set} - G_\mathrm{reset}}{1 + e^{(I - I_{1/2})/I_w}}.

`fit_programming_curve` finds the four that come closest to given conductances, by least squares.
For given :math:`I_{1/2}` and :math:`I_w` the best end states follow from two linear
equations, so that only a search over two numbers is left, which a grid that shrinks does safely.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aimc.validation import check_array

__all__ = ["LogisticCurve", "fit_programming_curve"]

POINTS = 21  # of each axis of the grid
ROUNDS = 14  # each shrinks the grid to a third, down to a millionth


@dataclass(frozen=True, slots=True)
class LogisticCurve:
    """A logistic programming curve and how well it fits."""

    g_set: float
    """Conductance of the SET state, S."""
    g_reset: float
    """Conductance of the RESET state, S."""
    i_half: float
    """Current that leaves half of the range, A."""
    width: float
    """Width of the fall, A."""
    error: float = 0.0
    """Root mean square of what is left after the fit, S."""

    def __call__(self, current: np.ndarray) -> np.ndarray:
        """Return the conductance (S) after a pulse of each current (A)."""
        share = _share(np.asarray(current, dtype=np.float64), self.i_half, self.width)
        return self.g_reset + (self.g_set - self.g_reset) * share


def fit_programming_curve(current: np.ndarray, conductance: np.ndarray) -> LogisticCurve:
    """Fit the logistic curve to conductances after pulses that start from the SET state.

    Parameters
    ----------
    current : array, shape (n,)
        Currents of the pulses, A; they rise, and there are five or more.
    conductance : array, shape (n,)
        Conductance after each pulse, S.

    Returns
    -------
    LogisticCurve

    Raises
    ------
    ValueError
        If shapes differ, currents do not rise, or the conductance does not fall from the first to
        the last current.
    """
    x = np.asarray(current, dtype=np.float64)
    y = np.asarray(conductance, dtype=np.float64)
    check_array("current", x, ndim=1, low=0.0, unit="A")
    check_array("conductance", y, ndim=1, last=x.size, low=0.0, unit="S")
    if x.size < 5 or np.any(np.diff(x) <= 0):
        raise ValueError(f"current={x!r} is not allowed: it must rise and have five values or more")
    if y[-1] >= y[0]:
        raise ValueError(
            f"conductance={y!r} is not allowed: it must fall from the first current to the last"
        )
    span = float(x[-1] - x[0])
    halves, widths = (float(x[0]), float(x[-1])), (1e-3 * span, span)
    best = (np.inf, 0.0, 0.0, 0.0, 0.0)
    for _ in range(ROUNDS):
        for half in np.linspace(*halves, POINTS):
            for width in np.geomspace(*widths, POINTS):
                best = min(
                    best, (*_ends(x, y, float(half), float(width)), float(half), float(width))
                )
        half, width = best[3:]
        reach, ratio = (halves[1] - halves[0]) / 6, (widths[1] / widths[0]) ** (1 / 6)
        halves, widths = (half - reach, half + reach), (width / ratio, width * ratio)
    left, g_set, g_reset, half, width = best
    return LogisticCurve(g_set, g_reset, half, width, float(np.sqrt(left / x.size)))


def _ends(x: np.ndarray, y: np.ndarray, half: float, width: float) -> tuple[float, float, float]:
    """Return the squared error that is left, and the best conductances of SET and RESET (S)."""
    share = _share(x, half, width)
    spread = share - share.mean()
    power = float(spread @ spread)
    slope = float(spread @ y) / power if power > 0 else 0.0
    low = max(float(y.mean() - slope * share.mean()), 0.0)
    if low == 0.0:  # no negative conductance: the other end state alone
        slope = float(share @ y) / max(float(share @ share), 1e-300)
    return float(((low + slope * share - y) ** 2).sum()), low + slope, low


def _share(current: np.ndarray, half: float, width: float) -> np.ndarray:
    """Return the logistic function, which overflows for no current."""
    return 0.5 * (1 - np.tanh((current - half) / (2 * width)))
