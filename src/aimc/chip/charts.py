"""Pictures of a plan: who works when, how busy each unit is, and the floorplan to scale."""

from __future__ import annotations

import math
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from aimc.chip.floorplan import Floorplan, Size
from aimc.chip.mapping import MappedTile
from aimc.chip.placement import Placement
from aimc.chip.schedule import Schedule
from aimc.plots import Bars, Boxes, Chart, Heatmap, Line, Mark, numbers
from aimc.units import MICRO, MILLI
from aimc.validation import check_integer

__all__ = ["floorplan_chart", "gantt_chart", "occupancy_chart", "tile_chart"]

UNITS = {"cores": "array", "LDPU": "digital", "links": "link", "GDPU": "GDPU"}
"""The units of a layer, and what each has the colour of."""
MOST_TICKS = 8
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _round_time(least: float) -> float:
    """Return the smallest of 1, 2 and 5 times a power of ten that is not below a time, s."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * n for n in (1, 2, 5, 10) if power * n >= least * (1 - 1e-9))


def gantt_chart(plan: Schedule, bins: int = 120) -> Chart:
    """Return who works on what at which time: one row per layer, one colour per inference.

    Parameters
    ----------
    plan : Schedule
        What to show.
    bins : int
        Columns of the picture at most: each stands for a round time, and there are as many as
        cover the schedule. A column shows the inference that takes most of it; work shorter than a
        column still fills one.
    """
    check_integer("bins", bins, low=2, high=400)
    whole = plan.makespan
    width = _round_time(whole / bins)
    count = max(1, math.ceil(whole / width * (1 - 1e-9)))
    edges = width * np.arange(count + 1)
    values = []
    for starts, ends in zip(plan.starts, plan.ends, strict=True):
        shared = np.array(
            [
                np.clip(np.minimum(end, edges[1:]) - np.maximum(start, edges[:-1]), 0.0, None)
                for start, end in zip(starts, ends, strict=True)
            ]
        )
        row = np.where(shared.max(axis=0) > 0, 1 + shared.argmax(axis=0), 0)
        values.append(tuple(float(x) for x in row))
    scale, unit = (MICRO, "µs") if whole < MILLI else (MILLI, "ms")
    step = next(n for n in (1, 2, 5, 10, 20, 50, 100) if count / n <= MOST_TICKS or n == 100)
    columns = tuple(
        f"{round(edges[k] / scale, 9):.4g}" if k % step == 0 else "" for k in range(count)
    )
    rows = tuple(group.name for group in plan.groups)
    per = plan.mapping.network.per
    mark = Heatmap(tuple(values), rows, columns, f"which {per} is in work (0: none)")
    return Chart(f"Who works when, {plan.read_mode} read", f"time ({unit})", "", (mark,))


def occupancy_chart(plan: Schedule) -> Chart:
    """Return the share of the steady interval in which the units of each layer work, %."""
    rows = plan.occupancy()
    names = tuple(str(row["layer"]) for row in rows)
    marks = tuple(
        Bars(names, tuple(100 * float(row[f"{unit} busy"]) for row in rows), unit, thing=thing)
        for unit, thing in UNITS.items()
        if any(row[f"{unit} busy"] for row in rows)
    )
    title = f"Busy in the steady state, {plan.read_mode} read"
    return Chart(title, "layer", "busy (% of the interval)", marks)


def floorplan_chart(
    placement: Placement,
    values: Dictionary[int, float] | None = None,
    label: str = "",
    chosen: int | None = None,
    title: str | None = None,
) -> Chart:
    """Return a chart of the floorplan with a network on it, in mm.

    Parameters
    ----------
    placement : Placement
        A network on its cores.
    values : mapping of int to float, optional
        A value per core, for its colour; cores without one are outlines. If not given, there is
        one colour and one letter per layer; letters, unlike colours, do not repeat.
    label : str
        What the values are, with their unit.
    chosen : int, optional
        A core to be framed.
    title : str, optional
        Title; the network and its number of cores if not given.
    """
    plan = placement.floorplan
    layers: dict[int, str] = {}
    for tile in placement.mapping.tiles:
        layers[tile.core] = (
            f"{layers[tile.core]}, {tile.layer}" if tile.core in layers else tile.layer
        )
    marks: list[Mark] = []
    if values is None:
        for k, layer in enumerate(dict.fromkeys(layers.values())):
            cores = [core for core in sorted(layers) if layers[core] == layer]
            letter = LETTERS[k] if k < len(LETTERS) else str(k)
            texts = (letter,) * len(cores)
            marks.append(_cores(plan, cores, layers, label=f"{letter} {layer}", texts=texts))
    else:
        cores = [
            check_integer("core in values", core, low=0, high=plan.cores - 1) for core in values
        ]
        cores.sort()
        shown = [float(values[core]) for core in cores]
        texts = tuple(f"{value:.0f}" if abs(value) >= 100 else f"{value:.2g}" for value in shown)
        marks.append(_cores(plan, cores, layers, label=label, values=numbers(shown), texts=texts))
    marks.append(_sums(placement, "partial sums" if values is None else ""))
    coloured = layers if values is None else values
    idle = [core for core in range(plan.cores) if core not in coloured]
    if idle:
        marks.append(_cores(plan, idle, layers, filled=False))
    if plan.gdpus:
        names = tuple(f"GDPU {k + 1}" for k in range(plan.gdpus))
        places = [plan.gdpu_position(k) for k in range(plan.gdpus)]
        marks.append(_boxes(places, plan.gdpu, names=names, filled=False))
    marks.append(_boxes([(plan.die[0] / 2, plan.die[1] / 2)], plan.die, filled=False))
    if chosen is not None:
        frame = (0.86 * plan.core[0], 0.86 * plan.core[1])
        marks.append(_boxes([plan.position(chosen)], frame, filled=False))
    return Chart(
        title or f"{placement.mapping.network.name} on {placement.mapping.cores} cores",
        "mm",
        "mm",
        tuple(marks),
        x_range=(0.0, plan.die[0] / MILLI),
        y_range=(0.0, plan.die[1] / MILLI),
        equal=True,
    )


def tile_chart(placement: Placement, core: int) -> Chart:
    """Return a chart of a layer's matrix, cut into tiles; the tile on one core is filled.

    A core that holds several tiles shows the first.
    """
    found = placement.on(core)
    name = placement.floorplan.name(core)
    rows, columns = placement.mapping.core
    if not found:
        empty = Boxes((rows / 2,), (columns / 2,), rows, columns, filled=False)
        return Chart(f"Core {name} is not used", "row", "column", (empty,))
    tile = found[0]
    same = [other for other in placement.mapping.of(tile.layer) if other.copy == tile.copy]
    marks: list[Mark] = [_tiles(placement, [tile], same)]
    if rest := [other for other in same if other != tile]:
        marks.append(_tiles(placement, rest, same, filled=False))
    title = (
        f"Core {name}: 1 of {len(same)} tiles of {tile.layer}"
        if rest
        else f"Core {name}: {tile.layer}"
    )
    return Chart(title, "input", "output", tuple(marks))


def _boxes(places: Sequence[Size], size: Size, **style: Any) -> Boxes:
    x, y = zip(*places, strict=True)
    across, up = numbers(np.array(x) / MILLI), numbers(np.array(y) / MILLI)
    return Boxes(across, up, size[0] / MILLI, size[1] / MILLI, **style)


def _cores(plan: Floorplan, cores: list[int], layers: dict[int, str], **style: Any) -> Boxes:
    names = tuple(f"core {plan.name(core)}, {layers.get(core, 'not used')}" for core in cores)
    return _boxes([plan.position(core) for core in cores], plan.core, names=names, **style)


def _sums(placement: Placement, label: str) -> Line:
    """Return the ways of the partial sums as one line with gaps, below the texts of the cores."""
    plan = placement.floorplan
    right, down = 0.36 * plan.core[0], 0.36 * plan.core[1]
    x: list[float] = []
    y: list[float] = []
    for step in placement.steps():
        for ends in pairwise(plan.route(*step)):
            for at in map(plan.position, ends):
                x.append((at[0] + right) / MILLI)
                y.append((at[1] - down) / MILLI)
            x.append(math.nan)
            y.append(math.nan)
    for core, gdpu in placement.to_gdpu():
        (across, up), (_, below) = plan.position(core), plan.gdpu_position(gdpu)
        # A GDPU is narrower than the core above it.
        place = (across + min(right, 0.45 * plan.gdpu[0])) / MILLI
        x += [place, place, math.nan]
        y += [(up - down) / MILLI, below / MILLI, math.nan]
    return Line(tuple(x), tuple(y), label if x else "", thing="link")


def _tiles(
    placement: Placement, tiles: list[MappedTile], same: list[MappedTile], filled: bool = True
) -> Boxes:
    # Tiles of one layer differ by one row or column at most: their mean size serves for all.
    size = [float(np.mean([tile.shape[k] for tile in same])) for k in (1, 0)]
    texts = tuple(placement.floorplan.name(tile.core) for tile in tiles)
    return Boxes(
        numbers([sum(tile.inputs) / 2 for tile in tiles]),
        numbers([sum(tile.outputs) / 2 for tile in tiles]),
        size[0],
        size[1],
        texts=texts,
        names=tuple(f"on core {text}" for text in texts),
        filled=filled,
    )
