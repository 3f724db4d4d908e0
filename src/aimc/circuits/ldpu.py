r"""Local digital processing unit (LDPU): from the counts of a core to 8-bit outputs.

One output at a time passes through arithmetic in half precision (FP16)
:cite:p:`legallo2023hermes,khaddam2022hermes`. With the counts :math:`N^+, N^-` of one converter,
a received 8-bit value :math:`r` and the operation :math:`\mathrm{fma}(a, b, c) = ab + c`, which
rounds once,

.. math::

   s &= \mathrm{fma}(N^+, a^+, c^+) - \mathrm{fma}(N^-, a^-, c^-)
        \qquad\text{remove gain and offset,} \\
   z &= \mathrm{fma}(s, \gamma, \beta) \qquad\text{affine scale, e.g. batch normalisation,} \\
   z &\leftarrow \mathrm{fma}(r, \rho, z) \qquad\text{add what another core sent,} \\
   y &= \mathrm{clip}(\mathrm{round}(z), -128, 127),

with an optional ReLU before the addition, after it, or both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from aimc.backend import Array, as_array, at_least_single, like, namespace, to_numpy
from aimc.circuits.cco import CCOADC
from aimc.published import fact
from aimc.units import MEGA
from aimc.validation import check_array, check_choice, check_integer, check_number

__all__ = ["LDPU", "Processed", "fold_batch_norm", "to_half"]

INT8 = (-128, 127)
RELU = ("none", "before", "after", "both")


def to_half(values: Array) -> Array:
    """Return values rounded to half precision, in their own dtype; beyond 65504 they are infinite.

    Half precision keeps 11 significant bits: whole numbers are exact up to 2048, above it the even
    ones only up to 4096.
    """
    xp = namespace(values)
    with np.errstate(over="ignore"):
        return xp.astype(xp.astype(values, xp.float16), values.dtype)


def fold_batch_norm(
    gamma: Array, beta: Array, mean: Array, variance: Array, eps: float = 1e-5
) -> tuple[Array, Array]:
    r"""Return scale and shift that do the work of a batch normalisation.

    .. math::

       \gamma\,\frac{y - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta
       = \underbrace{\frac{\gamma}{\sqrt{\sigma^2 + \epsilon}}}_{\text{scale}}\,y
       + \underbrace{\beta - \text{scale}\cdot\mu}_{\text{shift}}

    Parameters
    ----------
    gamma, beta, mean, variance : array, shape (out,)
        Learned scale and shift, running mean and variance of the layer.
    eps : float
        Constant that keeps the root away from zero.

    Raises
    ------
    ValueError
        If a variance is negative, or shapes differ.
    TypeError
        If NumPy arrays and torch tensors are mixed.
    """
    check_number("eps", eps, low=0.0)
    names = ("gamma", "beta", "mean", "variance")
    g, b, m, v = (as_array(n, x) for n, x in zip(names, (gamma, beta, mean, variance), strict=True))
    for name, x in zip(names, (g, b, m, v), strict=True):
        check_array(name, x, ndim=1, last=int(g.shape[0]))
    try:
        namespace(g, b, m, v)
    except TypeError as error:
        raise TypeError(f"{', '.join(names)}: {error}") from error
    check_array("variance", v, low=0.0)
    if eps == 0:
        check_array("variance", v, low=1e-300)
    scale = g / (v + eps) ** 0.5
    return scale, b - scale * m


@dataclass(frozen=True, slots=True, eq=False)
class Processed:
    """What the unit made of one batch of counts."""

    output: Array
    """8-bit outputs as whole numbers from -128 to 127, shape (..., out)."""
    value: Array
    """The half-precision numbers before the last rounding, same shape."""
    saturated: float
    """Share of the outputs that were clipped to the range of 8 bits."""
    overflowed: float
    """Share of the numbers that left the range of half precision on the way."""


@dataclass(frozen=True, slots=True, eq=False)
class LDPU:
    """Settings of one unit: arrays of shape (out,), or one number for all outputs."""

    gain: tuple[Array | float, Array | float] = (1.0, 1.0)
    """Factors of the positive and of the negative count."""
    offset: tuple[Array | float, Array | float] = (0.0, 0.0)
    """Added to a count after its factor, where the counter has counted at all."""
    scale: Array | float = 1.0
    """Affine scale."""
    shift: Array | float = 0.0
    """Affine shift."""
    receive_scale: float = 1.0
    """Factor of a received 8-bit value."""
    relu: str = "none"
    """``"before"`` the addition of the received value, ``"after"`` it, ``"both"`` or ``"none"``."""
    half: bool = True
    """Whether numbers are rounded to half precision; without, for comparison, they are not."""

    def __post_init__(self) -> None:
        check_choice("relu", self.relu, RELU)
        check_number("receive_scale", self.receive_scale)
        for name in ("gain", "offset"):
            pair = getattr(self, name)
            if not hasattr(pair, "__len__") or len(pair) != 2:
                raise ValueError(
                    f"{name} must hold two values, for the positive and the negative "
                    f"count, got {pair!r}"
                )
        for name, value in (
            *(("gain", part) for part in self.gain),
            *(("offset", part) for part in self.offset),
            ("scale", self.scale),
            ("shift", self.shift),
        ):
            check_array(name, np.atleast_1d(to_numpy(as_array(name, value))), ndim=1)

    @classmethod
    def for_converters(cls, adc: CCOADC, outputs: int | None = None, **settings: Any) -> LDPU:
        """Return a unit that turns the counts of each converter into those of the nominal one.

        Parameters
        ----------
        adc : CCOADC
            Converters with what their calibration found.
        outputs : int, optional
            How many of the converters are in use; all by default.
        **settings
            Further fields: ``scale``, ``shift``, ``receive_scale``, ``relu``, ``half``.

        Raises
        ------
        TypeError
            If ``adc`` is not a `CCOADC`.
        ValueError
            If there are fewer converters than ``outputs``.
        """
        if not isinstance(adc, CCOADC):
            raise TypeError(f"adc must be a CCOADC, got {adc!r}")
        most = adc.columns
        count = most if outputs is None else check_integer("outputs", outputs, low=1, high=most)
        used = slice(count)
        gain = adc.nominal_gain / adc.seen_gain[:, used]
        offset = -gain * adc.seen_offset[:, used] * adc.integration_time
        return cls(gain=(gain[0], gain[1]), offset=(offset[0], offset[1]), **settings)

    def with_affine(self, scale: Array | float, shift: Array | float) -> LDPU:
        """Return the same unit with another affine scale and shift."""
        return replace(self, scale=scale, shift=shift)

    def process(self, positive: Array, negative: Array, received: Array | None = None) -> Processed:
        """Return 8-bit outputs for the counts of one or more multiplications.

        Parameters
        ----------
        positive, negative : array, shape (..., out)
            Whole numbers from the two counters.
        received : array, shape (..., out), optional
            8-bit values from another core.

        Raises
        ------
        ValueError
            If a count is negative, a received value does not fit in 8 bits, or shapes differ.
        """
        up, down = as_array("positive", positive), as_array("negative", negative)
        check_array("positive", up, low=0.0)
        check_array("negative", down, low=0.0)
        if tuple(up.shape) != tuple(down.shape):
            raise ValueError(
                f"positive and negative must have one shape, got {tuple(up.shape)} and "
                f"{tuple(down.shape)}"
            )
        xp = namespace(up, down)
        sides = [self._equalised(count, k) for k, count in enumerate((up, down))]
        z = self._fma(self._round(sides[0] - sides[1]), self.scale, self.shift)
        z = self._rectified(z, "before")
        if received is not None:
            r = as_array("received", received)
            check_array("received", r, low=INT8[0], high=INT8[1])
            if tuple(r.shape) != tuple(up.shape):
                raise ValueError(
                    f"received must have the shape {tuple(up.shape)} of the counts, got "
                    f"{tuple(r.shape)}"
                )
            z = self._round(like(r, z) * self._constant(self.receive_scale, z) + z)
        z = self._rectified(z, "after")
        beyond = ~xp.isfinite(z)
        finite = xp.where(xp.isnan(z), xp.zeros_like(z), z)
        whole = xp.round(finite)
        clipped = (whole < INT8[0]) | (whole > INT8[1])
        return Processed(
            output=xp.clip(whole, float(INT8[0]), float(INT8[1])),
            value=z,
            saturated=_share(clipped),
            overflowed=_share(beyond),
        )

    @staticmethod
    def clock() -> float:
        """Return the highest clock frequency of the unit on the 64-core chip, Hz (A015)."""
        return MEGA * fact("A015").number

    @classmethod
    def duration(cls, outputs: int) -> float:
        """Return the time (s) that outputs take: one per clock cycle (A023), start-up aside."""
        return check_integer("outputs", outputs, low=0) / cls.clock()

    def _round(self, values: Array) -> Array:
        return to_half(values) if self.half else values

    def _constant(self, value: Array | float, reference: Array) -> Array:
        return self._round(like(value, reference))

    def _fma(self, values: Array, factor: Array | float, term: Array | float) -> Array:
        return self._round(values * self._constant(factor, values) + self._constant(term, values))

    def _equalised(self, count: Array, side: int) -> Array:
        xp, count = namespace(count), at_least_single(count)
        value = self._fma(self._round(count), self.gain[side], self.offset[side])
        return xp.where(count > 0, value, xp.zeros_like(value))

    def _rectified(self, values: Array, place: str) -> Array:
        if self.relu not in (place, "both"):
            return values
        xp = namespace(values)
        return xp.where(values > 0, values, xp.zeros_like(values))


def _share(mask: Array) -> float:
    return float(np.mean(to_numpy(mask)))
