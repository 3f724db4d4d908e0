"""The explorer of the programming chapter."""

import json
import warnings

import pytest

from aimc_course.explorers.devices.programming_loop import (
    ARRAY_2019,
    DEVICES,
    HERMES,
    PROGRAMMING_LOOP,
    SHOWN,
)


@pytest.mark.parametrize("generation", [HERMES, ARRAY_2019])
@pytest.mark.parametrize("target", [5.0, 100.0])
@pytest.mark.parametrize("margin", [0.25, 12.5])
@pytest.mark.parametrize("limit", [1, 60])
def test_every_corner_answers_in_json(
    generation: str, target: float, margin: float, limit: int
) -> None:
    answer = PROGRAMMING_LOOP.answer(
        generation=generation, target=target, margin=margin, limit=limit
    )
    values = json.loads(json.dumps(answer.as_json(), allow_nan=False))["values"]
    assert sum(values["iterations"]) + values["given_up"] == DEVICES
    assert values["largest_iterations"] <= limit
    for shares in values["errors"].values():
        assert sum(shares) == pytest.approx(100)
    assert answer.sentence.endswith(".")
    assert len(answer.charts) == 4


def test_same_state_same_answer_and_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        state = {"generation": ARRAY_2019, "margin": 1.0}
        assert PROGRAMMING_LOOP.answer(**state) == PROGRAMMING_LOOP.answer(**state)


def test_accepted_devices_end_inside_the_band() -> None:
    values = PROGRAMMING_LOOP.answer().values
    assert len(values["courses"]) == SHOWN
    for course in values["courses"]:
        assert len(course["conductances"]) == len(course["currents"])
        inside = [
            abs(g - values["target"]) <= 1.001 * values["margin"] for g in course["conductances"]
        ]
        assert inside[-1] == course["accepted"]
        assert not any(inside[:-1])  # the loop stops at once


def test_a_narrower_margin_costs_pulses_and_hardly_helps_the_first_read() -> None:
    wide, narrow = (PROGRAMMING_LOOP.answer(margin=m, limit=60).values for m in (6.25, 2.0))
    assert narrow["mean_iterations"] > 1.3 * wide["mean_iterations"]
    assert narrow["energy"] > wide["energy"]
    assert narrow["sigma_loop"] < 0.7 * wide["sigma_loop"]
    assert narrow["sigma_first_read"] > 0.8 * wide["sigma_first_read"]


def test_a_good_first_current_saves_pulses() -> None:
    blind, guess = (
        PROGRAMMING_LOOP.answer(guess=g).values["mean_iterations"] for g in (False, True)
    )
    assert guess < 0.6 * blind


def test_gain_is_best_in_between() -> None:
    low, middle, high = (
        PROGRAMMING_LOOP.answer(gain=g, guess=True).values["mean_iterations"]
        for g in (0.1, 0.9, 2.8)
    )
    assert middle < 0.7 * min(low, high)


def test_one_serial_is_one_set_of_devices() -> None:
    one, other = (PROGRAMMING_LOOP.answer(serial=s).values["courses"] for s in (1, 2))
    assert one != other


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("target", 101.0, ValueError),
        ("margin", 0.0, ValueError),
        ("limit", 2.5, ValueError),
        ("serial", "7", TypeError),
        ("generation", "flash", ValueError),
        ("guess", 1, TypeError),
    ],
)
def test_bad_input_is_named(name: str, value: object, error: type[Exception]) -> None:
    with pytest.raises(error, match=name):
        PROGRAMMING_LOOP.answer(**{name: value})
