"""The explorer of chapter 1."""

import json

import pytest

from aimc_course.explorers.concepts.memory_wall import MEMORY_WALL, NETWORKS


@pytest.mark.parametrize("network", list(NETWORKS))
@pytest.mark.parametrize("weights_in", ["DRAM", "SRAM", "crossbar"])
@pytest.mark.parametrize("precision", ["INT8", "FP32"])
def test_every_choice_answers_in_json(network: str, weights_in: str, precision: str) -> None:
    answer = MEMORY_WALL.answer(network=network, weights_in=weights_in, precision=precision)
    assert json.loads(json.dumps(answer.as_json()))["values"]["energy_total"] > 0
    parts = [answer.values[f"energy_{k}"] for k in ("weights", "activations", "arithmetic")]
    assert sum(parts) == pytest.approx(answer.values["energy_total"])
    assert answer.sentence.endswith(".")


def test_same_state_same_answer() -> None:
    assert MEMORY_WALL.answer(batch=7) == MEMORY_WALL.answer(batch=7)


def test_weights_dominate_at_batch_one_and_arithmetic_later() -> None:
    one = MEMORY_WALL.answer(batch=1).values
    many = MEMORY_WALL.answer(batch=256).values
    assert one["moving_share"] > 0.99
    assert one["throughput"] == pytest.approx(one["bandwidth"] * one["intensity"])
    assert many["moving_share"] < one["moving_share"]
    assert many["throughput"] == pytest.approx(many["peak"])


@pytest.mark.parametrize(("batch", "said"), [(1, "bound by DRAM"), (256, "not bound by memory")])
def test_the_sentence_says_what_bounds_the_throughput(batch: int, said: str) -> None:
    answer = MEMORY_WALL.answer(batch=batch)
    assert f", {said}, " in answer.sentence
    assert (answer.values["throughput"] < 0.99 * answer.values["peak"]) is (batch == 1)


def test_crossbars_move_no_weights_at_any_batch() -> None:
    one = MEMORY_WALL.answer(weights_in="crossbar", batch=1).values
    many = MEMORY_WALL.answer(weights_in="crossbar", batch=256).values
    assert one["energy_weights"] == 0.0
    assert one["energy_total"] == pytest.approx(many["energy_total"])


def test_number_format_is_the_digital_machines() -> None:
    fp32, int8 = (MEMORY_WALL.answer(precision=p).values for p in ("FP32", "INT8"))
    assert fp32["energy_weights"] == pytest.approx(4 * int8["energy_weights"])
    assert MEMORY_WALL.answer(weights_in="crossbar", precision="FP32").values == (
        MEMORY_WALL.answer(weights_in="crossbar", precision="INT8").values
    )


def test_figure_and_source() -> None:
    assert len(MEMORY_WALL.figure().axes) == 2
    assert "weight_bytes" in MEMORY_WALL.source


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"network": "GPT"}, "network='GPT'"),
        ({"batch": 0}, "batch=0"),
        ({"batch": 1.5}, "whole number"),
        ({"weights_in": "flash"}, "weights_in='flash'"),
        ({"memory": "DRAM"}, "no control named 'memory'"),
    ],
)
def test_bad_states_are_refused(change: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MEMORY_WALL.answer(**change)
