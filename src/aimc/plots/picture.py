"""A Matplotlib figure that shows itself in a notebook without pyplot, and charts on its axes."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Sequence
from dataclasses import fields, replace
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from aimc.plots.chart import SHAPES, Bars, Boxes, Chart, Heatmap, Line, Mark, Points, Rule
from aimc.plots.data import MIME
from aimc.plots.palette import (
    BACKGROUND,
    COLOURS,
    GRID,
    INK,
    SEQUENTIAL,
    SIGNED,
    THINGS,
    colour_numbers,
)

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

__all__ = ["Picture", "draw_chart"]

LEAST, MOST = 0.005, 2e4  # ends of a logarithmic axis whose decades are plain numbers
FEW = 100.0  # ratio of the ends of a logarithmic axis below which its decades are too few marks
TYPESET = re.compile(r"\$\\mathregular\{(.)_\{(.*?)\}\}\$")
LOWERED = re.compile(r"(?<!\w)([^\W\d_])_([^\W_]+)(?!\w)")
WORDS = {
    *("title", "x_label", "y_label", "y_names", "marks"),
    *("label", "names", "categories", "rows", "columns", "texts"),
}
SPANS = (
    *((1e-9, "1 ns"), (1e-6, "1 µs"), (1e-3, "1 ms"), (1.0, "1 s"), (60.0, "1 min")),
    *((3600.0, "1 h"), (86400.0, "1 day"), (2.592e6, "1 month"), (3.156e7, "1 year")),
    (3.156e8, "10 years"),
)
"""Seconds, and their names on an axis of time, as on the page."""
OF_TIME = re.compile(r"(?:time|gap)\b.* \(s\)")
CROWD = 150  # points of a mark from which on they are smaller and shine through
COUNTED = 4  # different whole numbers at least on an axis that counts
LETTER = 0.085  # inches, of a word beside a curve or an axis
ROW = 0.17  # inches
KEY = 0.45  # inches, of a line or a marker before words of a legend, and of the gap after them
SMALL = 0.075  # inches, of a letter of a legend
ABOVE, BELOW = (5, 4), (5, -11)  # points, from a point to its name on the right
FILLED = 0.76  # of a chart's width and height, by its axes
MARKERS = dict(zip(SHAPES, "osD^vP", strict=True))


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


def _typeset(words: Any) -> Any:
    """Return words, or all words of a chart, in which ``G_max`` has its letters lowered."""
    if isinstance(words, str):
        return LOWERED.sub(r"$\\mathregular{\1_{\2}}$", words)
    if isinstance(words, tuple):
        return tuple(_typeset(each) for each in words)
    if isinstance(words, Chart | Mark):
        named = {f.name: getattr(words, f.name) for f in fields(words) if f.name in WORDS}
        return replace(words, **{name: _typeset(value) for name, value in named.items()})
    return words


def draw_chart(axes: Axes, chart: Chart, size: tuple[float, float]) -> None:
    """Draw a chart on axes; their width and height are in inches."""
    chart = _typeset(chart)
    axes.set_title(chart.title, color=INK, fontsize=11, loc="left")
    axes.set_xlabel(chart.x_label, color=INK)
    axes.set_ylabel(chart.y_label, color=INK)
    axes.tick_params(colors=INK)
    axes.set_facecolor(BACKGROUND)
    axes.spines[["top", "right"]].set_visible(False)
    heat = any(isinstance(mark, Heatmap) for mark in chart.marks)
    if not heat:
        axes.grid(True, color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        axes.set_xscale(chart.x_scale)
        axes.set_yscale(chart.y_scale)
    bars = [mark for mark in chart.marks if isinstance(mark, Bars)]
    base = np.zeros(len(bars[0].heights)) if bars else np.zeros(0)
    stacked = [mark.heights for mark in bars if mark.stacked]
    least = (
        ROW / (FILLED * size[1]) * np.max(np.sum(stacked, axis=0), initial=0.0) if stacked else 0.0
    )
    numbers = colour_numbers([getattr(mark, "thing", "") for mark in chart.marks])
    for k, (mark, number) in enumerate(zip(chart.marks, numbers, strict=True)):
        colour = COLOURS[number]
        if isinstance(mark, Bars):
            _draw_bars(axes, mark, bars.index(mark), len(bars), base, colour, least)
            base = base + np.asarray(mark.heights) if mark.stacked else base
        elif isinstance(mark, Heatmap):
            _draw_heatmap(axes, mark)
        elif isinstance(mark, Rule):
            _draw_rule(axes, mark)
        elif isinstance(mark, Boxes):
            _draw_boxes(axes, mark, colour)
        else:
            _draw_curve(axes, mark, colour, turn=k if chart.y_names else None)
            if any(isinstance(other, Boxes) and other.filled for other in chart.marks):
                _edge(axes.lines[-1], 5)
    if chart.x_range is not None:
        axes.set_xlim(*chart.x_range)
    if chart.y_range is not None:
        axes.set_ylim(*chart.y_range)
    if chart.y_names:
        axes.set_yticks(range(len(chart.y_names)), chart.y_names)
        axes.set_ylim(len(chart.y_names) - 0.5, -0.5)
    _keep_inside(axes, FILLED * size[1])
    if not heat:
        for axis, scale, ends in (
            (axes.xaxis, chart.x_scale, axes.get_xlim()),
            (axes.yaxis, chart.y_scale, axes.get_ylim()),
        ):
            if scale == "log" and max(ends) < FEW * min(ends):
                _mark_between_decades(axis)
            elif scale == "log" and min(ends) > LEAST and max(ends) < MOST:
                axis.set_major_formatter("{x:g}")
        _mark_whole_numbers(axes, chart)
        _name_spans(axes, chart, FILLED * size[0])
    if chart.equal:
        axes.set_aspect("equal")
        axes.grid(False)
    if not chart.y_names:
        handles, words = axes.get_legend_handles_labels()
        wide = 0.88 * size[0]
        if _name_ends(axes, chart, FILLED * size[1]):
            wide = FILLED * size[0]
            points = [mark.label for mark in chart.marks if isinstance(mark, Points)]
            handles = [each for each, word in zip(handles, words, strict=True) if word in points]
        if handles:
            _add_legend(axes, chart, handles, wide)


def _keep_inside(axes: Axes, tall: float) -> None:
    """Put names of points that would stick out of the axes, into the legend, below their points."""
    from matplotlib.text import Annotation

    to_axes = axes.transData + axes.transAxes.inverted()
    for note in axes.texts:
        if isinstance(note, Annotation) and note.xycoords == "data" and note.xyann == ABOVE:
            y = to_axes.transform(note.xy)[1]
            if 1.0 - 1.3 * ROW / tall < y <= 1.0:
                note.xyann = BELOW


def _add_legend(axes: Axes, chart: Chart, handles: Sequence[Any], wide: float) -> None:
    """Put a legend between title and axes, where it covers nothing; that of a map beside it."""
    look: dict[str, Any] = {"frameon": False, "fontsize": 9, "labelcolor": INK}
    if chart.equal:
        axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.0, 1.0), **look)
        return
    long = [KEY + SMALL * len(TYPESET.sub(r"\1\2", str(each.get_label()))) for each in handles]
    columns = len(handles)
    while columns > 1:  # Matplotlib fills one column after the other
        parts = np.array_split(long, columns)
        if sum(part.max() for part in parts) <= wide:
            break
        columns -= 1
    look |= {"columnspacing": 1.2, "handlelength": 1.6, "handletextpad": 0.6, "labelspacing": 0.3}
    look |= {"borderaxespad": 0.0, "borderpad": 0.2, "bbox_to_anchor": (0.0, 1.0)}
    axes.legend(handles=handles, loc="lower left", ncols=columns, **look)
    rows = math.ceil(len(handles) / columns)
    axes.set_title(chart.title, color=INK, fontsize=11, loc="left", pad=6 + 72 * ROW * rows)


def _mark_between_decades(axis: Axis) -> None:
    """Mark 1, 2 and 5 of each decade, in plain numbers; Matplotlib's own labels would collide."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:{',.0f' if value >= MOST else 'g'}}")
    )
    axis.set_minor_formatter(NullFormatter())


def _mark_whole_numbers(axes: Axes, chart: Chart) -> None:
    """Mark whole numbers alone where curves and points count something: no step is number 2.5."""
    from matplotlib.ticker import MaxNLocator

    marks = [mark for mark in chart.marks if isinstance(mark, Line | Points)]
    for axis, scale, name in ((axes.xaxis, chart.x_scale, "x"), (axes.yaxis, chart.y_scale, "y")):
        values = {value for mark in marks for value in getattr(mark, name) if np.isfinite(value)}
        counts = len(values) >= COUNTED and all(float(value).is_integer() for value in values)
        if counts and scale == "linear" and not (name == "y" and chart.y_names):
            axis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True))


def _name_spans(axes: Axes, chart: Chart, width: float) -> None:
    """Write 1 h, 1 day, 1 year … along a logarithmic axis of seconds."""
    if chart.x_scale != "log" or not OF_TIME.fullmatch(chart.x_label):
        return
    (low, high), kept = axes.get_xlim(), list[tuple[float, str]]()
    spans = [span for span in SPANS if low <= span[0] <= high]
    for value, name in spans:
        far = np.log(value / kept[-1][0]) / np.log(high / low) * width if kept else np.inf
        if not kept or far > LETTER * (len(kept[-1][1]) + len(name)) / 2 + 0.1:
            kept.append((value, name))
        elif value == spans[-1][0]:  # the longest counts more than the one before it
            kept[-1] = value, name
    if len(kept) > 2:
        axes.set_xticks(*zip(*kept, strict=True))
        axes.set_xlabel(chart.x_label.removesuffix(" (s)"))


def _name_ends(axes: Axes, chart: Chart, tall: float) -> bool:
    """Write the names of curves at their ends, where these are apart; else there is a legend."""
    if not all(isinstance(mark, Line | Points | Rule) for mark in chart.marks) or chart.equal:
        return False
    named = [mark.label for mark in chart.marks if isinstance(mark, Line) and mark.label]
    lines = [line for line in axes.lines if line.get_label() in named]
    ends = []
    for line in lines:
        data = np.asarray(line.get_xydata(), dtype=float)
        seen = data[np.isfinite(data).all(axis=1)]
        if len(seen) == 0:
            return False
        last = seen[-1]
        x, y = axes.transAxes.inverted().transform(axes.transData.transform(last))
        if not (0.93 <= x <= 1.001 and 0.0 <= y <= 1.0):
            return False
        words = textwrap.wrap(
            str(line.get_label()), 17, break_long_words=False, break_on_hyphens=False
        )
        ends.append((y * tall, line, "\n".join(words), ROW * len(words)))
    ends.sort(key=lambda end: end[0])
    gaps = [0.5 * (a[3] + b[3]) for a, b in pairwise(ends)]
    if any(b[0] - a[0] < 0.05 for a, b in pairwise(ends)):
        return False
    up, down = [end[0] for end in ends], [end[0] for end in ends]
    for k, gap in enumerate(gaps):
        up[k + 1] = max(up[k + 1], up[k] + gap)
    for k in range(len(gaps) - 1, -1, -1):
        down[k] = min(down[k], down[k + 1] - gaps[k])
    places = [0.5 * (a + b) for a, b in zip(up, down, strict=True)]
    if any(abs(a - end[0]) > 1.3 * ROW for a, end in zip(places, ends, strict=True)):
        return False
    for place, (_, line, name, _) in zip(places, ends, strict=True):
        style: dict[str, Any] = {"color": line.get_color(), "fontsize": 9, "va": "center"}
        axes.text(1.02, place / tall, name, transform=axes.transAxes, **style)
    return bool(ends)


def _draw_curve(axes: Axes, mark: Line | Points, colour: str, turn: int | None) -> None:
    label: Any = mark.label or None
    if isinstance(mark, Points):
        style = MARKERS[mark.shape]
        size, alpha = (5.0, 1.0) if len(mark.x) <= CROWD else (3.5, 0.6)
        look: dict[str, Any] = {"color": colour, "markersize": size, "alpha": alpha}
        axes.plot(mark.x, mark.y, style, label=label, **look)
        for name, x, y in zip(mark.names, mark.x, mark.y, strict=False):
            # In a row values may lie close together: names go above and below by turns.
            beside = ABOVE if turn is None else (0, -12 if turn % 2 else 5)
            side = "left" if turn is None else "center"
            place: dict[str, Any] = {"xytext": beside, "textcoords": "offset points", "ha": side}
            _edge(axes.annotate(name, (x, y), fontsize=8.5, **place), 2.5)
        return
    style = "--" if mark.dashed else "-"
    thin: dict[str, Any] = {"linewidth": 0.9, "alpha": 0.7} if mark.thing == "one of many" else {}
    axes.plot(mark.x, mark.y, style, color=colour, label=label, **{"linewidth": 1.8, **thin})
    if mark.low and mark.high:
        axes.fill_between(mark.x, mark.low, mark.high, color=colour, alpha=0.2, linewidth=0)


def _edge(artist: Artist, width: float) -> None:
    """Give a line or a word an edge of the background, to stand out from what it crosses."""
    from matplotlib.patheffects import withStroke

    artist.set_path_effects([withStroke(linewidth=width, foreground=BACKGROUND)])


def _draw_bars(
    axes: Axes, mark: Bars, k: int, count: int, base: np.ndarray, colour: str, least: float
) -> None:
    """Draw bars; of those in a stack, what is not as high as `least` has no room for its name."""
    places = np.arange(len(mark.categories), dtype=float)
    wide = 0.7 if mark.stacked else 0.8 / count
    shift = 0.0 if mark.stacked else (k - (count - 1) / 2) * wide
    axes.bar(
        places + shift,
        mark.heights,
        wide * 0.95,
        bottom=base if mark.stacked else None,
        yerr=mark.errors or None,
        capsize=3,
        color=[COLOURS[THINGS[t]] if t else colour for t in mark.things] or colour,
        label=mark.label or None,
    )
    errors = mark.errors or (0.0,) * len(mark.heights)
    for name, x, foot, height, error in zip(
        mark.names, places + shift, base, mark.heights, errors, strict=False
    ):
        inside: dict[str, Any] = (
            {"va": "center", "color": BACKGROUND} if mark.stacked else {"va": "bottom"}
        )
        y = foot + height / 2 if mark.stacked else height + error
        if not mark.stacked or height >= least:
            axes.text(x, y, name, ha="center", fontsize=8.5, **inside)
    axes.set_xticks(places, mark.categories)
    names = axes.get_xticklabels()
    widths = np.array([text.get_window_extent().width for text in names])
    apart = 0.5 * (widths[1:] + widths[:-1])  # between the middles of neighbours that touch, pixels
    # The layout comes later and widens the axes: that is the gap between names that just fit.
    if len(names) * apart.max(initial=0.0) > axes.get_window_extent().width:
        axes.tick_params(axis="x", labelrotation=30)
        for text in names:
            text.set_horizontalalignment("right")
    axes.grid(False, axis="x")


def _draw_heatmap(axes: Axes, mark: Heatmap) -> None:
    from matplotlib.ticker import MaxNLocator

    values = np.asarray(mark.values, dtype=float)
    peak = mark.reach or float(np.abs(values).max()) or 1.0
    limits: dict[str, Any] = {"vmin": -peak, "vmax": peak} if mark.signed else {}
    image = axes.imshow(values, cmap=SIGNED if mark.signed else SEQUENTIAL, aspect="auto", **limits)
    bar = axes.figure.colorbar(image, ax=axes, label=mark.label)
    bar.outline.set_visible(False)  # type: ignore[operator]
    for axis in (axes.xaxis, axes.yaxis):  # no pixel has the number 2.5
        axis.set_major_locator(MaxNLocator(integer=True))
    if mark.rows:
        axes.set_yticks(range(len(mark.rows)), mark.rows)
    if mark.columns:
        axes.set_xticks(range(len(mark.columns)), mark.columns)
    axes.spines[:].set_visible(False)
    if mark.annotate:
        for (i, j), value in np.ndenumerate(values):
            ink = _ink_on(image.cmap(image.norm(value)))
            text = format(value, mark.annotate).replace("-", "\N{MINUS SIGN}")
            axes.text(j, i, text, ha="center", va="center", color=ink)


def _draw_boxes(axes: Axes, mark: Boxes, colour: str) -> None:
    from matplotlib.collections import PolyCollection

    wide, tall = mark.width / 2, mark.height / 2
    around = np.array([(-wide, -tall), (wide, -tall), (wide, tall), (-wide, tall)])
    boxes = PolyCollection([around + middle for middle in zip(mark.x, mark.y, strict=True)])
    axes.add_collection(boxes)
    axes.autoscale_view()
    if mark.values:
        boxes.set(array=np.asarray(mark.values), cmap=SEQUENTIAL, edgecolor=BACKGROUND)
        bar = axes.figure.colorbar(boxes, ax=axes, label=mark.label)
        bar.outline.set_visible(False)  # type: ignore[operator]
    else:
        boxes.set(facecolor=colour if mark.filled else "none", label=mark.label or None)
        boxes.set(edgecolor=BACKGROUND if mark.filled else INK, linewidth=1.0)
    fills = boxes.to_rgba(np.asarray(mark.values)) if mark.values else boxes.get_facecolor()
    for k, text in enumerate(mark.texts):
        ink = _ink_on(fills[k % len(fills)]) if mark.filled else INK
        axes.text(mark.x[k], mark.y[k], text, ha="center", va="center", color=ink, fontsize=8)


def _ink_on(colour: Any) -> str:
    """Return the ink that can be read on a colour of (red, green, blue, ...) from 0 to 1."""
    red, green, blue = colour[:3]
    return BACKGROUND if 0.299 * red + 0.587 * green + 0.114 * blue < 0.5 else INK


def _draw_rule(axes: Axes, mark: Rule) -> None:
    line = axes.axhline if mark.axis == "y" else axes.axvline
    line(mark.at, color=INK, linewidth=1.0, linestyle=":")
    # Matplotlib leaves the limits alone where the rule lies in their margin.
    axes.autoscale_view(scalex=mark.axis == "x", scaley=mark.axis == "y")
    if mark.label and mark.axis == "y":
        words = axes.annotate(
            mark.label,
            (1.0, mark.at),
            xycoords=("axes fraction", "data"),
            xytext=(-2, 3),
            textcoords="offset points",
            ha="right",
            fontsize=9,
            color=INK,
        )
        _edge(words, 2.5)
    elif mark.label:
        words = axes.annotate(
            mark.label,
            (mark.at, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(4, -12),
            textcoords="offset points",
            fontsize=9,
            color=INK,
        )
        _edge(words, 2.5)
