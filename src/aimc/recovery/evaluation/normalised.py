r"""The normalised accuracy :math:`\mathcal{A}_*`: one at floating point, zero at chance.

.. math::

   \mathcal{A}_* = 1 - \frac{\epsilon_\text{AIMC} - \epsilon_\text{FP}}
                            {\epsilon_\text{chance} - \epsilon_\text{FP}}

with the test errors :math:`\epsilon` of the chip, of floating point, and of guessing (eq. 3 of
:cite:t:`rasch2023hwa`, C051). A network is called iso-accurate there if :math:`\mathcal{A}_*`
exceeds 99 % after one hour. The formula does not change if all three are accuracies, or losses.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aimc.validation import check_array, check_number

__all__ = ["is_loss", "normalised_accuracy", "worsening"]


def normalised_accuracy(
    value: ArrayLike, floating_point: float, chance: float
) -> NDArray[np.float64]:
    """Return the normalised accuracy of values, dimensionless.

    Parameters
    ----------
    value : float or array
        Errors on the chip; or accuracies, or losses.
    floating_point : float
        The same quantity in floating point.
    chance : float
        The same quantity of guessing: 0.9 is the error among ten classes of equal size.

    Raises
    ------
    ValueError
        If floating point is no better than chance: nothing is there to keep.

    Examples
    --------
    The ResNet-32 of the paper, mapped directly, after an hour (C018, C019):

    >>> round(float(normalised_accuracy(13.14, floating_point=5.80, chance=90.0)), 3)
    0.913
    """
    best = check_number("floating_point", floating_point)
    worst = check_number("chance", chance)
    values = np.asarray(value, dtype=np.float64)
    check_array("value", values)
    if best == worst:
        raise ValueError(
            f"chance={chance!r} is what floating point reaches: no accuracy is there to be kept"
        )
    return 1.0 - (values - best) / (worst - best)


def worsening(measure: str, value: ArrayLike, reference: ArrayLike) -> NDArray[np.float64]:
    """Return how much worse a value of a measure is than a reference: losses grow, others fall."""
    difference = np.asarray(value, dtype=np.float64) - np.asarray(reference, dtype=np.float64)
    return difference if is_loss(measure) else -difference


def is_loss(measure: str) -> bool:
    """Tell whether less of a measure is better."""
    return measure.startswith("loss") or measure == "perplexity"
