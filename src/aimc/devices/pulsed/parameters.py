"""What one generation of pulsed phase-change devices is like: its numbers and its median curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from aimc.backend import as_array, to_numpy
from aimc.units import MICRO
from aimc.validation import check_integer, check_number

__all__ = ["PulseParameters", "programming_curve"]


def programming_curve(current: Any, g_set: Any, g_reset: Any, i_half: Any, width: Any) -> Any:
    """Return the conductance (S) after a melt-quench pulse; currents in A, arrays broadcast."""
    return g_reset + (g_set - g_reset) / (1 + np.exp((current - i_half) / width))


@dataclass(frozen=True, slots=True)
class PulseParameters:
    """Numbers of one generation of phase-change devices and of the pulses that program them.

    Medians and relative spreads over devices come in pairs.
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
    """Standard deviation of one verify read relative to the conductance: noise of the reading
    circuit, such as that of its voltage, which is fresh in every read. The slow noise of the
    devices belongs to `relaxation`."""
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
