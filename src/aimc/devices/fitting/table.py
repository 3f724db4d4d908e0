"""Reads a table of measured devices, in whatever form it comes, and checks its units."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aimc.validation import check_choice

__all__ = ["UNITS", "Measurements", "read_table"]

Array = NDArray[np.float64]

UNITS = {"S": 1.0, "mS": 1e-3, "uS": 1e-6, "µS": 1e-6, "nS": 1e-9}
"""Units of conductance that a table may have, in siemens."""
PLAUSIBLE = (1e-7, 1e-3)
"""Where the largest target of a memory device lies, S."""
MOST_OFF = 30.0
"""Largest factor between typical reads and targets before two units are suspected."""
NAMES = ("target", "conductance", "time", "device")


@dataclass(frozen=True, slots=True, eq=False)
class Measurements:
    """Reads of many devices at the same times; what is missing is NaN."""

    device: NDArray[Any] = field(repr=False)
    """Name of each device, shape (n,)."""
    target: Array = field(repr=False)
    """Target conductance of each device, S, shape (n,)."""
    time: Array
    """Times of the reads after programming, s, ascending, shape (k,)."""
    conductance: Array = field(repr=False)
    """Reads, S, shape (n, k)."""

    def only(self, kept: NDArray[np.bool_]) -> Measurements:
        """Return the table of some of the devices."""
        return Measurements(self.device[kept], self.target[kept], self.time, self.conductance[kept])


def read_table(table: Any, unit: str, columns: Mapping[str, str] | None = None) -> Measurements:
    """Return a table of measurements in SI units; see `fit_device` for its forms."""
    check_choice("unit", unit, tuple(UNITS))
    raw = _columns(table, dict(columns or {}))
    target, time, reads = (_numbers(name, raw[name]) for name in ("target", "time", "conductance"))
    if reads.ndim == 2:
        measured = _wide(target, time, reads, raw.get("device"))
    else:
        measured = _long(target, time, reads, raw.get("device"))
    _check_times(measured.time)
    _check_unit(measured, unit)
    factor = UNITS[unit]
    return Measurements(
        measured.device, factor * measured.target, measured.time, factor * measured.conductance
    )


def _columns(table: Any, names: dict[str, str]) -> dict[str, Any]:
    """Return the columns of any kind of table by our names."""
    for ours in names:
        check_choice("columns", ours, NAMES)
    if isinstance(table, str | os.PathLike):
        found: dict[str, Any] = _csv(table)
    elif isinstance(table, Mapping):
        found = dict(table)
    elif isinstance(table, np.ndarray) and table.dtype.names:
        found = {name: table[name] for name in table.dtype.names}
    elif hasattr(table, "columns") and hasattr(table, "__getitem__"):  # a data frame
        found = {str(name): np.asarray(table[name]) for name in table.columns}
    else:
        raise TypeError(
            "table must be a dict of arrays, a structured array, a data frame or the path of a "
            f"CSV file, got {type(table).__name__}"
        )
    chosen = {
        ours: found[names.get(ours, ours)] for ours in NAMES if names.get(ours, ours) in found
    }
    for ours in NAMES[:3]:
        if ours not in chosen:
            raise ValueError(
                f"table has no column {names.get(ours, ours)!r}: it has "
                f"{', '.join(map(repr, found)) or 'none'}; it needs 'target', 'conductance', "
                "'time' and, with one row per read, 'device'. columns={'target': ...} names others"
            )
    return chosen


def _csv(path: Any) -> dict[str, list[str]]:
    if not os.path.isfile(path):
        raise ValueError(f"table={os.fspath(path)!r} is not allowed: there is no such file")
    with open(path, newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(line for line in file if not line.startswith("#")))
    header = [name.strip() for name in rows[0]] if rows else []
    body = [row for row in rows[1:] if row]
    for number, row in enumerate(body, 1):
        if len(row) != len(header):
            raise ValueError(
                f"table: row {number} of {os.fspath(path)!r} has {len(row)} entries, "
                f"the header has {len(header)}"
            )
    return {name: [row[k].strip() for row in body] for k, name in enumerate(header)}


def _numbers(name: str, values: Any) -> Array:
    """Return a column as floats; an empty field is a gap."""
    if isinstance(values, list) and values and isinstance(values[0], str):
        values = ["nan" if value in ("", "NA", "n/a", "None") else value for value in values]
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"table: column {name!r} must hold numbers ({error})") from error
    if array.ndim not in ((1, 2) if name == "conductance" else (1,)):
        raise ValueError(f"table: column {name!r} has shape {array.shape}, which is no column")
    if array.size == 0:
        raise ValueError(f"table: column {name!r} is empty")
    if name != "conductance" and not np.isfinite(array).all():
        raise ValueError(
            f"table: column {name!r} has {np.count_nonzero(~np.isfinite(array))} entries that are "
            f"no finite number, the first in row {int(np.argmin(np.isfinite(array))) + 1}"
        )
    if np.isinf(array).any():
        raise ValueError(f"table: column {name!r} holds infinite values")
    return array


def _wide(target: Array, time: Array, reads: Array, device: Any) -> Measurements:
    if reads.shape != (len(target), len(time)):
        raise ValueError(
            f"table: conductance has shape {reads.shape}, but there are {len(target)} targets and "
            f"{len(time)} times: one row per device and one column per time are needed"
        )
    names = np.arange(len(target)) if device is None else np.asarray(device)
    if len(names) != len(target) or len(np.unique(names)) != len(names):
        raise ValueError("table: device must name each row of conductance once")
    order = np.argsort(time)
    if (np.diff(time[order]) == 0).any():
        raise ValueError("table: a time stands there twice; one read per device and time is needed")
    return Measurements(names, target, time[order], reads[:, order])


def _long(target: Array, time: Array, reads: Array, device: Any) -> Measurements:
    if device is None:
        raise ValueError(
            "table has no column 'device': with one row per read, the fit must know which reads "
            "belong to one device, or it cannot tell drift that differs between devices from noise"
        )
    column = np.asarray(device)
    if column.dtype.kind == "U" and all(name.isdigit() for name in column.tolist()):
        column = column.astype(np.int64)  # numbers from a text file, in their own order
    lengths = {"target": len(target), "time": len(time), "conductance": len(reads)}
    if {*lengths.values(), len(column)} != {len(reads)}:
        raise ValueError(
            f"table: columns differ in length: {lengths | {'device': len(column)}}; with one "
            "column per time, conductance must have two axes"
        )
    names, first, row = np.unique(column, return_index=True, return_inverse=True)
    times, place = np.unique(time, return_inverse=True)
    if (differs := target[first][row] != target).any():
        raise ValueError(
            f"table: device {column[np.argmax(differs)]} has more than one target; a device that "
            "was programmed twice must have two names"
        )
    cell = row * len(times) + place
    if len(np.unique(cell)) != len(cell):
        twice = np.flatnonzero(np.bincount(cell) > 1)[0]
        raise ValueError(
            f"table: device {names[twice // len(times)]} has more than one read at "
            f"t={times[twice % len(times)]:g} s; keep one of them"
        )
    table = np.full((len(names), len(times)), np.nan)
    table[row, place] = reads
    return Measurements(names, target[first], times, table)


def _check_times(time: Array) -> None:
    if time[0] < 0:
        raise ValueError(f"table: time must be in seconds since programming, got {time[0]:g} s")


def _check_unit(measured: Measurements, unit: str) -> None:
    if measured.target.min() < 0:
        raise ValueError(f"table: targets must not be negative, got {measured.target.min():g}")
    largest = float(measured.target.max())
    fitting = [
        f"{name!r}"
        for name, factor in UNITS.items()
        if name != "µS" and PLAUSIBLE[0] <= largest * factor <= PLAUSIBLE[1]
    ]
    if not PLAUSIBLE[0] <= largest * UNITS[unit] <= PLAUSIBLE[1]:
        remedy = (
            f"does the table mean unit={' or '.join(fitting)}?" if fitting else "check the table"
        )
        raise ValueError(
            f"unit={unit!r} is not plausible: the largest target would be "
            f"{largest * UNITS[unit]:g} S, and memory devices lie between {PLAUSIBLE[0]:g} and "
            f"{PLAUSIBLE[1]:g} S; {remedy}"
        )
    high = measured.target > 0.5 * largest
    if np.isnan(measured.conductance[high]).all():
        raise ValueError(
            "table: column 'conductance' has no read of devices above half the largest target"
        )
    typical = float(np.nanmedian(measured.conductance[high]) / np.median(measured.target[high]))
    if not 1 / MOST_OFF <= typical <= MOST_OFF:
        raise ValueError(
            f"table: reads of strong devices are {typical:.3g} times their targets: target and "
            "conductance must be in one unit"
        )
