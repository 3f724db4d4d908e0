"""The device one would like to have: it takes any conductance and keeps it."""

from __future__ import annotations

from dataclasses import dataclass

from aimc.backend import Array, RandomSource
from aimc.devices.base import ConductanceState, check_targets
from aimc.validation import check_number, check_time

__all__ = ["IdealDevice"]


@dataclass(frozen=True, slots=True)
class IdealDevice:
    """A device without programming error, drift or noise: the reference for everything else.

    Parameters
    ----------
    g_max : float
        Conductance of the fully SET state, S.
    name : str
        Name for tables and figures.
    sources : tuple of str
        Bibliography keys.
    """

    g_max: float = 25e-6
    name: str = "ideal device"
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_number("g_max", self.g_max, low=0.0, open_low=True, unit="S")

    def program(self, g_target: Array, rng: RandomSource = 0) -> ConductanceState:
        """Return a state that equals its targets (S, any shape); ``rng`` is not used."""
        targets = check_targets(g_target, self.g_max)
        return ConductanceState(self, targets, targets, 0.0 * targets)

    def drift_factor(self, drift_exponent: Array, age: float | str) -> Array:
        """Return ones: an ideal device does not drift."""
        check_time("age", age)
        return 0.0 * drift_exponent + 1.0

    def read_noise_std(self, g_programmed: Array, g_now: Array, age: float | str) -> Array:
        """Return zeros: an ideal device is read without noise."""
        check_time("age", age)
        return 0.0 * g_now
