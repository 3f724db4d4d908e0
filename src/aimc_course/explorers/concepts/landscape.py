"""Explorer: what the efficiency of a chip becomes when something else is counted."""

from __future__ import annotations

import inspect

from aimc.compare.published_chips import PublishedChip, published_chips, tops_per_watt
from aimc.plots import Bars, Chart
from aimc.published import fact
from aimc_course.explorers.controls import Choice, Toggle
from aimc_course.explorers.explorer import Answer, Explorer

__all__ = ["LANDSCAPE"]

MODES = ("1-phase", "4-phase")
PEAK, LAYER, ALL_IN = "peak, MVM only", "layer, MVM only", "layer with links and digital units"

# The layer for which the paper prints energies: 2016 inputs, 224 outputs (A042-A046).
LAYER_MACS = 2016 * 224


def hermes_efficiency(read_mode: str, counted: str) -> float:
    """Return the TOPS/W of the HERMES chip for one way of reading and one way of counting."""
    k = MODES.index(read_mode)
    if counted == PEAK:
        return fact(("A033", "A034")[k]).number
    if counted == LAYER:
        return fact("A046").numbers[k]
    return tops_per_watt(LAYER_MACS, fact("A043").numbers[k] * 1e-6)


def _compute(read_mode: str, counted: str, one_bit: bool) -> Answer:
    hermes = hermes_efficiency(read_mode, counted)
    others = [chip for chip in published_chips() if not chip.name.startswith("HERMES")]
    values: dict[str, float] = {} if one_bit else {"HERMES": hermes}
    values |= {chip.name: v for chip in others if (v := _shown(chip, one_bit)) is not None}
    best = max(values, key=lambda name: values[name])
    if one_bit:
        sentence = (
            f"In one-bit operations {best} leads with {values[best]:.0f} TOPS/W. Chips with analog "
            "weights, HERMES among them, have no designed weight bits and are left out."
        )
    else:
        sentence = (
            f"HERMES, {read_mode} read, {counted}: {hermes:.2f} TOPS/W. The others stand at their "
            f"printed peaks, {best} highest with {values[best]:g} TOPS/W."
        )
    things = tuple("64-core chip" if name == "HERMES" else "other chips" for name in values)
    chart = Chart(
        title=f"HERMES: {read_mode}, {counted}" if not one_bit else "In one-bit operations",
        x_label="chip (all but HERMES at the printed peak)" if not one_bit else "chip",
        y_label="one-bit TOPS/W" if one_bit else "TOPS/W",
        marks=(Bars(tuple(values), tuple(values.values()), things=things),),
    )
    return Answer({"hermes": hermes, "shown": values}, (chart,), sentence)


def _shown(chip: PublishedChip, one_bit: bool) -> float | None:
    return chip.one_bit_tops_per_watt if one_bit else chip.peak_tops_per_watt


LANDSCAPE = Explorer(
    name="landscape",
    title="Choose what to count",
    controls=(
        Choice("read_mode", "HERMES read mode", MODES, "1-phase", needs={"one_bit": (False,)}),
        Choice(
            "counted",
            "What is counted for HERMES",
            (PEAK, LAYER, ALL_IN),
            PEAK,
            needs={"one_bit": (False,)},
        ),
        Toggle("one_bit", "Count one-bit operations", False),
    ),
    compute=_compute,
    source=inspect.getsource(hermes_efficiency),
)
