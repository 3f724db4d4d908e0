r"""Outer products of two vectors of random pulses.

Every row of an array gets a train of ``length`` slots with pulses of probability :math:`p_i`, every
column one with :math:`q_j`, and a device makes a step where pulses of its row and its column
coincide. The expected number of steps is :math:`\mathrm{length}\cdot p_i q_j`: the whole outer
product at once, whatever its size :cite:p:`gokmen2016acceleration`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aimc.validation import check_array, check_choice, check_integer, check_number

__all__ = ["PulseTrains"]


@dataclass(frozen=True, slots=True)
class PulseTrains:
    r"""How an outer product becomes pulses.

    With the learning rate :math:`\eta` and the mean step :math:`\Delta w_0` of a device, both
    probabilities carry the factor :math:`\sqrt{\eta/(n\,\Delta w_0)}` for trains of :math:`n`
    slots. Probabilities end at one; what lies above is lost. Source:
    :cite:t:`gokmen2016acceleration`; the balance of the two vectors is the *update management* of
    the toolkit :cite:p:`legallo2023aihwkit`, the length that follows them that of
    :cite:t:`rasch2024fast`.
    """

    length: int = 31
    """Most slots of a train."""
    balance: bool = True
    """Whether the larger vector lends to the smaller one, so that both end at one together."""
    fit_length: bool = True
    """Whether a small update takes a shorter train."""

    def __post_init__(self) -> None:
        check_integer("length", self.length, low=1)
        check_choice("balance", self.balance, (False, True))
        check_choice("fit_length", self.fit_length, (False, True))

    def draw(
        self, d: np.ndarray, x: np.ndarray, rate: float, step: float, rng: np.random.Generator
    ) -> np.ndarray:
        """Return how many pulses each device gets, with their sign.

        Parameters
        ----------
        d : array of shape (out,)
            Vector on the outputs.
        x : array of shape (in,)
            Vector on the inputs.
        rate : float
            The expected change of the weights is ``rate * outer(d, x)``, as far as probabilities
            reach.
        step : float
            Mean step of a device, in units of weight.
        rng : numpy.random.Generator
            Source of the pulses.

        Returns
        -------
        array of shape (out, in)
            Whole numbers, positive for pulses up.

        Raises
        ------
        ValueError
            If a vector is not one-dimensional or holds NaN, or ``rate`` or ``step`` is not
            positive.
        """
        check_array("d", d, ndim=1)
        check_array("x", x, ndim=1)
        check_number("rate", rate, low=0.0, open_low=True)
        check_number("step", step, low=0.0, open_low=True)
        largest_d, largest_x = float(np.max(np.abs(d))), float(np.max(np.abs(x)))
        if largest_d == 0.0 or largest_x == 0.0:
            return np.zeros((d.size, x.size))
        slots = self.length
        if self.fit_length:
            needed = int(np.ceil(rate * largest_d * largest_x / step))
            slots = min(self.length, max(1, needed))
        gain = np.sqrt(rate / (slots * step))
        lend = np.sqrt(largest_x / largest_d) if self.balance else 1.0
        rows = rng.random((slots, d.size)) < gain * lend * np.abs(d)
        columns = rng.random((slots, x.size)) < gain / lend * np.abs(x)
        together = rows.T.astype(float) @ columns.astype(float)
        return np.sign(d)[:, None] * np.sign(x) * together
