r"""Published curves: series of numbers that a paper measured, fitted, simulated or estimated.

The data are the TOML files in ``aimc/published/series``. A fit is kept apart from a measurement,
and each curve says where it comes from, how its points were got and how far they can be trusted.

>>> from aimc.published import curve
>>> spread = curve("programming-spread-2019")
>>> spread.kind, len(spread["spread"])
('measured', 13)
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from aimc.published.facts import CONFIDENCES, UnknownFactError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KINDS", "Column", "Curve", "curve", "curves"]

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "measured": "measured on hardware",
        "fit": "a formula that its authors fitted to measured data",
        "simulated": "simulated by its authors, on measured statistics where said",
        "estimated": "estimated or projected by its authors",
    }
)
"""What stands behind a curve, in words."""


@dataclass(frozen=True, slots=True)
class Column:
    """One quantity of a curve at all of its points."""

    what: str
    """What the quantity is."""
    unit: str
    """Unit of the values; empty for pure numbers."""
    values: tuple[float, ...]
    """Values in the order of the points; not a number where there is none."""
    error: float = 0.0
    """Error of reading a value from a figure, in `unit`; 0 where numbers are printed."""
    relative_error: float = 0.0
    """The same as a share of the value."""
    standard_error: float = 0.0
    """Standard error of the last value, in `unit`, where the source allows to know it."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One published series with its source."""

    id: str
    """Its name, such as ``"programming-spread-2019"``."""
    what: str
    """What was measured, and on what."""
    kind: str
    """One of `KINDS`."""
    how: str
    """How the numbers were got: printed, from a data file, or read off from a figure."""
    source: tuple[str, ...]
    """Bibliography keys."""
    locator: str
    """Table, figure or file in the source."""
    confidence: str
    """One of `aimc.published.CONFIDENCES`."""
    licence: str
    """What is known of the licence of figure or file."""
    columns: Mapping[str, Column]
    """The quantities by name."""
    note: str = ""
    """Conditions without which the numbers mislead."""
    rows: tuple[str, ...] = ()
    """Names of the points, where they have names."""

    def __getitem__(self, name: str) -> tuple[float, ...]:
        """Return the values of one column.

        Raises
        ------
        KeyError
            If there is no such column; the message names those that there are.
        """
        if name not in self.columns:
            raise KeyError(f"curve {self.id} has no column {name!r}, but {[*self.columns]}")
        return self.columns[name].values


def _curve_from(row: dict[str, Any]) -> Curve:
    columns = {
        name: Column(
            what=entry["what"],
            unit=entry["unit"],
            values=tuple(float(x) for x in entry["values"]),
            error=float(entry.get("error", 0.0)),
            relative_error=float(entry.get("relative_error", 0.0)),
            standard_error=float(entry.get("standard_error", 0.0)),
        )
        for name, entry in row["column"].items()
    }
    made = Curve(
        id=row["id"],
        what=row["what"],
        kind=row["kind"],
        how=row["how"],
        source=tuple(row["source"]),
        locator=row["locator"],
        confidence=row["confidence"],
        licence=row["licence"],
        columns=MappingProxyType(columns),
        note=row.get("note", ""),
        rows=tuple(row.get("rows", ())),
    )
    if made.kind not in KINDS:
        raise ValueError(f"curve {made.id}: kind {made.kind!r} not in {[*KINDS]}")
    if made.confidence not in CONFIDENCES:
        raise ValueError(f"curve {made.id}: confidence {made.confidence!r} not in {[*CONFIDENCES]}")
    lengths = {len(column.values) for column in columns.values()}
    if made.rows:
        lengths.add(len(made.rows))
    if len(lengths) != 1:
        raise ValueError(f"curve {made.id}: columns of different lengths {sorted(lengths)}")
    return made


@cache
def _table() -> Mapping[str, Curve]:
    table: dict[str, Curve] = {}
    folder = resources.files("aimc.published").joinpath("series")
    if not folder.is_dir():
        raise FileNotFoundError("the published series are not part of the library of web pages")
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".toml"):
            continue
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        for row in data["curve"]:
            made = _curve_from({**data.get("common", {}), **row})
            if made.id in table:
                raise ValueError(f"curve {made.id} stands twice in the tables")
            table[made.id] = made
    return MappingProxyType(table)


def curve(identifier: str) -> Curve:
    """Return the published curve with this id.

    Parameters
    ----------
    identifier : str
        For example ``"drift-of-eight-devices"``; `curves` lists all.

    Raises
    ------
    UnknownFactError
        If there is no such curve; a subclass of `KeyError` that names near ids.
    """
    table = _table()
    if identifier in table:
        return table[identifier]
    near = difflib.get_close_matches(str(identifier), table, n=3, cutoff=0.4)
    hint = f"; near ids: {', '.join(near)}" if near else ""
    raise UnknownFactError(f"no published curve {identifier!r}{hint}")


def curves() -> tuple[Curve, ...]:
    """Return all published curves, file by file."""
    return tuple(_table().values())
