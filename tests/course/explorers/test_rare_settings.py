"""What explorers say and draw where sliders stand at an end, or nothing has happened yet."""

import warnings

import numpy as np
import pytest

from aimc.chip.mapping import balanced_copies, map_network
from aimc.chip.schedule import schedule
from aimc_course.explorers.accuracy.drift_race import DRIFT_RACE
from aimc_course.explorers.accuracy.noise_training import NOISE_TRAINING
from aimc_course.explorers.accuracy.precision_ladder import PRECISION_LADDER
from aimc_course.explorers.chip.pipeline import NETWORKS, PIPELINE
from aimc_course.explorers.chip.wires import WIRES
from aimc_course.explorers.concepts.converters import CONVERTERS
from aimc_course.explorers.concepts.crossbar import CROSSBAR
from aimc_course.explorers.concepts.memory_wall import MEMORY_WALL
from aimc_course.explorers.devices.generations import TWO_GENERATIONS
from aimc_course.explorers.devices.programming_loop import PROGRAMMING_LOOP
from aimc_course.explorers.outlook.clipping import CLIPPING
from aimc_course.explorers.outlook.roadmap import ROADMAP


def test_outputs_that_arrive_clipped_inputs_included_are_those_that_are_counted() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        few = CONVERTERS.answer(input_range=0.5, output_range=1.0).values["outputs_clipped"]
        many = CONVERTERS.answer(input_range=4.0, output_range=1.0).values["outputs_clipped"]
    assert few < 0.05
    assert many == pytest.approx(0.31, abs=0.03)


def test_a_layer_sets_the_pace_only_if_it_works_all_the_time() -> None:
    network = NETWORKS["ResNet-9"]()
    for share in (False, True):
        plan = schedule(
            map_network(network, copies=balanced_copies(network, 5), share=share),
            read_mode="1-phase",
        )
        busy = {group.name: plan.reads(group) * plan.pace(group) for group in plan.groups}
        said = PIPELINE.answer(copies=5, share=share, read_mode="1-phase").sentence
        assert (f"{plan.bottleneck} sets the pace" in said) is not share
        assert (busy[plan.bottleneck] > 0.99 * plan.interval) is not share
        assert ("wait for each other" in said) is share


def test_nobody_is_first_before_the_first_calibration() -> None:
    early = DRIFT_RACE.answer(schedule="once, after a day", cursor=0).sentence
    assert "First is" not in early
    assert " 0 reads" not in early
    assert "First is" in DRIFT_RACE.answer(schedule="once, after a day", cursor=4).sentence


def test_what_keeps_a_machine_from_its_peak_is_named() -> None:
    said = MEMORY_WALL.answer(
        network="transformer block", batch=256, weights_in="DRAM", precision="FP32"
    )
    assert said.values["throughput"] < 0.9 * said.values["peak"]
    assert "not bound by memory" not in said.sentence
    assert "SRAM of the activations" in said.sentence


def shown(chart, axis: str) -> tuple[float, float]:
    """Return the smallest and the largest place of marks along an axis."""
    places = [x for mark in chart.marks for x in getattr(mark, axis, ())]
    places += [mark.at for mark in chart.marks if getattr(mark, "axis", "") == axis]
    return min(places), max(places)


@pytest.mark.parametrize(
    ("explorer", "settings", "chart", "axis"),
    [
        (ROADMAP, {"context": 17}, 1, "x"),
        (CLIPPING, {"tails": "many", "length": "4,096", "noise": 10.0, "limit": 6.0}, 0, "x"),
        (TWO_GENERATIONS, {"state": 0.05, "time": "1 year"}, 2, "y"),
    ],
)
def test_no_chart_leaves_out_what_the_sentence_says(explorer, settings, chart, axis) -> None:
    answer = explorer.answer(**settings)
    low, high = getattr(answer.charts[chart], f"{axis}_range")
    if explorer is TWO_GENERATIONS:
        assert low < 100 * answer.values["left"]["read"] < high
    else:
        first, last = shown(answer.charts[chart], axis)
        assert low <= first
        assert last <= high


def test_the_error_at_the_chosen_limit_is_on_the_chart() -> None:
    answer = CLIPPING.answer(tails="many", length="4,096", noise=10.0, limit=6.0)
    assert 100 * answer.values["error_total"] < answer.charts[1].y_range[1]


def test_the_map_of_a_drop_has_all_lines() -> None:
    for size in (24, 40, 64):
        drawn = WIRES.answer(size=size).charts[0].marks[0]
        step = int(drawn.rows[1]) - int(drawn.rows[0])
        assert int(drawn.rows[-1]) + step > size
        assert np.shape(drawn.values) == (len(drawn.rows), len(drawn.columns))


def test_currents_that_cancel_are_zero() -> None:
    answer = CROSSBAR.answer(
        conductance=((20.0,) * 4,) * 4, voltage=((-100.0, -200.0, 300.0, 0.0),)
    )
    assert "BL1, 0.00" in answer.sentence
    low, high = answer.charts[2].y_range
    assert high - low > 1


def test_a_spread_that_shrinks_is_no_growth() -> None:
    kept = {"target": 50.0, "margin": 1.0, "serial": 8}
    for gain in (3.0, 1.0):
        answer = PROGRAMMING_LOOP.answer(gain=gain, **kept)
        grows = answer.values["sigma_first_read"] > answer.values["sigma_loop"]
        assert ("growth" in answer.sentence) is grows


def test_numbers_are_written_as_people_do() -> None:
    said = [
        NOISE_TRAINING.answer(training=5.0, test=5.0).sentence,
        MEMORY_WALL.answer(
            network="ResNet-9", batch=256, weights_in="DRAM", precision="FP32"
        ).sentence,
        PRECISION_LADDER.answer(
            devices="2019 array", budget=0, condition=0, age="one year old", corrected=False,
            tolerance="0.01",
        ).sentence,
    ]  # fmt: skip
    assert not [
        each for each in said if "e+" in each or "-0.0" in each or "\N{MINUS SIGN}0.0" in each
    ]
