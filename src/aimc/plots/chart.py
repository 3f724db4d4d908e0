"""Charts as data: what is to be drawn, without saying by which library.

A chart is a small tree of frozen dataclasses that hold plain numbers, so that it can be drawn by
Matplotlib (`aimc.plots.draw`), sent as JSON to a page that draws it itself, or compared in a test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import numpy as np

from aimc.plots.palette import THINGS
from aimc.validation import check_choice

__all__ = ["Bars", "Boxes", "Chart", "Heatmap", "Line", "Mark", "Points", "Rule", "numbers"]

SHAPES = ("circle", "square", "diamond", "triangle", "triangle down", "cross")


def numbers(values: Any) -> tuple[float, ...]:
    """Return any one-dimensional sequence as plain floats."""
    return tuple(float(value) for value in np.asarray(values, dtype=np.float64).ravel())


def _same_length(name: str, values: Sequence[Any], other: str, reference: Sequence[Any]) -> None:
    if len(values) != len(reference):
        raise ValueError(f"{name} has {len(values)} entries but {other} has {len(reference)}")


def _check_thing(thing: str) -> None:
    if thing:
        check_choice("thing", thing, tuple(THINGS))


@dataclass(frozen=True, slots=True)
class Line:
    """A curve, with an optional band between ``low`` and ``high``."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    label: str = ""
    dashed: bool = False
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    thing: str = ""
    """What it stands for, a key of `aimc.plots.palette.THINGS`, which gives it its colour."""
    kind: str = "line"

    def __post_init__(self) -> None:
        _check_thing(self.thing)
        _same_length("y", self.y, "x", self.x)
        for name in ("low", "high"):
            if getattr(self, name):
                _same_length(name, getattr(self, name), "x", self.x)


@dataclass(frozen=True, slots=True)
class Points:
    """Separate points; ``names`` writes a word beside each."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    label: str = ""
    names: tuple[str, ...] = ()
    shape: str = "circle"
    """Tells marks apart without colour."""
    thing: str = ""
    """What it stands for, a key of `aimc.plots.palette.THINGS`, which gives it its colour."""
    kind: str = "points"

    def __post_init__(self) -> None:
        _check_thing(self.thing)
        check_choice("shape", self.shape, SHAPES)
        _same_length("y", self.y, "x", self.x)
        if self.names:
            _same_length("names", self.names, "x", self.x)


@dataclass(frozen=True, slots=True)
class Bars:
    """One bar per category; several marks stand side by side, or on each other if ``stacked``."""

    categories: tuple[str, ...]
    heights: tuple[float, ...]
    label: str = ""
    errors: tuple[float, ...] = ()
    stacked: bool = False
    thing: str = ""
    """What it stands for, a key of `aimc.plots.palette.THINGS`, which gives it its colour."""
    things: tuple[str, ...] = ()
    """What each bar stands for, where they differ; an empty one has the colour of the mark."""
    names: tuple[str, ...] = ()
    """Written above each bar, or inside it if stacked and high enough."""
    kind: str = "bars"

    def __post_init__(self) -> None:
        for thing in (self.thing, *self.things):
            _check_thing(thing)
        _same_length("heights", self.heights, "categories", self.categories)
        for name in ("things", "names"):
            if getattr(self, name):
                _same_length(name, getattr(self, name), "categories", self.categories)
        if self.errors:
            _same_length("errors", self.errors, "categories", self.categories)


@dataclass(frozen=True, slots=True)
class Heatmap:
    """A matrix of colours, row 0 on top."""

    values: tuple[tuple[float, ...], ...]
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    label: str = ""
    signed: bool = False
    annotate: str = ""
    """Format of the number written in each cell, e.g. ``".1f"``; empty writes none."""
    reach: float = 0.0
    """Magnitude up to which the colours of a signed map reach, so that maps side by side can share
    them; 0 takes the largest of the map itself."""
    kind: str = "heatmap"


@dataclass(frozen=True, slots=True)
class Boxes:
    """Rectangles at places of the axes, coloured by a value each, alike, or only outlined."""

    x: tuple[float, ...]
    """Middles along x."""
    y: tuple[float, ...]
    """Middles along y."""
    width: float
    """Along x, the same for all."""
    height: float
    """Along y, the same for all."""
    label: str = ""
    """For the legend; with `values`, for the colour bar."""
    values: tuple[float, ...] = ()
    """One colour value per box; without them all have the colour of the mark."""
    texts: tuple[str, ...] = ()
    """Written in each box, if it fits."""
    names: tuple[str, ...] = ()
    """What each box is, for a reader who points at it."""
    filled: bool = True
    """Whether the boxes are filled; an outline shows what is under it."""
    thing: str = ""
    """What it stands for, a key of `aimc.plots.palette.THINGS`, which gives it its colour."""
    kind: str = "boxes"

    def __post_init__(self) -> None:
        _check_thing(self.thing)
        _same_length("y", self.y, "x", self.x)
        for name in ("values", "texts", "names"):
            if getattr(self, name):
                _same_length(name, getattr(self, name), "x", self.x)
        if self.values and not self.filled:
            raise ValueError("values colour the boxes, so filled=False is not allowed with them")


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line across the chart at one value of an axis."""

    at: float
    label: str = ""
    axis: str = "y"
    kind: str = "rule"

    def __post_init__(self) -> None:
        check_choice("axis", self.axis, ("x", "y"))


Mark: TypeAlias = Line | Points | Bars | Boxes | Heatmap | Rule


@dataclass(frozen=True, slots=True)
class Chart:
    """One pair of axes and what is drawn on it."""

    title: str
    x_label: str
    y_label: str
    marks: tuple[Mark, ...]
    x_scale: str = "linear"
    y_scale: str = "linear"
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None
    equal: bool = False
    """Whether one unit is as long along both axes, as on a map."""
    y_names: tuple[str, ...] = ()
    """Names along y instead of numbers: the first, at 0, on top, the next one at 1 below it."""

    def __post_init__(self) -> None:
        check_choice("x_scale", self.x_scale, ("linear", "log"))
        check_choice("y_scale", self.y_scale, ("linear", "log"))

    def as_json(self) -> dict[str, Any]:
        """Return the chart as a tree of dicts, tuples, strings and numbers."""
        return asdict(self)
