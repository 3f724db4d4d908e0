"""Boxes on a map, drawn by Matplotlib: places, colours, scale, words."""

import numpy as np
import pytest

from aimc.plots import Boxes, Chart, draw
from aimc.plots.palette import CATEGORICAL, SEQUENTIAL

X, Y = (1.0, 3.0, 5.0), (1.0, 3.0, 1.0)


def axes_of(*marks: Boxes):
    chart = Chart("T", "x", "y", marks, x_range=(0.0, 6.0), y_range=(0.0, 4.0), equal=True)
    return draw(chart).axes[0]


def test_places_and_equal_scale() -> None:
    axes = axes_of(Boxes(X, Y, 2.0, 1.5))
    (boxes,) = axes.collections
    corners = np.array([path.vertices[:4] for path in boxes.get_paths()])
    np.testing.assert_allclose(corners.mean(axis=1), np.array([X, Y]).T)
    np.testing.assert_allclose(np.ptp(corners, axis=1), [[2.0, 1.5]] * 3)
    assert axes.get_aspect() == 1.0


def test_values_choose_the_colours_and_the_ink() -> None:
    from matplotlib import colormaps

    axes = axes_of(Boxes(X, Y, 2.0, 1.5, "pJ", (0.0, 1.0, 4.0), ("A", "B", "C")))
    boxes = axes.collections[0]
    axes.figure._repr_png_()  # colours are looked up when the figure is drawn
    np.testing.assert_allclose(boxes.get_facecolor(), colormaps[SEQUENTIAL]([0.0, 0.25, 1.0]))
    assert [text.get_text() for text in axes.texts] == ["A", "B", "C"]
    dark, *_, bright = [text.get_color() for text in axes.texts]
    assert dark != bright
    assert axes.get_legend() is None


def test_each_mark_without_values_has_its_colour_and_a_line_in_the_legend() -> None:
    from matplotlib.colors import to_rgba

    marks = (Boxes(X, Y, 1.0, 1.0, "one"), Boxes(X, Y, 1.0, 1.0, "two"))
    edge = Boxes((3.0,), (2.0,), 6.0, 4.0, "die", texts=("words",), filled=False)
    axes = axes_of(*marks, edge)
    fills = [tuple(boxes.get_facecolor()[0]) for boxes in axes.collections[:2]]
    assert fills == [to_rgba(CATEGORICAL[0]), to_rgba(CATEGORICAL[1])]
    assert len(axes.collections[2].get_facecolor()) == 0
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["one", "two", "die"]


def test_bad_boxes_are_refused() -> None:
    with pytest.raises(ValueError, match="y has 1"):
        Boxes((1.0, 2.0), (1.0,), 1.0, 1.0)
    with pytest.raises(ValueError, match="texts has 1"):
        Boxes(X, Y, 1.0, 1.0, texts=("A",))
    with pytest.raises(ValueError, match="filled=False"):
        Boxes(X, Y, 1.0, 1.0, values=(1.0, 2.0, 3.0), filled=False)
