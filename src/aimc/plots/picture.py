"""A Matplotlib figure that shows itself in a notebook without pyplot."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from matplotlib.figure import Figure

from aimc.plots.data import MIME

__all__ = ["Picture"]


class Picture(Figure):
    """A figure outside pyplot's registry that notebooks display as an image.

    IPython learns how to show a plain ``Figure`` only once pyplot is imported, which would bring
    global state along. A method of the object needs nothing to be registered.
    """

    data: dict[str, Any] | None = None
    """The charts that are drawn (`aimc.plots.data.chart_data`), for a page that draws them itself;
    a notebook shows the image."""

    def _repr_png_(self) -> bytes:
        buffer = BytesIO()
        self.savefig(buffer, format="png")
        return buffer.getvalue()

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        return {} if self.data is None else {MIME: self.data}
