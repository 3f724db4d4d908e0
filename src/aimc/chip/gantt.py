"""Pictures of a schedule: who works when, and how busy each unit is."""

from __future__ import annotations

import numpy as np

from aimc.chip.schedule import Schedule
from aimc.plots import Bars, Chart, Heatmap
from aimc.validation import check_integer

__all__ = ["gantt_chart", "occupancy_chart"]

UNITS = ("cores", "LDPU", "links", "GDPU")


def gantt_chart(plan: Schedule, bins: int = 60) -> Chart:
    """Return who works on what at which time: one row per layer, one colour per inference.

    Parameters
    ----------
    plan : Schedule
        What to show.
    bins : int
        Columns of the picture. A column shows the inference that takes most of it; work shorter
        than a column still fills one.
    """
    check_integer("bins", bins, low=2, high=400)
    whole = plan.makespan
    edges = np.linspace(0.0, whole, bins + 1)
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
    step = max(1, bins // 6)
    columns = tuple(
        f"{round(scale * edges[k], 9):.3g}" if k % step == 0 and k + step // 2 < bins else ""
        for k in range(bins)
    )
    rows = tuple(group.name for group in plan.groups)
    per = plan.mapping.network.per
    mark = Heatmap(tuple(values), rows, columns, f"{per} in work (0: none)")
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
