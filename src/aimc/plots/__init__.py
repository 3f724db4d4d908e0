"""Floor 5: figures. A chart is data (`Chart`); `draw` turns it into a Matplotlib figure."""

from aimc.plots.chart import Bars, Boxes, Chart, Heatmap, Line, Mark, Points, Rule, numbers
from aimc.plots.draw import draw
from aimc.plots.pixels import Pixels
from aimc.plots.table import Table

__all__ = [
    "Bars",
    "Boxes",
    "Chart",
    "Heatmap",
    "Line",
    "Mark",
    "Pixels",
    "Points",
    "Rule",
    "Table",
    "draw",
    "numbers",
]
