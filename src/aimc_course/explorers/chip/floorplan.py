"""Explorer of the anatomy chapter: the 64-core chip with a network on it, core by core.

Places follow `aimc.chip.placement`. The error of a core is a sample: 32 x 32 devices of the chip
that the serial number names hold normally distributed weights, scaled as in the tile that the core
holds. Energies are those of `aimc.chip.hermes`, for the reads and the outputs of one inference.
"""

from __future__ import annotations

import inspect
import math
from functools import cache
from typing import Any

import numpy as np

from aimc.chip.charts import floorplan_chart, tile_chart
from aimc.chip.floorplan import Floorplan, hermes_floorplan
from aimc.chip.hermes import hermes_constants
from aimc.chip.mapping import MappedTile, map_network
from aimc.chip.placement import Placement, place
from aimc.cores import Core
from aimc.devices import pcm_hermes
from aimc.layers.workload import caption_lstm, demo_mlp, ptb_char_lstm, resnet9_cifar10
from aimc.validation import check_choice
from aimc_course.explorers.controls import Choice, Slider
from aimc_course.explorers.explorer import Answer, Explorer

__all__ = ["FLOORPLAN", "compute", "core_errors", "largest_of"]

NETWORKS = {
    "ResNet-9": resnet9_cifar10,
    "character LSTM": ptb_char_lstm,
    "caption LSTM": caption_lstm,
    "two-layer MLP": demo_mlp,
}
COLOURS = ("layer", "utilisation", "error", "energy")
ORDERS = {"sums along links": "chains", "by number": "numbers"}
TIMES = {"just programmed": 0.0, "1 hour": 3600.0, "1 day": 86400.0, "1 month": 30 * 86400.0}
SAMPLE = 32
MODE = "4-phase"


@cache
def _plan() -> Floorplan:
    return hermes_floorplan()


@cache
def _placed(network: str, order: str) -> Placement:
    return place(map_network(NETWORKS[network]()), _plan(), ORDERS[order])


def largest_of(count: int) -> float:
    """Return about how large the largest of so many normal numbers is, in standard deviations.

    The Gumbel limit, good to a few per cent from ten numbers on.
    """
    root = math.sqrt(2 * math.log(2 * count))
    middle = root - math.log(4 * math.pi * math.log(2 * count)) / (2 * root)
    return middle + float(np.euler_gamma) / root  # from the most likely value to the mean


@cache
def _sampled(network: str, order: str, serial: int) -> tuple[Core, np.ndarray]:
    """Return a core of 64 blocks, one per core of the chip, and the weights that they hold."""
    cores = _plan().cores
    weights = np.random.default_rng([serial, 0]).normal(size=(cores, SAMPLE, SAMPLE))
    for tile in _placed(network, order).mapping.tiles:
        peak = largest_of(math.prod(tile.shape))
        weights[tile.core] = np.clip(weights[tile.core] / peak, -1.0, 1.0)
        weights[tile.core, 0, 0] = 1.0  # the largest weight of a tile has the largest conductance
    weights[np.abs(weights).max(axis=(1, 2)) > 1.0] = 0.0  # nothing stands there
    flat = weights.reshape(cores * SAMPLE, SAMPLE)
    core = Core(pcm_hermes(2), rows=SAMPLE, columns=cores * SAMPLE, serial=serial)
    return core.program(flat), weights


def core_errors(core: Core, weights: np.ndarray, t: float) -> np.ndarray:
    """Return the relative error of each block's weights, read once, after the best single factor.

    Parameters
    ----------
    core : Core
        Holds all blocks, one above the other.
    weights : array, shape (blocks, out, in)
        What the blocks should hold; zero for a block that is not used.
    t : float
        Time after programming, s.

    Returns
    -------
    array, shape (blocks,)
        Error as a fraction of the block's root-mean-square weight; NaN for an unused block.
    """
    crossbar = core.crossbar(t)
    g = crossbar.conductance[0].reshape(weights.shape)
    noise = np.sum(crossbar.read_variance.reshape(weights.shape), axis=(1, 2))
    asked = np.sum(weights**2, axis=(1, 2))
    factor = np.sum(g * weights, axis=(1, 2)) / (np.sum(g * g, axis=(1, 2)) + noise)
    left = np.sum((factor[:, None, None] * g - weights) ** 2, axis=(1, 2)) + factor**2 * noise
    used = asked > 0
    return np.where(used, np.sqrt(left / np.where(used, asked, 1.0)), np.nan)


def _utilisation(tile: MappedTile) -> float:
    return math.prod(tile.shape) / math.prod(hermes_constants().core)


def _energy(placement: Placement, tile: MappedTile) -> float:
    """Return the energy of a core's reads and outputs in one inference, J."""
    constants = hermes_constants()
    read = constants.read_energy(MODE, utilisation=_utilisation(tile))
    once = read + tile.shape[0] * constants.energy_value
    return placement.mapping.reads(tile.layer) * once


def compute(
    network: str, colour: str, order: str, row: int, column: int, time: str, serial: int
) -> Answer:
    """Return the floorplan with a network on it, and what one core holds.

    Parameters
    ----------
    network, colour, order, time : str
        Choices of the controls.
    row, column : int
        The core to look at, counted from 1 as in the paper.
    serial : int
        Chip whose devices are sampled.
    """
    check_choice("colour", colour, COLOURS)
    placement = _placed(check_choice("network", network, NETWORKS), order)
    tiles = {tile.core: tile for tile in placement.mapping.tiles}
    t = TIMES[check_choice("time", time, TIMES)]
    chosen = _plan().core_at(row - 1, column - 1)
    values = {
        "utilisation": {k: 100 * _utilisation(tile) for k, tile in tiles.items()},
        "energy": {k: 1e6 * _energy(placement, tile) for k, tile in tiles.items()},
    }
    if colour == "error":
        errors = core_errors(*_sampled(network, order, serial), t)
        values["error"] = {k: 100 * float(errors[k]) for k in tiles}
    shown = values.get(colour)
    unit = {"utilisation": "%", "energy": "µJ", "error": "%"}.get(colour, "")
    label = f"{colour} ({unit})" if shown else ""
    name = _plan().name(chosen)
    said = {
        "network": placement.mapping.network.name,
        "cores": placement.mapping.cores,
        "utilisation": placement.mapping.utilisation,
        "steps": len(placement.steps()),
        "detours": len(placement.detours()),
        "hops": placement.hops,
        "wire": placement.wire,
        "energy": 1e-6 * sum(values["energy"].values()),
        "core": {"name": name, "layer": None},
    }
    if chosen in tiles:
        tile = tiles[chosen]
        said["core"] = {
            "name": name,
            "layer": tile.layer,
            "inputs": list(tile.inputs),
            "outputs": list(tile.outputs),
            "utilisation": _utilisation(tile),
            "reads": placement.mapping.reads(tile.layer),
            "energy": _energy(placement, tile),
        }
    if shown:
        said["map"] = {_plan().name(k): shown[k] for k in sorted(shown)}
    charts = (floorplan_chart(placement, shown, label, chosen), tile_chart(placement, chosen))
    return Answer(said, charts, _sentence(said, colour, shown, unit, time))


def _sentence(
    said: dict[str, Any], colour: str, shown: dict[int, float] | None, unit: str, time: str
) -> str:
    head = (
        f"{said['network']} takes {said['cores']} of {_plan().cores} cores, which are "
        f"{said['utilisation']:.0%} full. Partial sums take {said['steps']} steps from core to "
        f"core; {said['detours']} of them need more than one link."
    )
    if shown:
        what = {
            "error": f"error of the weights ({time})",
            "energy": "energy per inference",
        }.get(colour, colour)
        low, high = min(shown.values()), max(shown.values())
        head += f" From core to core, the {what} goes from {low:.3g} to {high:.3g} {unit}."
    core = said["core"]
    if core["layer"] is None:
        return f"{head} Core {core['name']} is not used."
    (i, j), (k, m) = core["inputs"], core["outputs"]
    reads = f"{core['reads']} read" + "s" * (core["reads"] != 1)
    return (
        f"{head} Core {core['name']} holds inputs {i + 1} to {j} and outputs {k + 1} to {m} of "
        f"{core['layer']}: {core['utilisation']:.0%} of its cells. Energy of its {reads} per "
        f"inference: {1e6 * core['energy']:.3g} µJ in {MODE} mode, with the outputs but without "
        "standing power."
    )


FLOORPLAN = Explorer(
    name="floorplan",
    title="A network on 64 cores",
    controls=(
        Choice("network", "Network", tuple(NETWORKS), "ResNet-9"),
        Choice("colour", "Colour", COLOURS, "layer"),
        Choice(
            "order",
            "Placed",
            tuple(ORDERS),
            "sums along links",
            needs={"network": ("ResNet-9", "character LSTM", "caption LSTM")},
        ),
        Slider("row", "Core row", 1, 8, 1, 3, integer=True),
        Slider("column", "Core column", 1, 8, 1, 8, integer=True),
        Choice("time", "Error at", tuple(TIMES), "just programmed", needs={"colour": ("error",)}),
        Slider(
            "serial",
            "Serial number of the chip",
            1,
            9,
            1,
            7,
            integer=True,
            needs={"colour": ("error",)},
        ),
    ),
    compute=compute,
    source=inspect.getsource(core_errors) + "\n\n" + inspect.getsource(_energy),
)
"""The chip with a network on it, and what a chosen core holds."""
