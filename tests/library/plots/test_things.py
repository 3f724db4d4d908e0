"""One thing has one colour: in every chart, whatever stands beside it."""

import matplotlib.colors
import pytest

from aimc.plots import Bars, Boxes, Chart, Line, Points, draw
from aimc.plots.palette import CATEGORICAL, COLOURS, THINGS, colour_numbers


def bar_colours(*things: str) -> list[str]:
    marks = tuple(Bars(("a",), (1.0,), label=str(k), thing=t) for k, t in enumerate(things))
    figure = draw(Chart("t", "", "", marks))
    return [matplotlib.colors.to_hex(bar.get_facecolor()) for bar in figure.axes[0].patches]


def test_a_thing_keeps_its_colour_and_no_other_mark_takes_it() -> None:
    green = COLOURS[THINGS["digital"]]
    assert bar_colours("digital", "") == [green, CATEGORICAL[1]]
    assert bar_colours("", "", "", "digital")[3] == green
    assert green not in bar_colours("", "", "", "digital")[:3]


def test_bars_of_one_mark_may_stand_for_different_things() -> None:
    mark = Bars(("a", "b", "c"), (1.0, 2.0, 3.0), thing="exact", things=("DRAM", "", "array"))
    figure = draw(Chart("t", "", "", (mark,)))
    shown = [matplotlib.colors.to_hex(bar.get_facecolor()) for bar in figure.axes[0].patches]
    assert shown == [COLOURS[THINGS[thing]] for thing in ("DRAM", "exact", "array")]
    with pytest.raises(ValueError, match="thing"):
        Bars(("a",), (1.0,), things=("drum",))
    with pytest.raises(ValueError, match="things has 1 entries"):
        Bars(("a", "b"), (1.0, 2.0), things=("DRAM",))


def test_marks_without_a_thing_take_the_colours_in_order() -> None:
    assert colour_numbers([""] * 7) == [0, 1, 2, 3, 4, 5, 6]
    assert colour_numbers(["glass", "crystal"]) == [4, 5]


def test_eleven_marks_are_told_apart_before_a_colour_comes_again() -> None:
    many = colour_numbers([""] * 12)
    assert len(set(many[:11])) == 11
    assert many[11] == many[0]
    assert len(set(colour_numbers(["link", *[""] * 9]))) == 10  # a network of nine layers


@pytest.mark.parametrize(
    "make",
    [
        lambda thing: Line((0.0,), (0.0,), thing=thing),
        lambda thing: Points((0.0,), (0.0,), thing=thing),
        lambda thing: Bars(("a",), (0.0,), thing=thing),
        lambda thing: Boxes((0.0,), (0.0,), 1.0, 1.0, thing=thing),
    ],
)
def test_an_unknown_thing_is_refused(make) -> None:
    assert make("DRAM").thing == "DRAM"
    with pytest.raises(ValueError, match="thing"):
        make("magic")
