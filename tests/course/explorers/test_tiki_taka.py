"""The explorer of the chapter on learning in memory."""

import json
import warnings
from dataclasses import replace

import numpy as np
import pytest

from aimc.in_memory_training import (
    AdaptiveReference,
    StochasticGradientDescent,
    TikiTaka2,
)
from aimc_course.explorers import browser_shell
from aimc_course.explorers.outlook import tiki_taka
from aimc_course.explorers.outlook.tiki_taka import RULES, TIKI_TAKA, learn, mean_steps

pytestmark = pytest.mark.native("the pages of the site compare its answers")


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("corner", [0, 1])
def test_corners_answer_in_json_and_without_warning(rule: str, corner: int) -> None:
    ends = {
        "target": (-0.8, 0.8)[corner],
        "centre": (0.6, -0.6)[corner],
        "states": (100, 10)[corner],
        "noise": (0.0, 1.0)[corner],
        "offset": (0.0, 0.5)[corner],
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = TIKI_TAKA.answer(rule=rule, **ends)
    json.dumps(answer.values, allow_nan=False)
    assert json.dumps(browser_shell.plain(answer.as_json()), allow_nan=False)
    assert len(answer.charts) == 3
    assert rule in answer.sentence


def test_same_state_same_answer() -> None:
    one = browser_shell.plain(TIKI_TAKA.answer(noise=0.2).as_json())
    assert one == browser_shell.plain(TIKI_TAKA.answer(noise=0.2).as_json())


def test_noise_pulls_plain_pulses_to_the_symmetry_point() -> None:
    def end(noise: float) -> float:
        weights = learn(StochasticGradientDescent, 0.6, -0.3, 20, noise, 0.0)[1]
        return float(weights[-20:].mean())

    quiet, some, much = end(0.0), end(0.5), end(1.0)
    assert quiet == pytest.approx(0.6, abs=0.05)
    assert -0.3 < much < some < quiet - 0.2


def test_tiki_taka_reaches_the_target_where_plain_pulses_do_not() -> None:
    errors = {
        kind: float(np.sqrt(np.mean((learn(kind, 0.6, -0.3, 20, 0.5, 0.0)[1][-20:] - 0.6) ** 2)))
        for kind in (StochasticGradientDescent, TikiTaka2)
    }
    assert errors[TikiTaka2] < 0.5 * errors[StochasticGradientDescent]


def test_only_the_adaptive_reference_forgives_a_wrong_zero() -> None:
    def error(kind: type, offset: float) -> float:
        weights = learn(kind, 0.6, -0.3, 20, 0.5, offset)[1][-20:]
        return float(np.sqrt(np.mean((weights - 0.6) ** 2)))

    assert error(TikiTaka2, 0.5) > error(TikiTaka2, 0.0) + 0.05
    assert error(AdaptiveReference, 0.5) < error(AdaptiveReference, 0.0) + 0.04


@pytest.mark.parametrize("centre", [-0.6, 0.0, 0.3])
def test_mean_steps_are_those_of_devices_without_spread(centre: float) -> None:
    model = replace(tiki_taka._model(20, centre), asymmetry_spread=0.0, step_spread=0.0)
    weights = np.linspace(-0.9, 0.9, 7)
    up, down = model.fabricate(weights.shape, 1).steps(weights)
    mine = mean_steps(weights, centre, 20)
    np.testing.assert_allclose(mine, [up, np.abs(down)], rtol=1e-12)


def test_the_stage_holds_every_moment() -> None:
    early, late = (TIKI_TAKA.answer(updates=n) for n in (0, 800))
    assert early.scene == late.scene
    plain, rule = late.scene["lanes"]
    assert early.values["plain_now"] == pytest.approx(0.0, abs=0.5)
    assert late.values["rule_now"] == rule["mean"][-1] > plain["mean"][-1]
    assert late.values["rule_now"] == pytest.approx(late.values["rule_mean"], abs=0.05)
    assert np.shape(rule["devices_percent"]) == (len(rule["mean"]), tiki_taka.SWARM)
