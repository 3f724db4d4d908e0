"""Pictures of a schedule: who works when, and how busy each unit is."""

from __future__ import annotations

import math

import numpy as np

from aimc.chip.schedule import Schedule
from aimc.plots import Bars, Chart, Heatmap
from aimc.validation import check_integer

__all__ = ["gantt_chart", "occupancy_chart"]

UNITS = ("cores", "LDPU", "links", "GDPU")
MOST_TICKS = 8


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
    scale, unit = (1e6, "µs") if whole < 1e-3 else (1e3, "ms")
    step = next(n for n in (1, 2, 5, 10, 20, 50, 100) if count / n <= MOST_TICKS or n == 100)
    columns = tuple(
        f"{round(scale * edges[k], 9):.4g}" if k % step == 0 else "" for k in range(count)
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
        Bars(names, tuple(100 * float(row[f"{unit} busy"]) for row in rows), unit)
        for unit in UNITS
        if any(row[f"{unit} busy"] for row in rows)
    )
    title = f"Busy in the steady state, {plan.read_mode} read"
    return Chart(title, "layer", "busy (% of the interval)", marks)
