"""Charts of the book as drawings for slides: large letters, and colours that follow the page."""

from __future__ import annotations

import re
from io import StringIO
from typing import Any

from aimc.plots.chart import Bars, Boxes, Chart, Heatmap, Line, Mark, Points, Rule
from aimc.plots.palette import COLOURS, GRID, INK

__all__ = ["chart_svg", "rebuilt"]

KINDS: dict[str, type[Mark]] = {
    "line": Line,
    "points": Points,
    "bars": Bars,
    "heatmap": Heatmap,
    "boxes": Boxes,
    "rule": Rule,
}
WIDE, NARROW = 7.0, 5.4  # inches: of a slide's picture alone, and beside words
HEIGHTS = {1: 3.7, 2: 2.2, 3: 1.85}  # inches: of a chart, by how many stand above each other
SMALLEST = 10.0  # points, of words beside two other charts
HEAD = re.compile(r"^.*?<svg\b[^>]*?(viewBox=\"[^\"]*\")[^>]*>", re.DOTALL)
ROOT = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
LEFT_OUT = re.compile(r"<metadata>.*?</metadata>|<style\b.*?</style>", re.DOTALL)
FONT = re.compile(r"font-family: [^;\"]*;? ?")
IDENTIFIER = re.compile(r'\bid="([^"]+)"')


def rebuilt(tree: dict[str, Any]) -> Chart:
    """Return the chart that a tree of data describes (the inverse of `aimc.plots.data`)."""
    held = {key: _tuples(value) for key, value in tree.items() if key != "marks"}
    marks = []
    for mark in tree["marks"]:
        values = {key: _numbers(key, value) for key, value in mark.items() if key != "kind"}
        marks.append(KINDS[mark["kind"]](**values))
    return Chart(**held, marks=tuple(marks))


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def _numbers(key: str, value: Any) -> Any:
    """Return lists as tuples, and what is no number as one that is never drawn."""
    if not isinstance(value, list):
        return value
    empty = "" if key in {"names", "texts", "categories", "rows", "columns"} else float("nan")
    return tuple(
        _numbers(key, item) if isinstance(item, list) else empty if item is None else item
        for item in value
    )


def chart_svg(data: dict[str, Any], name: str, *, beside: bool = False) -> str:
    """Return charts as one SVG whose letters are text.

    Parameters
    ----------
    data : dict
        What `aimc.plots.data.chart_data` made.
    name : str
        Begins all identifiers, which may occur only once in a page.
    beside : bool
        Whether words stand beside it, so that it is narrower, and several charts are in a column.
    """
    import matplotlib as mpl
    from matplotlib.text import Text

    from aimc.plots import draw

    charts = [rebuilt(tree) for tree in data["charts"]]
    columns = min(int(data["columns"]), len(charts))
    if len(charts) in (2, 3):
        columns = 1 if beside else len(charts)  # a slide is wider than a page
    rows = -(-len(charts) // columns)
    width, height = NARROW if beside else WIDE, HEIGHTS[min(rows, 3)]
    look = {"svg.fonttype": "none", "svg.hashsalt": name, "font.family": "sans-serif"}
    with mpl.rc_context({**look, "font.size": 11}):
        figure = draw(charts, width=width, height=height, columns=columns)
        if columns > 2:  # it is wider than a slide by so much that small letters get too small
            for words in figure.findobj(Text):
                words.set_fontsize(max(SMALLEST, words.get_fontsize()))
        buffer = StringIO()
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    return _coloured(_own_names(buffer.getvalue(), name))


def _own_names(text: str, name: str) -> str:
    """Return an SVG without size, style sheet and foreign names, whose identifiers are its own."""
    text = HEAD.sub(lambda at: f'{ROOT}stroke-linejoin="round" {at[1]}>', text, count=1)
    text = FONT.sub("", LEFT_OUT.sub("", text))
    for found in sorted(set(IDENTIFIER.findall(text)), key=len, reverse=True):
        text = text.replace(f'id="{found}"', f'id="{name}-{found}"')
        text = text.replace(f"url(#{found})", f"url(#{name}-{found})")
        text = text.replace(f'href="#{found}"', f'href="#{name}-{found}"')
    return text


def _coloured(text: str) -> str:
    """Return an SVG whose ink is that of the page, and whose series can be lighter at night."""
    text = text.replace(INK, "currentColor").replace("#000000", "currentColor")
    text = text.replace(GRID, f"var(--aimc-grid, {GRID})")
    text = re.sub(r'<text style="(?![^"]*fill)', '<text style="fill: currentColor; ', text)
    for k, colour in enumerate(COLOURS, start=1):
        text = text.replace(colour, f"var(--aimc-series-{k}, {colour})")
    return text
