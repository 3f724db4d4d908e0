r"""A gain cell: a capacitor that is written in nanoseconds, read without loss, and leaks.

A stored voltage between zero and the supply :math:`V_\text{DD}` stands for the signed weight
:math:`w = 2V/V_\text{DD} - 1`. Transistors turn it into a current of either sign while a pulse is
on their gate. What leaks away is the weight: after a time :math:`t` the cell holds
:math:`w\,e^{-t/\tau}`, as in the model of :cite:t:`leroux2025gaincell`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aimc.validation import check_array, check_integer, check_number

__all__ = ["GainCell"]


@dataclass(frozen=True, slots=True)
class GainCell:
    r"""What all cells of an array have in common.

    Levels, retention and supply are published :cite:p:`leroux2025gaincell`. The paper fits the
    current by a polynomial of third order whose coefficients it does not print; here the part that
    matters has one number, :math:`i = w\,(1 - b\,w^2)`, and cells differ by a factor each.

    Raises
    ------
    TypeError, ValueError
        If a number is outside its range.

    Examples
    --------
    >>> import numpy as np
    >>> cell = GainCell()
    >>> np.round(cell.write(np.array([-2.0, 0.0, 0.3])), 3)
    array([-1.   ,  0.143,  0.429])
    >>> round(float(cell.held(np.array(1.0), 5e-3)), 3)
    0.368
    """

    bits: int = 3
    """Resolution of the voltage that is written; no level is zero."""
    retention: float = 5e-3
    r"""Time constant :math:`\tau` of the leak, s; infinite for a cell that keeps its charge."""
    supply: float = 0.9
    """Largest voltage on the capacitor, V."""
    bend: float = 0.0
    """Share of the current that is missing at the largest weights, 0 to below 1."""
    spread: float = 0.0
    """Standard deviation of the factor by which currents of cells differ."""

    def __post_init__(self) -> None:
        check_integer("bits", self.bits, low=1, high=16)
        check_number("retention", self.retention, low=0.0, open_low=True, unit="s", infinite=True)
        check_number("supply", self.supply, low=0.0, open_low=True, unit="V")
        check_number("bend", self.bend, low=0.0, high=0.9)
        check_number("spread", self.spread, low=0.0, high=1.0)

    @property
    def levels(self) -> np.ndarray:
        """Weights that can be written, shape (2**bits,), from -1 to 1."""
        return np.linspace(-1.0, 1.0, 1 << self.bits)

    def write(self, weights: np.ndarray) -> np.ndarray:
        """Return the level next to each weight; what lies beyond -1 or 1 is clipped.

        Between two levels the upper one is taken.
        """
        check_array("weights", weights)
        steps = (1 << self.bits) - 1
        place = np.floor((np.clip(weights, -1.0, 1.0) + 1) / 2 * steps + 0.5)
        return np.asarray(2 * place / steps - 1)

    def held(self, written: np.ndarray, age: np.ndarray | float) -> np.ndarray:
        """Return what is left of written weights after an age, s."""
        return np.asarray(written * np.exp(-np.asarray(age) / self.retention))

    def voltage(self, weights: np.ndarray) -> np.ndarray:
        """Return the voltage on the capacitor, V, that stands for a weight."""
        return np.asarray((1 + np.asarray(weights)) * self.supply / 2)

    def current(self, weights: np.ndarray) -> np.ndarray:
        """Return the current during a pulse, 1 being that of a straight cell at weight 1."""
        weights = np.asarray(weights)
        return np.asarray(weights * (1 - self.bend * weights**2))
