"""The legend of a picture stands between its title and its axes, where it covers nothing."""

import pytest

from aimc.plots import Chart, Line, Points, Rule, draw

ACROSS = Line((0.0, 1.0, 0.0), (0.0, 1.0, 1.0))  # ends at the left, so that there is a legend


def chart(*labels, names=()):
    lines = tuple(Line(ACROSS.x, ACROSS.y, label) for label in labels)
    points = Points((0.5,), (0.99,), "points", names=names)
    marks = (*lines, points, Rule(0.9, "a limit", axis="x"))
    return Chart("What is shown", "x", "y", marks, y_range=(0.0, 1.0))


@pytest.mark.parametrize("beside", [0, 1])
@pytest.mark.parametrize(
    "labels",
    [("one",), ("one", "two"), tuple(f"a rather long name of curve {k}" for k in range(5))],
    ids=["one", "two", "many"],
)
def test_it_covers_neither_axes_nor_title(labels, beside):
    figure = draw([chart(*labels)] * (1 + beside))
    figure.draw_without_rendering()
    for axes in figure.axes:
        legend = axes.get_legend().get_window_extent()
        assert axes.get_window_extent().y1 <= legend.y0 + 1
        assert legend.y1 <= axes._left_title.get_window_extent().y0 + 3
        assert legend.x1 <= figure.bbox.x1


def test_in_room_for_it_there_is_one_row():
    (axes,) = draw(chart("one", "two")).axes
    axes.figure.draw_without_rendering()
    assert axes.get_legend().get_window_extent().height < 0.25 * axes.figure.dpi


def test_the_name_of_a_point_at_the_top_stays_out_of_it():
    figure = draw(chart("one", names=("99 of 100",)))
    figure.draw_without_rendering()
    (axes,) = figure.axes
    (name,) = [text for text in axes.texts if text.get_text() == "99 of 100"]
    assert name.get_window_extent().y1 <= axes.get_window_extent().y1
