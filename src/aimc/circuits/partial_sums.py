r"""Partial sums along a chain of cores, as their local digital units add them.

A matrix with more inputs than a core has rows is on several cores. The unit of core :math:`c`
scales what its own crossbar found, :math:`p_c`, adds what the core before it sent, and sends the
sum on :cite:p:`legallo2023hermes`. What is sent has 8 bits (A023):

.. math::

   z_c = Q\bigl(a \odot p_c + z_{c-1} + b_c\bigr), \qquad z_0 = 0,

where :math:`Q` rounds to the levels of a full scale, and only the last core adds the offset. The
half precision in which a unit computes is some sixteen times finer than these levels; that rounding
is left to `aimc.circuits.LDPU`. Which cores form a chain is the business of `aimc.cores.Sum`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aimc.backend import Array, like, peak
from aimc.circuits.converters import SLACK, quantise, warn_if_many

__all__ = ["OUTPUT_BITS", "along_chain"]

OUTPUT_BITS = 8
"""Resolution of the numbers that a core's digital unit sends (A023)."""
# Share of clipped sums above which a warning is due. Errors of the devices and their drift carry
# some 1 % of the sums of a layer beyond a range that fits the exact ones.
LOUD_SHARE = 0.05
NUMBER = (float, int)


def along_chain(
    partials: Iterable[Array],
    *,
    scale: Array | float = 1.0,
    offset: Array | float = 0.0,
    bits: int | None = None,
    full_scale: float = 1.0,
    sent: Array | None = None,
) -> Array:
    """Return what the last core of a chain sends.

    Parameters
    ----------
    partials : iterable of array, each of shape (..., out)
        Products of the cores, in the order of the chain. Each is asked for when the one before it
        has been added.
    scale : array of shape (out,), or float
        Factor on each product.
    offset : array of shape (out,), or float
        Added by the last core, before it rounds.
    bits : int or None
        Resolution of what is sent; ``None`` is floating point.
    full_scale : float
        Magnitude of the largest number that can be sent, in the unit of the scaled products.
    sent : array of shape (..., out), optional
        What arrives at the first of these cores, if the chain began before it.

    Returns
    -------
    array, shape (..., out)
        Under torch, gradients pass the rounding as if it were not there, except where it clips.

    Warns
    -----
    RangeWarning
        If more than 5 % of the sums that a core is to send are larger than ``full_scale``.

    Raises
    ------
    ValueError
        If there are no partial sums.
    """
    total: Any = sent
    waiting: Any = None  # the offset belongs to the last product, known to be that when none comes
    for part in partials:
        if waiting is not None:
            total = _send(waiting, bits, full_scale)
        z = part if _is(1, scale) else _constant(scale, part) * part
        waiting = z if total is None else z + total
    if waiting is None:
        raise ValueError("partials=[] is not allowed: a chain has at least one core")
    if not _is(0, offset):
        waiting = waiting + _constant(offset, waiting)
    return _send(waiting, bits, full_scale)


def _send(z: Array, bits: int | None, full_scale: float) -> Array:
    if bits is None:
        return z
    if peak(z) > full_scale * SLACK:
        warn_if_many(
            z,
            full_scale * SLACK,
            "sums that a core sends",
            f"its output range of {full_scale:g}",
            LOUD_SHARE,
        )
    return quantise(z, bits, full_scale)


def _constant(value: Array | float, reference: Array) -> Array | float:
    return value if isinstance(value, NUMBER) else like(value, reference)


def _is(number: int, value: Array | float) -> bool:
    return isinstance(value, NUMBER) and value == number
