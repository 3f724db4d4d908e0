"""Explorer of the cost chapter: the columns of Table I, and what a faster digital side would do.

With the clock and the lanes of the chip the numbers stand beside the printed ones. Any other
setting is a thought experiment: the energy per value and the standing power are left as they are.
"""

from __future__ import annotations

import inspect
from dataclasses import replace

from aimc.chip.cost import THINGS as ENERGIES
from aimc.chip.cost import parted
from aimc.chip.hermes import (
    READ_MODES,
    ChipConstants,
    activity,
    hermes_constants,
    table_one_group,
)
from aimc.chip.performance import layer_performance, mvm_performance, peak_performance
from aimc.chip.table_one import PEAK, USE_CASES, table_one
from aimc.plots import Bars, Chart
from aimc.units import MEGA
from aimc_course.explorers.controls import Choice, Slider
from aimc_course.explorers.explorer import Answer, Explorer

__all__ = ["TABLE_ONE", "compute"]

QUANTITIES = ("throughput", "efficiency", "density", "energy", "latency")
SHORT = ("TOPS", "TOPS/W", "TOPS/mm²", "energy", "latency")
THINGS = ENERGIES | {"MVM": "array", "values leave": "digital", "hops": "link", "GDPU": "GDPU"}


def compute(use_case: str, read_mode: str, clock: float, lanes: int) -> Answer:
    """Return throughput, efficiency, density, energy and latency of one column, and their parts.

    Parameters
    ----------
    use_case : {"MVMs at peak", "ResNet-9 layer", "LSTM time step"}
        Column of the table.
    read_mode : {"1-phase", "4-phase"}
        How the cores read.
    clock : float
        Clock of the digital units and links, MHz.
    lanes : int
        Values that leave a core per clock.
    """
    known = hermes_constants()
    chip = replace(known, clock=clock * MEGA, lanes=lanes)
    as_built = chip.clock == known.clock and chip.lanes == known.lanes
    if use_case == PEAK:
        mvm = whole = peak_performance(read_mode=read_mode, constants=chip)
        times = {"MVM": chip.read_time(read_mode)}
    else:
        group, active = table_one_group(use_case), activity(use_case)
        mvm = mvm_performance(group, read_mode=read_mode, activity=active, constants=chip)
        whole = layer_performance(group, read_mode=read_mode, activity=active, constants=chip)
        times = chip.latency_parts(group, read_mode)
    model = {
        "throughput": mvm.throughput.value,
        "efficiency": mvm.efficiency.value,
        "density": mvm.density("MVM area").value,
        "energy": whole.energy.value,
        "latency": whole.latency.value,
    }
    printed = {
        entry.quantity: entry.published
        for entry in table_one()
        if entry.use_case == use_case and entry.model.read_mode == read_mode
    }
    # to a billionth: where the two agree, only rounding errors are left
    difference = {name: round(model[name] / printed[name] - 1, 9) for name in QUANTITIES}
    sustained = {
        "MVMs alone": mvm.throughput.value,
        "stream of vectors": whole.throughput.value,
        "one vector": whole.operations / whole.seconds,
    }
    names = tuple(name.replace(" ", "\n") for name in sustained)
    outside = 1 - times["MVM"] / whole.seconds
    values = {
        "model": model,
        "published": printed,
        "difference": difference,
        "as_built": as_built,
        "energies": whole.energies,
        "times": times,
        "throughputs": sustained,
        "outside": outside,
        "cores": whole.cores,
        "read_mode": read_mode,
        "scope": whole.scope,
    }
    charts = (
        _parts("Energy", "nJ", 1e9, whole.energies),
        _parts("Latency", "ns", 1e9, times),
        Chart(
            "Throughput", "", "TOPS", (Bars(names, tuple(1e-12 * v for v in sustained.values())),)
        ),
        Chart(
            "Model against print" if as_built else "Against the printed chip",
            "",
            "difference (%)",
            (Bars(SHORT, tuple(100 * difference[name] for name in QUANTITIES)),),
        ),
    )
    peak = max(abs(x) for x in difference.values())
    close = (
        f"Every number is within {peak:.1%} of the printed one."
        if as_built
        else "This is not the chip that was built: printed numbers are of 400 MHz and one lane."
    )
    sentence = (
        f"{use_case}, {read_mode} read: {mvm.throughput.text} and {mvm.efficiency.text} for the "
        f"MVMs alone; {whole.energy.text} and {whole.latency.text} for {whole.cores} cores with "
        f"all that is counted, of which {outside:.0%} of the time lies outside the MVM. {close}"
    )
    return Answer(values, charts, sentence)


def _parts(title: str, unit: str, scale: float, parts: dict[str, float]) -> Chart:
    return Chart(title, "", unit, parted({k: scale * v for k, v in parts.items()}, THINGS))


TABLE_ONE = Explorer(
    name="table_one",
    title="Table I from the model",
    controls=(
        Choice("use_case", "Use case", USE_CASES, USE_CASES[1]),
        Choice("read_mode", "Read", READ_MODES, "4-phase"),
        Slider("clock", "Digital clock", 100.0, 1600.0, 100.0, 400.0, unit="MHz"),
        Slider("lanes", "Values per clock and core", 1, 16, 1, 1, integer=True),
    ),
    compute=compute,
    source=inspect.getsource(ChipConstants.latency_parts)
    + "\n\n"
    + inspect.getsource(layer_performance),
)
"""Each column of the table beside the print; clock and lanes for what might have been."""
