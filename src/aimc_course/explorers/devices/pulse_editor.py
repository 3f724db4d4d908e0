"""Explorer: shape a current pulse, send it through a mushroom cell, and see what it leaves."""

from __future__ import annotations

import inspect
from functools import cache, lru_cache
from typing import Any

import numpy as np

from aimc.devices.thermal.mushroom import CellState, MushroomCell
from aimc.devices.thermal.pulse import Pulse, PulseResult, apply, fully_reset
from aimc.plots import Bars, Chart, Line, Rule, numbers
from aimc_course.explorers.controls import Choice, Slider
from aimc_course.explorers.explorer import Answer, Explorer

__all__ = ["PULSE_EDITOR", "compute", "film", "send", "still"]

NANO, MICRO = 1e-9, 1e-6
RISE = 1e-9  # s
SET, RESET, PARTLY = "fully SET", "fully RESET", "partly SET"
POINTS = 300  # shown on each curve at most
FRAMES = 90  # of the film at most
LONGEST = 560.0  # ns, of the longest pulse and the cooling after it, to the step of a control


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


@lru_cache(8)  # while the reader looks at one moment after another
def _sent(
    start: str, amplitude: float, width: float, fall: float, pulses: int
) -> list[PulseResult]:
    return send(_start(start), amplitude, width, fall, pulses)


def film(result: PulseResult) -> dict[str, Any]:
    """Return one pulse through the cell as frames, closest where most changes.

    Returns
    -------
    dict
        ``radius_nm`` of the shells' faces and ``heater_nm``, the faces of the heater's cells from
        the material down; ``melting_k``; and by frame ``time_ns``, ``current_ua``, ``hottest_k``,
        ``molten_nm`` and ``glass_nm`` on the way of the current, ``temperature_k`` of heater and
        shells, and what per cent of each shell is ``molten`` and ``disordered``.
    """
    cell = result.state.cell
    n, width = cell.heater_cells, cell.grid["length"][cell.heater_cells :]
    hottest, molten = result.temperature[:, n:].max(axis=1), result.molten
    liquid = molten @ width / NANO
    pace = np.linspace(0.0, 1.0, result.time.size)
    for changing, least in ((hottest, 1.0), (liquid, 0.1)):
        path = np.append(0.0, np.cumsum(np.abs(np.diff(changing))))
        pace += path / max(float(path[-1]), least)
    keep = np.arange(result.time.size)
    if keep.size > FRAMES:
        wanted = np.linspace(0.0, pace[-1], FRAMES)
        keep = np.unique(np.searchsorted(pace, wanted - 1e-12))
    # what melted within a step counts as molten before it counts as disordered
    glass = np.maximum(result.disordered @ width / NANO - liquid, 0.0)
    heater = np.cumsum(np.append(0.0, cell.grid["length"][:n][::-1]))
    return {
        "radius_nm": numbers(np.round(cell.grid["radius"] / NANO, 3)),
        "heater_nm": numbers(np.round(heater / NANO, 3)),
        "melting_k": cell.kinetics.melting_temperature,
        "before_us": float(result.before.conductance()) / MICRO,
        "after_us": float(result.state.conductance()) / MICRO,
        # rounded to less than can be seen: each film is fetched
        "time_ns": numbers(np.round(result.time[keep] / NANO, 3)),
        "current_ua": numbers(np.round(result.current[keep] / MICRO, 2)),
        "hottest_k": numbers(np.round(hottest[keep], 2)),
        "molten_nm": numbers(np.round(liquid[keep], 3)),
        "glass_nm": numbers(np.round(glass[keep], 3)),
        "temperature_k": np.rint(result.temperature[keep]).astype(int).tolist(),
        "molten": np.rint(100 * molten[keep]).astype(int).tolist(),
        "disordered": np.rint(100 * result.disordered[keep]).astype(int).tolist(),
    }


def still(frames: dict[str, Any], moment: float) -> dict[str, float]:
    """Return current, temperature and thicknesses of a film at a moment (ns), in its units."""
    names = ("current_ua", "hottest_k", "molten_nm", "glass_nm")
    time = frames["time_ns"]
    return {name: float(np.interp(moment, time, frames[name])) for name in names}


def compute(
    amplitude: float, width: float, fall: float, pulses: int, start: str, moment: float
) -> Answer:
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
    moment : float
        Time after the beginning of the last pulse, ns, at which the cell is looked at.
    """
    before = _start(start)
    results = _sent(start, MICRO * amplitude, NANO * width, NANO * fall, pulses)
    after = results[-1].state
    conductances = [before.conductance(), *(r.state.conductance() for r in results)]
    frames = film(results[-1])
    now = still(frames, moment)
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
        "temperature_now_k": now["hottest_k"],
        "molten_now_m": now["molten_nm"] * NANO,
        "glass_now_m": now["glass_nm"] * NANO,
    }
    charts = _charts(results, conductances, moment)
    sentence = (
        f"{_sentence(values)} At {moment:.0f} ns of the last pulse the hottest shell is at "
        f"{now['hottest_k']:.0f} K, with {now['molten_nm']:.1f} nm of melt and "
        f"{now['glass_nm']:.1f} nm of glass on the heater."
    )
    return Answer(values, charts, sentence, frames)


def _charts(
    results: list[PulseResult], conductances: list[float], moment: float
) -> tuple[Chart, ...]:
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
    seen = Rule(float(min(ends[-2] / NANO + moment, t[-1])), axis="x")
    names = ("start", *(f"pulse {k + 1}" for k in range(len(results))))
    top = float(max(hottest.max(), kinetics.melting_temperature)) + 120
    return (
        Chart(
            "What you send",
            "time (ns)",
            "current (µA)",
            (Line(t, numbers(current[keep])), seen),
        ),
        Chart(
            "How hot the hottest shell gets",
            "time (ns)",
            "temperature (K)",
            (
                Line(t, numbers(hottest[keep])),
                Rule(kinetics.melting_temperature, "melts"),
                Rule(slow, "crystals grow fast above"),
                seen,
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
                seen,
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
        Slider("moment", "Moment of the last pulse", 0.0, LONGEST, 2.0, 50.0, "ns"),
    ),
    compute=compute,
    stage="pulse",
    source=inspect.getsource(send),
)
"""The explorer of the chapter on phase change."""
