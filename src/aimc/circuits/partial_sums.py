r"""Partial sums along a chain of cores, as their local digital units add them.

A matrix with more inputs than a core has rows is on several cores. The unit of core :math:`c`
scales what its own crossbar found, :math:`p_c`, adds what the core before it sent, and sends the
sum on :cite:p:`legallo2023hermes`. What is sent has 8 bits (A023):

.. math::

   z_c = Q\bigl(a \odot p_c + z_{c-1} + b_c\bigr), \qquad z_0 = 0,

where :math:`Q` rounds to the levels of a full scale, and only the last core adds the offset. The
half precision in which a unit computes is some sixteen times finer than these levels; that rounding
is left to `aimc.circuits.LDPU`. Which cores form a chain is known to `aimc.cores.PartialSums`.
"""

from __future__ import annotations

from aimc.backend import Array, like, peak
from aimc.circuits.converters import SLACK, quantise, warn_if_many

__all__ = ["OUTPUT_BITS", "passed_on"]

OUTPUT_BITS = 8
"""Resolution of the numbers that a core's digital unit sends (A023)."""
# Share of clipped sums above which a warning is due. Errors of the devices and their drift carry
# some 1 % of the sums of a layer beyond a range that fits the exact ones.
LOUD_SHARE = 0.05
NUMBER = (float, int)


def passed_on(
    product: Array,
    sent: Array | None = None,
    *,
    scale: Array | float = 1.0,
    offset: Array | float = 0.0,
    bits: int | None = None,
    full_scale: float = 1.0,
) -> Array:
    """Return what one core of a chain sends.

    Parameters
    ----------
    product : array, shape (..., out)
        What its crossbar found.
    sent : array of shape (..., out), optional
        What the core before it sent.
    scale : array of shape (out,), or float
        Factor on the product.
    offset : array of shape (out,), or float
        Added before it rounds; by the last core of a chain only.
    bits : int or None
        Resolution of what is sent; ``None`` is floating point.
    full_scale : float
        Magnitude of the largest number that can be sent, in the unit of the scaled product.

    Returns
    -------
    array, shape (..., out)
        Under torch, gradients pass the rounding as if it were not there, except where it clips.

    Warns
    -----
    RangeWarning
        If more than 5 % of the sums that a core is to send are larger than ``full_scale``.
    """
    z = product if _is(1, scale) else _constant(scale, product) * product
    if sent is not None:
        z = z + sent
    if not _is(0, offset):
        z = z + _constant(offset, z)
    if bits is None:
        return z
    if peak(z) > full_scale * SLACK:
        warn_if_many(
            z,
            full_scale * SLACK,
            "sums that a core sends",
            "its output range of {:g}",
            full_scale,
            LOUD_SHARE,
        )
    return quantise(z, bits, full_scale)


def _constant(value: Array | float, reference: Array) -> Array | float:
    return value if isinstance(value, NUMBER) else like(value, reference)


def _is(number: int, value: Array | float) -> bool:
    return isinstance(value, NUMBER) and value == number
