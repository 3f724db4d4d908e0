"""Lab 3: the interval for the drift exponent keeps its word; the textbook's does not.

Every seed is another device with another course of noise. The procedure is the one of the solution.
"""

import numpy as np
import pytest

from aimc.devices import ReadNoise, pcm_2019
from aimc_answers.lab03 import answers as ref
from aimc_course.labs.devices.own_chip import OwnChip
from aimc_course.labs.lab03 import given

pytestmark = pytest.mark.native("it repeats for long what other tests run there")

SEEDS = 100


@pytest.fixture(scope="module")
def traces_of_seeds():
    """Return one trace (200,) and the true exponent of each seed."""
    traces, truth = [], []
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        state = pcm_2019().program([10e-6], rng)
        noise = ReadNoise(state, rng)
        traces.append([float(noise.read(float(t))[0]) for t in given.TIMES])
        truth.append(float(state.drift_exponent[0]))
    return np.array(traces), np.array(truth)


def test_honest_interval_covers_the_truth_in_at_least_93_of_100_seeds(traces_of_seeds):
    traces, truth = traces_of_seeds
    k = given.covariance(given.TIMES)
    fits = [ref.fit_honest(given.TIMES, trace[None], k) for trace in traces]
    covered = sum(
        abs(nu[0] - true) <= half[0] for (nu, half), true in zip(fits, truth, strict=True)
    )
    assert covered >= 93
    # and it is not bought with width: the error of the fit is what the interval says
    nu, half = np.array(fits)[:, :, 0].T
    assert np.std(nu - truth) == pytest.approx(np.mean(half) / 1.96, rel=0.2)


def test_plain_interval_covers_far_too_rarely(traces_of_seeds):
    traces, truth = traces_of_seeds
    assert ref.coverage(ref.fit_plain(given.TIMES, traces), truth) < 0.6


@pytest.mark.parametrize("target", [4e-6, 10e-6, 24e-6])
def test_coverage_over_many_devices_is_the_promised_one(target):
    rng = np.random.default_rng(5)
    state = pcm_2019().program(np.full(3000, target), rng)
    noise = ReadNoise(state, rng)
    traces = np.stack([noise.read(float(t)) for t in given.TIMES], axis=1)
    honest = ref.fit_honest(given.TIMES, traces, given.covariance(given.TIMES))
    # 3000 devices fix a share of 95 % to +-0.8 % (two standard errors)
    assert ref.coverage(honest, state.drift_exponent) == pytest.approx(0.95, abs=0.012)
    plain = ref.coverage(ref.fit_plain(given.TIMES, traces), state.drift_exponent)
    assert plain == pytest.approx(0.43, abs=0.05)


def test_interval_over_devices_covers_the_mean_of_the_state():
    """The other honest way: few reads of many devices, and the scatter between them."""
    from aimc.statistics import mean_interval

    times = np.array([0.0, 100.0, 1e4])
    k, covered = given.covariance(times), 0
    device = pcm_2019()
    for seed in range(SEEDS):
        rng = np.random.default_rng([seed, 1])
        noise = ReadNoise(device.program(np.full(200, 10e-6), rng), rng)
        traces = np.stack([noise.read(float(t)) for t in times], axis=1)
        interval = mean_interval(ref.fit_honest(times, traces, k)[0])
        covered += bool(
            interval.low <= float(device.drift_exponent_mean(np.array(1e-5))) <= interval.high
        )
    assert covered >= 93


def test_traces_of_the_own_chip_are_of_the_same_kind():
    """Scaled by the lot, but with the same covariance: the method carries over."""
    chip = OwnChip(3)
    run = chip.program(10e-6, run=1)
    traces = run.trace(given.TIMES)[~ref.stuck_devices(3)]
    truth = np.asarray(run._state.drift_exponent)[~ref.stuck_devices(3)]
    honest = ref.fit_honest(given.TIMES, traces, given.covariance(given.TIMES))
    assert ref.coverage(honest, truth) == pytest.approx(0.95, abs=0.015)
