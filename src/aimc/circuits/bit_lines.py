r"""One read of one slice of a crossbar: codes on the word lines in, digitised currents out.

What a read needs of the array is worked out once, as matrices of shape ``(in, out)`` that turn
codes straight into counts of the ADC. Rounding then acts on integers, and a read is one product,
one more for the noise of the devices and two more for IR drop, whatever else is switched on.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from aimc.backend import (
    Array,
    RandomSource,
    add_noise,
    constant,
    in_precision,
    like,
    namespace,
    normal,
    power_of_constants,
    product,
    rounded_between,
    scaled,
    stop_gradient,
    tracks_gradient,
    with_output_noise,
)
from aimc.backend.blockwise import overwritten
from aimc.circuits.converters import ADC, levels_per_sign
from aimc.circuits.periphery import COLUMN_DRAWS, Periphery
from aimc.circuits.read_currents import PHASES

__all__ = ["BitLines", "FourPhases", "bit_lines", "current_unit"]


def current_unit(periphery: Periphery) -> float:
    """Return the current in which reads are counted, A: a step of the ADC, or one ampere."""
    adc = periphery.adc
    # an heir of ADC, or another converter, may round in its own way: it gets amperes
    return (adc.step or 1.0) if type(adc) is ADC else 1.0


@dataclass(frozen=True, slots=True, eq=False)
class BitLines:
    """The bit lines of one slice, ready to be read; made by `bit_lines`.

    Currents are in units of `current_unit`, inputs in codes: integers up to the levels of the DAC,
    bits for bit-serial inputs, or numbers up to one for an ideal DAC.
    """

    periphery: Periphery
    """Circuits around the array."""
    per_code: Array
    """Current per code on each device, shape (in, out)."""
    uneven: Array | None
    """What a one-phase read adds per magnitude of the code, since devices are asymmetric."""
    absolute: Array | None
    """Magnitude of the scaled weight per code, for IR drop."""
    far: Array | None
    """Current per code, weighted by the place on the bit line, for IR drop."""
    variance: Array | None
    """Variance of the current of one read per squared code, shape (in, out), with one in place of
    what it does not depend on."""
    passed: Array | float
    """What the voltage offset leaves of the current, shape (out,)."""
    resistance: float
    """Series resistance, as the inverse of the current at which half the voltage is lost."""
    bend: Array | float
    """Soft saturation n / I_max, shape (out,); zero is none."""
    output_std: Array | float
    """Standard deviation of the noise of the output circuits, shape (out,); zero is none."""
    counts: int | None
    """Largest count of the ADC; ``None`` where it does not count, or converts in its own way."""
    noise_gradient: bool = False
    """Whether gradients follow the size of the noise of the devices."""
    per_output: Array | None = None
    """Factor on the products that makes currents of them, shape (out,); ``None`` is one."""
    slow: float = 0.0
    """Share of the variance that vectors along the first axis of the codes have in common."""
    output_power: Array | float = 0.0
    """Square of `output_std`, where the noise of the devices joins it."""

    def moved(self, room: Array) -> BitLines:
        """Return the same lines with the two largest arrays in a room of shape (2, in, out)."""
        if self.variance is None:
            return replace(self, per_code=_moved(self.per_code, room[0, ...]))
        return replace(
            self,
            per_code=_moved(self.per_code, room[0, ...]),
            variance=_moved(self.variance, room[1, ...]),
        )

    def with_slow(self, slow: float) -> BitLines:
        """Return the same lines with another share of the variance in common."""
        return replace(self, slow=slow)

    def read(
        self,
        codes: Array,
        rng: RandomSource,
        watch: Callable[[Array], bool],
        driven: Array | None = None,
    ) -> Array:
        """Return what the digital side gets for codes of shape (..., in): shape (..., out).

        Parameters
        ----------
        codes : array, or Patches if the periphery is `entry_by_entry`, shape (..., in)
            Codes of the DAC; left as they are.
        rng : numpy.random.Generator or torch.Generator
            Source of all noise.
        watch : callable
            Is shown the currents that reach the ADC, before each conversion, and tells whether they
            are known to be within its range.
        driven : array of bool, shape (..., in), optional
            Which inputs have a converter at work, and its noise; all if not given.
        """
        dac = self.periphery.dac
        if dac.encoding != "bit_serial" or dac.bits is None:
            return self._convert(self._current(codes, rng, driven), rng, watch)
        # One read and one conversion per bit of the magnitude; the digital side shifts and adds.
        xp, top = namespace(codes), levels_per_sign(dac.bits)
        sent = stop_gradient(codes)
        total = 0.0
        for bit in range(dac.bits - 1):
            plane = xp.sign(sent) * (xp.floor(xp.abs(sent) / 2**bit) % 2)
            counts = self._convert(self._current(plane, rng, driven), rng, watch)
            total = total + (2**bit / top) * counts
        if not (tracks_gradient(codes) or tracks_gradient(self.per_code)):
            return total
        straight = product(codes / top, self.per_code)
        if self.uneven is not None:
            straight = straight + product(xp.abs(codes) / top, self.uneven)
        return straight + stop_gradient(total - straight)

    def _current(self, codes: Array, rng: RandomSource, driven: Array | None) -> Array:
        """Return the current at the input of the ADC."""
        circuits = self.periphery
        if circuits.input_noise > 0:
            full = 1 if circuits.dac.encoding == "bit_serial" else circuits.dac.levels
            noise = normal(rng, tuple(codes.shape), codes)
            noise = noise if driven is None else driven * noise
            codes = codes + (circuits.input_noise * full) * noise
        current = product(codes, self.per_code)
        if self.per_output is not None:
            current = scaled(current, self.per_output)
        if self.uneven is not None:
            current = current + product(abs(codes), self.uneven)
        if circuits.ir_drop is not None and self.absolute is not None:
            load = product(abs(codes), self.absolute)
            far = product(codes, self.far)
            current = circuits.ir_drop.correct(current, load, far, int(codes.shape[-1]))
        if circuits.offset_spread > 0:
            current = current * self.passed
        if self.resistance > 0:
            current = current / (1 + self.resistance * namespace(current).abs(current))
        return self._disturb(current, codes, rng)

    def _disturb(self, current: Array, codes: Array, rng: RandomSource) -> Array:
        """Return the current with the noise of devices and output circuits, and bent between."""
        circuits = self.periphery
        bent, noisy_output = circuits.nonlinearity > 0, circuits.output_noise > 0
        if self.variance is not None:
            # with nothing in between, the two noises add as squares and take one draw
            if self.noise_gradient and tracks_gradient(current):
                joined = self.output_std if noisy_output and not bent else 0.0
                current = with_output_noise(current, codes, self.variance, joined, rng)
            else:
                power = power_of_constants(stop_gradient(codes), self.variance)
                if self.slow > 0.0:
                    std = namespace(power).sqrt(self.slow * power)
                    current = current + std * normal(rng, tuple(current.shape[1:]), current)
                    power = (1.0 - self.slow) * power
                if noisy_output and not bent:
                    if power.shape == current.shape:
                        power += self.output_power
                    else:
                        power = power + self.output_power
                std = overwritten(namespace(power).sqrt, power)
                current = add_noise(current, std, rng)
        if bent:
            current = current / (1 + namespace(current).abs(self.bend * current))
        if noisy_output and (bent or self.variance is None):
            current = add_noise(current, self.output_std, rng)
        return current

    def _convert(self, current: Array, rng: RandomSource, watch: Callable[[Array], bool]) -> Array:
        inside = watch(current)
        if self.counts is not None:
            return rounded_between(current, self.counts, inside=inside)
        return self.periphery.adc.convert(current, rng)


@dataclass(frozen=True, slots=True, eq=False)
class FourPhases:
    """The bit lines of one slice, read with one sign of input and one polarity at a time."""

    positive: BitLines
    """Devices of positive polarity alone."""
    negative: BitLines
    """Devices of negative polarity alone."""

    def moved(self, room: Array) -> FourPhases:
        """Return the same: what a polarity needs does not fit the room of their difference."""
        return self

    def with_slow(self, slow: float) -> FourPhases:
        """Return the same lines with another share of the variance in common."""
        return FourPhases(self.positive.with_slow(slow), self.negative.with_slow(slow))

    def read(self, codes: Array, rng: RandomSource, watch: Callable[[Array], bool]) -> Array:
        """Return the difference of the two counters for codes (..., in): shape (..., out).

        Each phase counts on in the counter of its sign; every phase is rounded for itself, as it
        is if the oscillators do not keep their phase between two phases of the read.
        """
        xp = namespace(codes)
        zero = xp.zeros_like(codes)
        # a code of zero belongs to one sign only, or its gradient would count twice
        driven = {1: codes >= 0, -1: codes < 0}
        sent = {sign: xp.where(where, sign * codes, zero) for sign, where in driven.items()}
        lines = {1: self.positive, -1: self.negative}
        total: Array | float = 0.0
        for sign, polarity in PHASES:
            count = lines[polarity].read(sent[sign], rng, watch, driven[sign])
            total = total + count if sign == polarity else total - count
        return total


def _moved(array: Array, room: Array) -> Array:
    """Return a matrix copied into a room, if it is of the shape and the number format there."""
    if array.shape != room.shape or array.dtype != room.dtype:
        return array
    room[...] = array
    return room


def bit_lines(
    conductance: Array,
    read_variance: Array,
    g_full: float,
    periphery: Periphery,
    draws: Array | None = None,
    total: Array | None = None,
    noise_gradient: bool = False,
    unit: Array | None = None,
    slow: float = 0.0,
) -> BitLines | FourPhases:
    """Make the bit lines of one slice ready to be read.

    Parameters
    ----------
    conductance : array, shape (out, in)
        Net conductance, S.
    read_variance : array, shape (out, in)
        Variance of one read of it, S^2; shape (out, 1) or (1, 1) if devices are alike.
    g_full : float
        Net conductance that stands for a scaled weight of one, S.
    periphery : Periphery
        Circuits around the array.
    draws : array, shape (3, out), optional
        What makes the bit lines differ, standard normal, in the order of `COLUMN_DRAWS`.
    total : array, shape (out, in), optional
        Sum of the conductances of both polarities, S, for what depends on single polarities.
    noise_gradient : bool
        Whether gradients follow the size of the noise of the devices, which is there in any case.
    unit : array, shape (out,), optional
        What one of the numbers in ``conductance`` stands for, S; for a periphery that is `plain`.
    slow : float
        Share of the variance that vectors along the first axis of the codes have in common.

    Raises
    ------
    ValueError
        If a precision is not supported, or a spread is asked for without draws, or polarities
        without the total.
    """
    if periphery.needs_total and total is None:
        raise ValueError(
            "total must be given to a Crossbar whose periphery reads polarities apart or unevenly: "
            "the sum of the conductances of both, of the shape of conductance"
        )
    if periphery.convert_each_phase:
        # noise that is known for the cell: half of its variance to either polarity
        formula, variance = periphery.weight_noise, 0.5 * read_variance
        if formula is not None and formula.kind == "constant":
            formula = replace(formula, strength=math.sqrt(0.5) * formula.strength)
        together = replace(periphery, convert_each_phase=False, weight_noise=formula)
        positive, negative = (
            _one_mode(
                0.5 * (total + sign * conductance),
                variance,
                g_full,
                together,
                draws,
                noise_gradient=noise_gradient,
                slow=slow,
            )
            for sign in (1, -1)
        )
        return FourPhases(positive, negative)
    return _one_mode(
        conductance,
        read_variance,
        g_full,
        periphery,
        draws,
        total,
        noise_gradient=noise_gradient,
        per_siemens=unit,
        slow=slow,
    )


def _one_mode(
    conductance: Array,
    read_variance: Array,
    g_full: float,
    periphery: Periphery,
    draws: Array | None,
    total: Array | None = None,
    *,
    noise_gradient: bool = False,
    per_siemens: Array | None = None,
    slow: float = 0.0,
) -> BitLines:
    """Return bit lines that are converted once per read."""
    dac, unit = periphery.dac, current_unit(periphery)
    levels = 1 if dac.encoding == "bit_serial" else dac.levels
    current = dac.v_read / (levels * unit)  # of one code on one siemens
    uneven = per_output = None
    if per_siemens is None:
        per_code = current * conductance.T
    else:
        per_code, per_output = conductance.T, current * per_siemens
    if periphery.needs_total and total is not None:
        half = 0.5 * periphery.polarity_asymmetry
        per_code, uneven = (1.0 - half) * per_code, (half * current) * total.T
    absolute = far = None
    if periphery.ir_drop is not None and periphery.ir_drop.strength > 0:
        place = periphery.ir_drop.position_weight(int(conductance.shape[-1]), conductance)
        absolute = namespace(conductance).abs(conductance.T) / (levels * g_full)
        far = place[:, None] * per_code
    variance = _read_variance(conductance, read_variance, g_full, periphery, noise_gradient)
    adc = periphery.adc
    bits = adc.signed_bits if type(adc) is ADC else None

    spread = _column_properties(periphery, unit, conductance, draws)
    output_power = spread["output_std"] ** 2
    if isinstance(output_power, float) and variance is not None and not noise_gradient:
        output_power = constant(output_power, conductance)

    def rounded(array: Array | None) -> Array | None:
        return None if array is None else in_precision(array, periphery.precision)

    return BitLines(
        periphery=periphery,
        per_code=rounded(per_code),
        uneven=rounded(uneven),
        absolute=rounded(absolute),
        far=rounded(far),
        variance=None if variance is None else rounded(current**2 * variance),
        resistance=periphery.series_resistance * unit / dac.v_read,
        counts=None if bits is None else levels_per_sign(bits),
        noise_gradient=noise_gradient,
        per_output=per_output,
        slow=slow,
        output_power=output_power,
        **spread,
    )


def _read_variance(
    conductance: Array,
    read_variance: Array,
    g_full: float,
    periphery: Periphery,
    noise_gradient: bool,
) -> Array | None:
    """Return the variance of one read of each device, S^2, shape (in, out); None without noise."""
    variance, formula = None, periphery.weight_noise
    if periphery.read_noise or noise_gradient:
        variance = stop_gradient(read_variance).T
    if formula is not None and formula.strength > 0:
        xp, g = namespace(conductance), stop_gradient(conductance).T
        size = xp.abs(g) if formula.kind == "pcm_read" else g_full + 0.0 * g
        more = formula.strength**2 * g_full * size
        variance = more if variance is None else variance + more
    return variance


def _column_properties(
    periphery: Periphery, unit: float, reference: Array, draws: Array | None
) -> dict[str, Array | float]:
    """Return what the bit lines keep, in units of current; one number where they are alike."""
    if periphery.columns_differ and draws is None:
        raise ValueError(
            "columns must be given to a Crossbar whose periphery has a spread between bit lines: "
            f"standard normal numbers of shape (slices, {len(COLUMN_DRAWS)}, out)"
        )

    def scattered(mean: float, spread: float, name: str) -> Array | float:
        if mean == 0 or spread == 0 or draws is None:
            return mean
        return mean * abs(1.0 + spread * like(draws[COLUMN_DRAWS.index(name), ...], reference))

    passed: Array | float = 1.0
    if periphery.offset_spread > 0 and draws is not None:
        offset = like(draws[COLUMN_DRAWS.index("offset"), ...], reference)
        passed = 1.0 - periphery.offset_spread * offset
    bend, noise = periphery.nonlinearity * unit / periphery.adc.i_max, periphery.output_noise / unit
    return {
        "passed": passed,
        "bend": scattered(bend, periphery.nonlinearity_spread, "nonlinearity"),
        "output_std": scattered(noise, periphery.output_noise_spread, "output_noise"),
    }
