r"""Digital-to-analog and analog-to-digital converters at the edges of the crossbar.

Both are *symmetric mid-tread* quantisers: zero is a level, and there are as many levels above it as
below. With :math:`B` bits that makes :math:`2^{B-1}-1` levels per sign.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Protocol, runtime_checkable

from aimc.backend import (
    Array,
    RandomSource,
    as_array,
    constant,
    namespace,
    round_straight_through,
    rounded_between,
    share_beyond,
    stop_gradient,
)
from aimc.validation import RangeWarning, check_bits, check_choice, check_number, warn_caller

__all__ = [
    "ADC",
    "DAC",
    "SLACK",
    "OutputConverter",
    "beyond",
    "levels_per_sign",
    "quantise",
    "warn_if_many",
]

# Share of values beyond a range above which a warning is due.
LOUD_SHARE = 0.01
SLACK = 1 + 1e-6
"""What may be lost to rounding before a value counts as beyond a range."""


@lru_cache(typed=True)  # or True would pass for 1
def levels_per_sign(bits: int) -> int:
    """Return the number of non-zero levels of one sign of a signed ``bits``-bit quantiser."""
    checked = check_bits("bits", bits)
    if checked is None:
        raise ValueError("bits=None is not allowed: an ideal converter has no levels to count")
    return 2 ** (checked - 1) - 1


def quantise(x: Array, bits: int | None, full_scale: float = 1.0) -> Array:
    r"""Clip to ``[-full_scale, full_scale]`` and round to the nearest of the signed levels.

    .. math:: Q(x) = \Delta\,\mathrm{round}(\mathrm{clip}(x, -r, r)/\Delta),\qquad
              \Delta = \frac{r}{2^{B-1}-1}

    Parameters
    ----------
    x : array
        Values, any shape, in the unit of ``full_scale``.
    bits : int or None
        Resolution; ``None`` returns ``x`` unchanged.
    full_scale : float
        Largest value that is represented, r.

    Returns
    -------
    array
        Quantised values. Under torch the gradient is one inside the range and zero outside.
    """
    values = as_array("x", x)
    if check_bits("bits", bits) is None:
        return values
    check_number("full_scale", full_scale, low=0.0, open_low=True)
    assert bits is not None
    step = full_scale / levels_per_sign(bits)
    clipped = namespace(values).clip(values, -full_scale, full_scale)
    return step * round_straight_through(clipped / step)


def beyond(values: Array, limit: float) -> Array:
    """Return which magnitudes are larger than ``limit``."""
    return namespace(values).abs(stop_gradient(values)) > limit


def warn_if_many(
    values: Array | float,
    limit: float,
    what: str,
    named: str,
    full: float,
    most: float = LOUD_SHARE,
) -> None:
    """Warn if many of some values are clipped.

    Parameters
    ----------
    values : array, or float
        What is clipped, any shape; or the share of it that is.
    limit : float
        Magnitude from which on it is.
    what : str
        The values, in words.
    named : str
        The limit in words, with a place for its size.
    full : float
        Its size.
    most : float
        Share of the values that may be clipped without a warning.
    """
    share = values if isinstance(values, float) else share_beyond(values, limit)
    if share > most:
        message = (
            f"{share:.1%} of the {what} lie beyond {named.format(full)} and were clipped; "
            "calibrate the range to the data or scale the data"
        )
        warn_caller(RangeWarning(message, share=share, what=what))


@dataclass(frozen=True, slots=True)
class DAC:
    """Input converter: turns a scaled input into what drives a word line.

    Parameters
    ----------
    bits : int or None
        Signed resolution; ``None`` is ideal.
    encoding : {"pwm", "bit_serial", "amplitude"}
        Whether the number sits in the length of one pulse, in a train of single-bit pulses that
        the digital side weighs, or in the height of one pulse. Each pulse is a read, with noise of
        its own: in the weighed sum of a train it averages out in part.
    v_read : float
        Read voltage of a full-scale input, V.
    t_slot : float
        Shortest time step of the input, s.
    """

    bits: int | None = 8
    encoding: str = "pwm"
    v_read: float = 0.2
    t_slot: float = 1e-9
    clips: ClassVar[bool] = True  # beyond its full scale

    def __post_init__(self) -> None:
        check_bits("bits", self.bits)
        check_choice("encoding", self.encoding, ("pwm", "bit_serial", "amplitude"))
        check_number("v_read", self.v_read, low=0.0, open_low=True, high=10.0, unit="V")
        check_number("t_slot", self.t_slot, low=0.0, open_low=True, unit="s")
        if self.encoding == "bit_serial" and self.bits is None:
            raise ValueError("bits=None is not allowed with encoding='bit_serial': it sends bits")

    @property
    def levels(self) -> int:
        """Number of non-zero levels of one sign; one for an ideal converter, whose code is x."""
        # a NumPy integer of 32 bits, as in a browser, cannot hold 2**31
        return 1 if self.bits is None else 2 ** (int(self.bits) - 1) - 1

    def codes(self, values: Array, x_max: Array | float, inside: bool = False) -> Array:
        """Return the codes sent for ``values``: integers of at most `levels`, or x when ideal.

        Parameters
        ----------
        values : array
            Inputs, any shape.
        x_max : float or array
            Input that is sent as a full scale; positive.
        inside : bool
            Whether it is known that no input is larger.
        """
        values, levels = as_array("values", values), self.levels
        if isinstance(x_max, float | int) and not (type(x_max) is float and 0 < x_max < math.inf):
            check_number("x_max", x_max, low=0.0, open_low=True)
        if isinstance(x_max, float | int):
            if self.bits is None:
                return namespace(values).clip(values * (levels / x_max), -1.0, 1.0)
            return rounded_between(values, levels, levels / x_max, inside)
        relative = values / x_max  # in this order, or a reciprocal may overflow
        if self.bits is None:
            return namespace(values).clip(relative, -1.0, 1.0)
        return rounded_between(relative * levels, levels, inside=inside)

    def factor(self, x_max: float, reference: Array) -> Array | float | None:
        """Return codes per input for arrays like ``reference``; ``None`` if nothing is rounded."""
        return None if self.bits is None else constant(self.levels / x_max, reference)

    def codes_by(self, values: Array, factor: Array | float, inside: bool) -> Array:
        """Return `codes` of inputs for the ``x_max`` of a `factor`; ``inside`` is as there."""
        return rounded_between(values, self.levels, factor, inside)

    @property
    def slots(self) -> int:
        """Time slots of one input vector, one sign at a time not counted twice."""
        if self.encoding == "amplitude" or self.bits is None:
            return 1
        bits = int(self.bits)  # a NumPy integer of 32 bits, as in a browser, cannot hold 2**31
        return bits - 1 if self.encoding == "bit_serial" else 2 ** (bits - 1)

    @property
    def duration(self) -> float:
        """Time that the input of one MVM takes, s."""
        return self.slots * self.t_slot

    def convert(self, x_scaled: Array) -> Array:
        """Return the quantised scaled input for ``x_scaled`` in [-1, 1]; values beyond are clipped.

        An ideal converter (``bits=None``) clips as well: the full scale belongs to the driver.
        """
        values = as_array("x_scaled", x_scaled)
        if self.bits is None:
            return namespace(values).clip(values, -1.0, 1.0)
        return quantise(values, self.bits)


@runtime_checkable
class OutputConverter(Protocol):
    """What the forward path asks of a converter at the end of a bit line."""

    @property
    def i_max(self) -> float:
        """Current at full scale, A; infinite if nothing saturates."""
        ...

    def convert(self, current: Array, rng: RandomSource = 0) -> Array:
        """Return the current (A) as the digital side reads it, shape (..., out).

        ``rng`` serves converters that are not deterministic.
        """
        ...


@dataclass(frozen=True, slots=True)
class ADC:
    """Output converter: turns a bit-line current into a digital number.

    Parameters
    ----------
    bits : int or None
        Resolution; ``None`` is ideal, apart from saturation at ``i_max``.
    i_max : float
        Current at full scale, A. Larger currents saturate.
    dual : bool
        ``False``: the bits include the sign. ``True``: positive and negative currents have an
        unsigned counter of ``bits`` bits each, as on the HERMES project chip.
    """

    bits: int | None = 8
    i_max: float = math.inf
    dual: bool = False

    def __post_init__(self) -> None:
        check_bits("bits", self.bits)
        check_number("i_max", self.i_max, low=0.0, open_low=True, unit="A", infinite=True)
        if self.bits is not None and math.isinf(self.i_max):
            raise ValueError(
                f"i_max=inf is not allowed with bits={self.bits}: a converter of finite resolution "
                "needs a full scale in amperes"
            )

    @property
    def signed_bits(self) -> int | None:
        """Resolution counting the sign as one bit."""
        return None if self.bits is None else self.bits + (1 if self.dual else 0)

    @property
    def step(self) -> float:
        """Current of one count, A; zero for an ideal converter."""
        bits = self.signed_bits
        return 0.0 if bits is None else self.i_max / (2 ** (int(bits) - 1) - 1)

    def convert(self, current: Array, rng: RandomSource = 0) -> Array:
        """Return the current (A) as the digital side reads it: clipped and rounded to counts.

        Nothing here is random: ``rng`` is not used.
        """
        values = as_array("current", current)
        if math.isinf(self.i_max):
            return values
        if self.signed_bits is None:
            return namespace(values).clip(values, -self.i_max, self.i_max)
        return quantise(values, self.signed_bits, self.i_max)
