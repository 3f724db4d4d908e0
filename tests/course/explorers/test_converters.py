"""The explorer of chapter 4."""

import json
import warnings

import pytest

from aimc_course.explorers.concepts.converters import CONVERTERS, IDEAL, ONE, TWO


@pytest.mark.parametrize("weights", [IDEAL, ONE, TWO])
@pytest.mark.parametrize("bits", [2, 12])
@pytest.mark.parametrize("width", [0.5, 8.0])
def test_every_corner_answers_in_json(weights: str, bits: int, width: float) -> None:
    answer = CONVERTERS.answer(
        weights=weights, input_bits=bits, output_bits=bits, input_range=width, output_range=width
    )
    values = json.loads(json.dumps(answer.as_json()))["values"]
    assert 0 < values["error"] < 2
    assert values["best_error"] == min(values["errors"])
    assert answer.sentence.endswith(".")


def test_same_state_same_answer_and_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        state = {"weights": ONE, "output_range": 0.5}
        assert CONVERTERS.answer(**state) == CONVERTERS.answer(**state)


def test_too_narrow_clips_and_too_wide_rounds() -> None:
    errors = CONVERTERS.answer(output_bits=5).values["errors"]
    best = errors.index(min(errors))
    assert 0 < best < len(errors) - 1
    assert errors[0] > 3 * errors[best]
    assert errors[-1] > 1.5 * errors[best]


def test_more_bits_deserve_a_wider_range() -> None:
    best = [CONVERTERS.answer(output_bits=b, input_bits=12).values["best_range"] for b in (3, 5, 8)]
    assert best == sorted(best)
    assert best[0] < best[-1]


@pytest.mark.parametrize("control", ["input_bits", "output_bits"])
def test_one_more_bit_halves_the_rounding(control: str) -> None:
    part = control.split("_")[0] + "s"
    state = {"input_range": 5.0, "output_range": 5.0}
    low, high = (CONVERTERS.answer(**state, **{control: b}).values["alone"][part] for b in (5, 6))
    assert low / high == pytest.approx(31 / 15, rel=0.1)  # levels per sign: 2**(bits - 1) - 1


def test_parts_add_as_squares() -> None:
    values = CONVERTERS.answer(weights=TWO, input_bits=5, output_bits=5).values
    assert values["error"] == pytest.approx(values["root_of_squares"], rel=0.1)


def test_devices_decide_once_the_converters_are_good_enough() -> None:
    ideal, two, one = (
        CONVERTERS.answer(weights=w, output_bits=8).values for w in (IDEAL, TWO, ONE)
    )
    assert ideal["alone"]["weights"] == pytest.approx(0, abs=1e-12)
    assert one["error"] > two["error"] > 5 * ideal["error"]
    # with devices of the chip, four more output bits change little
    better = CONVERTERS.answer(weights=ONE, output_bits=12).values["error"]
    assert one["error"] - better < 0.05 * better


def test_share_of_clipped_outputs_is_that_of_a_normal_distribution() -> None:
    assert CONVERTERS.answer(output_range=2.0).values["outputs_clipped"] == pytest.approx(
        0.0455, rel=0.1
    )
    assert CONVERTERS.answer(output_range=8.0).values["outputs_clipped"] == 0.0


def test_figure_and_source() -> None:
    assert len(CONVERTERS.figure().axes) == 2
    assert "mvm(x, crossbar" in CONVERTERS.source


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"input_bits": 1}, "input_bits=1"),
        ({"output_bits": 6.5}, "whole number"),
        ({"output_range": 0.0}, "output_range=0.0"),
        ({"weights": "gold"}, "weights='gold'"),
        ({"bits": 8}, "no control named 'bits'"),
    ],
)
def test_bad_states_are_refused(change: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CONVERTERS.answer(**change)
