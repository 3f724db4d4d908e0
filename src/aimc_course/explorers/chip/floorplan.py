"""Explorer of the anatomy chapter: the 64-core chip with a network on it, core by core.

Places follow `aimc.chip.placement`. The error of a core is a sample: 32 x 32 devices of the chip
that the serial number names hold normally distributed weights, scaled as in the tile that the core
holds. Energies are those of `aimc.chip.performance`: reads and outputs of one inference.
"""

from __future__ import annotations

import inspect
import math
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from aimc.chip.activity import LAYER, LSTM, activity
from aimc.chip.charts import floorplan_chart, tile_chart
from aimc.chip.floorplan import Floorplan, hermes_floorplan
from aimc.chip.hermes import hermes_constants
from aimc.chip.mapping import MappedTile, map_network
from aimc.chip.placement import Placement, place
from aimc.cores import Core
from aimc.devices import pcm_hermes
from aimc.layers.workload import caption_lstm, demo_mlp, ptb_char_lstm, resnet9_cifar10
from aimc.plots import Boxes, Line, Mark
from aimc.units import MILLI
from aimc.validation import check_choice
from aimc_course.explorers.controls import Choice, Slider
from aimc_course.explorers.explorer import Answer, Explorer

__all__ = ["FLOORPLAN", "compute", "core_errors", "largest_of", "walk"]

NETWORKS = {
    "ResNet-9": resnet9_cifar10,
    "character LSTM": ptb_char_lstm,
    "caption LSTM": caption_lstm,
    "two-layer MLP": demo_mlp,
}
MEASURED = {"ResNet-9": LAYER, "character LSTM": LSTM, "caption LSTM": LSTM}
"""Networks with a printed energy, which tells the activity of their cores; others count as full."""
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


@cache
def walk(network: str, order: str) -> tuple[dict[str, Any], ...]:
    """Return what happens to one vector per layer, step by step, in the order of work.

    The cores of a group read together; then each step of its chains is one moment; then complete
    sums of recurrent layers go to the GDPUs, through the core that feeds the one of their column.

    Returns
    -------
    tuple of dict
        ``layers``, their names; ``kind``, ``"read"``, ``"sum"`` or ``"gdpu"``; ``number`` and
        ``of``, which of the steps of the chains; ``cores`` at work; ``ways``, for each sum that
        moves the cores from sender to receiver; ``gdpus``, (core, GDPU) pairs.
    """
    feeding = {_plan().row_column(core)[1]: (core, gdpu) for core, gdpu in _plan().gdpu_links()}
    moments: list[dict[str, Any]] = []
    for group in _placed(network, order).groups():
        longest = max(len(chain.steps) for chain in group.chains)
        said = {"layers": group.name, "of": longest, "ways": [], "gdpus": []}
        cores = sorted({core for chain in group.chains for core in chain.cores})
        moments.append(said | {"kind": "read", "number": 0, "cores": cores})
        for k in range(longest):
            steps = [chain.steps[k] for chain in group.chains if k < len(chain.steps)]
            ways = [list(_plan().route(*step)) for step in steps]
            receivers = [receiver for _, receiver in steps]
            moments.append(
                said | {"kind": "sum", "number": k + 1, "cores": receivers, "ways": ways}
            )
        if group.gdpu:
            ends = [chain.cores[-1] for chain in group.chains]
            pairs = [feeding[_plan().row_column(core)[1]] for core in ends]
            detours = [(core, by) for core, (by, _) in zip(ends, pairs, strict=True) if core != by]
            ways = [list(_plan().route(*ends)) for ends in detours]
            links = [list(pair) for pair in dict.fromkeys(pairs)]
            moments.append(
                said | {"kind": "gdpu", "number": 0, "cores": ends, "ways": ways, "gdpus": links}
            )
    return tuple(moments)


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


def _energy(network: str, placement: Placement, tile: MappedTile) -> float:
    """Return the energy of a core's reads and outputs in one inference, J."""
    constants = hermes_constants()
    active = activity(MEASURED[network]) if network in MEASURED else 1.0
    read = constants.read_energy(MODE, active, _utilisation(tile))
    once = read + tile.shape[0] * constants.energy_value
    return placement.mapping.reads(tile.layer) * once


def compute(
    network: str,
    colour: str,
    order: str,
    row: int,
    column: int,
    time: str,
    serial: int,
    step: int,
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
    step : int
        Which moment of `walk` to show; 0 for none, and beyond the last the vector is through.
    """
    check_choice("colour", colour, COLOURS)
    placement = _placed(check_choice("network", network, NETWORKS), order)
    tiles = {tile.core: tile for tile in placement.mapping.tiles}
    t = TIMES[check_choice("time", time, TIMES)]
    chosen = _plan().core_at(row - 1, column - 1)
    values = {
        "utilisation": {k: 100 * _utilisation(tile) for k, tile in tiles.items()},
        "energy": {k: 1e6 * _energy(network, placement, tile) for k, tile in tiles.items()},
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
            "energy": _energy(network, placement, tile),
        }
    if shown:
        said["map"] = {_plan().name(k): shown[k] for k in sorted(shown)}
    moments = walk(network, order)
    floor = floorplan_chart(placement, shown, label, chosen)
    if 0 < step <= len(moments):
        floor = replace(floor, marks=(*floor.marks, *_moment_marks(moments[step - 1])))
    charts = (floor, tile_chart(placement, chosen))
    sentence = _sentence(said, colour, shown, unit, time) + _moment_words(moments, step)
    return Answer(said, charts, sentence, scene=_scene(placement, moments))


def _scene(placement: Placement, moments: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    """Return what stands on each core, and the way of a vector."""
    rows, columns = placement.mapping.core
    cores: list[dict[str, Any] | None] = [None] * _plan().cores
    names = list(dict.fromkeys(tile.layer for tile in placement.mapping.tiles))
    for tile in placement.mapping.tiles:
        cores[tile.core] = {
            "layer": names.index(tile.layer),
            "inputs": list(tile.inputs),
            "outputs": list(tile.outputs),
            "rows": tile.shape[1] / rows,
            "columns": tile.shape[0] / columns,
            "reads": placement.mapping.reads(tile.layer),
        }
    per = placement.mapping.network.per
    plan = {"cores": cores, "gdpu_after": _plan().gdpu_after}
    return {"layers": names, "per": per, **plan, "moments": list(moments)}


def _moment_marks(moment: dict[str, Any]) -> list[Mark]:
    plan, x, y = _plan(), [], []
    ways = [[plan.position(core) for core in way] for way in moment["ways"]]
    ways += [[plan.position(core), plan.gdpu_position(gdpu)] for core, gdpu in moment["gdpus"]]
    for way in ways:
        x += [*(across / MILLI for across, _ in way), math.nan]
        y += [*(up / MILLI for _, up in way), math.nan]
    at = [plan.position(core) for core in moment["cores"]]
    size = [0.94 * side / MILLI for side in plan.core]
    across, up = (tuple(place[k] / MILLI for place in at) for k in (0, 1))
    frames = Boxes(across, up, size[0], size[1], filled=False)
    return [frames, Line(tuple(x), tuple(y), "this step")] if ways else [frames]


def _moment_words(moments: tuple[dict[str, Any], ...], step: int) -> str:
    if step == 0:
        return ""
    if step > len(moments):
        return f" The vector is through, after {len(moments)} steps."
    moment = moments[step - 1]
    count = len(moment["cores"])
    many = f"{count} core{'s' * (count != 1)}"
    what = {
        "read": f"{many} of {moment['layers']} read{'s' * (count == 1)} the vector",
        "sum": f"partial sums of {moment['layers']} arrive at {many} and are added there, step "
        f"{moment['number']} of {moment['of']}",
        "gdpu": f"the complete sums of {moment['layers']} go to {len(moment['gdpus'])} GDPUs",
    }[moment["kind"]]
    return f" Step {step} of {len(moments)}: {what}."


def _steps() -> tuple[tuple[str, ...], ...]:
    """Return for each network what the steps of a vector are called."""
    ends = [len(walk(network, next(iter(ORDERS)))) for network in NETWORKS]
    last = max(ends) + 1
    return tuple(
        (
            "not followed",
            *(f"{k} of {end}" for k in range(1, end + 1)),
            *("through",) * (last - end),
        )
        for end in ends
    )


STEPS = _steps()


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
        Slider(
            "step",
            "Step of a vector",
            0,
            len(STEPS[0]) - 1,
            1,
            0,
            integer=True,
            words=STEPS,
            words_by="network",
        ),
    ),
    compute=compute,
    stage="floorplan",
    source=inspect.getsource(core_errors) + "\n\n" + inspect.getsource(_energy),
)
"""The chip with a network on it, and what a chosen core holds."""
