"""Maps of colours: what a colour stands for."""

from aimc.plots import Chart, Heatmap
from aimc.plots.draw import draw


def limits_of(*maps):
    """Return the values at the ends of the colours of each map."""
    figure = draw([Chart("map", "", "", (m,)) for m in maps]).figure
    return [image.get_clim() for axes in figure.axes for image in axes.images]


def test_signed_maps_reach_their_own_largest_value_by_default():
    weak, strong = limits_of(
        Heatmap(((0.5, -0.1),), signed=True), Heatmap(((2.0, -3.0),), signed=True)
    )
    assert weak == (-0.5, 0.5)
    assert strong == (-3.0, 3.0)


def test_signed_maps_side_by_side_can_share_their_colours():
    maps = [Heatmap(((value, -0.1),), signed=True, reach=3.0) for value in (0.5, 3.0)]
    assert limits_of(*maps) == [(-3.0, 3.0)] * 2


def test_written_numbers_have_a_true_minus():
    figure = draw(Chart("map", "", "", (Heatmap(((-0.5, 1.0),), annotate=".1f"),))).figure
    assert [text.get_text() for text in figure.axes[0].texts] == ["−0.5", "1.0"]
