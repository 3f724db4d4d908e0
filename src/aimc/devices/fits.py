r"""Shapes of the published fits, as functions of the relative conductance :math:`\hat g`.

Papers give device statistics as short formulas in :math:`\hat g = G / G_\max`: a polynomial, a
logarithm between two bounds, a power law with a ceiling, or two of these joined at a threshold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from aimc.backend import Array, namespace
from aimc.backend.blockwise import overwritten, split_at

__all__ = ["ClippedLog", "ClippedPower", "Fit", "Piecewise", "Polynomial"]

# ln and negative powers need a positive argument; all published bounds take over far above this.
SMALLEST = 1e-7


class Fit(Protocol):
    """A function of the relative conductance."""

    def __call__(self, g: Array) -> Array:
        """Evaluate the fit at relative conductances ``g``."""
        ...


@dataclass(frozen=True, slots=True)
class Polynomial:
    r"""A polynomial, :math:`c_0 + c_1 \hat g + c_2 \hat g^2 + \dots`."""

    coefficients: tuple[float, ...]

    def __call__(self, g: Array) -> Array:
        """Evaluate by Horner's rule."""
        *lower, highest = self.coefficients
        if not lower:
            return 0.0 * g + highest
        total = highest * g + lower.pop()
        while lower:
            total *= g
            total += lower.pop()
        return total


@dataclass(frozen=True, slots=True)
class ClippedLog:
    r"""A logarithm between bounds, :math:`\min(\max(a \ln \hat g + b, l), h)`."""

    slope: float
    offset: float
    low: float
    high: float

    def __call__(self, g: Array) -> Array:
        """Evaluate; the natural logarithm is meant."""
        xp = namespace(g)
        line = overwritten(xp.log, xp.clip(g, SMALLEST))
        line *= self.slope
        line += self.offset
        return overwritten(xp.clip, line, self.low, self.high)


@dataclass(frozen=True, slots=True)
class ClippedPower:
    r"""A power law under a ceiling, :math:`\min(a\,\hat g^{-p}, h)`."""

    factor: float
    exponent: float
    high: float

    def __call__(self, g: Array) -> Array:
        """Evaluate the power law under its ceiling."""
        xp = namespace(g)
        # exp and log are several times as fast as a power
        power = overwritten(xp.log, xp.clip(g, SMALLEST))
        power *= -self.exponent
        power = self.factor * overwritten(xp.exp, power)
        return overwritten(xp.clip, power, None, self.high)


@dataclass(frozen=True, slots=True)
class Piecewise:
    r"""One fit below a threshold of :math:`\hat g`, another from there on."""

    threshold: float
    below: Fit
    above: Fit

    def __call__(self, g: Array) -> Array:
        """Evaluate both parts and choose entry by entry."""
        return split_at(self.threshold, g, self.below(g), self.above(g))
