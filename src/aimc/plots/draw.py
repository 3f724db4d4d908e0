"""Draw charts with Matplotlib. No global style is touched: everything is set on the figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from aimc.plots.chart import Chart
from aimc.plots.data import chart_data
from aimc.plots.palette import BACKGROUND, INK

if TYPE_CHECKING:
    from aimc.plots.picture import Picture

__all__ = ["draw"]


def draw(
    charts: Chart | Sequence[Chart], *, width: float = 7.0, height: float = 3.6, columns: int = 2
) -> Picture:
    """Draw one chart, or several beside each other.

    Parameters
    ----------
    charts : Chart or sequence of Chart
        What to draw.
    width, height : float
        Size of a single chart, inches; several charts share the width.
    columns : int
        Charts per row.

    Returns
    -------
    Picture
        A Matplotlib figure that does not belong to pyplot, so nothing has to be closed; it also
        carries the charts as data, for a page that draws them itself.
    """
    # here, so that importing charts loads no Matplotlib; a page does without the file
    from aimc.plots.picture import Picture, draw_chart

    todo = [charts] if isinstance(charts, Chart) else list(charts)
    if not todo:
        raise ValueError("charts is empty: there is nothing to draw")
    across = min(columns, len(todo))
    down = -(-len(todo) // across)
    wide = width if across == 1 else max(width, 4.2 * across)
    figure = Picture(
        figsize=(wide, height * down), dpi=110, facecolor=BACKGROUND, layout="constrained"
    )
    figure.data = chart_data(todo, columns=across, width=wide / across, height=height)
    for k, chart in enumerate(todo):
        draw_chart(figure.add_subplot(down, across, k + 1), chart, (wide / across, height))
    # The dots of all charts share one legend below them: two would lie over each other.
    named: dict[str, Any] = {}
    for axes, chart in zip(figure.axes, todo, strict=False):
        if chart.y_names:
            handles, words = axes.get_legend_handles_labels()
            named = dict(zip(words, handles, strict=True)) | named
    if named:
        look: dict[str, Any] = {"frameon": False, "fontsize": 9, "labelcolor": INK}
        figure.legend(handles=list(named.values()), loc="outside lower center", **look)
    return figure
