"""A dot plot: one row per thing, several kinds of value on one axis, told apart by shape too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aimc.plots.chart import SHAPES, Chart, Points
from aimc.plots.draw import draw

if TYPE_CHECKING:
    from aimc.plots.picture import Picture

__all__ = ["dot_chart", "dot_plot"]


def dot_chart(
    rows: Mapping[str, Mapping[str, float]], *, title: str, x_label: str, log: bool = True
) -> Chart:
    """Return one horizontal line per row and one point per value, with the number beside it.

    Parameters
    ----------
    rows : mapping of str to mapping of str to float
        Name of each row, top to bottom, and its values by kind; a kind may be absent from a row.
    title, x_label : str
        Words on the chart.
    log : bool
        Whether the axis is logarithmic.

    Raises
    ------
    ValueError
        If there is no row, more kinds than shapes, or a value that a log axis cannot show.
    """
    kinds = list(dict.fromkeys(kind for values in rows.values() for kind in values))
    if not kinds:
        raise ValueError("rows is empty: there is nothing to draw")
    if len(kinds) > len(SHAPES):
        raise ValueError(f"rows has {len(kinds)} kinds of value: at most {len(SHAPES)} can be told")
    if log and min(v for values in rows.values() for v in values.values()) <= 0:
        raise ValueError("rows must hold positive values on a logarithmic axis")
    marks = []
    for kind, shape in zip(kinds, SHAPES, strict=False):
        found = [(r, float(v[kind])) for r, v in enumerate(rows.values()) if kind in v]
        values = tuple(value for _, value in found)
        names = tuple(f"{v:,.0f}" if abs(v) >= 100 else f"{v:.3g}" for v in values)
        places = tuple(float(r) for r, _ in found)
        marks.append(Points(values, places, kind, names, shape))
    scale = "log" if log else "linear"
    return Chart(title, x_label, "", tuple(marks), x_scale=scale, y_names=tuple(rows))


def dot_plot(
    rows: Mapping[str, Mapping[str, float]],
    *,
    title: str,
    x_label: str,
    width: float = 7.0,
    log: bool = True,
) -> Picture:
    """Draw `dot_chart`; the height follows from the number of rows.

    Parameters
    ----------
    rows, title, x_label, log
        As for `dot_chart`.
    width : float
        Width, inches.
    """
    chart = dot_chart(rows, title=title, x_label=x_label, log=log)
    height = 1.5 + 0.45 * len(rows) + 0.22 * len(chart.marks)
    return draw(chart, width=width, height=height)
