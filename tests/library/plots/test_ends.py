"""Names at the ends of curves and spans on axes of time, in pictures as on the page."""

import pytest

from aimc.plots import Chart, Line, Points, draw


def words_beside(chart):
    (axes,) = draw(chart).axes
    return {text.get_text().replace("\n", " ") for text in axes.texts}, axes.get_legend()


def two(second, *more):
    curves = (Line((0.0, 1.0), (0.0, 1.0), "one"), Line((0.0, 1.0), (0.0, second), "the other"))
    return Chart("", "x", "y", (*curves, *more))


def test_curves_that_end_apart_are_named_at_their_ends():
    texts, legend = words_beside(two(0.5))
    assert texts == {"one", "the other"}
    assert legend is None


@pytest.mark.parametrize(
    "chart",
    [
        two(0.99),
        two(float("nan")),
        Chart("", "x", "y", (Line((0.0, 1.0), (float("nan"),) * 2, "none to be seen"),)),
    ],
    ids=["ends together", "an end far from the edge", "no end at all"],
)
def test_others_have_a_legend(chart):
    texts, legend = words_beside(chart)
    assert not texts
    assert legend is not None


def test_beside_named_ends_a_legend_has_the_points_alone():
    texts, legend = words_beside(two(0.5, Points((0.5,), (0.5,), "a point")))
    assert texts == {"one", "the other"}
    assert [text.get_text() for text in legend.get_texts()] == ["a point"]


def test_names_do_not_cover_each_other():
    (axes,) = draw(two(0.94)).axes
    low, high = sorted(text.get_position()[1] for text in axes.texts)
    assert (high - low) * 3.6 > 0.15  # inches of a chart; a letter is 9 points high


@pytest.mark.parametrize(
    ("label", "names"),
    [("time since programming (s)", ["1 s", "1 h", "1 year"]), ("delay (s)", None)],
)
def test_a_long_time_is_told_in_hours_and_years(label, names):
    curve = Line((1.0, 4e7), (0.0, 1.0))
    figure = draw(Chart("", label, "y", (curve,), x_scale="log"), width=3.0)
    (axes,) = figure.axes
    shown = [tick.get_text() for tick in axes.get_xticklabels()]
    if names is None:
        assert "1 h" not in shown
        assert axes.get_xlabel() == label
    else:
        assert [name for name in shown if name in names] == names
        assert axes.get_xlabel() == "time since programming"


@pytest.mark.parametrize(
    ("ends", "plain"), [((1.0, 1000.0), True), ((1.0, 1e6), False)], ids=["short", "long"]
)
def test_short_powers_of_ten_are_plain_numbers(ends, plain):
    chart = Chart("", "x", "users", (Line((0.0, 1.0), ends),), y_scale="log", y_range=ends)
    figure = draw(chart)
    figure.canvas.draw()
    shown = [tick.get_text() for tick in figure.axes[0].get_yticklabels()]
    assert ("100" in shown) is plain


@pytest.mark.parametrize(("count", "small"), [(20, False), (400, True)])
def test_points_by_the_hundred_are_smaller_and_shine_through(count, small):
    places = tuple(map(float, range(count)))
    (dots,) = draw(Chart("", "x", "y", (Points(places, places),))).axes[0].lines
    assert (dots.get_markersize() < 5, dots.get_alpha() < 1) == (small, small)


@pytest.mark.parametrize(("step", "whole"), [(1.0, True), (0.1, False)])
def test_an_axis_that_counts_is_marked_at_whole_numbers(step, whole):
    x = tuple(step * k for k in range(31))
    figure = draw(Chart("", "step", "y", (Line(x, tuple(0.1 * each for each in x)),)))
    figure.canvas.draw()
    shown = [tick.get_text() for tick in figure.axes[0].get_xticklabels()]
    assert all("." not in text for text in shown) is whole
