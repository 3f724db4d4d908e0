r"""A mushroom cell of phase-change memory: its shape, its materials, and the current through it.

Current enters through a narrow metal cylinder, the heater, and spreads from its end into the
phase-change material up to a wide top electrode. The material is cut into hemispherical shells.
The first has the radius :math:`r_0 = r_h / \sqrt2`, so that a hemisphere has the area of the
heater's end. A shell between :math:`r` and :math:`r'` has the shape factor
:math:`S = (1/r - 1/r') / 2\pi`: resistivity times :math:`S` is its electrical resistance, and
:math:`S` over the thermal conductivity its thermal resistance. With that, heat and current flow
along one line, from electrode to electrode.

The crystal conducts the same at all temperatures near that of a room; in the heat further carriers
are excited and add to its conductivity,

.. math::

   \sigma_c(T) = \frac{1}{\rho_c}\left[1 + e^{(E_c / k_B)(1/T_c - 1/T)}\right].

The amorphous phase is thermally activated and bends Ohm's law,

.. math::

   J = \sigma_a(T)\,F_0 \sinh(F / F_0) .

Its activation energy is one constant by default, with which hot glass conducts better than the
crystal. In measurements it falls in the heat (fact B070); with `activation_peak` :math:`T_p` it is
:math:`E_a\,(2T/T_p - T^2/T_p^2)`, largest at :math:`T_p` and zero at twice that, and
:math:`\mathrm d\ln\sigma_a/\mathrm dT = E(T)/k_B T^2` gives the conductivity. Published melting
currents, states, programming voltage and SET time agree with both and cannot decide; the currents
of SET pulses are smaller with the falling one, and the pulses of the course are chosen for the
constant.

Two conditions must hold for the amorphous phase to switch, electronically and without melting: its
field, where it is strongest, at the heater, passes a threshold, *and* the voltage across it passes
the holding voltage. The first decides in thick domes, the second in thin ones. Switched on it
conducts like the crystal, but only beyond the *holding voltage*, which it keeps for as long as it
is on and which is spread evenly over its thickness. It switches off when its plain conduction at
the same current would need less than that. The molten phase is a poor metal.

Left out: the heat that melting takes up and crystallisation sets free (for the whole dome less than
one per cent of the energy of a RESET pulse, and some kelvin at a growing front), the thermal
resistance of interfaces, a current that leaks past the dome at the edge of the heater, the
thermoelectric effects (which make real cells depend on the polarity), heat lost from the shells
through the oxide beneath them, drift, and noise. Nothing evaporates, so that results with peaks far
above 1500 K are no more than arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from aimc.devices.thermal.conduction import ACTIVATION_AMORPHOUS
from aimc.devices.thermal.crystallisation import (
    ELECTRON_VOLT,
    K_BOLTZMANN,
    CrystalKinetics,
    Phases,
)
from aimc.devices.thermal.parameters import Parameter, check_parameters, parameter, parameters_of
from aimc.validation import check_array, check_integer, check_number

__all__ = ["CellState", "MushroomCell"]

MELT_WIDTH = 15.0  # K, over which the conductivity of the melt sets in
READ_VOLTAGE = 0.2  # V


@dataclass(frozen=True)
class MushroomCell:
    """A mushroom cell. Parameters carry unit, meaning and source; see `parameters`."""

    heater_radius: float = parameter(20e-9, "m", "radius of the heater", "B027")
    heater_length: float = parameter(65e-9, "m", "length of the heater", "B027")
    thickness: float = parameter(100e-9, "m", "thickness of the phase-change material", "B027")
    ambient: float = parameter(300.0, "K", "temperature of both electrodes")
    heater_resistivity: float = parameter(3.0e-5, "ohm m", "resistivity of the heater")
    heater_conductivity: float = parameter(4.0, "W/(m K)", "thermal conductivity of the heater")
    heater_capacity: float = parameter(3.0e6, "J/(m^3 K)", "heat capacity of the heater")
    heater_loss: float = parameter(0.5, "W/(m K)", "heat lost sideways, per heater length")
    capacity: float = parameter(1.3e6, "J/(m^3 K)", "heat capacity of the material")
    crystal_conductivity: float = parameter(0.6, "W/(m K)", "thermal conductivity, crystalline")
    amorphous_conductivity: float = parameter(0.2, "W/(m K)", "thermal conductivity, amorphous")
    melt_conductivity: float = parameter(3.0, "W/(m K)", "thermal conductivity, molten")
    crystal_resistivity: float = parameter(2.4e-3, "ohm m", "resistivity at 300 K, crystalline")
    crystal_activation: float = parameter(0.25, "eV", "activation energy, crystalline and hot")
    crystal_onset: float = parameter(450.0, "K", "temperature that doubles its conductivity")
    amorphous_resistivity: float = parameter(1.0, "ohm m", "resistivity at 300 K, amorphous")
    amorphous_activation: float = parameter(
        ACTIVATION_AMORPHOUS, "eV", "activation energy, amorphous", "B081"
    )
    field_scale: float = parameter(2.5e7, "V/m", "field F0 at which Ohm's law bends")
    threshold_field: float = parameter(5.6e7, "V/m", "field at which switching sets in", "B060")
    holding_voltage: float = parameter(0.4, "V", "voltage that stays when switched on", "B072")
    melt_resistivity: float = parameter(5.0e-6, "ohm m", "resistivity, molten")
    activation_peak: float | None = None
    """Temperature (K) at which the activation energy of the glass is largest; if none is given, it
    is the same at all temperatures."""
    kinetics: CrystalKinetics = field(default_factory=CrystalKinetics)
    heater_cells: int = 8
    shells: int = 48

    def __post_init__(self) -> None:
        check_parameters(self)
        if not isinstance(self.kinetics, CrystalKinetics):
            raise TypeError(f"kinetics must be CrystalKinetics, got {type(self.kinetics).__name__}")
        if self.activation_peak is not None:
            check_number("activation_peak", self.activation_peak, low=200.0, unit="K")
        check_integer("heater_cells", self.heater_cells, low=2, high=200)
        check_integer("shells", self.shells, low=4, high=1000)
        if self.ambient >= self.kinetics.glass_temperature:
            raise ValueError(
                f"ambient={self.ambient!r} is not allowed: it must lie below the glass transition, "
                f"{self.kinetics.glass_temperature:g} K"
            )

    def parameters(self) -> tuple[Parameter, ...]:
        """Return all physical parameters with unit, meaning and source."""
        return parameters_of(self) + parameters_of(self.kinetics)

    @cached_property
    def grid(self) -> Mapping[str, np.ndarray]:
        """The finite volumes: heater cells from the bottom up, then shells outwards.

        Keys: ``"radius"`` of the shells' faces (m, shape (shells + 1,)), and per finite volume
        ``"length"`` (m), ``"shape"`` factor (1/m), ``"inner"`` and ``"outer"`` half of it,
        ``"area"`` (m²) and ``"volume"`` (m³).
        """
        r_0 = self.heater_radius / math.sqrt(2)
        # shells widen outwards: fine where the material melts, coarse where it stays cool
        stretch = np.linspace(0, 1, self.shells + 1)
        radius = r_0 + self.thickness * np.expm1(2 * stretch) / np.expm1(2)
        centre = (radius[1:] + radius[:-1]) / 2
        n, area = self.heater_cells, math.pi * self.heater_radius**2
        # heater cells become finer towards the material
        ends = self.heater_length * (1 - (1 - np.linspace(0, 1, n + 1)) ** 1.5)
        cell = np.diff(ends)
        half = cell / (2 * area)
        inner = np.concatenate([half, (1 / radius[:-1] - 1 / centre) / (2 * math.pi)])
        outer = np.concatenate([half, (1 / centre - 1 / radius[1:]) / (2 * math.pi)])
        length = np.concatenate([cell, np.diff(radius)])
        volume = np.concatenate([cell * area, 2 / 3 * math.pi * np.diff(radius**3)])
        shape = inner + outer
        return {
            "radius": radius,
            "length": length,
            "shape": shape,
            "inner": inner,
            "outer": outer,
            "area": length / shape,
            "volume": volume,
        }

    @cached_property
    def heat_capacities(self) -> np.ndarray:
        """Heat capacity of each finite volume, J/K."""
        per_volume = np.full(self.heater_cells + self.shells, self.capacity)
        per_volume[: self.heater_cells] = self.heater_capacity
        return per_volume * self.grid["volume"]

    def liquid(self, temperature: np.ndarray) -> np.ndarray:
        """Return how far the conductivity of the melt has set in, from 0 to 1."""
        above = (temperature - self.kinetics.melting_temperature) / MELT_WIDTH
        return 0.5 * (1 + np.tanh(above / 2))

    def heat_conductances(self, phases: Phases, temperature: np.ndarray) -> np.ndarray:
        """Return the thermal conductance (W/K) of the faces, electrodes included.

        Shape (heater_cells + shells + 1,): the first and the last lead to the electrodes.
        """
        n, disordered = self.heater_cells, phases.disordered
        liquid = self.liquid(temperature[n:])
        loose = self.amorphous_conductivity + liquid * (
            self.melt_conductivity - self.amorphous_conductivity
        )
        k = np.full(temperature.size, self.heater_conductivity)
        # crystalline and disordered parts of a shell lie behind each other on the way out
        k[n:] = 1 / (disordered / loose + (1 - disordered) / self.crystal_conductivity)
        inner, outer = self.grid["inner"] / k, self.grid["outer"] / k
        return 1 / np.concatenate([inner[:1], outer[:-1] + inner[1:], outer[-1:]])

    def crystal_conductivity_at(self, temperature: np.ndarray) -> np.ndarray:
        """Return the electrical conductivity (S/m) of the crystal at temperatures in K."""
        heat = ELECTRON_VOLT / K_BOLTZMANN * (1 / temperature - 1 / self.crystal_onset)
        return (1 + np.exp(-self.crystal_activation * heat)) / self.crystal_resistivity

    def amorphous_conductivity_at(self, temperature: np.ndarray) -> np.ndarray:
        """Return the electrical conductivity (S/m) of the glass in a low field, by temperature."""
        energy, peak = self.amorphous_activation * ELECTRON_VOLT / K_BOLTZMANN, self.activation_peak
        if peak is None:
            heat = energy * (1 / 300.0 - 1 / temperature)
        else:
            t = np.minimum(temperature, 2 * peak)
            heat = energy / peak * (2 * np.log(t / 300.0) - (t - 300.0) / peak)
        return np.exp(heat) / self.amorphous_resistivity

    def voltages(
        self, phases: Phases, temperature: np.ndarray, current: float, on: bool
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the voltage (V) across each finite volume, and how near the cell is to switching.

        Parameters
        ----------
        phases : Phases
        temperature : array, shape (..., heater_cells + shells)
            K.
        current : float
            A.
        on : bool
            Whether the amorphous phase is switched on.

        Returns
        -------
        voltages : array, shape (..., heater_cells + shells)
        field : array, shape (...)
            Strongest field in the amorphous phase before it switches, over the threshold field.
        held : array, shape (...)
            Voltage across the amorphous phase before it switches, over the holding voltage. The
            phase switches on if both are above one, and off if this one is not.
        """
        n, grid = self.heater_cells, self.grid
        t, loose, length = temperature[..., n:], 1 - phases.grown, grid["length"][n:]
        crystal = self.crystal_conductivity_at(t)
        amorphous = self.amorphous_conductivity_at(t)
        nucleated = phases.nucleated
        liquid = self.liquid(t)
        # nuclei lie scattered in the amorphous phase: mix the logarithms of the conductivities
        solid = amorphous * (crystal / amorphous) ** nucleated
        mixed = (1 - liquid) * solid + liquid / self.melt_resistivity
        density = current / grid["area"][n:]
        bent = self.field_scale * np.arcsinh(density / (mixed * self.field_scale))
        # what has neither crystallised nor melted may switch
        width = loose * (1 - nucleated) * (1 - liquid) * length
        glass = bent * loose * length
        if on:
            bright = (1 - liquid) * crystal + liquid / self.melt_resistivity
            total = np.maximum(width.sum(axis=-1, keepdims=True), 1e-30)
            switched = density / bright * loose * length + self.holding_voltage * width / total
            # hot glass may need less than the holding voltage without any switching
            less = switched.sum(axis=-1, keepdims=True) < glass.sum(axis=-1, keepdims=True)
            glass = np.where(less, switched, glass)
        across = np.empty(temperature.shape)
        across[..., :n] = current * self.heater_resistivity * grid["shape"][:n]
        across[..., n:] = phases.grown * density / crystal * length + glass
        strongest = np.where(width > 0, bent, 0.0).max(axis=-1) / self.threshold_field
        return across, strongest, (bent * width).sum(axis=-1) / self.holding_voltage

    def current_at(
        self, phases: Phases, temperature: np.ndarray, voltage: float, on: bool, load: float = 0.0
    ) -> float:
        """Return the current (A) that a voltage drives through the cell and a load in series."""
        if voltage == 0:
            return 0.0
        low, high = 0.0, voltage / max(load, 1.0)
        for _ in range(200):  # the voltage rises with the current, so halving finds it
            middle = 0.5 * (low + high)
            across, _, _ = self.voltages(phases, temperature, middle, on)
            above = float(across.sum()) + middle * load > voltage
            low, high = (low, middle) if above else (middle, high)
            if high - low <= 1e-12 * high:
                break
        return 0.5 * (low + high)

    def threshold_voltage(self, thickness: float) -> float:
        """Return the voltage (V) across a cold cell at which a dome of a thickness (m) switches.

        Raises
        ------
        ValueError
            If the dome is thicker than the material, or does not switch at any voltage.
        """
        phases = self.dome(thickness).phases
        cold = np.full(self.heater_cells + self.shells, self.ambient)

        def met(current: float) -> tuple[float, bool]:
            across, field, held = self.voltages(phases, cold, current, on=False)
            return float(across.sum()), bool(min(float(field), float(held)) > 1)

        low, high = 1e-12, 1e-2
        if not met(high)[1]:
            raise ValueError(f"thickness={thickness!r} is not allowed: such a dome never switches")
        while high / low > 1 + 1e-6:
            middle = math.sqrt(low * high)
            low, high = (low, middle) if met(middle)[1] else (middle, high)
        return met(high)[0]

    def fully_set(self) -> CellState:
        """Return the state without any amorphous material."""
        return CellState(self, Phases(np.ones(self.shells), np.zeros((4, self.shells))))

    def dome(self, thickness: float) -> CellState:
        """Return the state with an amorphous dome of a thickness (m) on the heater.

        Raises
        ------
        ValueError
            If the dome would be thicker than the material.
        """
        depth = check_number("thickness", thickness, low=0.0, high=self.thickness, unit="m")
        radius = self.grid["radius"]
        grown = np.clip((radius[1:] - radius[0] - depth) / np.diff(radius), 0.0, 1.0)
        return CellState(self, Phases(grown, np.zeros((4, self.shells))))


@dataclass(frozen=True)
class CellState:
    """What a mushroom cell remembers: the phases of its shells."""

    cell: MushroomCell
    """The cell."""
    phases: Phases
    """Its phases."""

    def __post_init__(self) -> None:
        check_array("grown", self.phases.grown, ndim=1, last=self.cell.shells, low=0, high=1)
        check_array("moments", self.phases.moments, ndim=2, last=self.cell.shells, low=0)

    @property
    def amorphous_thickness(self) -> float:
        """Thickness of the amorphous material on the way of the current, m."""
        length = self.cell.grid["length"][self.cell.heater_cells :]
        return float((self.phases.disordered * length).sum())

    def current(self, voltage: float = READ_VOLTAGE) -> float:
        """Return the current (A) of a read that changes nothing.

        Raises
        ------
        ValueError
            If the voltage (V) is not positive, or if it would switch the amorphous phase.
        """
        check_number("voltage", voltage, low=0.0, open_low=True, unit="V")
        cold = np.full(self.cell.heater_cells + self.cell.shells, self.cell.ambient)
        current = self.cell.current_at(self.phases, cold, voltage, on=False)
        _, field, held = self.cell.voltages(self.phases, cold, current, on=False)
        if min(field, held) > 1:
            raise ValueError(
                f"voltage={voltage!r} is not allowed: it takes the amorphous phase to "
                f"{field:.3g} times its threshold, and a read must not switch it"
            )
        return current

    def conductance(self, voltage: float = READ_VOLTAGE) -> float:
        """Return current over voltage (S) at a read voltage (V)."""
        return self.current(voltage) / voltage

    def resistance(self, voltage: float = READ_VOLTAGE) -> float:
        """Return voltage over current (ohm) at a read voltage (V)."""
        return voltage / self.current(voltage)
