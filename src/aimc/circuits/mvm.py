r"""The one forward path: an analog matrix-vector multiplication (MVM).

Everything that multiplies in this library, a core, a layer or a widget, passes through `mvm`:

.. math::

   \underbrace{x}_{\text{digital}} \to \frac{x}{x_\max} \to \text{DAC} \to V
   \to I_i = \sum_j G_{ij} V_j + \text{noise} \to \text{ADC}
   \to \text{scale, offset} \to \underbrace{y}_{\text{digital}}

Weights have shape ``(out, in)``. The inputs drive word lines (rows of the physical array), the
outputs are read from bit lines (its columns).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from aimc.backend import (
    Array,
    RandomSource,
    as_array,
    as_generator,
    like,
    namespace,
    normal,
    stop_gradient,
)
from aimc.circuits.converters import ADC, DAC, levels_per_sign
from aimc.validation import check_array, check_number, warn_caller

__all__ = ["Crossbar", "Periphery", "mvm"]

# Share of values beyond a converter's range above which a warning is due.
LOUD_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class Periphery:
    """The circuits around a crossbar, each of which can be switched to ideal."""

    dac: DAC = field(default_factory=lambda: DAC(bits=None))
    """Input converter."""
    adc: ADC = field(default_factory=lambda: ADC(bits=None))
    """Output converter."""
    input_range: float | None = 1.0
    """Magnitude of x that is sent as a full-scale input; ``None`` scales each vector to its own."""
    read_noise: bool = True
    """Whether each read of the devices is noisy."""
    output_noise: float = 0.0
    """Standard deviation of further noise at the input of the ADC, A."""

    def __post_init__(self) -> None:
        if not isinstance(self.dac, DAC):
            raise TypeError(f"dac must be a DAC, got {type(self.dac).__name__}")
        if not isinstance(self.adc, ADC):
            raise TypeError(f"adc must be an ADC, got {type(self.adc).__name__}")
        if self.input_range is not None:
            check_number("input_range", self.input_range, low=0.0, open_low=True)
        check_number("output_noise", self.output_noise, low=0.0, unit="A")


@dataclass(frozen=True, slots=True, eq=False)
class Crossbar:
    """What an array is at one moment, as its bit lines see it."""

    conductance: Array
    """Net signed conductance, S, shape (slices, out, in)."""
    read_variance: Array
    """Variance of one read of it, S^2, same shape."""
    significance: tuple[float, ...]
    """Digital weight of each slice."""
    g_full: float
    """Net conductance that stands for a scaled weight of one, S."""
    scale: Array | float
    """Digital factor per output, shape (out,), or one for all, the weight of a full-scale cell."""

    def weights(self) -> Array:
        """Return the effective weight matrix, shape (out, in), in the unit of the weights."""
        scaled = sum(s * self.conductance[k, ...] for k, s in enumerate(self.significance))
        return like(self.scale, self.conductance)[..., None] * scaled / self.g_full


def mvm(x: Array, crossbar: Crossbar, periphery: Periphery, rng: RandomSource = 0) -> Array:
    r"""Multiply the crossbar's matrix with input vectors.

    Parameters
    ----------
    x : array, shape (..., in)
        Input vectors.
    crossbar : Crossbar
        Conductances at the time of the read.
    periphery : Periphery
        Converters, ranges and noise.
    rng : int, numpy.random.Generator or torch.Generator
        Source of the reading noise. Each input vector meets fresh noise: it is drawn on the
        outputs, with the variance :math:`\sum_j \sigma_{ij}^2 V_j^2` that noise on every device
        would have.

    Returns
    -------
    array, shape (..., out)
        Digital outputs, in the unit of weight times input.

    Warns
    -----
    RangeWarning
        If more than 1 % of the inputs or outputs leave the range of their converter.

    Raises
    ------
    ValueError
        If ``x`` does not have as many entries as the crossbar has inputs, or is not finite.
    """
    values = as_array("x", x)
    check_array("x", values, last=crossbar.conductance.shape[-1])
    generator = as_generator(rng)
    values = like(values, crossbar.conductance)
    x_max = _input_range(values, periphery.input_range)
    scaled = periphery.dac.convert(values / x_max)
    warn_outside = periphery.input_range is not None
    _warn_if(warn_outside, values, periphery.input_range, "inputs", "input_range", "")
    total = 0.0
    for k, significance in enumerate(crossbar.significance):
        analog = _Read(
            crossbar.conductance[k, ...], crossbar.read_variance[k, ...], periphery, generator
        )
        total = total + significance * analog(scaled)
    volts_to_weight = 1.0 / (periphery.dac.v_read * crossbar.g_full)
    return total * (like(crossbar.scale, total) * volts_to_weight) * x_max


def _input_range(values: Array, input_range: float | None) -> Array | float:
    if input_range is not None:
        return input_range
    xp = namespace(values)
    peak = xp.max(xp.abs(stop_gradient(values)), axis=-1, keepdims=True)
    return xp.where(peak > 0, peak, xp.ones_like(peak))


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """One bit-line read of one slice: scaled inputs to currents as the digital side sees them."""

    conductance: Array
    variance: Array
    periphery: Periphery
    rng: RandomSource

    def __call__(self, scaled: Array) -> Array:
        dac = self.periphery.dac
        if dac.encoding != "bit_serial" or dac.bits is None:
            return self._current(scaled)
        # One read and one conversion per bit of the magnitude; the digital side shifts and adds.
        xp, top = namespace(scaled), levels_per_sign(dac.bits)
        codes = stop_gradient(xp.round(scaled * top))
        total = 0.0
        for bit in range(dac.bits - 1):
            plane = xp.sign(codes) * (xp.floor(xp.abs(codes) / 2**bit) % 2)
            total = total + (2**bit / top) * self._current(plane)
        straight = (scaled * dac.v_read) @ self.conductance.T
        return straight + stop_gradient(total - straight)

    def _current(self, scaled: Array) -> Array:
        volts = scaled * self.periphery.dac.v_read
        current = volts @ self.conductance.T
        xp, shape = namespace(current), tuple(current.shape)
        if self.periphery.read_noise:
            spread = xp.sqrt(stop_gradient(volts**2 @ self.variance.T))
            current = current + spread * normal(self.rng, shape, current)
        if self.periphery.output_noise > 0:
            current = current + self.periphery.output_noise * normal(self.rng, shape, current)
        _warn_if(True, current, self.periphery.adc.i_max, "bit-line currents", "adc.i_max", " A")
        return self.periphery.adc.convert(current)


def _warn_if(
    active: bool, values: Array, limit: float | None, what: str, name: str, unit: str
) -> None:
    if not active or limit is None or math.isinf(limit):
        return
    xp = namespace(values)
    beyond = xp.abs(stop_gradient(values)) > limit * (1 + 1e-6)
    share = float(xp.sum(xp.astype(beyond, values.dtype))) / math.prod(values.shape)
    if share > LOUD_SHARE:
        warn_caller(
            f"{share:.1%} of the {what} lie beyond {name}={limit:g}{unit} and were clipped; "
            "calibrate the range to the data or scale the data"
        )
