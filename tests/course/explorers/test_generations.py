"""The explorer of the chapter on statistical models."""

import json
import warnings
from itertools import product

import numpy as np
import pytest

from aimc.circuits import Crossbar
from aimc.devices import pcm_2019, pcm_hermes
from aimc.plots import Line, Rule
from aimc.published import fact
from aimc_course.explorers.devices.generations import (
    GENERATIONS,
    TIMES,
    TWO_GENERATIONS,
    matrix_error,
    statistics,
)

ARRAY, ONE, TWO, LATEST = GENERATIONS


@pytest.mark.parametrize(("left", "right"), list(product(GENERATIONS, repeat=2)))
def test_every_pair_answers_in_json_without_warning(left: str, right: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for state, time in ((0.05, "1 second"), (1.0, "1 year")):
            answer = TWO_GENERATIONS.answer(left=left, right=right, state=state, time=time)
            values = json.loads(json.dumps(answer.as_json()))["values"]
            assert values["left"]["model"] == GENERATIONS[left]().name
            assert values["right"]["model"] == GENERATIONS[right]().name
            assert answer.sentence.endswith(".")
            assert all(chart.marks for chart in answer.charts)


def test_same_state_same_answer() -> None:
    assert TWO_GENERATIONS.answer(time="1 hour") == TWO_GENERATIONS.answer(time="1 hour")


def test_spread_at_full_scale_is_the_sum_of_the_published_coefficients() -> None:
    for name, identifier in ((ARRAY, "B001"), (ONE, "B013"), (TWO, "B014")):
        side = TWO_GENERATIONS.answer(left=name, state=1.0).values["left"]
        expected = 1e-6 * sum(fact(identifier).numbers)
        assert side["programming"] * side["g_max"] == pytest.approx(expected, rel=1e-9)


def test_second_device_beats_averaging_at_large_states() -> None:
    values = TWO_GENERATIONS.answer(left=ONE, right=TWO, state=1.0).values
    assert values["left"]["programming"] > 1.7 * values["right"]["programming"]
    values = TWO_GENERATIONS.answer(left=ONE, right=TWO, state=0.05).values
    assert values["left"]["programming"] < 2**0.5 * values["right"]["programming"]
    assert values["left"]["drift_mean"] == values["right"]["drift_mean"]


def test_strong_states_of_the_chip_drift_less() -> None:
    values = TWO_GENERATIONS.answer(state=1.0).values
    assert values["right"]["drift_mean"] < 0.4 * values["left"]["drift_mean"]


@pytest.mark.parametrize("name", [ARRAY, ONE, TWO])
def test_errors_and_noise_grow_with_time(name: str) -> None:
    sides = [TWO_GENERATIONS.answer(left=name, time=time).values["left"] for time in TIMES]
    noise = [side["read"] for side in sides]
    assert noise == sorted(noise)
    assert sides[-1]["error"] > 1.4 * sides[0]["error"]
    # half of full scale drifts by a fixed exponent: it does not depend on time
    assert len({side["drift_mean"] for side in sides}) == 1


def test_a_model_without_time_says_nothing_about_it() -> None:
    answers = [TWO_GENERATIONS.answer(right=LATEST, time=time) for time in ("1 second", "1 year")]
    for answer in answers:
        side = answer.values["right"]
        assert side["knows_time"] is False
        assert not {"drift_mean", "drift_spread", "read"} & set(side)
        assert "nothing known of later times" in answer.sentence
        for chart in answer.charts[1:]:
            assert sum(isinstance(mark, Line) for mark in chart.marks) == 1
            assert any(isinstance(m, Rule) and m.label.startswith(LATEST) for m in chart.marks)
    assert answers[0].values["right"] == answers[1].values["right"]


def test_statistics_are_the_models_own() -> None:
    device, state, t = pcm_hermes(2), np.array([0.1, 0.7]), 3600.0
    found = statistics(device, state, t)
    target = state * device.g_max
    np.testing.assert_allclose(found["programming"] * device.g_max, device.programming_std(target))
    np.testing.assert_allclose(found["drift_mean"], device.drift_exponent_mean(target))
    np.testing.assert_allclose(
        found["read"] * target, device.read_noise_std(target, target, t), rtol=1e-12
    )


def test_matrix_error_counts_noise_and_forgives_one_factor() -> None:
    weights = np.array([[0.5, -1.0], [0.25, 0.75]])

    def seen(g: np.ndarray, variance: float) -> float:
        quiet = np.full((1, 2, 2), variance)
        return matrix_error(Crossbar(g[None], quiet, (1.0,), 1.0, 1.0), weights)

    assert seen(3.0 * weights, 0.0) == pytest.approx(0.0, abs=1e-12)
    # a read that is half noise in power keeps the best factor 1/2, with error 1/sqrt(2)
    assert seen(weights, float(np.mean(weights**2))) == pytest.approx(0.5**0.5)
    crooked = weights + np.array([[0.1, 0.0], [0.0, 0.0]])
    assert 0.0 < seen(crooked, 0.0) < 0.1 / np.linalg.norm(weights)


def test_error_over_time_agrees_with_reads_that_are_drawn() -> None:
    """The variance that is counted is that of real reads."""
    device, rng = pcm_2019(), np.random.default_rng(2)
    weights = np.random.default_rng(1).uniform(0, 1, (40, 40))
    state = device.program(weights * device.g_max, 3)
    t = 86400.0
    crossbar = Crossbar(state.at(t)[None], state.read_noise_std(t)[None] ** 2, (1.0,), 1.0, 1.0)
    reads = np.stack([state.read(t, rng) for _ in range(200)])
    factor = np.sum(reads * weights) / np.sum(reads * reads)
    drawn = np.sqrt(np.mean((factor * reads - weights) ** 2) / np.mean(weights**2))
    assert matrix_error(crossbar, weights) == pytest.approx(drawn, rel=0.01)


def test_figure_and_source() -> None:
    assert len(TWO_GENERATIONS.figure(left=LATEST, right=LATEST).axes) == 4
    assert "programming_std" in TWO_GENERATIONS.source


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"left": "gold"}, "left='gold'"),
        ({"right": ""}, "right=''"),
        ({"state": 0.0}, "state=0.0"),
        ({"time": "1 century"}, "time='1 century'"),
        ({"model": ARRAY}, "no control named 'model'"),
    ],
)
def test_bad_states_are_refused(change: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TWO_GENERATIONS.answer(**change)
