r"""Pulses through a mushroom cell: heat, phases and voltage, step by step in time.

Along the line of current, :math:`s`, with the cross-section :math:`A(s)`, the heat equation is

.. math::

   c\,A\,\frac{\partial T}{\partial t} = \frac{\partial}{\partial s}\!\left(\kappa A
   \frac{\partial T}{\partial s}\right) + I F - g\,(T - T_\mathrm{amb}),

with the heat capacity :math:`c` per volume, the thermal conductivity :math:`\kappa`, the current
:math:`I`, the electric field :math:`F`, and the loss :math:`g` per length at the sides of the
heater. Both electrodes stay at the ambient temperature. It is solved by finite volumes and the
backward Euler method. The Joule heat is taken linear in the temperature within a step, and the
voltage is what that heat belongs to, so that the electrical energy equals stored plus lost heat to
rounding. Phases follow each step: what is above the melting temperature melts, and the rest of the
disordered material crystallises at its temperature, or fails to, if it cools too fast.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aimc.devices.thermal.crystallisation import Phases
from aimc.devices.thermal.mushroom import CellState, MushroomCell
from aimc.published import fact
from aimc.units import MICRO, NANO
from aimc.validation import check_array, check_choice, check_number, check_time

__all__ = [
    "Pulse",
    "PulseResult",
    "apply",
    "current_voltage",
    "fully_reset",
    "programming_curve",
]

COOLING = 60e-9  # s after the pulse, many thermal time constants
NUDGE = 1.0  # K, for the slope of the Joule heat


@dataclass(frozen=True)
class Pulse:
    """A pulse of straight pieces between points."""

    times: tuple[float, ...]
    """Times of the points, s; the first is zero, and they rise."""
    levels: tuple[float, ...]
    """Currents (A) or voltages (V) at these times; none is negative."""
    drive: str = "current"
    """``"current"`` or ``"voltage"``: what the source imposes."""
    load: float = 0.0
    """Resistance between a voltage source and the cell, ohm."""

    def __post_init__(self) -> None:
        check_choice("drive", self.drive, ("current", "voltage"))
        check_number("load", self.load, low=0.0, unit="ohm")
        unit = "A" if self.drive == "current" else "V"
        for name in ("times", "levels"):
            values = tuple(check_number(name, v, low=0.0) for v in getattr(self, name))
            object.__setattr__(self, name, values)
        check_array("levels", np.asarray(self.levels), low=0.0, unit=unit)
        if len(self.times) < 2 or len(self.times) != len(self.levels):
            raise ValueError(
                f"times and levels must have the same length, 2 or more, got {len(self.times)} "
                f"and {len(self.levels)}"
            )
        if self.times[0] != 0 or np.any(np.diff(self.times) <= 0):
            raise ValueError(f"times={self.times!r} is not allowed: it must start at 0 and rise")

    @classmethod
    def trapezoid(
        cls, level: float, width: float, rise: float, fall: float, *, drive: str = "current"
    ) -> Pulse:
        """Return a pulse with a flat top of ``width`` and straight edges (A or V; s)."""
        for name, value in (("width", width), ("rise", rise), ("fall", fall)):
            check_number(name, value, low=0.0, open_low=True, unit="s")
        times = (0.0, rise, rise + width, rise + width + fall)
        return cls(times, (0.0, level, level, 0.0), drive)

    @classmethod
    def rectangle(cls, level: float, width: float, *, drive: str = "current") -> Pulse:
        """Return a pulse with a flat top of ``width`` (s) and edges of 1 ns."""
        return cls.trapezoid(level, width, 1e-9, 1e-9, drive=drive)

    def at(self, time: float) -> float:
        """Return the level at a time (s), zero after the end."""
        over = time > self.times[-1] * (1 + 1e-9)  # sums of steps round
        return 0.0 if over else float(np.interp(time, self.times, self.levels))


@dataclass(frozen=True)
class PulseResult:
    """What happened during a pulse and while the cell cooled."""

    time: np.ndarray
    """s, shape (steps + 1,), with the start."""
    current: np.ndarray
    """A, shape (steps + 1,)."""
    voltage: np.ndarray
    """Across the cell, V, shape (steps + 1,)."""
    temperature: np.ndarray
    """Of heater cells and shells, K, shape (steps + 1, heater_cells + shells)."""
    disordered: np.ndarray
    """Molten or amorphous share of the shells, shape (steps + 1, shells)."""
    before: CellState
    """State at the start."""
    state: CellState
    """State at the end."""
    energy_in: float
    """Electrical energy, J."""
    energy_lost: float
    """Heat that left through electrodes and sides, J."""
    energy_stored: float
    """Heat that is still there, J."""

    @property
    def peak_temperature(self) -> float:
        """Highest temperature of the phase-change material, K."""
        return float(self.temperature[:, self.state.cell.heater_cells :].max())

    @property
    def molten(self) -> np.ndarray:
        """Molten share of the shells, shape (steps + 1, shells)."""
        return np.stack([_molten(self.state.cell, t) for t in self.temperature])

    @property
    def melted_thickness(self) -> float:
        """Largest thickness of molten material on the way of the current, m."""
        cell = self.state.cell
        return float((self.molten @ cell.grid["length"][cell.heater_cells :]).max())


def apply(state: CellState, pulse: Pulse, *, resolution: float = 1.0) -> PulseResult:
    """Send a pulse through a cell that has ambient temperature, and let it cool.

    Parameters
    ----------
    state : CellState
    pulse : Pulse
    resolution : float
        Larger means finer time steps, in proportion.

    Returns
    -------
    PulseResult
    """
    if not isinstance(state, CellState) or not isinstance(pulse, Pulse):
        raise TypeError(f"state and pulse must be CellState and Pulse, got {state!r}, {pulse!r}")
    check_number("resolution", resolution, low=0.05, high=100.0)
    cell, phases, on = state.cell, state.phases, False
    n, width = cell.heater_cells, cell.grid["length"][cell.heater_cells :]
    heat = cell.heat_capacities
    side = np.zeros(heat.size)
    side[:n] = cell.heater_loss * cell.grid["length"][:n]
    t = np.full(heat.size, cell.ambient)
    time = 0.0
    times, currents, volts = [0.0], [0.0], [0.0]
    fields, loose = [t], [phases.disordered]
    energy_in = energy_lost = 0.0
    for dt in _steps(pulse, resolution):
        time += dt
        level = pulse.at(time)
        current, (across, warm), on = _drive(cell, phases, t, pulse, level, on)
        # a falling resistance is damped by the solver; a rising one is left where it was
        slope = np.minimum(current * (warm - across) / NUDGE, 0.0)
        t_new, leak = _warm(
            cell.heat_conductances(phases, t),
            heat / dt,
            side,
            slope,
            t,
            current * across,
            cell.ambient,
        )
        power = current * across + slope * (t_new - t)
        energy_in += dt * float(power.sum())
        energy_lost += dt * leak
        t = t_new
        phases = phases.melted(_molten(cell, t)).crystallised(cell.kinetics, t[n:], width, dt)
        times.append(time)
        currents.append(current)
        volts.append(float(power.sum()) / current if current > 0 else 0.0)
        fields.append(t)
        loose.append(phases.disordered)
    return PulseResult(
        time=np.array(times),
        current=np.array(currents),
        voltage=np.array(volts),
        temperature=np.stack(fields),
        disordered=np.stack(loose),
        before=state,
        state=CellState(cell, phases),
        energy_in=energy_in,
        energy_lost=energy_lost,
        energy_stored=float((heat * (t - cell.ambient)).sum()),
    )


def _steps(pulse: Pulse, resolution: float) -> list[float]:
    """Return time steps that start small at each corner of the pulse, where things change fast."""
    steps: list[float] = []
    for length in np.diff(np.append(pulse.times, pulse.times[-1] + COOLING)):
        largest = min(4e-9, max(0.25e-9, float(length) / 20))
        sizes = [0.15e-9 / resolution]
        while sum(sizes) < length:
            sizes.append(min(1.3 ** (1 / resolution) * sizes[-1], largest / resolution))
        steps += (np.array(sizes) * length / sum(sizes)).tolist()
    return steps


def _drive(
    cell: MushroomCell, phases: Phases, t: np.ndarray, pulse: Pulse, level: float, on: bool
) -> tuple[float, np.ndarray, bool]:
    """Return the current, the voltages at ``t`` and a nudge above it, and the switched state."""
    both = np.stack([t, t + NUDGE])

    def current_for(on: bool) -> float:
        if pulse.drive == "current":
            return level
        return cell.current_at(phases, t, level, on, pulse.load)

    current = current_for(on)
    across, field, held = cell.voltages(phases, both, current, on)
    if on != bool(held[0] > 1 and (on or field[0] > 1)):
        on = not on
        current = current_for(on)
        across, _, _ = cell.voltages(phases, both, current, on)
    return current, across, on


def _warm(
    faces: np.ndarray,
    rate: np.ndarray,
    side: np.ndarray,
    slope: np.ndarray,
    t: np.ndarray,
    power: np.ndarray,
    ambient: float,
) -> tuple[np.ndarray, float]:
    """Take one step of the backward Euler method; return temperatures and the heat loss (W)."""
    size = t.size
    matrix = np.zeros((size, size))
    flat = matrix.reshape(-1)
    flat[:: size + 1] = rate + faces[:-1] + faces[1:] + side - slope
    flat[1 :: size + 1] = -faces[1:-1]
    flat[size :: size + 1] = -faces[1:-1]
    # solved for the rise since the last step, which keeps rounding errors small
    rise = t - ambient
    flow = faces[1:-1] * np.diff(rise)
    right = power - side * rise
    right[0] -= faces[0] * rise[0]
    right[-1] -= faces[-1] * rise[-1]
    right[:-1] += flow
    right[1:] -= flow
    new = t + np.linalg.solve(matrix, right)
    out = faces[0] * (new[0] - ambient) + faces[-1] * (new[-1] - ambient)
    return new, float(out + (side * (new - ambient)).sum())


def _molten(cell: MushroomCell, t: np.ndarray) -> np.ndarray:
    """Return the share of each shell above the melting temperature, from a straight profile."""
    n, melting = cell.heater_cells, cell.kinetics.melting_temperature
    if t.max() <= melting:
        return np.zeros(cell.shells)
    edge = np.append(0.5 * (t[n - 1 : -1] + t[n:]), 0.5 * (t[-1] + cell.ambient))
    left, right, middle = edge[:-1], edge[1:], t[n:]
    return 0.5 * (_share(left, middle, melting) + _share(middle, right, melting))


def _share(a: np.ndarray, b: np.ndarray, level: float) -> np.ndarray:
    """Return the share of a straight line from ``a`` to ``b`` that lies above ``level``."""
    span = np.maximum(np.abs(a - b), 1e-9)
    return np.clip((np.maximum(a, b) - level) / span, 0.0, 1.0)


def fully_reset(cell: MushroomCell) -> CellState:
    """Return what the published RESET pulse (fact B029) makes of a fully SET cell."""
    width, current = fact("B029").numbers
    return apply(cell.fully_set(), Pulse.rectangle(MICRO * current, NANO * width)).state


def programming_curve(
    state: CellState, currents: Sequence[float], width: float, fall: float = 1e-9
) -> np.ndarray:
    """Return the conductance (S) after one pulse of each current (A), always from ``state``.

    Parameters
    ----------
    state : CellState
    currents : sequence of float
        A.
    width, fall : float
        Flat top and falling edge of the pulses, s.
    """
    pulses = [Pulse.trapezoid(current, width, 1e-9, fall) for current in currents]
    return np.array([apply(state, pulse).state.conductance() for pulse in pulses])


def current_voltage(
    state: CellState, currents: Sequence[float], dwell: float | str = 2e-9
) -> np.ndarray:
    """Return the voltage (V) at each current (A) of a staircase with straight edges.

    Parameters
    ----------
    state : CellState
    currents : sequence of float
        Rising or falling, A.
    dwell : float or str
        Time from one current to the next, s.
    """
    dwell = check_time("dwell", dwell, open_low=True)
    times = dwell * np.arange(1, len(currents) + 1)
    pulse = Pulse((0.0, *times.tolist()), (0.0, *currents))
    result = apply(state, pulse)
    return np.interp(times, result.time, result.voltage)
