r"""IR drop, the fast published approximation: a correction of each output, without solving wires.

It is the fit of the standard inference model :cite:p:`rasch2023hwa`, in the form that its published
software computes :cite:p:`aihwkit`. With scaled weights :math:`w_{ij}` (one is :math:`G_\max`),
scaled inputs :math:`x_j` (one is the read voltage), :math:`n` inputs and wire segments of
resistance :math:`r`,

.. math::

   a_i &= n\, r\, G_\max \sum_j |w_{ij}|\,|x_j|, \\
   c_i &= a_i\,(0.5 - 0.2\,a_i + 0.05\,a_i^2), \\
   y_i &\leftarrow y_i - s\, c_i \sum_j w_{ij}\, x_j\, p_j, \qquad p_j = 1 - (1 - j/n)^2 .

Input :math:`j = 0` lies at the sensed end of the bit line. The model knows bit lines only: word
lines have no resistance in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aimc.backend import Array, like, namespace
from aimc.validation import check_integer, check_number

__all__ = ["IRDrop"]

# Coefficients of a, a^2 and a^3 in c(a), as published with the software.
FIT = (0.5, -0.2, 0.05)


@dataclass(frozen=True, slots=True)
class IRDrop:
    """Approximate IR drop of the bit lines; see the equations at the top of this module.

    The defaults are those of the published model :cite:p:`rasch2023hwa,aihwkit`: their ratio of
    wire to device conductance is 571,428.57.
    """

    strength: float = 1.0
    """Factor s on the correction, 1; 0 switches it off."""
    r_segment: float = 0.35
    """Resistance r of the bit line between two crossings, ohm."""
    g_max: float = 5e-6
    """Conductance that stands for a scaled weight of one, S."""

    def __post_init__(self) -> None:
        check_number("strength", self.strength, low=0.0)
        check_number("r_segment", self.r_segment, low=0.0, unit="ohm")
        check_number("g_max", self.g_max, low=0.0, open_low=True, unit="S")

    def position_weight(self, n: int, reference: Array) -> Array:
        """Return p, shape (n,), in the library and dtype of ``reference``.

        It grows from 0 at the sensed end to almost 1 at the far end of a bit line of n devices.
        """
        check_integer("n", n, low=1)
        return like(1.0 - (1.0 - np.arange(n) / n) ** 2, reference)

    def share(self, absolute: Array, n: int) -> Array:
        r"""Return c, the share of the current that the far end loses, from :math:`|W||x|`.

        Parameters
        ----------
        absolute : array, shape (..., out)
            :math:`\sum_j |w_{ij}||x_j|`, scaled.
        n : int
            Number of inputs on the line.
        """
        first, second, third = FIT
        a = absolute * (n * self.r_segment * self.g_max)
        return a * (first + a * (second + a * third))

    def correct(self, current: Array, absolute: Array, weighted: Array, n: int) -> Array:
        r"""Return the outputs with IR drop, from three products that the caller has.

        For a forward path that keeps ``abs(W)`` and ``W * p`` per programmed state: no product is
        computed here, and under torch all of it is differentiable.

        Parameters
        ----------
        current : array, shape (..., out)
            Outputs of ideal wires, in any unit.
        absolute : array, shape (..., out)
            :math:`\sum_j |w_{ij}||x_j|`, scaled: without unit.
        weighted : array, shape (..., out)
            :math:`\sum_j w_{ij} x_j p_j`, in the unit of ``current``.
        n : int
            Number of inputs on the line (the whole line, used or not).
        """
        return current - self.strength * self.share(absolute, n) * weighted

    def apply(self, current: Array, weights: Array, x: Array, unit: float = 1.0) -> Array:
        r"""Return the outputs with IR drop: two more products, of ``abs(W)`` and of ``W`` with p.

        Parameters
        ----------
        current : array, shape (..., out)
            Outputs of ideal wires, ``unit * x @ weights.T``; noise on top of them may be there.
        weights : array, shape (out, in)
            Scaled weights, conductance over `g_max`; input 0 lies at the sensed end.
        x : array, shape (..., in)
            Scaled inputs, voltage over read voltage.
        unit : float
            What ``current`` counts for a full weight times a full input: 1 if it is scaled,
            ``g_max * v_read`` if it is in ampere.

        Returns
        -------
        array, shape (..., out)
            As ``current``.

        Raises
        ------
        ValueError
            If the number of inputs of ``weights`` and ``x`` differ.
        """
        xp, n = namespace(current, weights, x), int(weights.shape[-1])
        if int(x.shape[-1]) != n:
            raise ValueError(f"x must have {n} entries on its last axis, got {tuple(x.shape)}")
        if self.strength == 0:
            return current
        absolute = xp.abs(x) @ xp.abs(weights).T
        weighted = (x * (unit * self.position_weight(n, x))) @ weights.T
        return self.correct(current, absolute, weighted, n)
