"""Explorer of chapter 1: where the joules and the seconds of an inference go."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from aimc.compare.roofline import (
    Crossbars,
    Machine,
    attainable,
    digital_machine,
    hermes_crossbars,
)
from aimc.layers.workload import (
    Network,
    attention_block,
    caption_lstm,
    demo_mlp,
    ptb_char_lstm,
    resnet9_cifar10,
)
from aimc.plots import Bars, Chart, Line, Points, Rule, numbers
from aimc_course.explorers.controls import Choice, Slider
from aimc_course.explorers.explorer import Answer, Explorer

__all__ = ["MEMORY_WALL"]

NETWORKS: dict[str, Callable[[], Network]] = {
    "small perceptron": demo_mlp,
    "ResNet-9": resnet9_cifar10,
    "character LSTM": ptb_char_lstm,
    "caption LSTM": caption_lstm,
    "transformer block": attention_block,
}
CROSSBAR = "crossbar"


@cache
def _network(name: str) -> Network:
    return NETWORKS[name]()


@cache
def _machine(weights_in: str, precision: str) -> Machine | Crossbars:
    if weights_in == CROSSBAR:
        return hermes_crossbars()
    return digital_machine(weights_in, precision)


def energy_and_time(machine: Machine | Crossbars, network: Network, batch: int) -> dict[str, float]:
    """Return energy per inference (J), time per batch (s) and the place on the roofline."""
    energy, time = machine.energy(network, batch), machine.time(network, batch)
    return {
        "energy_weights": energy.weights,
        "energy_activations": energy.activations,
        "energy_arithmetic": energy.arithmetic,
        "energy_total": energy.total,
        "time": time,
        "intensity": machine.intensity(network, batch),
        "throughput": 2.0 * network.macs * batch / time,
        "peak": machine.peak,
        "bandwidth": machine.roof.bandwidth,
    }


def compute(network: str, batch: int, weights_in: str, precision: str) -> Answer:
    """Return energy split and roofline for a network on a machine."""
    workload, machine = _network(network), _machine(weights_in, precision)
    values = energy_and_time(machine, workload, batch)
    moving = (values["energy_weights"] + values["energy_activations"]) / values["energy_total"]
    return Answer(
        values={**values, "moving_share": moving, "ridge": values["peak"] / values["bandwidth"]},
        charts=(
            _energy_chart(values, workload, machine),
            _roofline_chart(values, machine, workload),
        ),
        sentence=_sentence(values, moving, workload, machine, batch, weights_in),
    )


def _energy_chart(
    values: dict[str, float], workload: Network, machine: Machine | Crossbars
) -> Chart:
    parts = ("energy_weights", "energy_activations", "energy_arithmetic")
    micro = numbers([1e6 * values[part] for part in parts])
    words = ("weights", "activations", "arithmetic")
    # The numbers stand under their bars: most bars are too small to be seen beside the largest.
    labels = tuple(f"{word}\n{value:.3g}" for word, value in zip(words, micro, strict=True))
    stay = isinstance(machine, Crossbars)
    digital = machine.beside if isinstance(machine, Crossbars) else machine
    things = (
        "array" if stay else digital.weights.name,
        digital.activations.name,
        "array" if stay else "digital",
    )
    return Chart(
        title=f"Energy per {workload.per}",
        x_label="where the energy goes: moving numbers, or computing",
        y_label="energy (µJ)",
        marks=(Bars(labels, micro, things=things),),
    )


def _roofline_chart(
    values: dict[str, float], machine: Machine | Crossbars, workload: Network
) -> Chart:
    low, high = 0.1, max(1e4, 3 * values["intensity"])
    axis = np.geomspace(low, high, 60)
    roof = [attainable(x, values["peak"], values["bandwidth"]) / 1e12 for x in axis]
    point = Points((values["intensity"],), (values["throughput"] / 1e12,), label=workload.name)
    return Chart(
        title="Roofline",
        x_label=f"operations per byte from {machine.roof.name}",
        y_label="throughput (TOPS)",
        marks=(
            Line(numbers(axis), numbers(roof), label="best possible", thing=machine.roof.name),
            point,
            Rule(values["peak"] / values["bandwidth"], "ridge", axis="x"),
        ),
        x_scale="log",
        y_scale="log",
        x_range=(low, high),
        y_range=(1e-3, 1e3),
    )


def _sentence(
    values: dict[str, float],
    moving: float,
    workload: Network,
    machine: Machine | Crossbars,
    batch: int,
    weights_in: str,
) -> str:
    place = "in the crossbars" if weights_in == CROSSBAR else f"in {weights_in}"
    numbers_in = "8-bit" if machine.bits == 8 else "32-bit"
    limit = _limit(values, machine)
    share = f"{moving:.0%}" if moving >= 0.01 else "under 1%"
    return (
        f"{workload.name}, batch {batch}, weights {place}, {numbers_in} numbers: "
        f"{_short(1e6 * values['energy_total'])} µJ per {workload.per}, {share} of it for moving "
        f"numbers; {_short(values['intensity'])} operations per byte, {limit}, "
        f"{values['throughput'] / 1e12:.3g} of {values['peak'] / 1e12:.3g} TOPS."
    )


def _limit(values: dict[str, float], machine: Machine | Crossbars) -> str:
    """Return what keeps a machine from being faster."""
    if values["intensity"] < values["peak"] / values["bandwidth"]:
        return f"bound by {machine.roof.name}"
    if isinstance(machine, Machine) and values["throughput"] < 0.999 * values["peak"]:
        return f"bound by the {machine.activations.name} of the activations"
    return "not bound by memory"


def _short(value: float) -> str:
    """Return three digits, or more where the number has more before its point."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def _source() -> str:
    pieces: tuple[Any, ...] = (energy_and_time, Machine.energy, Machine.time, attainable)
    return "\n\n".join(inspect.getsource(piece) for piece in pieces)


MEMORY_WALL = Explorer(
    name="memory_wall",
    title="Where do the joules and the seconds go?",
    controls=(
        Choice("network", "Network", tuple(NETWORKS), "character LSTM"),
        Slider("batch", "Batch size", 1, 256, 1, 1, integer=True),
        Choice("weights_in", "Weights live in", ("DRAM", "SRAM", CROSSBAR), "DRAM"),
        Choice(
            "precision",
            "Digital number format",
            ("INT8", "FP32"),
            "INT8",
            needs={"weights_in": ("DRAM", "SRAM")},
        ),
    ),
    compute=compute,
    source=_source(),
)
"""Energy split and roofline of a network; the digital machine's peak and bandwidths are round."""
