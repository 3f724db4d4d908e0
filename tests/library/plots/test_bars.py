"""Names below bars, drawn by Matplotlib: level where they fit, slanted where they would overlap."""

import itertools

import pytest

from aimc.chip import map_network, resnet9_cifar10
from aimc.chip.charts import occupancy_chart
from aimc.chip.schedule import schedule
from aimc.plots import Bars, Chart, draw

BUSY = occupancy_chart(schedule(map_network(resnet9_cifar10()), read_mode="4-phase"))
FEW = ("one", "a much longer name", "two")
FOLDED = ("crossbar,\nADCs,\nPWM", "LDPU,\nlinks,\nGDPU", "standing\npower")


def bars(names: tuple[str, ...]) -> Chart:
    return Chart("T", "x", "y", (Bars(names, tuple(range(1, len(names) + 1))),))


@pytest.mark.parametrize(
    ("chart", "beside", "turn"),
    [
        (BUSY, 0, 0),  # alone there is room for nine names,
        (BUSY, 1, 30),  # in half the width there is not
        (bars(FEW), 1, 0),
        (bars(FOLDED), 1, 0),  # lines count, not letters
        (bars(tuple(f"a longish name {k}" for k in range(9))), 0, 30),
        (bars(("alone",)), 1, 0),
    ],
)
def test_names_do_not_overlap(chart: Chart, beside: int, turn: int) -> None:
    figure = draw([chart] * (1 + beside))
    figure.draw_without_rendering()
    names = figure.axes[0].get_xticklabels()
    assert [text.get_text() for text in names] == list(chart.marks[0].categories)  # type: ignore[union-attr]
    assert {text.get_rotation() for text in names} == {turn}
    assert {text.get_horizontalalignment() for text in names} == {"right" if turn else "center"}
    if turn == 0:
        boxes = [text.get_window_extent() for text in names]
        assert all(left.x1 < right.x0 for left, right in itertools.pairwise(boxes))


def test_names_stand_above_bars_and_inside_stacked_ones():
    beside = Bars(("p", "q"), (1.0, 2.0), errors=(0.5, 0.0), names=("one", "two"))
    (axes,) = draw(Chart("", "", "y", (beside,))).axes
    assert {text.get_text(): text.get_position()[1] for text in axes.texts} == {
        "one": 1.5,
        "two": 2.0,
    }
    lower = Bars(("p",), (1.0,), stacked=True, names=("a",))
    upper = Bars(("p",), (2.0,), stacked=True, names=("b",))
    (axes,) = draw(Chart("", "", "y", (lower, upper))).axes
    assert [text.get_position()[1] for text in axes.texts] == [0.5, 2.0]


def test_a_bar_has_one_name():
    with pytest.raises(ValueError, match="names has 1 entries but categories has 2"):
        Bars(("p", "q"), (1.0, 2.0), names=("one",))


def test_a_part_of_a_stack_that_is_too_thin_has_no_name():
    parts = (
        Bars(("p", "q"), (10.0, 10.0), stacked=True, names=("ten", "another")),
        Bars(("p", "q"), (0.1, 5.0), stacked=True, names=("thin", "five")),
    )
    (axes,) = draw(Chart("", "", "y", parts)).axes
    assert {text.get_text() for text in axes.texts} == {"ten", "another", "five"}
