"""The explorer of what is counted."""

import json

import pytest

from aimc.published import fact
from aimc_course.explorers.concepts.landscape import LANDSCAPE


def test_default_is_the_headline_of_the_abstract():
    assert LANDSCAPE.answer().values["hermes"] == fact("A033").number


def test_each_step_of_honesty_lowers_the_number():
    for mode in ("1-phase", "4-phase"):
        steps = [
            LANDSCAPE.answer(read_mode=mode, counted=counted).values["hermes"]
            for counted in LANDSCAPE.controls[1].options
        ]
        assert steps == sorted(steps, reverse=True)
        assert steps[0] > 4 * steps[-1]


def test_one_bit_view_leaves_out_analog_weights():
    shown = LANDSCAPE.answer(one_bit=True).values["shown"]
    assert "HERMES" not in shown
    assert set(shown) == {"Khwa 2022", "Hung 2021", "Jia 2022"}


def test_answer_is_json_and_draws():
    answer = LANDSCAPE.answer(read_mode="4-phase")
    assert json.loads(json.dumps(answer.as_json()))["sentence"] == answer.sentence
    assert LANDSCAPE.figure().axes


def test_bad_state_is_named():
    with pytest.raises(ValueError, match="read_mode"):
        LANDSCAPE.answer(read_mode="2-phase")
    with pytest.raises(TypeError, match="one_bit"):
        LANDSCAPE.answer(one_bit=1)


@pytest.mark.parametrize(
    ("mode", "peak", "layer", "factor"),
    [("1-phase", 9.76, 6.88, 10.5), ("4-phase", 2.48, 1.74, 4.1)],
)
def test_a_peak_is_divided_by_a_layer_of_its_own_mode(mode, peak, layer, factor):
    found = [
        LANDSCAPE.answer(read_mode=mode, counted=counted).values["hermes"]
        for counted in LANDSCAPE.controls[1].options
    ]
    assert found[:2] == [peak, layer]
    assert found[0] / found[2] == pytest.approx(factor, rel=0.02)
    # Idle cells explain a part of the fall from the peak to the layer, and not all of it.
    in_use = 2016 * 224 / (fact("A042").numbers[0] * 256 * 256)
    assert layer < peak * in_use < peak
