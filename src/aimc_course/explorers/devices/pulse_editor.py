"""Explorer: shape a current pulse, send it through a mushroom cell, and see what it leaves."""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

import numpy as np

from aimc.devices.thermal.mushroom import CellState, MushroomCell
from aimc.devices.thermal.pulse import Pulse, PulseResult, apply, fully_reset
from aimc.plots import Bars, Chart, Line, Rule, numbers
from aimc_course.explorers.controls import Choice, Slider
from aimc_course.explorers.explorer import Answer, Explorer

__all__ = ["PULSE_EDITOR", "compute", "send"]

NANO, MICRO = 1e-9, 1e-6
RISE = 1e-9  # s
SET, RESET, PARTLY = "fully SET", "fully RESET", "partly SET"
POINTS = 300  # shown on each curve at most


@cache
def _start(name: str) -> CellState:
    """Return one of the starting states; the last one is a RESET cell after four weak pulses."""
    if name == SET:
        return MushroomCell().fully_set()
    reset = fully_reset(MushroomCell())
    return reset if name == RESET else send(reset, 150e-6, 50e-9, 1e-9, 4)[-1].state


def send(
    state: CellState, amplitude: float, width: float, fall: float, pulses: int
) -> list[PulseResult]:
    """Return what each of a few equal pulses did; the cell cools down after each.

    Parameters
    ----------
    state : CellState
        State before the first pulse.
    amplitude : float
        Current of the flat top, A.
    width, fall : float
        Length of the flat top and of the falling edge, s.
    pulses : int
        How many pulses are sent.
    """
    pulse = Pulse.trapezoid(amplitude, width, RISE, fall)
    results: list[PulseResult] = []
    for _ in range(pulses):
        results.append(apply(state, pulse))
        state = results[-1].state
    return results


def compute(amplitude: float, width: float, fall: float, pulses: int, start: str) -> Answer:
    """Send the pulses and tell what happened.

    Parameters
    ----------
    amplitude : float
        Current of the flat top, µA.
    width, fall : float
        Length of the flat top and of the falling edge, ns.
    pulses : int
        How many equal pulses are sent.
    start : {"fully SET", "fully RESET", "partly SET"}
        State of the cell before the first pulse.
    """
    before = _start(start)
    results = send(before, MICRO * amplitude, NANO * width, NANO * fall, pulses)
    after = results[-1].state
    conductances = [before.conductance(), *(r.state.conductance() for r in results)]
    values: dict[str, Any] = {
        "peak_temperature_k": max(r.peak_temperature for r in results),
        "melted_m": max(r.melted_thickness for r in results),
        "amorphous_before_m": before.amorphous_thickness,
        "amorphous_after_m": after.amorphous_thickness,
        "conductance_s": [float(g) for g in conductances],
        "resistance_ohm": [1 / float(g) for g in conductances],
        "largest_voltage_v": max(float(r.voltage.max()) for r in results),
        "energy_j": sum(r.energy_in for r in results),
        "energy_lost_j": sum(r.energy_lost for r in results),
    }
    return Answer(values, _charts(results, conductances), _sentence(values))


def _charts(results: list[PulseResult], conductances: list[float]) -> tuple[Chart, ...]:
    cell = results[0].state.cell
    n, kinetics = cell.heater_cells, cell.kinetics
    width = cell.grid["length"][n:]
    ends = np.cumsum([0.0, *(r.time[-1] for r in results)])
    time = np.concatenate([r.time + end for r, end in zip(results, ends, strict=False)]) / NANO
    # to a picoampere: where the edge ends, only rounding errors are left
    current = np.round(np.concatenate([r.current for r in results]) / MICRO, 6)
    hottest = np.concatenate([r.temperature[:, n:].max(axis=1) for r in results])
    disordered = np.concatenate([r.disordered @ width for r in results]) / NANO
    molten = np.concatenate([r.molten @ width for r in results]) / NANO
    keep = np.unique(np.linspace(0, time.size - 1, min(time.size, POINTS)).astype(int))
    t = numbers(time[keep])
    zero = tuple(0.0 for _ in t)
    slow, _ = kinetics.window()
    loose, liquid = numbers(disordered[keep]), numbers(molten[keep])
    names = ("start", *(f"pulse {k + 1}" for k in range(len(results))))
    top = float(max(hottest.max(), kinetics.melting_temperature)) + 120
    return (
        Chart("What you send", "time (ns)", "current (µA)", (Line(t, numbers(current[keep])),)),
        Chart(
            "How hot the hottest shell gets",
            "time (ns)",
            "temperature (K)",
            (
                Line(t, numbers(hottest[keep])),
                Rule(kinetics.melting_temperature, "melts"),
                Rule(slow, "crystals grow fast above"),
            ),
            y_range=(250.0, top),
        ),
        Chart(
            "What lies on the heater",
            "time (ns)",
            "thickness (nm)",
            (
                Line(t, loose, "molten or amorphous", low=zero, high=loose),
                Line(t, liquid, "molten", low=zero, high=liquid),
            ),
            y_range=(0.0, max(5.0, 1.3 * max(loose))),
        ),
        Chart(
            "What a read finds",
            "",
            "conductance (µS)",
            (Bars(names, numbers(np.array(conductances) / MICRO)),),
        ),
    )


def _sentence(values: dict[str, Any]) -> str:
    g, peak = [x / MICRO for x in values["conductance_s"]], values["peak_temperature_k"]
    melted, first = values["melted_m"] / NANO, values["amorphous_before_m"] / NANO
    last = values["amorphous_after_m"] / NANO
    ratio = g[-1] / g[0]
    change = "stayed at" if abs(ratio - 1) < 0.01 else "rose" if ratio > 1 else "fell"
    result = (
        f"{change} {g[-1]:.3g} µS"
        if change == "stayed at"
        else (f"{change} from {g[0]:.3g} to {g[-1]:.3g} µS")
    )
    if melted > 0:
        fate = (
            "all of it crystallised on cooling"
            if last < 0.05
            else f"after cooling {last:.1f} nm are amorphous"
        )
        story = f"{melted:.1f} nm melted, {fate}"
    elif first - last > 0.05:
        story = (
            f"Nothing melted, and crystals ate into the amorphous dome, {first:.1f} → {last:.1f} nm"
        )
    elif first > 0.05:
        story = "Nothing melted, and the amorphous dome was too cold to crystallise"
    else:
        story = "Nothing melted in a cell that is crystalline anyway"
    return f"The hottest shell reached {peak:.0f} K. {story}: the conductance {result}."


PULSE_EDITOR = Explorer(
    name="pulse_editor",
    title="Shape a pulse, watch the cell",
    controls=(
        Slider("amplitude", "Current", 20.0, 600.0, 10.0, 450.0, "µA"),
        Slider("width", "Flat top", 10.0, 250.0, 10.0, 50.0, "ns"),
        Slider("fall", "Falling edge", 1.0, 250.0, 1.0, 1.0, "ns"),
        Slider("pulses", "Pulses", 1, 3, 1, 1, integer=True),
        Choice("start", "Cell before", (SET, RESET, PARTLY), SET),
    ),
    compute=compute,
    source=inspect.getsource(send),
)
"""The explorer of the chapter on phase change."""
