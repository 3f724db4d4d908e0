"""The explorer of the chapter on drift."""

import json
import math
import warnings

import numpy as np
import pytest

from aimc.devices import pcm_2019, pcm_hermes
from aimc.published import fact
from aimc_course.explorers import browser_shell
from aimc_course.explorers.devices import drift_noise
from aimc_course.explorers.devices.drift_noise import DRIFT_AND_NOISE, MODELS, drifted, span

QUIET = {"programming": False, "spread": False, "noise": False}


def slope(**state: object) -> float:
    """Return the fall of the median from a hundred seconds to ten million, in powers of t."""
    early, late = (DRIFT_AND_NOISE.answer(exponent=e, **state).values for e in (2.0, 7.0))
    return -math.log10(late["median"] / early["median"]) / 5


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("target", [5.0, 100.0])
@pytest.mark.parametrize("exponent", [-6.0, 8.5])
def test_every_corner_answers_in_json_and_without_warning(
    model: str, target: float, exponent: float
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = DRIFT_AND_NOISE.answer(model=model, target=target, exponent=exponent)
    values = json.loads(json.dumps(answer.values, allow_nan=False))
    assert 0 < values["low"] < values["median"] < values["high"]
    assert json.dumps(browser_shell.plain(answer.as_json()), allow_nan=False)
    assert len(answer.charts) == 3
    assert answer.sentence.endswith(".")
    assert "extrapolated" in answer.sentence


def test_same_state_same_answer() -> None:
    one, other = (
        browser_shell.plain(DRIFT_AND_NOISE.answer(target=30.0).as_json()) for _ in range(2)
    )
    assert one == other


@pytest.mark.parametrize(
    ("model", "device"),
    [("PCM 2019", pcm_2019()), ("HERMES, one device", pcm_hermes(1))],
)
@pytest.mark.parametrize("target", [20.0, 90.0])
def test_median_falls_with_the_published_exponent(model: str, device, target: float) -> None:
    mean = float(device.drift_exponent_mean(np.array([target / 100 * device.g_max]))[0])
    assert slope(model=model, target=target, **QUIET) == pytest.approx(mean, rel=1e-6)
    assert slope(model=model, target=target, drift=False, **QUIET) == pytest.approx(0.0, abs=1e-12)
    # with everything on, the median device still falls like it
    assert slope(model=model, target=target) == pytest.approx(mean, abs=0.012)


def test_the_law_passes_through_the_programmed_value_at_the_first_read() -> None:
    g = drifted(np.array([1e-5, 2e-5]), np.array([0.05, 0.1]), np.array([2e-3, 20.0, 2e5]), 20.0)
    np.testing.assert_allclose(g[1], [1e-5, 2e-5])
    np.testing.assert_allclose(g[0] / g[1], [10**0.2, 10**0.4])
    np.testing.assert_allclose(g[2] / g[1], [10**-0.2, 10**-0.4])


def test_from_the_first_read_on_it_is_the_library() -> None:
    device = pcm_2019()
    targets = np.full(7, 10e-6)
    state = device.program(targets, drift_noise.SERIAL)
    times = np.array([20.0, 1e4, 1e7])
    expected = np.stack([state.at(t - device.t_0) for t in times])
    found, _ = drift_noise.conductances(device.without("read_noise"), targets, times)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_noise_follows_the_published_law_from_a_microsecond_to_ten_years() -> None:
    assert "ln" in fact("B009").value
    targets = np.full(4000, 12.5e-6)
    device = pcm_2019().without("programming_noise")
    times = np.array([1e-5, 1e-2, 20.0, 86400.0, 3e8])
    measured = drift_noise.relative_noise(device, targets, times).std(axis=1)
    law = float(device.read_noise_factor(targets)[0]) * np.sqrt(
        np.log((times + 250e-9) / (2 * 250e-9))
    )
    np.testing.assert_allclose(measured, law, rtol=0.04)


def test_each_switch_takes_its_effect_away() -> None:
    still = DRIFT_AND_NOISE.answer(drift=False, **QUIET).values
    assert still["low"] == pytest.approx(still["high"])
    assert still["median"] == pytest.approx(12.5e-6)
    assert still["relative_noise"] == still["noise_law"] == 0.0
    late = {"exponent": 8.5, "programming": False, "noise": False}
    alike, different = (DRIFT_AND_NOISE.answer(spread=s, **late).values for s in (False, True))
    assert alike["high"] == pytest.approx(alike["low"])
    assert different["high"] > 1.1 * different["low"]


def test_one_factor_undoes_what_all_devices_lost_in_common() -> None:
    answer = DRIFT_AND_NOISE.answer(exponent=7.0)
    mended = DRIFT_AND_NOISE.answer(exponent=7.0, compensated=True)
    factor = answer.values["factor"]
    assert factor > 1.5
    assert mended.values["median"] == pytest.approx(factor * answer.values["median"])
    assert answer.values["error_compensated"] < answer.values["error"] / 2
    # alike devices keep only what happened until the nearest step to the first read
    alike = DRIFT_AND_NOISE.answer(exponent=7.0, **QUIET).values
    assert alike["error"] > 0.4
    assert alike["error_compensated"] < 0.01
    assert f"one factor for all, {factor:.2f}" in answer.sentence


def test_the_stage_holds_the_whole_life_whatever_the_moment() -> None:
    early, late = (DRIFT_AND_NOISE.answer(exponent=e) for e in (1.0, 8.5))
    assert early.scene == late.scene == DRIFT_AND_NOISE.answer(compensated=True).scene
    scene = late.scene
    assert 1e-6 * scene["median"][-1] == pytest.approx(late.values["median"], rel=1e-12)
    mean = np.mean(scene["devices_percent"], axis=1) / 100
    assert mean[0] == pytest.approx(1.0, abs=0.1)
    assert mean[-1] == pytest.approx(1 / late.values["factor"], rel=0.1)
    assert "factor" not in DRIFT_AND_NOISE.answer(exponent=1.0).sentence


def test_weak_states_drift_and_fluctuate_more() -> None:
    weak, strong = (DRIFT_AND_NOISE.answer(target=t).values for t in (10.0, 100.0))
    assert weak["median_drift_exponent"] > strong["median_drift_exponent"]
    assert weak["noise_law"] > 2 * strong["noise_law"]


def test_charts_tell_the_measured_stretch_from_the_rest() -> None:
    chart = DRIFT_AND_NOISE.answer(model="HERMES, two devices").charts[0]
    singles, seen, beyond, _ = chart.marks
    assert np.isnan(singles.y).sum() == drift_noise.SHOWN
    # before the first read there is the law alone, and no device and no spread
    assert 300 <= min(singles.x) <= 320
    assert min(seen.x) == min(singles.x)
    assert len(seen.low) == len(seen.x)
    inside = np.asarray(seen.x)[~np.isnan(seen.y)]
    assert 300 <= inside.min() <= inside.max() <= 1.01 * 86400
    outside = np.asarray(beyond.x)[~np.isnan(beyond.y)]
    assert outside.min() == pytest.approx(1e-6)
    assert outside.max() == pytest.approx(10 * 365.25 * 86400)
    assert beyond.dashed


def test_histogram_counts_every_device() -> None:
    chart = DRIFT_AND_NOISE.answer(exponent=8.5).charts[1]
    for mark in chart.marks[:2]:
        assert sum(mark.y[1:-1:2]) == drift_noise.DEVICES


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1e-6, "1 µs"),
        (3e-3, "3 ms"),
        (20.0, "20 s"),
        (3600.0, "1 hour"),
        (86400.0 * 2, "2 days"),
        (10 * 365.25 * 86400, "10 years"),
    ],
)
def test_times_are_told_in_common_units(seconds: float, words: str) -> None:
    assert span(seconds) == words


def test_figure_and_source() -> None:
    assert len(DRIFT_AND_NOISE.figure().axes) == 3
    assert "times[:, None] / t_0" in DRIFT_AND_NOISE.source


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"model": "gold"}, ValueError, "model='gold'"),
        ({"target": 0.0}, ValueError, r"target=0\.0"),
        ({"exponent": 9.0}, ValueError, r"exponent=9\.0"),
        ({"noise": 1}, TypeError, "noise must be True or False"),
        ({"time": 8}, ValueError, "no control named 'time'"),
    ],
)
def test_bad_states_are_refused(change: dict, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        DRIFT_AND_NOISE.answer(**change)
