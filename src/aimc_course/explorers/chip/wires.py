"""Explorer of the chapter on wires: what every device sees, and what the outputs lose.

One array, solved exactly. The conductances are a random pattern with a fixed seed, so that moving
a control shows the effect of the control. The array is drawn as it lies: word lines are rows,
driven on the left, bit lines are columns, read at the bottom.
"""

from __future__ import annotations

import inspect

import numpy as np

from aimc.circuits import IRDrop, Wires, device_voltages, mvm_error
from aimc.plots import Chart, Heatmap, Line, numbers
from aimc.units import MICRO
from aimc_course.explorers.controls import Choice, Slider
from aimc_course.explorers.explorer import Answer, Explorer

__all__ = ["WIRES", "compute", "pattern"]

V_READ = 0.2  # V
SIDES = ("one end", "both ends")
ALL_ON, RANDOM = "all at full voltage", "random, 0 to full voltage"
CELLS = 16  # most rows and columns of the picture


def pattern(size: int, fill: float, g_max: float) -> np.ndarray:
    """Return conductances, S, shape (out, in): a share ``fill`` evenly in (0, g_max), others 0."""
    rng = np.random.default_rng(11)
    used = rng.random((size, size)) < fill
    return g_max * used * rng.uniform(0, 1, (size, size))


def compute(
    resistance: float, size: int, g_max: float, fill: float, rows: str, columns: str, inputs: str
) -> Answer:
    """Solve one array with wires, and compare it with ideal wires and with the approximation.

    Parameters
    ----------
    resistance : float
        Resistance of every wire segment, ohm.
    size : int
        Number of word lines and of bit lines.
    g_max : float
        Largest conductance, uS.
    fill : float
        Share of the cells that conduct, %.
    rows, columns : {"one end", "both ends"}
        Where word lines are driven (left), where bit lines are read (bottom).
    inputs : {"all at full voltage", "random, 0 to full voltage"}
        Voltages of the word lines.
    """
    full = g_max * MICRO
    g = pattern(size, fill / 100, full)
    x = np.ones(size) if inputs == ALL_ON else np.random.default_rng(12).uniform(0, 1, size)
    drive = "both" if rows == SIDES[1] else "left"
    read = "both" if columns == SIDES[1] else "bottom"
    wires = Wires(resistance, resistance, drive, read)
    across = device_voltages(g, V_READ * x, wires)
    ideal = V_READ * (g @ x)
    exact = ideal if wires.ideal else np.sum(g * across, axis=1)
    # the approximation counts inputs from the end that is read, which lies at the bottom here
    model = IRDrop(r_segment=resistance, g_max=full)
    fast = model.apply(ideal, g[:, ::-1] / full, x[::-1], full * V_READ)
    drop = V_READ * x - across
    lost, lost_fast = _lost(exact, ideal), _lost(fast, ideal)
    error = mvm_error(exact, ideal)
    scale = float(ideal @ exact / (exact @ exact))
    after_gain, approximate = mvm_error(scale * exact, ideal), mvm_error(fast, ideal)
    worst = float(drop.max())
    values = {
        "largest_drop_v": worst,
        "mvm_error": error,
        "error_after_gain": after_gain,
        "error_of_approximation": mvm_error(fast, exact),
        "approximate_error": approximate,
        "lost_percent": list(numbers(lost)),
        "largest_current_a": float(exact.max()),
        "power_w": float(V_READ * np.sum(x * np.sum(g * across, axis=0))),
    }
    lines = numbers(np.arange(1, size + 1))
    charts = (
        Chart("Voltage lost at each device (mV)", "bit line", "word line", (_map(drop.T),)),
        Chart(
            "What each bit line loses",
            "bit line",
            "current lost (%)",
            (
                Line(lines, numbers(lost), "exact"),
                Line(lines, numbers(lost_fast), "approximation", dashed=True),
            ),
        ),
    )
    sentence = (
        f"{size} × {size} devices with {resistance:g} Ω per segment: the worst device lacks "
        f"{1e3 * worst:.1f} of {1e3 * V_READ:.0f} mV, the outputs are wrong by "
        f"{100 * error:.1f}%, of which one common gain leaves "
        f"{100 * after_gain:.1f}%; the approximation says "
        f"{100 * approximate:.1f}%."
    )
    return Answer(values, charts, sentence)


def _lost(currents: np.ndarray, ideal: np.ndarray) -> np.ndarray:
    """Return the share of the ideal current that is lost, %; zero for a line without current."""
    return 100 * (1 - currents / np.where(ideal > 0, ideal, 1.0)) * (ideal > 0)


def _map(drop: np.ndarray) -> Heatmap:
    """Return the picture of the drop, mV; where lines are many, the mean of some neighbours."""
    step = -(-len(drop) // CELLS)
    first = np.arange(0, len(drop), step)
    counts = np.diff(first, append=len(drop))  # of the last block there may be fewer
    sums = np.add.reduceat(np.add.reduceat(1e3 * drop, first, axis=0), first, axis=1)
    names = tuple(str(1 + k) for k in first)
    table = tuple(numbers(row) for row in sums / np.outer(counts, counts))
    return Heatmap(table, names, names, "mV")


RESISTANCE = Slider("resistance", "Resistance of a segment", 0.0, 20.0, 0.25, 5.0, unit="Ω")
WITH_WIRES = {RESISTANCE.name: RESISTANCE.steps()[1:]}

WIRES = Explorer(
    name="wires",
    title="An array with real wires",
    controls=(
        RESISTANCE,
        Slider("size", "Lines in each direction", 8, 64, 8, 64, integer=True),
        Slider("g_max", "Largest conductance", 1.0, 50.0, 1.0, 25.0, unit="µS", needs=WITH_WIRES),
        Slider("fill", "Cells that conduct", 5.0, 100.0, 5.0, 100.0, unit="%", needs=WITH_WIRES),
        Choice("rows", "Word lines driven at", SIDES, SIDES[0], needs=WITH_WIRES),
        Choice("columns", "Bit lines read at", SIDES, SIDES[0], needs=WITH_WIRES),
        Choice("inputs", "Inputs", (ALL_ON, RANDOM), ALL_ON, needs=WITH_WIRES),
    ),
    compute=compute,
    source=inspect.getsource(pattern) + "\n\n" + inspect.getsource(compute),
)
"""The drop of every device, and its effect on the outputs, of one array."""
