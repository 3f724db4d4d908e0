r"""What a program-and-verify loop does near its target: how widely it scatters, how long it waits.

One device scatters from pulse to pulse, by :math:`\sigma_c`, even when the current stays the same.
A loop that goes on correcting answers each of these accidents with a change of current, so that
the next read holds two accidents, its own and the one that was chased. With the gain
:math:`\beta` and the slope :math:`s` of the device in units of the steepest one, the mean error
obeys :math:`\mu_{k+1} = \mu_k - \beta s(\mu_k + \xi_k)`, and once this has settled the reads
scatter by

.. math:: \sigma_e = \sigma_c\sqrt{\frac{2}{2 - \beta s}} .

A read is accepted when it lies within the margin :math:`m`, which for a normal distribution about
the target happens with the probability :math:`p = \operatorname{erf}(m/\sqrt2\sigma)`; the mean
number of pulses is :math:`1/p`.
"""

from __future__ import annotations

import math

from aimc.validation import check_number

__all__ = ["acceptance", "corrected_scatter"]


def corrected_scatter(scatter: float, gain: float, slope: float = 1.0) -> float:
    """Return how widely reads scatter about the target while a loop keeps correcting.

    Parameters
    ----------
    scatter : float
        Standard deviation of a device from pulse to pulse at a constant current, S.
    gain : float
        Gain of the correction; zero corrects nothing.
    slope : float
        Slope of the device's curve at the target, relative to the steepest one of the median.

    Returns
    -------
    float
        Standard deviation, S.

    Raises
    ------
    ValueError
        If gain times slope is two or more: such a loop does not settle.
    """
    check_number("scatter", scatter, low=0.0, unit="S")
    check_number("slope", slope, low=0.0, open_low=True)
    check_number("gain", gain, low=0.0)
    if gain * slope >= 2.0:
        raise ValueError(f"gain={gain:g} times slope={slope:g} must be below 2, or nothing settles")
    return scatter * math.sqrt(2.0 / (2.0 - gain * slope))


def acceptance(margin: float, scatter: float) -> float:
    """Return the probability that a read lies within the margin of the target.

    Parameters
    ----------
    margin : float
        Accepted difference between read and target, S.
    scatter : float
        Standard deviation of the reads about the target, S.
    """
    check_number("margin", margin, low=0.0, open_low=True, unit="S")
    check_number("scatter", scatter, low=0.0, open_low=True, unit="S")
    return math.erf(margin / (math.sqrt(2.0) * scatter))
