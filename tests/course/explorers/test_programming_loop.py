"""The explorer of the programming chapter."""

import json
import warnings

import numpy as np
import pytest

from aimc_course.explorers.devices.programming_loop import (
    ARRAY_2019,
    DEVICES,
    HERMES,
    PROGRAMMING_LOOP,
    SHOWN,
)


def pulses(*shares: float) -> tuple[tuple[float, ...], ...]:
    """Return the table of pulses given by hand, % of the largest current."""
    filled = (*shares, *(0.0,) * (16 - len(shares)))
    return tuple(filled[k : k + 4] for k in range(0, 16, 4))


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


@pytest.mark.parametrize("generation", [HERMES, ARRAY_2019])
@pytest.mark.parametrize("serial", [1, 7])
def test_the_hand_has_the_controllers_device_and_draws(generation: str, serial: int) -> None:
    state = {"generation": generation, "serial": serial}
    scene = PROGRAMMING_LOOP.answer(**state).scene
    loop, largest = scene["controller"], scene["model"]["range"][1]
    same = pulses(*(100 * current / largest for current in loop["currents"]))
    played = PROGRAMMING_LOOP.answer(**state, hand=same, controller=True)
    hand = played.scene["hand"]
    np.testing.assert_allclose(hand["reads"], loop["reads"], rtol=1e-9)
    for name in ("error", "energy"):
        assert hand[name] == pytest.approx(loop[name], rel=1e-9)
    assert (hand["pulses"], hand["accepted"]) == (loop["pulses"], loop["accepted"])
    assert played.scene["winner"] == "nobody"
    assert "Neither was better" in played.sentence


def test_a_pulse_does_not_change_what_was_read_before_it() -> None:
    first, all_three = (
        PROGRAMMING_LOOP.answer(hand=pulses(*shares)).scene["hand"]
        for shares in ((60.0,), (60.0, 46.0, 43.5))
    )
    assert all_three["reads"][:1] == first["reads"]
    assert len(all_three["reads"]) == len(all_three["noise"]) == 3
    gap = PROGRAMMING_LOOP.answer(
        hand=((0.0, 60.0, 0.0, 46.0), (43.5, 0.0, 0.0, 0.0), *[(0.0,) * 4] * 2)
    )
    assert gap.scene["hand"] == all_three


def test_who_does_better_ends_within_the_margin_with_fewer_pulses() -> None:
    lost = PROGRAMMING_LOOP.answer(hand=pulses(60.0), controller=True)
    assert lost.scene["winner"] == "controller"
    assert "the other did not end within the margin" in lost.sentence
    won = PROGRAMMING_LOOP.answer(hand=pulses(43.0), controller=True, margin=12.5)
    assert won.scene["hand"]["accepted"]
    assert won.scene["winner"] == "hand"
    assert "with fewer pulses" in won.sentence


def test_the_controllers_play_is_shown_when_it_is_asked_for() -> None:
    untouched, hand, both = (
        PROGRAMMING_LOOP.answer(**state)
        for state in ({}, {"hand": pulses(43.0)}, {"hand": pulses(43.0), "controller": True})
    )
    assert len(untouched.charts) + 1 == len(hand.charts) == len(both.charts)
    assert "controller gave" in both.sentence
    assert "controller gave" not in hand.sentence
    assert "In truth" not in hand.sentence


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("target", 101.0, ValueError),
        ("margin", 0.0, ValueError),
        ("limit", 2.5, ValueError),
        ("serial", "7", TypeError),
        ("generation", "flash", ValueError),
        ("guess", 1, TypeError),
        ("hand", pulses(101.0), ValueError),
        ("hand", ((0.0,) * 16,), ValueError),
        ("controller", "yes", TypeError),
    ],
)
def test_bad_input_is_named(name: str, value: object, error: type[Exception]) -> None:
    with pytest.raises(error, match=name):
        PROGRAMMING_LOOP.answer(**{name: value})
