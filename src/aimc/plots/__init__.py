"""Floor 5: figures. A chart is data (`Chart`); `draw` turns it into a Matplotlib figure."""

from aimc.plots.chart import Bars, Chart, Heatmap, Line, Mark, Points, Rule, numbers
from aimc.plots.draw import draw

__all__ = ["Bars", "Chart", "Heatmap", "Line", "Mark", "Points", "Rule", "draw", "numbers"]
