"""The dot plot."""

import pytest

from aimc.plots import Chart, Points, draw
from aimc.plots.dots import dot_chart, dot_plot

ROWS = {"a": {"printed": 10.0, "corrected": 2.0}, "b": {"printed": 20.0}}


def test_one_marker_per_value_and_one_legend_entry_per_kind():
    figure = dot_plot(ROWS, title="t", x_label="x")
    axes = figure.axes[0]
    assert sum(len(line.get_xdata()) for line in axes.lines) == 3
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["printed", "corrected"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b"]
    low, high = axes.get_ylim()
    assert low > high  # the first row is on top


def test_kinds_are_told_apart_by_shape_too_and_values_are_written():
    printed, corrected = dot_chart(ROWS, title="t", x_label="x").marks
    assert printed.shape != corrected.shape
    assert (printed.x, printed.y, printed.names) == ((10.0, 20.0), (0.0, 1.0), ("10", "20"))
    assert (corrected.x, corrected.y) == ((2.0,), (0.0,))
    markers = [line.get_marker() for line in dot_plot(ROWS, title="t", x_label="x").axes[0].lines]
    assert len(set(markers)) == 2


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="rows is empty"):
        dot_plot({}, title="t", x_label="x")
    with pytest.raises(ValueError, match="positive"):
        dot_plot({"a": {"k": 0.0}}, title="t", x_label="x")
    with pytest.raises(ValueError, match="kinds"):
        dot_plot({"a": {str(k): 1.0 for k in range(9)}}, title="t", x_label="x")


def test_two_charts_of_dots_share_a_legend_that_names_each_mark_once() -> None:
    charts = [
        Chart(
            unit,
            unit,
            "",
            (Points((1.0,), (0.0,), "printed"), Points((2.0,), (0.0,), word, shape="square")),
            y_names=("one",),
        )
        for unit, word in (("W", "corrected"), ("J", "in bits"))
    ]
    (legend,) = draw(charts, columns=1).legends
    said = sorted(text.get_text() for text in legend.get_texts())
    assert said == ["corrected", "in bits", "printed"]
