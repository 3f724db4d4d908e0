r"""Drift and conductance of PCM when the ambient temperature changes.

The amorphous phase relaxes collectively: the further it has come, the higher the barrier of the
next step :cite:p:`legallo2018collective`. After a time :math:`s` at constant temperature
:math:`T` the barrier that was reached is

.. math:: \varepsilon = k_B T \ln(s / \tau_0),

with the attempt time :math:`\tau_0`. When the temperature changes, relaxation goes on from the same
barrier, as if the device had been at the new temperature for the *effective age*
:math:`\tau_0 \exp(\varepsilon / k_B T)`. The activation energy of conduction grows in proportion to
the barrier, which makes the drift exponent at constant temperature the same at every temperature,
and the drift that was collected look larger when it is read in the cold:

.. math::

   G(T) = G_P \exp\!\left(-\nu\,\frac{\varepsilon - \varepsilon_0}{k_B T}\right)
   \cdot \frac{1}{(1 - a)\,e^{E_c \Delta\beta} + a\,e^{E_a \Delta\beta}},\qquad
   \Delta\beta = \frac{1}{k_B T} - \frac{1}{k_B T_\mathrm{ref}} .

The last factor is the temperature dependence of conduction itself, for a crystalline and an
amorphous part in series, the latter with the share :math:`a = 1 - G_P / G_\max` of the resistance.
Every parameter says how well it is known, see `Thermal.confidence`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from aimc.backend import Array, RandomSource, as_array, namespace
from aimc.devices.base import ConductanceState, Device
from aimc.devices.pcm import StatisticalPCM
from aimc.devices.read_noise import NoiseInTime, noise_in_time
from aimc.devices.thermal.conduction import ACTIVATION_AMORPHOUS, ACTIVATION_CRYSTALLINE
from aimc.validation import (
    check_array,
    check_kind,
    check_number,
    check_rising_times,
    check_time,
    warn_caller,
)

__all__ = [
    "BOLTZMANN_EV",
    "Ambient",
    "AmbientState",
    "TemperatureProfile",
    "Thermal",
    "effective_age",
]

BOLTZMANN_EV = 8.617333262e-5
"""Boltzmann's constant, eV/K."""

# Temperatures at which the sources watched drift, K: line cells from 125 K up, films annealed at
# 80 degrees Celsius. Hotter devices crystallise, which is not modelled.
COLDEST, HOTTEST = 125.0, 353.15

# Exponent of the largest power of e that is still a number, a little rounded down.
LARGEST = 700.0


@dataclass(frozen=True, slots=True)
class TemperatureProfile:
    """Ambient temperature after programming, constant between given times.

    Parameters
    ----------
    times : tuple of float or str
        Start of each segment, s since the first read after programming. The first is 0; they rise.
    temperatures : tuple of float
        Temperature from there on, K, one for each time.

    Raises
    ------
    ValueError
        If times do not start at 0 or do not rise, numbers differ, or a temperature is not positive.

    Warns
    -----
    RangeWarning
        If a temperature lies outside 125 K to 353 K, where the behaviour is not backed by data.

    Examples
    --------
    >>> day_in_the_sun = TemperatureProfile((0.0, 36000.0, 57600.0), (298.15, 343.15, 298.15))
    >>> day_in_the_sun.at(40000.0)
    343.15
    """

    times: tuple[float, ...]
    temperatures: tuple[float, ...]

    def __post_init__(self) -> None:
        for name in ("times", "temperatures"):
            value = getattr(self, name)
            if isinstance(value, str) or not hasattr(value, "__len__"):
                raise TypeError(f"{name} must be a tuple, an entry a segment, got {value!r}")
            object.__setattr__(self, name, tuple(value))
        if len(self.times) != len(self.temperatures) or not self.times:
            raise ValueError(
                f"temperatures={self.temperatures!r} must hold one value for each of "
                f"times={self.times!r}, at least one"
            )
        times = check_rising_times("times", self.times)
        if times[0] != 0.0:
            raise ValueError(
                f"times={self.times!r} is not allowed: the first must be 0, the end of programming"
            )
        object.__setattr__(self, "times", times)
        for kelvin in self.temperatures:
            check_number("temperatures", kelvin, low=0.0, open_low=True, unit="K")
        low, high = min(self.temperatures), max(self.temperatures)
        if low < COLDEST or high > HOTTEST:
            warn_caller(
                f"temperatures from {low:g} K to {high:g} K leave the range from {COLDEST:g} K to "
                f"{HOTTEST:g} K in which drift was measured; hot devices crystallise as well"
            )

    @classmethod
    def constant(cls, temperature: float) -> TemperatureProfile:
        """Return a profile of one temperature (K)."""
        return cls((0.0,), (temperature,))

    def at(self, t: float | str) -> float:
        """Return the temperature (K) at ``t`` seconds after programming."""
        t = check_time("t", t)
        return [
            kelvin
            for start, kelvin in zip(self.times, self.temperatures, strict=True)
            if start <= t
        ][-1]

    def segments(self, t: float | str) -> Iterator[tuple[float, float]]:
        """Yield duration (s) and temperature (K) of what happened until ``t`` (s)."""
        t = check_time("t", t)
        ends = (*self.times[1:], math.inf)
        for start, end, kelvin in zip(self.times, ends, self.temperatures, strict=True):
            if start > t:
                return
            yield min(end, t) - start, kelvin


def effective_age(
    profile: TemperatureProfile,
    t: float | str,
    attempt_time: float = 1e-13,
    reference: float = 298.15,
    *,
    start: float | str = 0.0,
) -> float:
    """Return the age at the reference temperature that would have relaxed a device as far.

    Parameters
    ----------
    profile : TemperatureProfile
        Temperature from the end of programming on.
    t : float
        Time since the first read after programming, s.
    attempt_time : float
        Time between two attempts to cross a barrier, s.
    reference : float
        Reference temperature, K.
    start : float
        Age that the device had reached at the reference temperature when the profile begins, s.

    Returns
    -------
    float
        Effective age, s, ``start`` included.

    Examples
    --------
    A day at 25 degrees, and an hour of it at 70 degrees Celsius:

    >>> day = TemperatureProfile.constant(298.15)
    >>> effective_age(day, 86400.0)
    86400.0
    >>> sun = TemperatureProfile((0.0, 43200.0, 46800.0), (298.15, 343.15, 298.15))
    >>> round(effective_age(sun, 86400.0) / 86400.0)
    14
    """
    check_number("attempt_time", attempt_time, low=0.0, open_low=True, unit="s")
    check_number("reference", reference, low=0.0, open_low=True, unit="K")
    check_kind("profile", profile, TemperatureProfile)
    age, kelvin = check_time("start", start), reference
    for duration, now in profile.segments(t):
        there = _same_barrier(age, kelvin, now, attempt_time)
        if there < math.inf:  # else so cold that nothing relaxes meanwhile
            age, kelvin = there + duration, now
    return _same_barrier(age, kelvin, reference, attempt_time)


def _same_barrier(age: float, before: float, after: float, attempt_time: float) -> float:
    """Return the age (s) at temperature ``after`` that has the barrier of ``age`` at ``before``.

    It is infinite if it is too long for a number.
    """
    # Below one attempt no barrier has been crossed and temperature does not matter.
    if before == after or age <= attempt_time:
        return age
    exponent = math.log(age / attempt_time) * before / after
    return attempt_time * math.exp(exponent) if exponent < LARGEST else math.inf


@dataclass(frozen=True, slots=True)
class Thermal:
    """What a change of temperature does to programmed PCM.

    Parameters
    ----------
    reference : float
        Temperature at which the device was programmed and its drift fit made, K.
    attempt_time : float
        Time between attempts to cross a barrier of relaxation, s.
    activation_amorphous : float
        Activation energy of conduction in the amorphous phase, eV.
    activation_crystalline : float
        Activation energy of conduction in the crystalline phase, eV.

    Raises
    ------
    ValueError
        If a temperature or time is not positive, or an energy is negative.
    """

    reference: float = 298.15
    attempt_time: float = 1e-13
    activation_amorphous: float = ACTIVATION_AMORPHOUS
    activation_crystalline: float = ACTIVATION_CRYSTALLINE

    def __post_init__(self) -> None:
        check_number("reference", self.reference, low=0.0, open_low=True, unit="K")
        check_number("attempt_time", self.attempt_time, low=0.0, open_low=True, unit="s")
        for name in ("activation_amorphous", "activation_crystalline"):
            check_number(name, getattr(self, name), low=0.0, high=5.0, unit="eV")

    @property
    def confidence(self) -> Mapping[str, str]:
        """How well each parameter and each part of the model is known, in words."""
        return MappingProxyType(
            {
                "reference": "assumed: room temperature; the fits do not state theirs",
                "attempt_time": "assumed: a period of atomic vibration, of the usual size",
                "activation_amorphous": "published for films of amorphous Ge2Sb2Te5: 0.36-0.45 eV "
                "(fact B081); the middle is used for devices, which is an assumption; right after "
                "quenching it was measured to be smaller, 0.333 eV (fact B070)",
                "activation_crystalline": "assumed: zero, as in a metal",
                "barrier grows with the logarithm of time": "published model (le Gallo 2018)",
                "drift exponent does not depend on temperature": "assumed: follows from the model; "
                "line cells were measured to fall from 0.11 at 300 K to 0.07 at 125 K (fact B082)",
                "drift raises the activation energy": "published for films of Ge2Sb2Te5 (fact "
                "B083); that it does nothing else is an assumption",
                "amorphous and crystalline part in series": "assumed: simplest picture of a cell",
                "programming at the reference temperature": "assumed",
            }
        )

    def barrier(self, profile: TemperatureProfile, t: float | str, start: float | str) -> float:
        """Return the barrier (eV) reached at ``t`` (s) by a device of age ``start`` (s) at zero."""
        age = effective_age(profile, t, self.attempt_time, self.reference, start=start)
        return BOLTZMANN_EV * self.reference * math.log(max(age / self.attempt_time, 1.0))

    def conduction(self, g_relative: Array, temperature: float) -> Array:
        """Return the factor on a conductance that is read at ``temperature`` (K).

        Parameters
        ----------
        g_relative : array
            Conductance at the reference temperature over that of the SET state.
        temperature : float
            Temperature at the read, K.
        """
        check_number("temperature", temperature, low=0.0, open_low=True, unit="K")
        relative = as_array("g_relative", g_relative)
        check_array("g_relative", relative)
        beta = (1 / temperature - 1 / self.reference) / BOLTZMANN_EV
        amorphous = 1.0 - namespace(relative).clip(relative, 0.0, 1.0)
        crystalline, glass = (
            math.exp(min(energy * beta, LARGEST))
            for energy in (self.activation_crystalline, self.activation_amorphous)
        )
        return 1.0 / ((1.0 - amorphous) * crystalline + amorphous * glass)

    def at(self, state: ConductanceState, profile: TemperatureProfile, t: float | str) -> Array:
        """Return the conductance (S) of each device at time ``t`` (s), without read noise.

        At the reference temperature throughout this is ``state.at(t)``.

        Parameters
        ----------
        state : ConductanceState
            Devices of a `StatisticalPCM`.
        profile : TemperatureProfile
            Temperature from the end of programming on.
        t : float
            Time on the clock of ``state``, s.

        Raises
        ------
        TypeError
            If the devices are of another kind, which has no power-law drift.
        """
        check_kind("state", state, ConductanceState)
        check_kind("profile", profile, TemperatureProfile)
        device = state.device
        if not isinstance(device, StatisticalPCM):
            raise TypeError(f"state must hold devices of a StatisticalPCM, not of {device.name!r}")
        g, age = state.at(t), state.age(t)
        kelvin = profile.at(age)
        if device.drift:
            start = BOLTZMANN_EV * self.reference * math.log(device.t_0 / self.attempt_time)
            gained = (self.barrier(profile, age, device.t_0) - start) / (BOLTZMANN_EV * kelvin)
            # `state.at` holds the drift at the reference temperature; add what differs from it
            g = g * namespace(g).exp(
                -state.drift_exponent * (gained - math.log1p(age / device.t_0))
            )
        return g * self.conduction(state.g_programmed / device.g_max, kelvin)


@dataclass(frozen=True, slots=True, eq=False)
class AmbientState(ConductanceState):
    """Devices under a temperature profile: `ConductanceState` with another `at`."""

    device: Ambient
    """Model that made the state."""
    model: Device = field(kw_only=True)
    """Model of the same devices at the reference temperature."""

    def at(self, t: float | str) -> Array:
        """Return the conductance (S) of each device at time ``t`` (s), without read noise."""
        isothermal = ConductanceState(
            self.model, self.g_target, self.g_programmed, self.drift_exponent, self.programmed_at
        )
        return self.device.thermal.at(isothermal, self.device.profile, t)


@dataclass(frozen=True, slots=True)
class Ambient:
    """A device model under a temperature profile; put it into a core like any other device.

    Read noise stays the published share of the conductance; its own dependence on temperature is
    not modelled.

    Parameters
    ----------
    device : Device
        PCM model, valid at the reference temperature.
    profile : TemperatureProfile
        Temperature from the end of programming on.
    thermal : Thermal
        Parameters of relaxation and conduction.
    """

    device: Device
    profile: TemperatureProfile
    thermal: Thermal = Thermal()

    def __post_init__(self) -> None:
        for name, kind in (
            ("device", Device),
            ("profile", TemperatureProfile),
            ("thermal", Thermal),
        ):
            check_kind(name, getattr(self, name), kind)

    @property
    def name(self) -> str:
        """Name of the model with the range of temperatures."""
        low, high = min(self.profile.temperatures), max(self.profile.temperatures)
        span = f"{low:.0f} K" if low == high else f"{low:.0f}-{high:.0f} K"
        return f"{self.device.name} at {span}"

    @property
    def g_max(self) -> float:
        """Conductance of the fully SET state at the reference temperature, S."""
        return self.device.g_max

    @property
    def sources(self) -> tuple[str, ...]:
        """Bibliography keys of the papers behind the model."""
        return (*self.device.sources, "legallo2018collective", "wu2016transport")

    def program(self, g_target: Array, rng: RandomSource) -> AmbientState:
        """Program at the reference temperature, see the wrapped model."""
        inside = self.device.program(g_target, rng)
        return AmbientState(
            self,
            inside.g_target,
            inside.g_programmed,
            inside.drift_exponent,
            inside.programmed_at,
            model=inside.device,
        )

    def drift_factor(self, drift_exponent: Array, age: float | str) -> Array:
        """Return G(age) / G(programmed) at the reference temperature."""
        return self.device.drift_factor(drift_exponent, check_time("age", age))

    @property
    def noise_in_time(self) -> NoiseInTime | None:
        """How the read noise of the wrapped model divides over time."""
        return noise_in_time(self.device)

    def read_noise_std(self, g_programmed: Array, g_now: Array, age: float | str) -> Array:
        """Return the standard deviation (S) of one read."""
        return self.device.read_noise_std(g_programmed, g_now, check_time("age", age))
