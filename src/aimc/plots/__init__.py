"""Floor 5: figures. A chart is data (`Chart`); `draw` turns it into a Matplotlib figure."""

from typing import TYPE_CHECKING

from aimc.lazy import lazy_names
from aimc.plots.chart import Bars, Boxes, Chart, Heatmap, Line, Mark, Points, Rule, numbers
from aimc.plots.draw import draw
from aimc.plots.pixels import Pixels
from aimc.plots.table import Table

if not TYPE_CHECKING:  # every submodule is found, imported when first touched
    __getattr__, __dir__ = lazy_names(__name__)

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
