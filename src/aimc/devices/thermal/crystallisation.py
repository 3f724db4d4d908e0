r"""Melting, nucleation and growth: how much of a phase-change material is disordered, and where.

The mobility of the atoms in the undercooled liquid falls by many orders of magnitude between the
melting temperature :math:`T_m` and the glass transition :math:`T_g`. The viscosity :math:`\eta` of
the liquid follows the three-parameter law of Mauro et al., with the fragility :math:`m` and the
limit :math:`\eta_\infty` of a hot liquid,

.. math::

   \log_{10}\eta = \log_{10}\eta_\infty + (12 - \log_{10}\eta_\infty)\,\frac{T_g}{T}
   \exp\left[\left(\frac{m}{12 - \log_{10}\eta_\infty} - 1\right)
   \left(\frac{T_g}{T} - 1\right)\right].

Atoms at a crystal front move more easily than a whole liquid flows: mobility is taken to go as
:math:`\eta^{-\zeta}` with :math:`\zeta < 1`. In the glass, below :math:`T_g`, the structure no
longer follows the temperature, and mobility falls with one constant activation energy, published
(fact B065). The exponent :math:`\zeta` is chosen so that a film which is heated slowly crystallises
where it was seen to (facts B062, B066); that is far below the glass transition (B064).

The drive to crystallise, :math:`\Delta G = \Delta H\,(T_m - T)/T_m`, grows as the mobility falls.
Their product makes two bells. A crystal front moves with
:math:`v \propto \mu\,[1 - \exp(-\Delta G / k T)]`, where :math:`\mu` is the mobility, and new
crystals appear at the rate :math:`I \propto \mu\,\exp[-16\pi\gamma^3 / (3 k T\,\Delta G_V^2)]` of
classical nucleation theory, with the interface energy :math:`\gamma`. Both are scaled to a stated
maximum.

The volume of the nuclei under a varying temperature follows the rate equations of Schneider et
al., whose isothermal solution is the Johnson-Mehl-Avrami-Kolmogorov law.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from aimc.devices.thermal.parameters import check_parameters, parameter
from aimc.validation import check_number

__all__ = ["CrystalKinetics", "Phases"]

K_BOLTZMANN = 1.380649e-23  # J/K
ELECTRON_VOLT = 1.602176634e-19  # J
DONE = 0.01  # a shell with less disorder than this lets its neighbour grow


@dataclass(frozen=True)
class CrystalKinetics:
    """How fast a phase-change material crystallises, by temperature.

    Every parameter carries its unit, meaning and source; the parameters of a cell list them.
    """

    melting_temperature: float = parameter(900.0, "K", "melting temperature", "B061")
    glass_temperature: float = parameter(473.0, "K", "glass transition temperature", "B064")
    glass_activation: float = parameter(2.3, "eV", "activation energy of growth, glass", "B065")
    fragility: float = parameter(100.0, "", "fragility of the liquid")
    hot_viscosity: float = parameter(1e-3, "Pa s", "viscosity of the very hot liquid")
    coupling: float = parameter(0.45, "", "exponent of mobility over viscosity")
    heat_of_fusion: float = parameter(0.13, "eV", "heat of fusion per atom")
    atomic_volume: float = parameter(3.0e-29, "m^3", "volume per atom")
    interface_energy: float = parameter(0.065, "J/m^2", "energy of the crystal-liquid interface")
    growth_max: float = parameter(0.6, "m/s", "largest growth velocity", "B068")
    nucleation_max: float = parameter(3e29, "1/(m^3 s)", "largest nucleation rate")

    def __post_init__(self) -> None:
        check_parameters(self)
        if self.glass_temperature >= self.melting_temperature:
            raise ValueError(
                f"glass_temperature={self.glass_temperature!r} is not allowed: it must lie below "
                f"melting_temperature={self.melting_temperature!r}"
            )

    def _shape(self, temperature: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return both bells before scaling; zero at and above the melting temperature."""
        t = np.minimum(np.asarray(temperature, dtype=np.float64), self.melting_temperature)
        kt = K_BOLTZMANN * t
        low = math.log10(self.hot_viscosity)
        ratio = self.glass_temperature / np.maximum(t, self.glass_temperature)
        steep = self.fragility / (12 - low) - 1
        decades = (12 - low) * ratio * np.exp(steep * (ratio - 1))
        frozen = np.maximum(1 / t - 1 / self.glass_temperature, 0.0) / K_BOLTZMANN
        mobility = 10.0 ** (-self.coupling * decades)
        mobility = mobility * np.exp(-self.glass_activation * ELECTRON_VOLT * frozen)
        drive = self.heat_of_fusion * ELECTRON_VOLT * (1 - t / self.melting_temperature)
        growth = mobility * -np.expm1(-drive / kt)
        per_volume = np.maximum(drive / self.atomic_volume, 1.0)
        barrier = 16 * math.pi * self.interface_energy**3 / (3 * kt * per_volume**2)
        return growth, mobility * np.exp(-np.minimum(barrier, 700.0))

    @cached_property
    def _table(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        t = np.linspace(200.0, self.melting_temperature, 1401)
        growth, nucleation = self._shape(t)
        return (
            t,
            self.growth_max * growth / growth.max(),
            self.nucleation_max * nucleation / nucleation.max(),
        )

    def growth_velocity(self, temperature: np.ndarray) -> np.ndarray:
        """Return the velocity of a crystal front (m/s) at temperatures in K."""
        t, growth, _ = self._table
        return np.interp(temperature, t, growth)

    def nucleation_rate(self, temperature: np.ndarray) -> np.ndarray:
        """Return the number of new nuclei per volume and time (1/m³s) at temperatures in K."""
        t, _, nucleation = self._table
        return np.interp(temperature, t, nucleation)

    def half_time(self, temperature: np.ndarray) -> np.ndarray:
        """Return the time (s) in which half of a large body crystallises by nuclei that grow.

        The temperature (K) is held from the start. Above the melting temperature the time is
        infinite. From the Johnson-Mehl-Avrami-Kolmogorov law; a front that enters from a crystal
        next door can be faster in a body of some nanometres.
        """
        rate = self.nucleation_rate(temperature) * self.growth_velocity(temperature) ** 3
        with np.errstate(divide="ignore"):
            return (3 * math.log(2) / (math.pi * rate)) ** 0.25

    def window(self, share: float = 0.1) -> tuple[float, float]:
        """Return the temperatures (K) between which growth is faster than ``share`` of its peak."""
        check_number("share", share, low=0.0, open_low=True)
        t, growth, _ = self._table
        fast = t[growth >= share * self.growth_max]
        if not fast.size:
            raise ValueError(f"share={share!r} is not allowed: it must lie in (0, 1]")
        return float(fast[0]), float(fast[-1])


@dataclass(frozen=True, slots=True)
class Phases:
    """The phases of a row of shells. Nothing is changed in place."""

    grown: np.ndarray
    """Share of each shell behind a crystal front, shape (shells,)."""
    moments: np.ndarray
    """Nuclei of the rest, shape (4, shells): 8π times their number per volume (1/m³), their
    extended diameter (1/m²) and surface (1/m), and their extended volume (a pure number)."""

    @property
    def nucleated(self) -> np.ndarray:
        """Share of the rest that has crystallised by nucleation, shape (shells,)."""
        return -np.expm1(-self.moments[3])

    @property
    def disordered(self) -> np.ndarray:
        """Share of each shell that is amorphous or molten, shape (shells,)."""
        return (1 - self.grown) * np.exp(-self.moments[3])

    def melted(self, molten: np.ndarray) -> Phases:
        """Return the phases after the share ``molten`` of each shell has melted.

        At least so much of a shell is disordered then; what has melted already melts no further.
        """
        if not np.any(molten):
            return self
        grown = np.minimum(self.grown, 1 - molten)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            most = np.log((1 - grown) / molten)  # extended volume at which no more is disordered
            kept = np.fmin(1.0, np.maximum(most, 0.0) / self.moments[3])
        return Phases(grown, self.moments * np.where(self.moments[3] > 0, kept, 1 - molten))

    def crystallised(
        self, kinetics: CrystalKinetics, temperature: np.ndarray, width: np.ndarray, time: float
    ) -> Phases:
        """Return the phases after a time at fixed temperatures.

        Parameters
        ----------
        kinetics : CrystalKinetics
        temperature : array, shape (shells,)
            Temperature of each shell, K.
        width : array, shape (shells,)
            Thickness of each shell, m.
        time : float
            s.
        """
        if not np.any(self.grown < 1):
            return self
        velocity = kinetics.growth_velocity(temperature)
        rate = kinetics.nucleation_rate(temperature)
        moments, grown = _nucleate(self.moments, rate, velocity, time), self.grown
        reach = float(np.max(np.where(grown < 1, velocity / width, 0.0))) * time
        pieces = 1 + int(reach / 0.7)  # so that no front crosses a shell in one piece
        for _ in range(pieces):
            grown = _grow(grown, moments[3], velocity * time / pieces, width)
        return Phases(grown, moments)


def _nucleate(moments: np.ndarray, rate: np.ndarray, velocity: np.ndarray, dt: float) -> np.ndarray:
    """Advance the rate equations of Schneider et al.; exact at constant rate and velocity."""
    number, length, surface, volume = moments
    v, source = velocity * dt, 8 * math.pi * rate * dt
    return np.stack(
        [
            number + source,
            length + v * (number + source / 2),
            surface + v * (length + v * (number / 2 + source / 6)),
            volume + v * (surface + v * (length / 2 + v * (number / 6 + source / 24))),
        ]
    )


def _grow(
    grown: np.ndarray, extended: np.ndarray, distance: np.ndarray, width: np.ndarray
) -> np.ndarray:
    """Move every crystal front by ``distance``; what it runs over goes to the next shell."""
    crystal = (1 - grown) * np.exp(-extended) < DONE
    fronts = np.zeros(grown.size)
    fronts[1:] += crystal[:-1]
    fronts[:-1] += crystal[1:]
    fronts = np.where((grown > 0) & ~crystal, np.maximum(fronts, 1.0), fronts)
    new = grown + np.where(crystal, 0.0, fronts) * distance / width
    excess = np.maximum(new - 1, 0.0) * width
    new = np.minimum(new, 1.0)
    if np.any(excess > 0):
        new[:-1] += excess[1:] / width[:-1]
        new[1:] += excess[:-1] / width[1:]
        new = np.minimum(new, 1.0)
    return new
