"""Explorer of the chapter on programming a core: a corner of one core, cell by cell.

The corner has 64 x 64 of the 256 x 256 cells. All draws have fixed seeds: moving a control shows
its effect on the same devices.
"""

from __future__ import annotations

import inspect
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from aimc import presets
from aimc.circuits import (
    Crossbar,
    best_scale,
    decompose,
    equivalent_bits,
    mvm,
    net_conductance,
    random_sparse_uniform,
)
from aimc.circuits.full_scale import line_loads
from aimc.circuits.two_device_cell import fill_state_dependent
from aimc.devices import ConductanceState, noise_in_time
from aimc.plots import Bars, Chart, Heatmap, Line, Rule, numbers
from aimc.published import fact
from aimc.recovery.programming import CellProgramming, CoreRun, programmed_hermes_core
from aimc_course.explorers.controls import Choice, Slider, Toggle, shares
from aimc_course.explorers.explorer import Answer, Explorer

__all__ = ["CORE_INSPECTOR", "compute"]

SIZE, ROWS, VECTORS = 64, 256, 160
READOUT = presets.hermes().readout  # s
LIMIT = 10  # most pulses per device: what is not there by then hardly ever arrives
SCHEMES = {
    "one device": "one_device",
    "two devices, max-fill": "max_fill",
    "two devices, state-dependent": "state_dependent",
}
TIMES = {
    "just programmed": 0.0,
    "1 hour": 3600.0,
    "1 day": 86400.0,
    "1 month": 30 * 86400.0,
    "1 year": 365.25 * 86400.0,
}
LEVELS = (25.0, 100.0, 5.0)  # % of what a cell can hold: lowest, highest, step
MAPS = ("weight error", "pulses", "devices in between")
CORRECTIONS = ("none", "measured factor", "best factor")
EDGES = np.linspace(-26.0, 26.0, 27)  # % of the largest weight
BINS = np.linspace(0.02, 1.0, 8)  # magnitude of the target weight

WEIGHTS = random_sparse_uniform((SIZE, SIZE), 64)
INPUTS = random_sparse_uniform((VECTORS, SIZE), 65)
EXACT = INPUTS @ WEIGHTS.T
CIRCUITS = presets.hermes().periphery
I_MAX = CIRCUITS.adc.i_max  # A


@lru_cache(maxsize=8)
def _programmed(
    scheme: str, serial: int, level: float, broken: bool
) -> tuple[CoreRun, ConductanceState]:
    """Program the corner; ``level`` is full scale as a share of what the cell can hold."""
    device = _device(scheme, serial, broken)
    rng = np.random.default_rng([serial, 66])
    run = device.run(WEIGHTS * _full(device, level), rng)
    return run, device.state(run, rng)


@lru_cache
def _full_line_load() -> float:
    """Return the largest load of a bit line of a whole core, in full-scale cells."""
    weights = random_sparse_uniform((ROWS, ROWS), 64)
    return float(line_loads(weights, random_sparse_uniform((VECTORS, ROWS), 65)).max())


def _device(scheme: str, serial: int, broken: bool) -> CellProgramming:
    made = programmed_hermes_core(SCHEMES[scheme], serial, broken=broken).device
    assert isinstance(made, CellProgramming)
    return replace(made, max_iterations=LIMIT)


def _full(device: CellProgramming, level: float) -> float:
    """Return the conductance (S) of a full-scale weight."""
    return level * device.cell.devices_per_line * device.g_max


def _in_a_read_out(bar: Crossbar, device: CellProgramming, age: float, serial: int) -> Crossbar:
    """Return the array as all vectors of a read-out meet it: slow read noise is in its weights."""
    law = noise_in_time(device)
    assert law is not None
    fresh = law.fresh_share(age, READOUT)
    slow = np.random.default_rng([serial, 68]).standard_normal(bar.conductance.shape)
    slow *= np.sqrt((1.0 - fresh) * bar.read_variance)
    return replace(bar, conductance=bar.conductance + slow, read_variance=fresh * bar.read_variance)


def compute(
    scheme: str,
    level: float,
    serial: int,
    time: str,
    correction: str,
    broken: bool,
    show: str,
) -> Answer:
    """Return the errors of 64 x 64 cells and of the products with them.

    Parameters
    ----------
    scheme : str
        How weights are filled into devices, one of `SCHEMES`.
    level : float
        Full-scale conductance of the core, % of what the cell can hold.
    serial : int
        Serial number of the chip.
    time : str
        Time since programming, one of `TIMES`.
    correction : {"none", "measured factor", "best factor"}
        Digital factor on all outputs: none, what summed currents suggest, or the one that fits the
        exact outputs best.
    broken : bool
        Whether a share of the devices is stuck.
    show : {"weight error", "pulses", "devices in between"}
        What the map shows.
    """
    device, share = _device(scheme, serial, broken), level / 100
    full = _full(device, share)
    run, state = _programmed(scheme, serial, share, broken)
    t, rng = TIMES[time], np.random.default_rng([serial, 67])
    now = state.at(t)
    crossbar = Crossbar(
        conductance=net_conductance(now),
        read_variance=np.sum(state.read_noise_std(t) ** 2, axis=(1, 2)),
        significance=(1.0,),
        g_full=full,
        scale=1.0,
    )
    y = mvm(INPUTS, _in_a_read_out(crossbar, device, state.age(t), serial), CIRCUITS, rng)
    peak = CIRCUITS.dac.v_read * full * _full_line_load()
    gain = 1.0
    if correction == "measured factor":
        gain = float(np.sum(state.read(0.0, rng)) / np.sum(state.read(t, rng)))
    elif correction == "best factor":
        gain = best_scale(y, EXACT)
    parts = decompose(INPUTS, gain * y, EXACT)
    errors = 100 * (gain * crossbar.weights() - WEIGHTS)
    fresh = 100 * (net_conductance(state.g_programmed)[0] / full - WEIGHTS)
    maps = {
        "weight error": errors,
        "pulses": run.iterations.sum(axis=(0, 1)),
        "devices in between": run.intermediate,
    }
    curves = {"now": _by_target(errors), "just programmed": _by_target(fresh)}
    values: dict[str, Any] = {
        "g_full": float(full),
        "mvm_error": parts.total,
        "linear": parts.linear,
        "residual": parts.residual,
        "bits": float(equivalent_bits(parts.total)),
        "weight_error": float(errors.std()),
        "gain": float(gain),
        "convergence": run.convergence,
        "mean_pulses": float(run.iterations.sum() / np.count_nonzero(WEIGHTS)),
        "in_between": [int(np.sum(run.intermediate == n)) for n in range(3)],
        "peak_current": float(peak),
        "curves": {name: list(curve) for name, curve in curves.items()},
    }
    charts = (
        _map_chart(show, maps[show]),
        _histogram(errors, fresh),
        _curve_chart(curves),
        _parts_chart(values),
    )
    two = values["in_between"][2]
    sentence = (
        f"{scheme[0].upper()}{scheme[1:]}, full scale {1e6 * full:.1f} µS, chip {serial}, {time}: "
        f"weights are off by {values['weight_error']:.1f}% of the largest and products by "
        f"{parts.total:.1%}, as with {values['bits']:.1f}-bit weights. "
        f"{two} of {SIZE * SIZE} cells have two devices that are neither SET nor RESET; a bit "
        f"line with all {ROWS} rows would draw up to {1e6 * peak:.0f} µA; a converter takes "
        f"{1e6 * I_MAX:.0f} µA."
    )
    return Answer(values, charts, sentence)


def _by_target(errors: np.ndarray) -> tuple[float, ...]:
    """Return the standard deviation of the error, % of the largest weight, by target weight."""
    signed, which = errors * np.sign(WEIGHTS), np.digitize(np.abs(WEIGHTS), BINS) - 1
    return numbers([signed[which == k].std() for k in range(len(BINS) - 1)])


def _map_chart(show: str, values: np.ndarray) -> Chart:
    label = {"weight error": "% of the largest weight", "pulses": "iterative pulses"}
    # Whole per cents: digits below the read noise say nothing, and 4096 of them weigh on each page.
    cells = np.round(np.clip(values, EDGES[0], EDGES[-1])) if show == "weight error" else values
    mark = Heatmap(
        tuple(numbers(row) for row in cells + 0.0),
        label=label.get(show, "devices"),
        signed=show == "weight error",
    )
    title = f"{show[0].upper()}{show[1:]}, cell by cell"
    return Chart(title, "input (row of the array)", "output (column)", (mark,))


def _histogram(errors: np.ndarray, fresh: np.ndarray) -> Chart:
    middles = numbers(0.5 * (EDGES[1:] + EDGES[:-1]))
    wanted = WEIGHTS != 0
    lines = []
    for values, name in ((errors, "now"), (fresh, "just programmed")):
        inside = np.clip(values[wanted], EDGES[0], EDGES[-1])
        shares = 100 * np.histogram(inside, EDGES)[0] / inside.size
        lines.append(Line(middles, numbers(shares), name, dashed=name != "now"))
    title = "Errors of the weights other than zero"
    return Chart(title, "error (% of the largest weight)", "cells (%)", tuple(lines))


def _curve_chart(curves: dict[str, tuple[float, ...]]) -> Chart:
    middles = numbers(0.5 * (BINS[1:] + BINS[:-1]))
    lines = tuple(Line(middles, y, name, dashed=name != "now") for name, y in curves.items())
    top = max(16.0, 1.05 * max(max(y) for y in curves.values()))
    title, label = "Weight error by target", "target weight / largest weight"
    return Chart(title, label, "standard deviation (%)", lines, y_range=(0.0, top))


def _parts_chart(values: dict[str, Any]) -> Chart:
    names = ("total", "linear", "residual")
    heights = numbers([100 * values[n] for n in ("mvm_error", "linear", "residual")])
    rules = (
        Rule(fact("A069").number, "3-bit weights"),
        Rule(fact("A070").number, "4-bit weights"),
    )
    return Chart("Error of the products", "part", "MVM error (%)", (Bars(names, heights), *rules))


CORE_INSPECTOR = Explorer(
    name="core_inspector",
    title="A corner of one core, cell by cell",
    controls=(
        Choice("scheme", "Filling", tuple(SCHEMES), "two devices, state-dependent"),
        Slider(
            "level",
            "Full scale",
            *LEVELS,
            100.0,
            unit="%",
            words=tuple(
                shares(
                    *LEVELS,
                    1e6 * _full(_device(scheme, 7, False), 1.0),
                    "µS",
                    of="what the cell holds",
                )
                for scheme in SCHEMES
            ),
            words_by="scheme",
        ),
        Slider("serial", "Serial number of the chip", 1, 9, 1, 7, integer=True),
        Choice("time", "Time", tuple(TIMES), "just programmed"),
        Choice("correction", "Correction of drift", CORRECTIONS, "measured factor"),
        Toggle("broken", "Some devices are stuck", False),
        Choice("show", "Map", MAPS, "weight error"),
    ),
    compute=compute,
    source=inspect.getsource(fill_state_dependent),
)
"""Filling, full scale, chip and time, and what they do to weights and products."""
