r"""Trimming of oscillator converters: the analog half of their calibration.

A converter leaves the factory with a regulator that settles beside its target, mirrors whose gain
is off, and a latch with a delay. Its transfer curve has three parameters (`aimc.circuits.cco`),

.. math:: f = \frac{A\,i}{1 + B\,i} + C ,

and it has three settings that act on them :cite:p:`khaddam2022hermes`: a tap of a resistor ladder
moves the read voltage and with it :math:`C`, the gain of the main mirror sets :math:`A`, and the
gain of the feed-forward mirror lowers :math:`B`. The loop measures the three parameters with three
currents, changes one setting by one step and measures again: first the offset, because the read
voltage also changes the gain, then the gain, then the feed-forward. What the finite steps leave of
gain and offset is removed digitally (`CCOADC.calibrate`); what they leave of the bend stays.

Published are the order, the four bits of the gain and the spread that they leave (A112). The step
of the mirror is fitted to that spread, and the step of the feed-forward to the nonlinearity that
remains (A115). The spreads before trimming, the ladder, the conductance between lines and the
latch's delay are assumed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from aimc.backend import RandomSource, as_generator
from aimc.circuits.cco import CCOADC, DELAY, GAIN_SPREAD
from aimc.validation import check_array, check_integer, check_serial

__all__ = ["CCOTrimming", "UntrimmedCCO"]

# Purpose of the random stream of untrimmed converters; `aimc.cores.random_streams` and
# `aimc.circuits.cco` have 1 to 5.
UNTRIMMED = 6

# Assumed: what fabrication leaves. Standard deviations of the regulator's voltage (V) and, relative
# to their means, of the mirror's gain and of the latch's delay.
VOLTAGE_SPREAD, MIRROR_SPREAD, DELAY_SPREAD = 1.5e-3, 0.20, 0.08
# Assumed: conductance between one bit line and its neighbours (S), and the read voltage (V).
LINE_CONDUCTANCE, READ_VOLTAGE = 1e-3, 0.2
# Assumed: step (V) and largest tap of the resistor ladder, on either side.
TAP, TAPS = 1e-4, 64
# Published: four bits of mirror gain. Fitted to the spread that they leave (A112): one step as a
# share of the nominal gain; a rounding of step s has a standard deviation of s / sqrt(12).
MIRROR_BITS, MIRROR_STEP = 4, GAIN_SPREAD * math.sqrt(12)
# Assumed: bits of the feed-forward mirror. Fitted to the nonlinearity that remains (A115): by how
# much one step lets the latch flip earlier, s.
LEAD_BITS, LEAD_STEP = 5, 4.4e-12


@dataclass(frozen=True, slots=True, eq=False)
class CCOTrimming:
    """Course of a trimming, one entry per measurement, and the converters that came out of it."""

    stage: tuple[str, ...]
    """What each measurement followed: "fabricated", a change of "offset", "gain" or
    "feed-forward", and "trimmed" at the end."""
    offset: np.ndarray
    """Measured offset as a share of the highest frequency, shape (steps, 2, columns)."""
    gain: np.ndarray
    """Measured gain, Hz/A, shape (steps, 2, columns)."""
    bend: np.ndarray
    """Measured bend at full current, B i_max, shape (steps, 2, columns)."""
    trimmed: UntrimmedCCO
    """The converters with their settings at the end."""
    adc: CCOADC
    """The same, with the straight line that the digital side removes."""


@dataclass(frozen=True, slots=True, eq=False)
class UntrimmedCCO:
    """Oscillator converters as fabricated, with the settings that trim them.

    Make them with `UntrimmedCCO.fabricate`.
    """

    template: CCOADC
    """Converters whose nominal gain, range, time and counters these have."""
    mirror_unit: np.ndarray
    """Gain of one step of the main mirror, Hz/A, shape (2, columns)."""
    delay: np.ndarray
    """Delay of the latch, s, shape (2, columns)."""
    voltage_error: np.ndarray
    """By how much the regulator misses its voltage, V, shape (columns,)."""
    tap: np.ndarray
    """Setting of the resistor ladder, shape (columns,)."""
    mirror: np.ndarray
    """Setting of the main mirror, shape (2, columns)."""
    lead: np.ndarray
    """Setting of the feed-forward mirror, shape (2, columns)."""

    def __post_init__(self) -> None:
        columns = self.template.columns
        for name in ("mirror_unit", "delay", "mirror", "lead", "voltage_error", "tap"):
            shape = (columns,) if name in ("voltage_error", "tap") else (2, columns)
            value = np.asarray(getattr(self, name))
            if value.shape != shape:
                raise ValueError(f"{name} must have shape {shape}, got {value.shape}")
            check_array(name, value)
        limits = {
            "tap": (-TAPS, TAPS),
            "mirror": (1, 2**MIRROR_BITS - 1),
            "lead": (0, 2**LEAD_BITS - 1),
        }
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            if int(np.min(value)) < low or int(np.max(value)) > high:
                raise ValueError(f"{name} must lie between {low} and {high}")

    @classmethod
    def fabricate(cls, columns: int = 256, serial: int = 0) -> UntrimmedCCO:
        """Draw the converters of one core before calibration; all settings at their defaults.

        Parameters
        ----------
        columns : int
            Number of converters.
        serial : int
            Serial number of the chip: same number, same converters.
        """
        columns = check_integer("columns", columns, low=1)
        rng = np.random.default_rng([check_serial("serial", serial), UNTRIMMED])
        template = CCOADC.fabricate(columns, serial, calibrated=False)
        shape = (2, columns)
        mirror, delay = (
            np.clip(1 + spread * rng.standard_normal(shape), 0.4, 1.6)
            for spread in (MIRROR_SPREAD, DELAY_SPREAD)
        )
        return cls(
            template=template,
            mirror_unit=template.nominal_gain * MIRROR_STEP * mirror,
            delay=DELAY * delay,
            voltage_error=VOLTAGE_SPREAD * rng.standard_normal(columns),
            tap=np.zeros(columns, dtype=int),
            mirror=np.full(shape, round(1 / MIRROR_STEP)),
            lead=np.zeros(shape, dtype=int),
        )

    @property
    def line_voltage(self) -> np.ndarray:
        """Distance of each bit line from the common voltage, V, shape (columns,)."""
        return np.asarray(self.voltage_error - TAP * self.tap)

    def converters(self) -> CCOADC:
        """Return the converters that these settings make, without any digital correction."""
        gain = self.mirror_unit * self.mirror * (1 + self.line_voltage / READ_VOLTAGE)
        stray = LINE_CONDUCTANCE * self.line_voltage  # A, flows whatever the inputs are
        nominal = self.template.nominal_gain
        return replace(
            self.template,
            gain=gain,
            nonlinearity=gain * (self.delay - LEAD_STEP * self.lead),
            offset=gain * np.stack([stray, -stray]),
            seen_gain=np.full(gain.shape, nominal),
            seen_offset=np.zeros(gain.shape),
        )

    def trim(self, rng: RandomSource = 0, reads: int = 64) -> CCOTrimming:
        """Return the course and the result of the calibration: offset, then gain, then bend.

        Each setting moves one step at a time until the measured error changes its sign, and keeps
        the better of the last two settings. The digital line is measured at the end.

        Parameters
        ----------
        rng : int, numpy.random.Generator or torch.Generator
            Where the starting phases of the oscillators come from.
        reads : int
            Measurements of each current that are averaged.
        """
        check_integer("reads", reads, low=1)
        generator, nominal = as_generator(rng), self.template.nominal_gain
        stages, laws = ["fabricated"], [self.converters().measure(generator, reads)]
        now = self
        for stage, name, low, high in (
            ("offset", "tap", -TAPS, TAPS),
            ("gain", "mirror", 1, 2**MIRROR_BITS - 1),
            ("feed-forward", "lead", 0, 2**LEAD_BITS - 1),
        ):

            def wrong(law: tuple[np.ndarray, ...], stage: str = stage) -> np.ndarray:
                gain, bend, offset = law
                if stage == "offset":  # the same current adds to one sign and takes from the other
                    return np.asarray(0.5 * (offset[0] - offset[1]))
                return np.asarray(gain - nominal if stage == "gain" else bend)

            error = wrong(laws[-1])
            # a larger tap lowers the offset, more feed-forward the bend, a larger mirror the
            # opposite of what is missing
            step = np.where(error > 0, 1, -1) * (-1 if stage == "gain" else 1)
            while np.any(step):
                before = getattr(now, name)
                after = np.clip(before + step, low, high)
                laws.append(replace(now, **{name: after}).converters().measure(generator, reads))
                stages.append(stage)
                new = wrong(laws[-1])
                crossed = (error > 0) != (new > 0)
                better = ~crossed | (np.abs(new) < np.abs(error))
                now = replace(now, **{name: np.where(better, after, before)})
                step = np.where(crossed | (after == before), 0, step)
                error = np.where(better, new, error)
        stages.append("trimmed")
        laws.append(now.converters().measure(generator, reads))
        gain, bend, offset = (np.stack(parameter) for parameter in zip(*laws, strict=True))
        peak = nominal * self.template.i_max
        return CCOTrimming(
            stage=tuple(stages),
            offset=offset / peak,
            gain=gain,
            bend=bend * self.template.i_max,
            trimmed=now,
            adc=now.converters().calibrate(generator, reads),
        )
