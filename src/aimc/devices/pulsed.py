"""Two generations of pulsed phase-change devices, and what is known and assumed about them.

The currents, durations and limits of the presets are published. The shape of the programming curve,
its width and all spreads are *assumed*: values of a usual size, chosen so that the published
programming loop converges as published and that the published margins and limits make sense. What
happens between the last verify and the first read of the array is a Gaussian step, whose size is
calibrated so that the whole error has the published standard deviation
(`aimc.recovery.programming`). What pulses do to the devices stands in `aimc.devices.pulsed_array`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aimc.backend import as_array, to_numpy
from aimc.devices.pulsed_array import PulsedArray, programming_curve
from aimc.validation import check_integer, check_number

__all__ = ["PulsedArray", "PulsedPCM", "pulsed_2019", "pulsed_hermes"]

MICRO, NANO = 1e-6, 1e-9


@dataclass(frozen=True, slots=True)
class PulsedPCM:
    """Model of one generation of phase-change devices and of the pulses that program them.

    Make one with `pulsed_hermes` or `pulsed_2019`, and devices with `fabricate`. Medians and
    relative spreads over devices come in pairs.
    """

    name: str
    """Which hardware the model describes."""
    g_max: float
    """Largest target conductance, S."""
    g_set: float
    """Median conductance of the SET state, S."""
    g_reset: float
    """Median conductance of the RESET state, S."""
    i_half: float
    """Median current that leaves half of the conductance, A."""
    width: float
    """Median width of the programming curve, A."""
    i_onset: float
    """Largest current that changes nothing, A."""
    i_full: float
    """Current from which one pulse overwrites the past, A."""
    i_accumulate: float
    """Current of the identical weak pulses of `PulsedArray.accumulate`, A."""
    current_range: tuple[float, float]
    """Smallest and largest current of the iterative pulses, A."""
    reset_pulse: tuple[float, float]
    """Current (A) and duration (s) of the RESET pulse."""
    set_pulse: tuple[float, float]
    """Current (A) and duration (s) of the SET pulse."""
    t_pulse: float
    """Duration of an iterative pulse, s."""
    margin: float
    """Published acceptance margin of program-and-verify, S."""
    max_iterations: int
    """Published limit of iterations."""
    reads: int
    """Reads that one verify averages."""
    t_verify: float
    """Duration of one verify read, s."""
    v_read: float
    """Voltage of a verify read, V."""
    v_supply: float
    """Voltage behind the programming current, V; a pulse takes voltage x current x duration."""
    relaxation: tuple[float, ...]
    """Standard deviation (S) of the change between the last verify and the first read of the array,
    at evenly spaced conductances from 0 to `g_max`. Calibrated, see the module."""
    sources: tuple[str, ...]
    """Bibliography keys."""
    lsb: float = 0.0
    """Conductance of one count of the verify converter, S; zero reads without rounding."""
    g_set_spread: float = 0.08
    g_reset_spread: float = 0.45
    i_half_spread: float = 0.05
    width_spread: float = 0.10
    rate_spread: float = 0.30
    """Standard deviation over devices of the logarithm of the speed of crystallisation."""
    current_scatter: float = 0.01
    """Relative standard deviation, from pulse to pulse, of the current that a dome stands for."""
    step_spread: float = 0.6
    """Relative standard deviation of a crystallisation step (fact B045)."""
    read_noise: float = 0.015
    """Standard deviation of one verify read relative to the conductance."""
    read_floor: float = 0.03 * MICRO
    """Standard deviation of one verify read of a device that does not conduct, S."""

    def __post_init__(self) -> None:
        for name in ("g_max", "g_set", "g_reset", "i_half", "width", "i_onset", "t_pulse"):
            check_number(name, getattr(self, name), low=0.0, open_low=True)
        for name in ("margin", "t_verify", "v_read", "v_supply"):
            check_number(name, getattr(self, name), low=0.0, open_low=True)
        for name in ("g_set_spread", "g_reset_spread", "i_half_spread", "width_spread"):
            check_number(name, getattr(self, name), low=0.0, high=1.0)
        for name in ("rate_spread", "current_scatter", "step_spread", "read_noise"):
            check_number(name, getattr(self, name), low=0.0, high=1.0)
        check_number("lsb", self.lsb, low=0.0, unit="S")
        check_number("i_full", self.i_full, low=self.i_onset, open_low=True, unit="A")
        check_number("current_range[0]", self.current_range[0], low=0.0, unit="A")
        check_number("current_range[1]", self.current_range[1], low=self.current_range[0], unit="A")
        for name, pulse in (("reset_pulse", self.reset_pulse), ("set_pulse", self.set_pulse)):
            for part in pulse:
                check_number(name, part, low=0.0, open_low=True)
        if len(self.relaxation) < 2:
            raise ValueError(f"relaxation={self.relaxation!r} must have two entries or more")
        for value in self.relaxation:
            check_number("relaxation", value, low=0.0, unit="S")
        check_integer("max_iterations", self.max_iterations, low=1)
        check_integer("reads", self.reads, low=1)

    def curve(self, current: np.ndarray) -> np.ndarray:
        """Return the conductance (S) of the median device after a melt-quench pulse (A)."""
        amperes = as_array("current", current)
        return programming_curve(amperes, self.g_set, self.g_reset, self.i_half, self.width)

    def current_for(self, g_target: np.ndarray) -> np.ndarray:
        """Return the current (A) after which the median device has ``g_target`` (S).

        Targets outside the curve get the nearest end of `current_range`.
        """
        targets = to_numpy(as_array("g_target", g_target))
        tiny = 1e-6 * self.g_set
        above = np.clip(targets - self.g_reset, tiny, None)
        below = np.clip(self.g_set - targets, tiny, None)
        return np.clip(self.i_half + self.width * np.log(below / above), *self.current_range)

    @property
    def steepest(self) -> float:
        """Largest slope of the median programming curve, S/A."""
        return (self.g_set - self.g_reset) / (4 * self.width)

    def relaxation_std(self, g: np.ndarray) -> np.ndarray:
        """Return the standard deviation (S) of the relaxation at conductances ``g`` (S)."""
        grid = np.linspace(0.0, self.g_max, len(self.relaxation))
        return np.interp(to_numpy(as_array("g", g)), grid, np.asarray(self.relaxation))

    def fabricate(self, shape: int | tuple[int, ...], serial: int = 0) -> PulsedArray:
        """Make an array of devices, all in the SET state.

        Parameters
        ----------
        shape : int or tuple of int
            Shape of the array.
        serial : int
            Serial number. Same serial and shape, same devices.
        """
        sizes = (shape,) if isinstance(shape, int) else tuple(shape)
        for size in sizes:
            check_integer("shape", size, low=1)
        return PulsedArray(self, sizes, serial)


def _micro(*values: float) -> tuple[float, ...]:
    return tuple(MICRO * value for value in values)


def pulsed_hermes() -> PulsedPCM:
    """Return devices and pulses of the 64-core chip :cite:p:`legallo2023hermes`.

    Pulses, verify read, margin and limit are facts A053-A058, the range A061 and A063; the energy
    uses the lower bound of the programming voltage of :cite:t:`khaddam2022hermes`, fact A119. The
    tenth percentile of the SET states is `g_max`, as on the least conductive core (A059).
    """
    spread = 0.12
    return PulsedPCM(
        name="HERMES devices, pulse by pulse",
        g_max=10.35 * MICRO,
        g_set=10.35 * MICRO * float(np.exp(1.2816 * spread)),
        g_reset=0.18 * MICRO,
        i_half=300 * MICRO,
        width=35 * MICRO,
        i_onset=50 * MICRO,
        i_full=125 * MICRO,
        i_accumulate=75 * MICRO,
        current_range=(125 * MICRO, 700 * MICRO),
        reset_pulse=(700 * MICRO, 125 * NANO),
        set_pulse=(125 * MICRO, 300 * NANO),
        t_pulse=125 * NANO,
        margin=5 * 10.35 * MICRO / 80,
        max_iterations=30,
        reads=1,
        t_verify=(512 + 256) * NANO,
        v_read=0.2,
        v_supply=2.5,
        lsb=10.35 * MICRO / 80,
        g_set_spread=spread,
        current_scatter=0.02,
        relaxation=_micro(
            0.172, 0.056, 0.402, 0.558, 0.688, 0.786, 0.836, 0.860, 0.910, 0.895, 0.865
        ),
        sources=("legallo2023hermes", "khaddam2022hermes"),
    )


def pulsed_2019() -> PulsedPCM:
    """Return devices and pulses of the 90 nm array of :cite:t:`joshi2020accurate`.

    RESET pulse, iterative currents, limit, margin and reads are facts B029 and B030, the duration
    of a read B028, the programming voltage the usual one of :cite:t:`singh2025tiles` (B039). A SET
    pulse stands for the published staircase; the duration of the iterative pulses is assumed.
    """
    return PulsedPCM(
        name="90 nm devices, pulse by pulse",
        g_max=25 * MICRO,
        g_set=32 * MICRO,
        g_reset=0.12 * MICRO,
        i_half=220 * MICRO,
        width=25 * MICRO,
        i_onset=40 * MICRO,
        i_full=80 * MICRO,
        i_accumulate=55 * MICRO,
        current_range=(80 * MICRO, 400 * MICRO),
        reset_pulse=(450 * MICRO, 50 * NANO),
        set_pulse=(160 * MICRO, 1000 * NANO),
        t_pulse=50 * NANO,
        margin=0.25 * MICRO,
        max_iterations=55,
        reads=5,
        t_verify=1000 * NANO,
        v_read=0.3,
        v_supply=2.0,
        g_reset_spread=0.6,
        relaxation=_micro(
            0.352, 0.422, 0.597, 0.732, 0.857, 0.947, 1.011, 1.039, 1.071, 1.058, 1.039
        ),
        sources=("joshi2020accurate", "nandakumar2019models"),
    )
