"""Floor 5: figures. A chart is data (`Chart`); `draw` turns it into a Matplotlib figure.

Its marks, titles and ranges are what the page draws in the browser, too. A function that makes a
chart takes data, not models, and has no global style.

>>> from aimc.plots import Bars, Chart
>>> chart = Chart("Energy", "", "nJ", (Bars(("read", "digital"), (3.0, 1.0)),))
"""

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
    "Pixels",
    "Points",
    "Rule",
    "Table",
    "draw",
    "numbers",
]
