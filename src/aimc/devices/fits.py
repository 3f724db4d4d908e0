r"""Shapes of the published fits, as functions of the relative conductance :math:`\hat g`.

Papers give device statistics as short formulas in :math:`\hat g = G / G_\max`: a polynomial, a
logarithm between two bounds, a power law with a ceiling, or two of these joined at a threshold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from aimc.backend import Array, namespace, scaled
from aimc.backend.blockwise import exponential, overwritten, split_at

__all__ = ["ClippedLog", "ClippedPower", "Fit", "Piecewise", "Polynomial", "both"]

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
    r""":math:`c_0, c_1, \dots`, the constant first, in the unit of the result."""

    def __call__(self, g: Array) -> Array:
        """Evaluate by Horner's rule."""
        *lower, highest = self.coefficients
        if not lower:
            return 0.0 * g + highest
        total = highest * g
        total += lower.pop()
        while lower:
            total *= g
            total += lower.pop()
        return total


@dataclass(frozen=True, slots=True)
class ClippedLog:
    r"""A logarithm between bounds, :math:`\min(\max(a \ln \hat g + b, l), h)`."""

    slope: float
    """:math:`a`."""
    offset: float
    """:math:`b`."""
    low: float
    """Lower bound :math:`l`."""
    high: float
    """Upper bound :math:`h`."""

    def __call__(self, g: Array) -> Array:
        """Evaluate; the natural logarithm is meant."""
        return self._bounded(scaled(_log(g), self.slope))

    def _bounded(self, line: Array) -> Array:
        line += self.offset
        return overwritten(namespace(line).clip, line, self.low, self.high)


@dataclass(frozen=True, slots=True)
class ClippedPower:
    r"""A power law under a ceiling, :math:`\min(a\,\hat g^{-p}, h)`."""

    factor: float
    """:math:`a`."""
    exponent: float
    """:math:`p`."""
    high: float
    """The ceiling :math:`h`."""

    def __call__(self, g: Array) -> Array:
        """Evaluate the power law under its ceiling."""
        # exp and log are several times as fast as a power
        power = scaled(exponential(_log(g), -self.exponent), self.factor)
        return overwritten(namespace(g).clip, power, None, self.high)


@dataclass(frozen=True, slots=True)
class Piecewise:
    r"""One fit below a threshold of :math:`\hat g`, another from there on."""

    threshold: float
    """Relative conductance from which the second holds."""
    below: Fit
    """The first."""
    above: Fit
    """The second."""

    def __call__(self, g: Array) -> Array:
        """Evaluate both parts and choose entry by entry."""
        return split_at(self.threshold, g, self.below(g), self.above(g))


def both(first: Fit, second: Fit, g: Array) -> tuple[Array, Array]:
    """Return two fits at the same conductances; a logarithm that both need is taken once."""
    if type(first) is ClippedLog and type(second) is ClippedLog:
        logarithm = _log(g)
        return (
            first._bounded(logarithm * first.slope),
            second._bounded(scaled(logarithm, second.slope)),
        )
    if type(first) is Piecewise and type(second) is Piecewise:
        below = both(first.below, second.below, g)
        above = both(first.above, second.above, g)
        return (
            split_at(first.threshold, g, below[0], above[0]),
            split_at(second.threshold, g, below[1], above[1]),
        )
    return first(g), second(g)


def _log(g: Array) -> Array:
    """Return the natural logarithm, a new array; of zero and less, that of a small number."""
    xp = namespace(g)
    return overwritten(xp.log, xp.clip(g, SMALLEST))
