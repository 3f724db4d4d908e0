"""The explorer of the anatomy chapter."""

import json
import math
import warnings
from itertools import pairwise

import numpy as np
import pytest

from aimc.chip.activity import LAYER, LSTM, activity
from aimc.chip.floorplan import hermes_floorplan
from aimc.chip.mapping import map_network
from aimc.chip.performance import network_performance
from aimc.chip.placement import place
from aimc.chip.schedule import schedule
from aimc.plots import Boxes, Chart, Line
from aimc.published import fact
from aimc_course.explorers import browser_shell
from aimc_course.explorers.chip.floorplan import (
    COLOURS,
    FLOORPLAN,
    NETWORKS,
    ORDERS,
    largest_of,
    walk,
)


def boxes_of(chart: Chart, filled: bool = True) -> list[Boxes]:
    return [mark for mark in chart.marks if isinstance(mark, Boxes) and mark.filled == filled]


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("order", ORDERS)
def test_every_corner_answers_in_json(network: str, colour: str, order: str) -> None:
    for row, column in ((1, 1), (8, 8)):
        answer = FLOORPLAN.answer(
            network=network, colour=colour, order=order, row=row, column=column, time="1 month"
        )
        tree = browser_shell.plain(answer.as_json())
        assert json.loads(json.dumps(tree, allow_nan=False))["charts"]
        assert answer.sentence.endswith(".")
        used = sum(len(boxes.x) for boxes in boxes_of(answer.charts[0]))
        assert used == answer.values["cores"]
        idle = [
            b for b in boxes_of(answer.charts[0], filled=False) if "not used" in "".join(b.names)
        ]
        assert used + sum(len(boxes.x) for boxes in idle) == 64


def test_published_numbers_of_cores_and_utilisation() -> None:
    for network, identifier in (("ResNet-9", "A078"), ("character LSTM", "A086")):
        assert FLOORPLAN.answer(network=network).values["cores"] == fact(identifier).number
    values = FLOORPLAN.answer(network="caption LSTM", colour="utilisation", row=1).values
    assert values["cores"] == 64
    assert round(100 * values["core"]["utilisation"]) == fact("A047").numbers[1]
    values = FLOORPLAN.answer(network="ResNet-9", row=3, column=8).values
    assert round(100 * values["core"]["utilisation"]) == fact("A042").numbers[1]


def test_same_state_same_answer_and_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        state = {"colour": "error", "time": "1 day", "serial": 3}
        assert FLOORPLAN.answer(**state) == FLOORPLAN.answer(**state)
    other = FLOORPLAN.answer(colour="error", time="1 day", serial=4)
    assert other.values["map"] != FLOORPLAN.answer(**state).values["map"]


def test_a_core_shows_its_tile() -> None:
    answer = FLOORPLAN.answer(network="ResNet-9", row=4, column=2)
    core = answer.values["core"]
    assert core["layer"] == "conv7"
    assert core["inputs"] == [252, 504]
    assert core["outputs"] == [0, 224]
    (tile,) = boxes_of(answer.charts[1])
    assert tile.x == (378.0,)
    assert (tile.width, tile.height) == (252.0, 224.0)
    (others,) = boxes_of(answer.charts[1], filled=False)
    assert len(others.x) == 7
    assert "holds inputs 253 to 504 and outputs 1 to 224 of conv7" in answer.sentence
    idle = FLOORPLAN.answer(network="ResNet-9", row=8, column=8)
    assert idle.values["core"]["layer"] is None
    assert "Core (8,8) is not used." in idle.sentence


def test_errors_grow_with_time_and_are_those_of_cells_of_two_devices() -> None:
    means = [
        np.mean([*FLOORPLAN.answer(colour="error", time=time).values["map"].values()])
        for time in ("just programmed", "1 day", "1 month")
    ]
    assert means[0] < means[1] < means[2]
    # uniform weights give 10 % (A072); normal ones, scaled by their largest, use less of the range
    assert 12 < means[0] < 20


def test_small_tiles_have_a_smaller_error_since_their_largest_weight_is_smaller() -> None:
    found = [
        FLOORPLAN.answer(colour="error", serial=serial).values["map"] for serial in range(1, 10)
    ]
    first = np.mean([one["(1,1)"] for one in found])  # conv1, 1,512 weights
    deep = np.mean([one[f"(3,{k})"] for one in found for k in range(1, 9)])  # 56,448 each
    assert first < 0.97 * deep


def test_energy_of_early_layers_is_that_of_their_reads() -> None:
    values = FLOORPLAN.answer(colour="energy").values
    per_read = values["map"]["(1,2)"] / 1024  # conv2, µJ
    full = fact("A038").number / fact("A002").number  # MVM alone, without outputs
    assert full < per_read < 2 * full
    assert values["map"]["(1,2)"] / values["map"]["(4,1)"] > 30  # conv7 is read 16 times


@pytest.mark.parametrize("network", NETWORKS)
def test_energies_are_those_of_an_inference_in_the_chapter_on_costs(network: str) -> None:
    plan = schedule(map_network(NETWORKS[network]()), read_mode="4-phase")
    measured = {"ResNet-9": LAYER, "character LSTM": LSTM, "caption LSTM": LSTM}
    active = activity(measured[network]) if network in measured else 1.0
    parts = network_performance(plan, activity=active).energies
    moving = sum(energy for part, energy in parts.items() if part != "standing power")
    assert FLOORPLAN.answer(network=network).values["energy"] == pytest.approx(moving, rel=1e-12)


def test_sums_along_links_are_straight_and_by_number_are_not() -> None:
    along, numbered = (FLOORPLAN.answer(order=order) for order in ORDERS)
    assert along.values["detours"] == 0 < numbered.values["detours"]
    assert along.values["wire"] < numbered.values["wire"]
    (line,) = [mark for mark in along.charts[0].marks if isinstance(mark, Line)]
    assert sum(math.isnan(x) for x in line.x) == along.values["steps"]
    lstm = FLOORPLAN.answer(network="caption LSTM")
    (line,) = [mark for mark in lstm.charts[0].marks if isinstance(mark, Line)]
    assert sum(math.isnan(x) for x in line.x) == lstm.values["steps"] + 8  # and to the GDPUs


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("order", ORDERS)
def test_a_vector_takes_the_steps_of_the_placement(network: str, order: str) -> None:
    plan = hermes_floorplan()
    placed = place(map_network(NETWORKS[network]()), plan, ORDERS[order])
    moments = walk(network, order)
    ways = [way for moment in moments if moment["kind"] == "sum" for way in moment["ways"]]
    assert sorted((way[0], way[-1]) for way in ways) == sorted(placed.steps())
    assert sum(len(way) - 1 for way in ways) == placed.hops
    for moment in moments:
        for way in moment["ways"]:
            assert all(plan.is_link(*link) for link in pairwise(way))
        assert {tuple(link) for link in moment["gdpus"]} <= set(plan.gdpu_links())
    # The layers follow each other in the order of work, and each reads once and before it adds.
    names = [moment["layers"] for moment in moments if moment["kind"] == "read"]
    assert names == [group.name for group in placed.groups()]
    assert list(dict.fromkeys(moment["layers"] for moment in moments)) == names
    assert moments[0]["kind"] == "read"
    to_gdpu = [m for m in moments if m["kind"] == "gdpu"]
    assert len(to_gdpu) == sum(group.gdpu for group in placed.groups())
    if order == "sums along links":
        assert [tuple(p) for m in to_gdpu for p in m["gdpus"]] == sorted(placed.to_gdpu())


def test_each_step_is_drawn_and_told_and_after_the_last_the_vector_is_through() -> None:
    steps = len(walk("ResNet-9", "sums along links"))
    none, first, last, through = (FLOORPLAN.answer(step=k) for k in (0, 2, steps, steps + 1))
    assert len(first.charts[0].marks) == len(none.charts[0].marks) + 1
    assert f"Step 2 of {steps}: 2 cores of conv2 read the vector." in first.sentence
    assert "of dense reads the vector" in last.sentence
    assert through.charts == none.charts
    assert f"through, after {steps} steps" in through.sentence
    short = FLOORPLAN.answer(network="two-layer MLP", step=steps + 1)
    assert "through, after 5 steps" in short.sentence


def test_the_scene_holds_what_stands_on_each_core() -> None:
    answer = FLOORPLAN.answer(row=4, column=2)
    scene, core = answer.scene, answer.values["core"]
    mine = scene["cores"][3 * 8 + 1]
    assert scene["layers"][mine["layer"]] == core["layer"]
    assert (mine["inputs"], mine["outputs"]) == (core["inputs"], core["outputs"])
    assert mine["rows"] * mine["columns"] == pytest.approx(core["utilisation"], rel=1e-12)
    assert sum(one is not None for one in scene["cores"]) == answer.values["cores"]


def test_everything_is_drawn_on_the_die() -> None:
    chart = FLOORPLAN.answer(network="caption LSTM").charts[0]
    assert chart.equal
    for boxes in boxes_of(chart) + boxes_of(chart, filled=False):
        assert min(boxes.x) - boxes.width / 2 >= -1e-9
        assert max(boxes.x) + boxes.width / 2 <= 12 + 1e-9
        assert min(boxes.y) - boxes.height / 2 >= -1e-9
        assert max(boxes.y) + boxes.height / 2 <= 12 + 1e-9


@pytest.mark.parametrize("count", [10, 1000, 65536])
def test_largest_of_normal_numbers(count: int) -> None:
    draws = np.abs(np.random.default_rng(0).normal(size=(200, count))).max(axis=1)
    assert largest_of(count) == pytest.approx(draws.mean(), rel=0.04)


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("network", "VGG", ValueError),
        ("row", 9, ValueError),
        ("column", 1.5, ValueError),
        ("colour", "heat", ValueError),
        ("order", "chains", ValueError),
        ("time", "1 s", ValueError),
        ("serial", "7", TypeError),
        ("step", 42, ValueError),
    ],
)
def test_bad_input_is_named(name: str, value: object, error: type[Exception]) -> None:
    with pytest.raises(error, match=name):
        FLOORPLAN.answer(**{name: value})
