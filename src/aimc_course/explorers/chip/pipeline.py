"""Explorer of the mapping chapter: a network in a pipeline, on the 64-core chip or a larger one."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from aimc.chip.activity import LAYER, LSTM, activity
from aimc.chip.charts import gantt_chart, occupancy_chart
from aimc.chip.hermes import READ_MODES
from aimc.chip.mapping import balanced_copies, map_network
from aimc.chip.performance import network_performance
from aimc.chip.schedule import _run, schedule
from aimc.layers.workload import (
    Network,
    attention_block,
    caption_lstm,
    demo_mlp,
    ptb_char_lstm,
    resnet9_cifar10,
)
from aimc_course.explorers.controls import Choice, Slider, Toggle
from aimc_course.explorers.explorer import Answer, Explorer

__all__ = ["NETWORKS", "PIPELINE", "compute"]

NETWORKS: dict[str, Callable[[], Network]] = {
    "ResNet-9": resnet9_cifar10,
    "LSTM, characters": ptb_char_lstm,
    "LSTM, captions": caption_lstm,
    "MLP": demo_mlp,
    "transformer block": attention_block,
}
MEASURED = {"ResNet-9": LAYER, "LSTM, characters": LSTM, "LSTM, captions": LSTM}
"""Networks with a printed energy, which tells the activity of their cores; others count as full."""
CHIP_CORES = 64


def compute(network: str, read_mode: str, copies: int, inferences: int, share: bool) -> Answer:
    """Return who works when, how busy the units are, and what one inference takes.

    Parameters
    ----------
    network : str
        One of `NETWORKS`.
    read_mode : {"1-phase", "4-phase"}
        How the cores read.
    copies : int
        Copies of the layer with the most vectors; others get copies in proportion.
    inferences : int
        Images, words or tokens in a row.
    share : bool
        Whether tiles of several layers may share a core.
    """
    workload = NETWORKS[network]()
    mapping = map_network(workload, copies=balanced_copies(workload, copies), share=share)
    plan = schedule(mapping, read_mode=read_mode, inferences=inferences)
    active = activity(MEASURED[network]) if network in MEASURED else 1.0
    cost = network_performance(plan, activity=active)
    fits = mapping.cores <= CHIP_CORES
    values = {
        "cores": mapping.cores,
        "fits": fits,
        "latency": plan.latency,
        "interval": plan.interval,
        "throughput": plan.throughput,
        "bottleneck": plan.bottleneck,
        "utilisation": mapping.utilisation,
        "energy": cost.energy.value,
        "energies": cost.energies,
        "copies": {layer.name: mapping.copies(layer.name) for layer in workload.static},
        "read_mode": read_mode,
        "scope": cost.scope,
    }
    busiest = next(group for group in plan.groups if group.name == plan.bottleneck)
    pace = f"{plan.bottleneck} sets the pace"
    if mapping.shared and plan.reads(busiest) * plan.pace(busiest) < 0.99 * plan.interval:
        pace = "layers that share cores wait for each other, which sets the pace"
    room = "fits on one chip" if fits else f"is more than the {CHIP_CORES} cores of one chip"
    sentence = (
        f"{workload.name}, {read_mode} read: {mapping.cores} cores, which {room}. The first "
        f"{workload.per} takes {cost.latency.text}, then one is finished every "
        f"{cost.interval.text}, {plan.throughput:,.0f} per second, for {cost.energy.text} each; "
        f"{pace}."
    )
    return Answer(values, (gantt_chart(plan), occupancy_chart(plan), cost.chart()), sentence)


PIPELINE = Explorer(
    name="pipeline",
    title="Who works when",
    controls=(
        Choice("network", "Network", tuple(NETWORKS), "ResNet-9"),
        Choice("read_mode", "Read", READ_MODES, "4-phase"),
        Slider(
            "copies",
            "Copies of the busiest layer",
            1,
            16,
            1,
            1,
            integer=True,
            needs={"network": ("ResNet-9",)},
        ),
        Slider("inferences", "Inferences in a row", 1, 8, 1, 4, integer=True),
        Toggle("share", "Small layers share cores", False, needs={"network": ("ResNet-9",)}),
    ),
    compute=compute,
    source=inspect.getsource(_run) + "\n\n" + inspect.getsource(balanced_copies),
)
"""Layers in rows, time to the right, one colour per inference."""
