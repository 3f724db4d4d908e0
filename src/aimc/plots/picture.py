"""A Matplotlib figure that shows itself in a notebook without pyplot."""

from __future__ import annotations

from io import BytesIO

from matplotlib.figure import Figure

__all__ = ["Picture"]


class Picture(Figure):
    """A figure outside pyplot's registry that notebooks display as an image.

    IPython learns how to show a plain ``Figure`` only once pyplot is imported, which would bring
    global state along. A method of the object needs nothing to be registered.
    """

    def _repr_png_(self) -> bytes:
        buffer = BytesIO()
        self.savefig(buffer, format="png")
        return buffer.getvalue()
