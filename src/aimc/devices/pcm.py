r"""Statistical compact models of phase-change memory (PCM).

Six formulas stand for the behaviour of up to a million measured devices. With the relative target
:math:`\hat g = G_T / G_\max` a model gives the spread of the programmed conductance, the mean and
spread of the drift exponent, and the size of the read noise:

.. math::

   G_P &= \max(G_T + \sigma_P(\hat g)\,\xi,\ 0), \\
   G(t) &= G_P \left(\frac{t + t_0}{t_0}\right)^{-\nu},\qquad
   \nu = |\mu_\nu(\hat g) + \sigma_\nu(\hat g)\,\xi'|, \\
   \sigma_R(t) &= G(t)\,Q(\hat g_P)\,\sqrt{\ln\frac{t + t_0 + t_r}{2\,t_r}},

where :math:`\xi, \xi'` are standard normal, :math:`t` counts from the end of programming,
:math:`t_0` is the delay of the first read, :math:`t_r` the length of a read, and
:math:`\hat g_P = G_P / G_\max`. The four fits below belong to three generations of hardware; they
are named after their source and never mixed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from aimc.backend import Array, RandomSource, as_generator, namespace, scaled
from aimc.backend.blockwise import exponential, overwritten, scattered, with_normals
from aimc.devices.base import ConductanceState, check_targets
from aimc.devices.fits import ClippedLog, ClippedPower, Fit, Piecewise, Polynomial, both
from aimc.devices.pulsed.model import PulsedPCM, pulsed_2019, pulsed_hermes
from aimc.devices.read_noise import NoiseInTime
from aimc.units import MICRO, YEAR
from aimc.validation import check_choice, check_integer, check_number, check_time, warn_caller

__all__ = ["StatisticalPCM", "pcm_2019", "pcm_2025", "pcm_hermes"]


@dataclass(frozen=True, slots=True)
class StatisticalPCM:
    """Statistical compact model of one generation of PCM devices.

    Make one with `pcm_2019`, `pcm_hermes` or `pcm_2025`; `without` switches single effects off.
    """

    name: str
    """Which hardware the fit describes."""
    g_max: float
    """Conductance of the fully SET state, S."""
    programming_fit: Fit
    """Standard deviation of the programmed conductance, in microsiemens as published."""
    drift_mean_fit: Fit
    """Mean of the drift exponent."""
    drift_std_fit: Fit
    """Standard deviation of the drift exponent over devices of one state."""
    read_noise_fit: Fit
    """Factor Q of the read noise."""
    t_0: float
    """Delay between the end of programming and the first read of the fit, s."""
    t_read: float
    """Length of one read, s."""
    sources: tuple[str, ...]
    """Bibliography keys."""
    t_fitted: float = 10 * YEAR
    """Longest time after programming that the model stands for, s; beyond it a warning is given.

    The 2019 array was watched for about a day and papers extrapolate its drift law to a year; ten
    years is the retention that is usually asked of the technology (fact B040)."""
    programming_noise: bool = True
    """Whether programmed conductances scatter about their targets."""
    drift: bool = True
    """Whether conductances drift."""
    drift_spread: bool = True
    """Whether the drift exponent differs between devices of one state."""
    read_noise: bool = True
    """Whether a read is noisy."""
    pulses: PulsedPCM | None = None
    """The same devices pulse by pulse, from which the cost of programming is found; None where no
    such model is known, as for devices fitted to a table."""
    devices: int = 1
    """Physical devices that one element of the model stands for."""

    def __post_init__(self) -> None:
        for name, unit in (("g_max", "S"), ("t_0", "s"), ("t_read", "s")):
            check_number(name, getattr(self, name), low=0.0, open_low=True, unit=unit)
        check_integer("devices", self.devices, low=1)
        if not isinstance(self.pulses, PulsedPCM | None):
            raise TypeError(f"pulses must be a PulsedPCM or None, got {type(self.pulses).__name__}")

    def without(self, *effects: str) -> StatisticalPCM:
        """Return a copy with effects switched off.

        Parameters
        ----------
        *effects : {"programming_noise", "drift", "drift_spread", "read_noise"}
            Which effects to leave out.

        Raises
        ------
        ValueError
            If an effect is unknown.
        """
        for effect in effects:
            allowed = ("programming_noise", "drift", "drift_spread", "read_noise")
            check_choice("effects", effect, allowed)
        switched_off: dict[str, Any] = dict.fromkeys(effects, False)
        return replace(self, **switched_off)

    def programming_std(self, g_target: Array) -> Array:
        """Return the standard deviation (S) of devices programmed to ``g_target`` (S)."""
        targets = check_targets(g_target, self.g_max)
        return MICRO * self.programming_fit(targets / self.g_max)

    def drift_exponent_mean(self, g_target: Array) -> Array:
        """Return the mean drift exponent of devices programmed to ``g_target`` (S)."""
        return self.drift_mean_fit(check_targets(g_target, self.g_max) / self.g_max)

    def drift_exponent_std(self, g_target: Array) -> Array:
        """Return the device-to-device spread of the drift exponent at ``g_target`` (S)."""
        return self.drift_std_fit(check_targets(g_target, self.g_max) / self.g_max)

    def read_noise_factor(self, g_programmed: Array) -> Array:
        """Return the dimensionless noise factor Q at programmed conductances (S)."""
        return self.read_noise_fit(g_programmed / self.g_max)

    def program(self, g_target: Array, rng: RandomSource) -> ConductanceState:
        """Program one device per entry of ``g_target`` and return the state.

        Parameters
        ----------
        g_target : array
            Target conductances, S, between 0 and `g_max`; any shape.
        rng : int, numpy.random.Generator or torch.Generator
            Source of programming noise and drift exponents.

        Returns
        -------
        ConductanceState
            Programmed conductances and drift exponents, of the same shape.

        Raises
        ------
        ValueError
            If a target is negative or above `g_max`.
        """
        generator = as_generator(rng)
        targets = check_targets(g_target, self.g_max)

        def programmed(target: Array, normal: Array) -> Array:
            if not self.programming_noise:
                return target
            spread = self.programming_fit(target / self.g_max)
            met = scattered(target, spread, normal, MICRO)
            return overwritten(namespace(target).clip, met, 0.0)

        def drift_exponent(target: Array, normal: Array) -> Array:
            relative = target / self.g_max
            if not self.drift_spread:
                return self.drift_mean_fit(relative)
            mean, spread = both(self.drift_mean_fit, self.drift_std_fit, relative)
            return overwritten(namespace(target).abs, scattered(mean, spread, normal))

        # Both draws are always made, so that switching an effect off leaves the others' numbers
        # alone: differences between two runs are then the effect itself, not another chip.
        g = with_normals(programmed, targets, rng=generator)
        nu = with_normals(drift_exponent, targets, rng=generator)
        return ConductanceState(self, targets, g, nu)

    def check_age(self, age: float | str) -> float:
        """Return an age in s; warn if the model does not stand for so long a time.

        Raises
        ------
        TypeError, ValueError
            If ``age`` is no time, or negative.
        """
        age = check_time("age", age)
        if age > self.t_fitted:
            warn_caller(
                f"age={age:g} s lies beyond the {self.t_fitted:g} s that the model "
                f"{self.name!r} stands for: the result is an extrapolation"
            )
        return age

    def drift_factor(self, drift_exponent: Array, age: float | str) -> Array:
        """Return G(age) / G(programmed) for drift exponents of any shape; ``age`` in s or words."""
        age = self.check_age(age)
        if not self.drift or age == 0.0:
            return 0.0 * drift_exponent + 1.0
        return exponential(drift_exponent, -math.log1p(age / self.t_0))

    def read_noise_std(self, g_programmed: Array, g_now: Array, age: float | str) -> Array:
        """Return the standard deviation (S) of a read at ``age`` (s) after programming.

        The 1/f noise of a device, integrated from the slowest fluctuation since programming to the
        fastest that one read resolves, grows with the square root of the logarithm of time.
        """
        age = self.check_age(age)
        if not self.read_noise:
            return 0.0 * g_now
        factor = scaled(self.read_noise_factor(g_programmed), g_now)
        return scaled(factor, self.noise_growth(age))

    def noise_growth(self, age: float | str) -> float:
        """Return what the noise factor Q is multiplied by at ``age`` (s) after programming.

        Raises
        ------
        ValueError
            If the devices are younger then than one read takes.
        """
        elapsed = check_time("age", age) + self.t_0
        if elapsed < self.t_read:
            raise ValueError(
                f"age={age} is not allowed: with t_0={self.t_0:g} s the devices would be younger "
                f"than one read takes, t_read={self.t_read:g} s, and their noise has no value"
            )
        return math.sqrt(math.log((elapsed + self.t_read) / (2 * self.t_read)))

    @property
    def noise_in_time(self) -> NoiseInTime | None:
        """How the read noise divides over time; None where no read is noisy."""
        return NoiseInTime(self.t_0, self.t_read) if self.read_noise else None

    def fresh_share(self, age: float | str, readout: float | str) -> float:
        """Return the share of the noise variance at ``age`` (s) that is new for each vector.

        Parameters
        ----------
        age : float or str
            Time since programming, s.
        readout : float or str
            Time over which vectors are read and their results combined, s.
        """
        known = self.noise_in_time
        return 1.0 if known is None else known.fresh_share(age, readout)

    def noisy_read(
        self,
        g_programmed: Array,
        drift_exponent: Array,
        age: float | str,
        rng: RandomSource,
        factor: Array | None = None,
    ) -> Array:
        """Return one noisy read (S) of devices at ``age`` (s) after programming; never negative.

        The same as adding `read_noise_std` times normal numbers to what `drift_factor` leaves, in
        one pass over the devices. ``factor`` is `read_noise_factor`, if it is known already.
        """
        age = self.check_age(age)
        decay = -math.log1p(age / self.t_0) if self.drift else 0.0
        growth = self.noise_growth(age) if self.read_noise else 0.0

        def read(programmed: Array, exponent: Array, *others: Array) -> Array:
            *known, normal = others
            xp = namespace(programmed)
            if not self.read_noise:
                return programmed * exponential(exponent, decay)
            # nothing has drifted right after programming, where every compensation reads
            now = programmed
            if decay != 0.0:
                now = scaled(exponential(exponent, decay), programmed)
            spread = known[0] * now if known else scaled(self.read_noise_factor(programmed), now)
            return overwritten(xp.clip, scattered(now, spread, normal, growth), 0.0)

        known = () if factor is None else (factor,)
        return with_normals(read, g_programmed, drift_exponent, *known, rng=rng)


def pcm_2019() -> StatisticalPCM:
    """Return the fit of the 90 nm array of a million devices :cite:p:`nandakumar2019models`.

    The array data are those of :cite:t:`joshi2020accurate`; the coefficients are the ones that
    :cite:t:`rasch2023hwa` print and the ``aihwkit`` toolkit uses (facts B001, B005-B007, B009 and
    B010).
    """
    return StatisticalPCM(
        name="PCM 2019 (90 nm array)",
        g_max=25e-6,
        programming_fit=Polynomial((0.26348, 1.9650, -1.1731)),
        drift_mean_fit=ClippedLog(-0.0155, 0.0244, 0.049, 0.1),
        drift_std_fit=ClippedLog(-0.0125, -0.0059, 0.008, 0.045),
        read_noise_fit=ClippedPower(0.0088, 0.65, 0.2),
        t_0=20.0,
        t_read=250e-9,
        sources=("nandakumar2019models", "joshi2020accurate", "rasch2023hwa", "aihwkit"),
        pulses=pulsed_2019(),
    )


def pcm_hermes(devices: int = 2) -> StatisticalPCM:
    """Return the fit of the PCM on the 14 nm HERMES project chip :cite:p:`legallo2023hermes`.

    Parameters
    ----------
    devices : {1, 2}
        Devices per polarity that share one weight. The two-device fit describes the pair as one
        element with twice the conductance range (facts B013-B020, A061, A062). Its drift was fitted
        with both devices in the same state, which makes it pessimistic.

    Raises
    ------
    ValueError
        If ``devices`` is neither 1 nor 2.
    """
    check_choice("devices", devices, (1, 2))
    drift_mean = Piecewise(
        0.0945, ClippedLog(-0.0387, -0.0182, 0.072, 0.13), Polynomial((0.0736, -0.0126, -0.0436))
    )
    if devices == 1:
        programming = Polynomial((0.15781817, 2.32443916, -2.16310839, 0.68841818))
        drift_std = Piecewise(
            0.3039,
            ClippedLog(-0.0120, -0.0023, 0.0124, 0.04),
            Polynomial((0.0104, 0.0116, -0.0165)),
        )
        read_noise = Piecewise(
            0.1591,
            ClippedLog(-0.0078, 0.0038, 0.0179, 0.04),
            Polynomial((0.0088, 0.0768, -0.1352, 0.0664)),
        )
    else:
        programming = Polynomial((0.16603222, 4.71806468, -8.48101252, 4.68961419))
        drift_std = Piecewise(
            0.3055,
            ClippedLog(-0.0117, -0.0057, 0.0091, 0.04),
            Polynomial((0.0073, 0.0093, -0.0118)),
        )
        read_noise = Piecewise(
            0.16,
            ClippedLog(-0.0117, -0.0069, 0.015, 0.04),
            Polynomial((0.0123, 0.0211, -0.0280, 0.0069)),
        )
    return StatisticalPCM(
        name=f"PCM HERMES ({devices} device{'s' if devices > 1 else ''} per polarity)",
        g_max=10.35e-6 * devices,
        programming_fit=programming,
        drift_mean_fit=drift_mean,
        drift_std_fit=drift_std,
        read_noise_fit=read_noise,
        t_0=200.0 if devices == 1 else 300.0,
        t_read=512e-9,
        sources=("legallo2023hermes", "aihwkit"),
        pulses=pulsed_hermes(),
        devices=devices,
    )


def pcm_2025(g_max: float = 25e-6) -> StatisticalPCM:
    """Return the programming-noise fit of the era of large language models :cite:p:`buchel2025afm`.

    The fit was made to evaluate language models (fact B058): a weight below one third of a percent
    of full scale is not programmed at all and is exactly zero; up to 52.5/180 of full scale one
    device holds the weight, above it two do. It describes the error right after programming and
    nothing else: no drift and no read noise were published with it, and asking for a later time
    warns. The unit of its scale of 180 is not stated by the source, so the fit is relative to full
    scale.

    Parameters
    ----------
    g_max : float
        Conductance that stands for full scale, S. It sets the unit only.

    Raises
    ------
    ValueError
        If ``g_max`` is not positive.
    """
    check_number("g_max", g_max, low=0.0, open_low=True, unit="S")
    scale = 180.0
    unit = g_max / MICRO / scale  # from the units of the fit to microsiemens

    def in_relative_units(*coefficients: float) -> Polynomial:
        return Polynomial(tuple(unit * c * scale**k for k, c in enumerate(coefficients)))

    one = in_relative_units(2.579741, 0.2241969, -3.715812e-3, 2.939751e-5)
    two = in_relative_units(2.110296, 0.2453487, -3.054993e-3, 1.232976e-5)
    nothing = Polynomial((0.0,))
    return StatisticalPCM(
        name="PCM 2025 (weight error for language models)",
        g_max=g_max,
        # 52.5 itself still belongs to one device
        programming_fit=Piecewise(
            0.6 / scale, nothing, Piecewise(math.nextafter(52.5 / scale, 1.0), one, two)
        ),
        drift_mean_fit=nothing,
        drift_std_fit=nothing,
        read_noise_fit=nothing,
        t_0=1.0,
        t_read=250e-9,
        sources=("buchel2025afm",),
        t_fitted=0.0,
        drift=False,
        drift_spread=False,
        read_noise=False,
    )
