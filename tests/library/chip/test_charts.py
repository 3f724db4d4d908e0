"""The floorplan as a chart: what stands where, on any grid."""

import math

import pytest

from aimc.chip.charts import floorplan_chart, tile_chart
from aimc.chip.floorplan import Floorplan, hermes_floorplan
from aimc.chip.mapping import map_network
from aimc.chip.placement import place
from aimc.layers.workload import demo_mlp, ptb_char_lstm, resnet9_cifar10
from aimc.plots import Boxes, Line, draw

PLAN = hermes_floorplan()
RESNET = place(map_network(resnet9_cifar10()), PLAN)


def filled(chart) -> list[Boxes]:
    return [mark for mark in chart.marks if isinstance(mark, Boxes) and mark.filled]


def test_one_colour_and_one_letter_per_layer() -> None:
    chart = floorplan_chart(RESNET)
    found = filled(chart)
    assert [boxes.label for boxes in found][:2] == ["A conv1", "B conv2"]
    assert [set(boxes.texts) for boxes in found] == [{letter} for letter in "ABCDEFGHI"]
    assert [len(boxes.x) for boxes in found] == [1, 2, 4, 4, 4, 8, 8, 8, 1]
    x, y = PLAN.position(RESNET.mapping.of("conv1")[0].core)
    assert (found[0].x[0], found[0].y[0]) == pytest.approx((1e3 * x, 1e3 * y))
    draw(chart)


def test_values_colour_the_cores_that_have_one() -> None:
    chart = floorplan_chart(RESNET, {9: 2.0, 0: 123.4}, "µJ", chosen=9, title="Heat")
    (boxes,) = filled(chart)
    assert boxes.values == (123.4, 2.0)
    assert boxes.texts == ("123", "2")
    assert boxes.names == ("core (1,1), conv1", "core (2,2), conv4")
    assert chart.title == "Heat"
    outlined = [mark for mark in chart.marks if isinstance(mark, Boxes) and not mark.filled]
    assert len(outlined[0].x) == 62
    assert outlined[-1].x == pytest.approx((1e3 * PLAN.position(9)[0],))
    with pytest.raises(ValueError, match="core in values=64"):
        floorplan_chart(RESNET, {64: 1.0})


def test_sums_are_drawn_along_routes() -> None:
    by_number = place(map_network(resnet9_cifar10()), PLAN, "numbers")
    (line,) = [mark for mark in floorplan_chart(by_number).marks if isinstance(mark, Line)]
    assert sum(math.isnan(x) for x in line.x) == by_number.hops
    (line,) = [
        mark
        for mark in floorplan_chart(place(map_network(demo_mlp()), PLAN)).marks
        if isinstance(mark, Line)
    ]
    assert sum(math.isnan(x) for x in line.x) == 3


def test_tiles_of_a_matrix_lie_side_by_side() -> None:
    placement = place(map_network(ptb_char_lstm()), PLAN)
    tile = placement.mapping.of("hidden gates")[5]
    own, others = tile_chart(placement, tile.core).marks
    assert (len(own.x), len(others.x)) == (1, 15)
    assert own.x[0] == sum(tile.inputs) / 2
    assert own.y[0] == sum(tile.outputs) / 2
    assert own.width * own.height * 16 == pytest.approx(504 * 2016)
    assert "not used" in tile_chart(placement, 63).title


def test_shared_cores_and_grids_without_gdpus() -> None:
    grid = Floorplan(6, 7, (1e-3, 1e-3), (5e-4, 5e-4), (8e-3, 8e-3))
    shared = place(map_network(resnet9_cifar10(), share=True), grid)
    chart = floorplan_chart(shared)
    assert any("," in boxes.label for boxes in filled(chart))
    assert sum(len(boxes.x) for boxes in filled(chart)) == shared.mapping.cores
    draw([chart, tile_chart(shared, 0)])
