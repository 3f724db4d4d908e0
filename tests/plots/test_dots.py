"""The dot plot."""

import pytest

from aimc.plots.dots import dot_plot

ROWS = {"a": {"printed": 10.0, "corrected": 2.0}, "b": {"printed": 20.0}}


def test_one_marker_per_value_and_one_legend_entry_per_kind():
    figure = dot_plot(ROWS, title="t", x_label="x")
    axes = figure.axes[0]
    assert sum(len(line.get_xdata()) for line in axes.lines) == 3
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["printed", "corrected"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b"]


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="rows is empty"):
        dot_plot({}, title="t", x_label="x")
    with pytest.raises(ValueError, match="positive"):
        dot_plot({"a": {"k": 0.0}}, title="t", x_label="x")
    with pytest.raises(ValueError, match="kinds"):
        dot_plot({"a": {str(k): 1.0 for k in range(9)}}, title="t", x_label="x")
