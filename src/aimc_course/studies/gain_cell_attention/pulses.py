r"""Pulses in place of converters: widths for queries, charges that become widths, and counts.

All widths are shares of the longest pulse, 15 ns in :cite:t:`leroux2025gaincell`.
"""

from __future__ import annotations

import numpy as np

from aimc.validation import check_array, check_bits, check_number

__all__ = ["count", "hard_sigmoid", "pulse_widths"]


def pulse_widths(values: np.ndarray, bits: int | None = 4) -> np.ndarray:
    """Return the widths of pulses for values between 0 and 1, in ``2**bits`` levels.

    A pulse has a length and no sign: values below 0 give no pulse, values above 1 the longest.

    Parameters
    ----------
    values : array
        What is to be sent.
    bits : int or None
        Resolution; ``None`` for pulses of any width.

    Raises
    ------
    TypeError, ValueError
        If a value is not finite, or bits are not allowed.

    Examples
    --------
    >>> import numpy as np
    >>> np.round(15 * pulse_widths(np.array([-0.3, 0.5, 2.0])))  # ns
    array([ 0.,  8., 15.])
    """
    check_array("values", values)
    clipped = np.clip(values, 0.0, 1.0)
    bits = check_bits("bits", bits, low=1, high=16)
    if bits is None:
        return np.asarray(clipped)
    steps = (1 << bits) - 1
    return np.floor(clipped * steps + 0.5) / steps


def hard_sigmoid(charge: np.ndarray, saturation: float) -> np.ndarray:
    """Return the width of the pulse that a charge becomes: none below zero, at most the longest.

    Parameters
    ----------
    charge : array
        What a bit line has collected.
    saturation : float
        Charge of the longest pulse, in the unit of `charge`.

    Raises
    ------
    ValueError
        If the saturation is not positive.

    Examples
    --------
    >>> import numpy as np
    >>> hard_sigmoid(np.array([-3.0, 1.0, 9.0]), 4.0)
    array([0.  , 0.25, 1.  ])
    """
    check_number("saturation", saturation, low=0.0, open_low=True)
    return np.clip(np.asarray(charge) / saturation, 0.0, 1.0)


def count(charge: np.ndarray, saturation: float, bits: int | None = 5) -> np.ndarray:
    """Return a charge as a counter reads it: a sign, and ``2**(bits - 1)`` widths.

    Parameters
    ----------
    charge : array
        What a bit line has collected, of either sign.
    saturation : float
        Magnitude of the longest pulse, in the unit of `charge`; what is beyond is clipped.
    bits : int or None
        Resolution with the sign; ``None`` for a counter without steps.

    Raises
    ------
    TypeError, ValueError
        If the saturation is not positive, or bits are not allowed.

    Examples
    --------
    >>> import numpy as np
    >>> np.round(count(np.array([-0.02, 0.5, 3.0]), 1.0), 3)
    array([-0.   ,  0.533,  1.   ])
    """
    size = hard_sigmoid(np.abs(charge), saturation)
    bits = check_bits("bits", bits, high=16)
    if bits is not None:
        steps = (1 << (bits - 1)) - 1
        size = np.floor(size * steps + 0.5) / steps
    return np.asarray(saturation * np.sign(charge) * size)
