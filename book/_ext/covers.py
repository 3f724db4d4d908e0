"""Pictures of explorers for their cards: the first chart alone, in letters that a card can show."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aimc.plots import Chart

SIZE = (4.8, 2.6)  # inches, so that letters are read in a card of some 340 px
WIDTH = 672  # px, for screens of twice as many


def cover(charts: Sequence[Chart]) -> tuple[bytes, bool]:
    """Return a picture of the first chart, and whether it is a map, which fills its card.

    Figures of several charts would be shrunk until nobody can read them.
    """
    from aimc.plots import draw

    figure = draw(charts[0], width=SIZE[0], height=SIZE[1])
    is_map = any(getattr(mark, "values", ()) for mark in charts[0].marks)
    if is_map:
        figure.set_layout_engine("none")
        axes, *bars = figure.axes
        for bar in bars:
            bar.remove()
        axes.set_title("", loc="left")
        axes.set_axis_off()
        axes.set_aspect("auto")
        axes.margins(0.0)
        axes.set_position((0.0, 0.0, 1.0, 1.0))
        if (legend := axes.get_legend()) is not None:
            legend.remove()
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=WIDTH / SIZE[0])
    return buffer.getvalue(), is_map


def small(picture: bytes) -> tuple[bytes, int, int]:
    """Return a picture as WebP, with its size in px."""
    from PIL import Image

    image = Image.open(io.BytesIO(picture)).convert("RGB")
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=80, method=6)
    return buffer.getvalue(), *image.size
