"""What a page needs to draw charts itself: their data, with as many digits as can be seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from aimc.plots.chart import Chart

__all__ = ["MIME", "chart_data"]

MIME = "application/vnd.aimc.chart+json"
DIGITS = 5
"""Significant digits of a number: more than a picture shows and than most numbers mean."""
FINE = 4
"""Decades of an array's own span that are kept, however far from zero it lies."""
MANY = 400
"""Points above which those of a line are dropped that lie on the line through their neighbours."""
FLAT = 2e-4
"""How far off, as a share of the chart: a tenth of a pixel."""


def chart_data(
    charts: Sequence[Chart], *, columns: int, width: float, height: float
) -> dict[str, Any]:
    """Return charts as a tree that JSON can hold.

    Parameters
    ----------
    charts : sequence of Chart
        What is drawn.
    columns : int
        Charts in a row where there is room.
    width, height : float
        Size of one of them, in any unit: their ratio matters.
    """
    return {
        "charts": [_chart(chart) for chart in charts],
        "columns": columns,
        "aspect": round(height / width, 3),
    }


def _chart(chart: Chart) -> dict[str, Any]:
    tree = chart.as_json()
    tree["marks"] = [_thin(mark, chart) for mark in tree["marks"]]
    return {key: _rounded(value) for key, value in tree.items()}


def _rounded(value: Any) -> Any:
    """Return a tree with lists for tuples, short numbers, and None where there is no number."""
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if not isinstance(value, list | tuple):
        return _number(value, DIGITS) if isinstance(value, float) else value
    if not all(isinstance(item, float | int) for item in value):
        return [_rounded(item) for item in value]
    finite = [item for item in value if math.isfinite(item)]
    size = max(map(abs, finite), default=0.0)
    span = max(finite, default=0.0) - min(finite, default=0.0)
    digits = max(DIGITS, math.ceil(math.log10(size / span)) + FINE) if size and span else DIGITS
    return [_number(item, digits) for item in value]


def _number(value: float, digits: int) -> float | int | None:
    if isinstance(value, int) or not math.isfinite(value):
        return value if isinstance(value, int) else None
    short = float(f"{value:.{digits - 1}e}")
    return int(short) if short.is_integer() and abs(short) < 1e15 else short


def _thin(mark: dict[str, Any], chart: Chart) -> dict[str, Any]:
    """Drop points of a long line that nobody could see."""
    if mark["kind"] != "line" or len(mark["x"]) <= MANY or mark["low"]:
        return mark
    x = _shares(mark["x"], chart.x_scale, chart.x_range)
    y = _shares(mark["y"], chart.y_scale, chart.y_range)
    if x is None or y is None:
        return mark
    kept = _corners(x, y)
    return {**mark, "x": [mark["x"][k] for k in kept], "y": [mark["y"][k] for k in kept]}


def _shares(
    values: Sequence[float], scale: str, limits: tuple[float, float] | None
) -> list[float] | None:
    """Return places along an axis, 0 to 1 within its limits; None if some have none."""
    try:
        places = [math.log(v) if scale == "log" else float(v) for v in values]
        ends = [math.log(v) if scale == "log" else float(v) for v in limits or ()]
    except ValueError:
        return None
    low, high = min(ends or places), max(ends or places)
    if not all(map(math.isfinite, places)) or high <= low:
        return None
    return [(place - low) / (high - low) for place in places]


def _corners(x: Sequence[float], y: Sequence[float]) -> list[int]:
    """Return the points that a line needs (Ramer, Douglas and Peucker)."""
    kept = {0, len(x) - 1}
    todo = [(0, len(x) - 1)]
    while todo:
        first, last = todo.pop()
        dx, dy = x[last] - x[first], y[last] - y[first]
        length = math.hypot(dx, dy)
        far, worst = -1.0, first
        for k in range(first + 1, last):
            off = (x[k] - x[first]) * dy - (y[k] - y[first]) * dx
            away = math.hypot(x[k] - x[first], y[k] - y[first])
            distance = abs(off) / length if length else away
            if distance > far:
                far, worst = distance, k
        if far > FLAT:
            kept.add(worst)
            todo += [(first, worst), (worst, last)]
    return sorted(kept)
