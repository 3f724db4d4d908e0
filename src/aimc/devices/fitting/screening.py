"""Looks for gaps, outliers and too few points before anything is fitted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from aimc.devices.fitting.table import Measurements
from aimc.units import MICRO
from aimc.validation import check_choice

__all__ = ["FEWEST_DEVICES", "FEWEST_LEVELS", "group", "screen"]

FEWEST_TIMES = 3
"""Two reads fix a line; a third shows the noise about it."""
FEWEST_DEVICES = 30
"""Devices per level: they give a standard deviation to 13 %."""
FEWEST_LEVELS = 8
MOST_LEVELS = 80
SHORTEST_SPAN = 1.0
"""Least change of ln((t + t_0) / t_0) over a table that is to show drift."""
OUTLIER = 10.0
"""Robust standard deviations from the median of its level at which a read is an outlier."""
LEAST_SCALE = 0.02
"""Smallest scale for that, relative to the largest conductance: weak states sit at zero."""
MOST_DROPPED = 0.2


def screen(
    measured: Measurements, g_max: float, t_0: float, gaps: str, outliers: str
) -> tuple[Measurements, tuple[str, ...]]:
    """Return a table without gaps and outliers, and notes on what was left out.

    Raises
    ------
    ValueError
        If there are gaps or outliers and they may not be dropped, or too little is left.
    """
    check_choice("gaps", gaps, ("raise", "drop"))
    check_choice("outliers", outliers, ("raise", "drop", "keep"))
    _check_times(measured.time, t_0)
    total, notes = len(measured.target), []
    lacking = np.asarray(np.isnan(measured.conductance).any(axis=1))
    if lacking.any():
        text = f"{_count(lacking)} of {total} devices lack reads ({_some(measured, lacking)})"
        if gaps == "raise":
            raise ValueError(f"table has gaps: {text}; gaps='drop' leaves these devices out")
        notes.append(f"left out: {text}")
        measured = measured.only(~lacking)
    if len(measured.target) and measured.conductance.min() < -0.05 * g_max:
        raise ValueError(
            f"table: a conductance of {measured.conductance.min() / MICRO:.3g} µS is negative; "
            "subtract the offset of the instrument first"
        )
    if outliers != "keep" and len(measured.target) >= FEWEST_DEVICES:
        wild = _wild(measured, g_max)
        if wild.any():
            text = (
                f"{_count(wild)} of {total} devices lie more than {OUTLIER:g} standard deviations "
                f"from others of their level ({_some(measured, wild)})"
            )
            if outliers == "raise":
                raise ValueError(
                    f"table has outliers: {text}; outliers='drop' leaves them out, 'keep' fits them"
                )
            notes.append(f"left out: {text}")
            measured = measured.only(~wild)
    if len(measured.target) < (1 - MOST_DROPPED) * total:
        raise ValueError(
            f"table: only {len(measured.target)} of {total} devices are left without gaps and "
            "outliers: a fit of what is left would not describe the hardware"
        )
    level = group(measured.target)
    alike = [k for k in np.unique(level) if _alike(measured.conductance[level == k])]
    if alike:
        target = measured.target[level == alike[0]].mean() / MICRO
        raise ValueError(
            f"table: all devices at target {target:.3g} µS read the same, but a fit needs their "
            "scatter: one row per device and read, not the means of a level"
        )
    return measured, tuple(notes)


def _alike(reads: NDArray[np.float64]) -> bool:
    """Tell whether devices, on the first axis, differ by no more than rounding."""
    return bool(np.all(np.ptp(reads, axis=0) <= 1e-9 * np.abs(reads).max()))


def group(target: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the level of each device: its target, or a slice of targets where all differ.

    Raises
    ------
    ValueError
        If levels or devices are too few.
    """
    values, level, count = np.unique(target, return_inverse=True, return_counts=True)
    if len(values) > MOST_LEVELS:
        slices = int(np.clip(len(target) // 100, FEWEST_LEVELS, MOST_LEVELS))
        edges = np.unique(np.quantile(target, np.linspace(0, 1, slices + 1)[1:-1]))
        level = np.searchsorted(edges, target, side="right")
        _, level, count = np.unique(level, return_inverse=True, return_counts=True)
        values = np.array([target[level == k].mean() for k in range(len(count))])
    if len(values) < FEWEST_LEVELS:
        raise ValueError(
            f"table has too few points: {len(values)} levels of target, "
            f"at least {FEWEST_LEVELS} are needed for curves over the conductance"
        )
    if count.min() < FEWEST_DEVICES:
        raise ValueError(
            f"table has too few points: {count.min()} devices at "
            f"{values[count.argmin()] / MICRO:.3g} µS, at least {FEWEST_DEVICES} per level are "
            "needed for a standard deviation"
        )
    return level


def _check_times(time: NDArray[np.float64], t_0: float) -> None:
    if len(time) < FEWEST_TIMES:
        raise ValueError(
            f"table has too few points: {len(time)} read times, at least {FEWEST_TIMES} are needed "
            "to tell drift from noise"
        )
    span = float(np.log((time[-1] + t_0) / (time[0] + t_0)))
    if span < SHORTEST_SPAN:
        raise ValueError(
            f"table: reads from {time[0]:g} to {time[-1]:g} s, beside t_0={t_0:g} s, are too close "
            "for drift: t + t_0 must grow at least by a factor of e. Is time in seconds?"
        )


def _wild(measured: Measurements, g_max: float) -> NDArray[np.bool_]:
    """Return which devices have a read far from the reads of others of their level."""
    order = np.argsort(measured.target, kind="stable")
    wild = np.zeros(len(order), bool)
    _, count = np.unique(measured.target, return_counts=True)
    if len(count) > MOST_LEVELS or count.min() < FEWEST_DEVICES:
        parts: Sequence[NDArray[np.intp]] = np.array_split(order, max(1, len(order) // 100))
    else:
        parts = np.split(order, np.cumsum(count)[:-1])
    for part in parts:
        off = measured.conductance[part] - measured.target[part, None]
        off -= np.median(off, axis=0)
        scale = np.maximum(1.4826 * np.median(np.abs(off), axis=0), LEAST_SCALE * g_max)
        wild[part] = (np.abs(off) > OUTLIER * scale).any(axis=1)
    return wild


def _count(which: NDArray[np.bool_]) -> int:
    return int(np.count_nonzero(which))


def _some(measured: Measurements, which: NDArray[np.bool_]) -> str:
    names = [str(name) for name in measured.device[which][:5]]
    more = ", ..." if _count(which) > len(names) else ""
    return f"device{'s' if len(names) > 1 else ''} {', '.join(names)}{more}"
