r"""From weights to target conductances and back: the unit cell.

A conductance cannot be negative, a weight can. Every cell here therefore holds devices in two
polarities whose currents are subtracted. What differs is how one weight is spread over several
devices of a polarity: in equal parts, so that their errors average out, or as digits of a number,
so that they count with different significance.

All cells work on *scaled weights* :math:`\hat w = w / w_\max \in [-1, 1]` and on arrays of shape
``(slices, devices, 2, out, in)``: digital slices, devices that share a bit line, polarity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from aimc.backend import (
    Array,
    as_array,
    namespace,
    round_straight_through,
    scaled,
    stop_gradient,
    tracks_gradient,
)
from aimc.backend.blockwise import overwritten
from aimc.validation import check_array, check_integer

__all__ = ["BitSliced", "DifferentialPair", "UnitCell", "effective_weights", "net_conductance"]


@runtime_checkable
class UnitCell(Protocol):
    """How a scaled weight is spread over devices."""

    @property
    def devices_per_weight(self) -> int:
        """Number of devices in one cell."""
        ...

    @property
    def significance(self) -> tuple[float, ...]:
        """Digital weight of each slice; they sum to one where all slices are full."""
        ...

    @property
    def devices_per_line(self) -> int:
        """Devices of one polarity whose currents add on a bit line."""
        ...

    def split(self, w_scaled: Array, g_max: float) -> Array:
        """Return target conductances (S)."""
        ...


def effective_weights(cell: UnitCell, conductance: Array, g_max: float) -> Array:
    """Return the scaled weights that conductances stand for.

    Parameters
    ----------
    cell : UnitCell
        Cell that made the targets.
    conductance : array, shape (slices, devices, 2, out, in)
        Conductances, S.
    g_max : float
        Conductance of a fully SET device, S.

    Returns
    -------
    array, shape (out, in)
        Scaled weights, dimensionless.
    """
    net = net_conductance(conductance)
    full = cell.devices_per_line * g_max
    return sum(s * net[k, ...] for k, s in enumerate(cell.significance)) / full


def net_conductance(conductance: Array) -> Array:
    """Return what each bit line sees: the signed sum over devices and polarities.

    Parameters
    ----------
    conductance : array, shape (slices, devices, 2, out, in)
        Conductances, S.

    Returns
    -------
    array, shape (slices, out, in)
        Net conductances, S.
    """
    pairs = conductance[:, :, 0, ...] - conductance[:, :, 1, ...]
    return pairs[:, 0, ...] if pairs.shape[1] == 1 else namespace(pairs).sum(pairs, axis=1)


def total_conductance(conductance: Array) -> Array:
    """Return the sum over devices and both polarities, S, shape (slices, out, in)."""
    return namespace(conductance).sum(conductance, axis=(1, 2))


def _polarities(w_scaled: Array, g_max: float) -> Array:
    """Targets of a pair, shape (2, out, in): the side that is not used stays RESET."""
    xp = namespace(w_scaled)
    if not tracks_gradient(w_scaled):
        pair = xp.stack([w_scaled, -w_scaled])
        return scaled(overwritten(xp.clip, pair, 0.0), g_max)
    zero = xp.zeros_like(w_scaled)
    # A weight of exactly zero belongs to one side only, or its gradient would count twice.
    positive = xp.where(w_scaled >= 0, w_scaled, zero)
    negative = xp.where(w_scaled < 0, -w_scaled, zero)
    return g_max * xp.stack([positive, negative])


@dataclass(frozen=True, slots=True)
class DifferentialPair:
    r"""One weight on a pair of polarities, with ``devices`` equal devices in each.

    .. math:: \hat w = \frac{1}{K g_\max}\sum_{k=1}^{K} (G^+_k - G^-_k)

    With independent errors the spread of the weight falls as :math:`K^{-1/2}`.

    Parameters
    ----------
    devices : int
        Devices per polarity, K.
    """

    devices: int = 1

    def __post_init__(self) -> None:
        check_integer("devices", self.devices, low=1, high=64)

    @property
    def devices_per_weight(self) -> int:
        """Number of devices in one cell, both polarities."""
        return 2 * self.devices

    @property
    def devices_per_line(self) -> int:
        """Devices of one polarity on a bit line."""
        return self.devices

    @property
    def significance(self) -> tuple[float, ...]:
        """One slice, of full significance."""
        return (1.0,)

    def split(self, w_scaled: Array, g_max: float) -> Array:
        """Return targets (S) of shape (1, devices, 2, out, in) for weights of shape (out, in)."""
        weights = _check_scaled(w_scaled)
        pair = _polarities(weights, g_max)
        copies = pair[None] if self.devices == 1 else namespace(pair).stack([pair] * self.devices)
        return copies[None]


@dataclass(frozen=True, slots=True)
class BitSliced:
    r"""One weight as a signed integer, its digits on ``slices`` pairs of devices.

    The magnitude :math:`|\hat w|` is rounded to an integer of ``slices * slice_bits`` bits; slice
    :math:`k` holds the digit :math:`d_k` of base :math:`b = 2^{\text{slice\_bits}}` as the
    conductance :math:`d_k g_\max/(b - 1)` and counts with :math:`b^k` in the digital sum.

    Parameters
    ----------
    slice_bits : int
        Bits held by one device.
    slices : int
        Number of slices, least significant first.
    """

    slice_bits: int = 2
    slices: int = 4

    def __post_init__(self) -> None:
        check_integer("slice_bits", self.slice_bits, low=1, high=8)
        check_integer("slices", self.slices, low=1, high=16)
        check_integer("slice_bits * slices", self.slice_bits * self.slices, low=1, high=24)

    @property
    def devices_per_weight(self) -> int:
        """Number of devices in one cell, both polarities of every slice."""
        return 2 * self.slices

    @property
    def devices_per_line(self) -> int:
        """Each slice has its own bit line with one device per polarity."""
        return 1

    @property
    def significance(self) -> tuple[float, ...]:
        """Digital weights of the slices, least significant first; they sum to one."""
        base = 2**self.slice_bits
        return tuple((base - 1) * base**k / (base**self.slices - 1) for k in range(self.slices))

    def split(self, w_scaled: Array, g_max: float) -> Array:
        """Return targets (S) of shape (slices, 1, 2, out, in) for weights of shape (out, in).

        Under torch the gradient passes the rounding straight through: each slice gets the slope
        of the weight that it would have if its digit were continuous.
        """
        weights = _check_scaled(w_scaled)
        xp = namespace(weights)
        base, top = 2**self.slice_bits, 2 ** (self.slice_bits * self.slices) - 1
        code = round_straight_through(weights * top)
        magnitude, sign = xp.abs(stop_gradient(code)), xp.sign(stop_gradient(code))
        targets = []
        for k in range(self.slices):
            digit = sign * (xp.floor(magnitude / base**k) % base) / (base - 1)
            # equal to `digit`, with the slope of the whole weight attached
            targets.append(_polarities(digit + (weights - stop_gradient(weights)), g_max))
        return xp.stack(targets)[:, None, ...]


def _check_scaled(w_scaled: Array) -> Array:
    weights = as_array("w_scaled", w_scaled)
    check_array("w_scaled", weights, ndim=2, low=-1 - 1e-6, high=1 + 1e-6)
    return namespace(weights).clip(weights, -1.0, 1.0)
