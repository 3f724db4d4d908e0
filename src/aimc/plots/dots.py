"""A dot plot: one row per thing, several kinds of value on one axis, told apart by shape too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aimc.plots.palette import BACKGROUND, CATEGORICAL, GRID, INK

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["dot_plot"]

SHAPES = "osD^vP"


def dot_plot(
    rows: Mapping[str, Mapping[str, float]],
    *,
    title: str,
    x_label: str,
    width: float = 7.0,
    log: bool = True,
) -> Figure:
    """Draw one horizontal line per row and one marker per value, with the number beside it.

    Parameters
    ----------
    rows : mapping of str to mapping of str to float
        Name of each row, top to bottom, and its values by kind; a kind may be absent from a row.
    title, x_label : str
        Words on the figure.
    width : float
        Width, inches; the height follows from the number of rows.
    log : bool
        Whether the axis is logarithmic.

    Raises
    ------
    ValueError
        If there is no row, more kinds than marker shapes, or a value that a log axis cannot show.
    """
    from aimc.plots.picture import Picture

    kinds = list(dict.fromkeys(kind for values in rows.values() for kind in values))
    if not kinds:
        raise ValueError("rows is empty: there is nothing to draw")
    if len(kinds) > len(SHAPES):
        raise ValueError(f"rows has {len(kinds)} kinds of value: at most {len(SHAPES)} can be told")
    if log and min(v for values in rows.values() for v in values.values()) <= 0:
        raise ValueError("rows must hold positive values on a logarithmic axis")
    height = 1.5 + 0.45 * len(rows) + 0.22 * len(kinds)
    figure = Picture(figsize=(width, height), dpi=110, facecolor=BACKGROUND, layout="constrained")
    axes = figure.add_subplot()
    for k, kind in enumerate(kinds):
        points = [(v[kind], -r) for r, v in enumerate(rows.values()) if kind in v]
        x, y = zip(*points, strict=True)
        axes.plot(x, y, SHAPES[k], color=CATEGORICAL[k], markersize=7, label=kind)
        for value, row in points:
            axes.annotate(
                f"{value:,.0f}" if value >= 100 else f"{value:.3g}",
                (value, row),
                # Above and below by turns: values of one row may lie close together.
                xytext=(0, -14 if k % 2 else 6),
                textcoords="offset points",
                ha="center",
                fontsize=9,
                color=INK,
            )
    axes.set_xscale("log" if log else "linear")
    axes.margins(x=0.12)
    axes.set_yticks([-r for r in range(len(rows))], list(rows))
    axes.set_ylim(-len(rows) + 0.4, 0.75)
    axes.set_title(title, color=INK, fontsize=11, loc="left")
    axes.set_xlabel(x_label, color=INK)
    axes.tick_params(colors=INK)
    axes.grid(True, color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    figure.legend(loc="outside lower center", ncols=1, frameon=False, fontsize=9, labelcolor=INK)
    return figure
