r"""A statistical model of resistive memory (ReRAM): no drift, but a scatter that widens.

The filament of a ReRAM device does not relax in one direction, as the amorphous phase of PCM does.
Its conductance wanders, up as well as down. The published data are spreads about the target at
three times after programming, each a polynomial in :math:`\hat g = G_T / G_\max`:

.. math:: G(t) = \max\bigl(G_T + \sigma(\hat g, t)\,\xi,\ 0\bigr).

They say how wide a million devices scatter at each time, not how one device gets there. Here each
device keeps its standard normal number :math:`\xi`, so that a device that came out too high stays
too high; between the published times :math:`\sigma` is interpolated in :math:`\ln t`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

from aimc.backend import Array, RandomSource, as_generator, namespace, normal
from aimc.devices.base import ConductanceState, check_targets
from aimc.devices.fits import Polynomial
from aimc.units import DAY, MICRO
from aimc.validation import check_choice, check_number, check_rising_times, check_time

__all__ = ["ReRAMState", "StatisticalReRAM", "reram_wan2022"]


@dataclass(frozen=True, slots=True, eq=False)
class ReRAMState(ConductanceState):
    """Programmed ReRAM devices. Their drift exponents are zero: a scatter is no power law."""

    device: StatisticalReRAM
    """Model that made the state."""
    deviation: Array = field(kw_only=True)
    """Standard normal number of each device: its deviation in units of the spread."""
    centre: Array = field(kw_only=True)
    """Conductance about which each device scatters, S."""

    def at(self, t: float | str) -> Array:
        """Return the conductance (S) of each device at time ``t`` (s), without read noise."""
        spread = self.device.spread(self.centre, self.age(t))
        return namespace(spread).clip(self.centre + spread * self.deviation, 0.0)


@dataclass(frozen=True, slots=True)
class StatisticalReRAM:
    """Spread of the conductance about its target at a few times after programming.

    Make one with `reram_wan2022`; use `without` to switch single effects off.

    Raises
    ------
    ValueError
        If the times do not rise, or their number is not that of the fits.
    """

    name: str
    """Which hardware the fit describes."""
    g_max: float
    """Largest conductance used, S."""
    times: tuple[float, ...]
    """Times after programming at which the spread was published, s. The first is the first read."""
    spread_fits: tuple[Polynomial, ...]
    """Standard deviation at those times, in microsiemens as published, at ``g_reference``."""
    g_reference: float
    """Largest conductance that the coefficients were fitted with, S."""
    read_noise_share: float
    """Standard deviation of one read of one device, relative to ``g_max``."""
    sources: tuple[str, ...]
    """Bibliography keys."""
    programming_noise: bool = True
    """Whether conductances scatter at the first read."""
    relaxation: bool = True
    """Whether the scatter grows after the first read."""
    read_noise: bool = True
    """Whether a read is noisy."""

    def __post_init__(self) -> None:
        for name in ("g_max", "g_reference"):
            check_number(name, getattr(self, name), low=0.0, open_low=True, unit="S")
        check_number("read_noise_share", self.read_noise_share, low=0.0, high=1.0)
        if len(self.times) != len(self.spread_fits) or len(self.times) < 2:
            raise ValueError(
                f"times={self.times!r} must be at least two, one for each of the "
                f"{len(self.spread_fits)} spread_fits"
            )
        times = check_rising_times("times", self.times)
        check_number("times[0]", times[0], low=0.0, open_low=True, unit="s")
        object.__setattr__(self, "times", times)

    @property
    def t_0(self) -> float:
        """Delay between the end of programming and the first read, s; an age counts from there."""
        return self.times[0]

    @property
    def t_fitted(self) -> float:
        """Longest age that the data reach, s."""
        return self.times[-1]

    def without(self, *effects: str) -> StatisticalReRAM:
        """Return a copy with effects switched off.

        Parameters
        ----------
        *effects : {"programming_noise", "relaxation", "read_noise"}
            Which effects to leave out. Without programming noise devices start on their targets and
            keep the growth of the spread.

        Raises
        ------
        ValueError
            If an effect is unknown.
        """
        for effect in effects:
            check_choice("effects", effect, ("programming_noise", "relaxation", "read_noise"))
        switched_off: dict[str, Any] = dict.fromkeys(effects, False)
        return replace(self, **switched_off)

    def spread(self, g_target: Array, age: float | str = 0.0) -> Array:
        """Return the standard deviation (S) about a target (S), ``age`` seconds after first read.

        Raises
        ------
        ValueError
            If ``age`` lies beyond the published data: there is no law to extrapolate with.
        """
        age = check_time("age", age)
        if age > self.t_fitted:
            raise ValueError(
                f"age={age:g} s is not allowed: the data behind {self.name!r} end at "
                f"{self.t_fitted:g} s, and the source gives no law beyond"
            )
        relative = check_targets(g_target, self.g_max) / self.g_max
        start = self._fitted(0, relative)
        now = self._between(relative, age) if self.relaxation else start
        return now if self.programming_noise else namespace(now).clip(now - start, 0.0)

    def _fitted(self, k: int, relative: Array) -> Array:
        # Relative errors are those of the reference range, whatever range is used.
        return MICRO * (self.g_max / self.g_reference) * self.spread_fits[k](relative)

    def _between(self, relative: Array, age: float) -> Array:
        # The last published time is not known to a second: an age of two days is two days.
        elapsed = min(age + self.t_0, self.times[-1])
        k = sum(elapsed > time for time in self.times[1:-1])
        early, late = self.times[k], self.times[k + 1]
        share = math.log(elapsed / early) / math.log(late / early)
        return (1 - share) * self._fitted(k, relative) + share * self._fitted(k + 1, relative)

    def programming_std(self, g_target: Array) -> Array:
        """Return the standard deviation (S) of devices at their first read."""
        return self.spread(g_target, 0.0)

    def program(self, g_target: Array, rng: RandomSource) -> ReRAMState:
        """Program one device per entry of ``g_target`` and return the state.

        Parameters
        ----------
        g_target : array
            Target conductances, S, between 0 and `g_max`; any shape.
        rng : int, numpy.random.Generator or torch.Generator
            Source of the deviations.

        Raises
        ------
        ValueError
            If a target is negative or above `g_max`.
        """
        targets = check_targets(g_target, self.g_max)
        deviation = normal(as_generator(rng), tuple(targets.shape), targets)
        g = namespace(targets).clip(targets + self.spread(targets) * deviation, 0.0)
        return ReRAMState(self, targets, g, 0.0 * targets, deviation=deviation, centre=targets)

    def drift_factor(self, drift_exponent: Array, age: float | str) -> Array:
        """Return ones: the mean does not drift. What changes with time is in `ReRAMState.at`."""
        check_time("age", age)
        return 0.0 * drift_exponent + 1.0

    def read_noise_std(self, g_programmed: Array, g_now: Array, age: float | str) -> Array:
        """Return the standard deviation (S) of one read: the same for every state and time."""
        check_time("age", age)
        share = self.read_noise_share if self.read_noise else 0.0
        return 0.0 * g_now + share * self.g_max


def reram_wan2022(g_max: float = 40e-6) -> StatisticalReRAM:
    """Return the fit of the ReRAM on the NeuRRAM chip :cite:p:`wan2022neurram`.

    The ``aihwkit`` toolkit fitted the published spreads at 1 s, 1 day and 2 days by polynomials of
    fourth order (fact B043); from the first to the second day the fits hardly differ, and in some
    states the later one is lower by less than 2 %. Its authors found no data on read noise and
    advise about 1 % of full scale for a weight (fact B080); as a weight is a pair of devices, each
    gets that over the square root of two here.

    Parameters
    ----------
    g_max : float
        Largest conductance, S. The coefficients belong to 40 microsiemens; for another value the
        whole device is scaled, so that errors relative to ``g_max`` stay what was published.

    Raises
    ------
    ValueError
        If ``g_max`` is not positive.
    """
    return StatisticalReRAM(
        name="ReRAM 2022 (NeuRRAM)",
        g_max=g_max,
        times=(1.0, DAY, 2 * DAY),
        spread_fits=(
            Polynomial((0.348, 16.030, -43.853, 45.393, -16.815)),
            Polynomial((0.701, 22.086, -50.773, 47.095, -16.458)),
            Polynomial((0.782, 20.274, -43.507, 37.062, -11.934)),
        ),
        g_reference=40e-6,
        read_noise_share=0.01 / math.sqrt(2),
        sources=("wan2022neurram", "aihwkit"),
    )
