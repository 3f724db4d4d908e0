"""Correlations, neurons and synapses made of devices that accumulate."""

import numpy as np
import pytest

from aimc.devices import pulsed_2019
from aimc.units import MICRO
from aimc_course.studies.temporal import (
    CorrelationRun,
    PhaseChangeNeurons,
    PlasticSynapses,
    correlated_events,
    detect_correlation,
    intervals,
)

MODEL = pulsed_2019()


def detection(coefficient: float, seed: int = 2) -> CorrelationRun:
    rng = np.random.default_rng(seed)
    events = correlated_events(400, 100, 1000, rng, coefficient=coefficient)
    return detect_correlation(events, MODEL, rng, serial=seed)


def test_events_have_the_rate_and_the_correlation_asked_for() -> None:
    events = correlated_events(40, 20, 20_000, np.random.default_rng(1), coefficient=0.5)
    assert events.mean(axis=0) == pytest.approx(np.full(40, 0.05), abs=0.008)  # 5 sigma
    between = np.corrcoef(events.T)
    assert between[:20, :20][~np.eye(20, dtype=bool)].mean() == pytest.approx(0.5, abs=0.05)
    assert between[20:, 20:][~np.eye(20, dtype=bool)].mean() == pytest.approx(0.0, abs=0.01)


def test_correlated_processes_conduct_more() -> None:
    run = detection(0.5)
    assert run.read[:100].mean() > 4 * run.read[100:].mean()
    assert (run.chosen(100) < 100).mean() > 0.95
    assert run.energy > 0


def test_without_correlation_nothing_stands_out() -> None:
    run = detection(0.0)
    first, rest = run.conductance[:100], run.conductance[100:]
    error = np.hypot(first.std() / 10, rest.std() / np.sqrt(300))
    assert abs(first.mean() - rest.mean()) < 4 * error
    assert (run.chosen(100) < 100).mean() < 0.45  # by chance 0.25 +- 0.04


def test_same_seed_same_conductances() -> None:
    assert np.array_equal(detection(0.5).read, detection(0.5).read)


def spikes(drive: float, steps: int = 200) -> np.ndarray:
    neurons = PhaseChangeNeurons(MODEL, 300, 16 * MICRO, np.random.default_rng(4), serial=4)
    return neurons.run(np.full(steps, drive))


def test_neurons_integrate_fire_and_start_again() -> None:
    slow, fast = spikes(0.25), spikes(0.4)
    assert not slow[:2].any()
    assert fast.mean() > 1.5 * slow.mean() > 0
    assert all(len(own) > 3 for own in intervals(slow))


def test_equal_inputs_lead_to_unequal_intervals() -> None:
    each = intervals(spikes(0.25))
    # One device against itself, and the medians of devices against each other.
    within = np.mean([own.std() / own.mean() for own in each])
    between = np.std([own.mean() for own in each]) / np.mean([own.mean() for own in each])
    assert 0.05 < within < 0.5
    assert 0.1 < between < 0.6  # crystallisation speeds differ by 30 %
    spread = spikes(0.25)[60:].mean(axis=1)
    assert spread.max() < 0.5  # the population no longer fires together


def test_delays_decide_sign_and_size() -> None:
    synapses = PlasticSynapses(MODEL, 400, np.random.default_rng(5), serial=5)
    delays = np.repeat([5e-3, 40e-3, -5e-3, 0.0], 100)
    before = synapses.weights
    for _ in range(3):
        synapses.pair(delays)
    near, far, back, none = (synapses.weights - before).reshape(4, 100).mean(axis=1)
    # Three steps of 0.1 exp(-5/20) fill a fifth of the range of 32 uS.
    assert 4 * MICRO < near < 9 * MICRO
    assert near > 3 * far > 0
    assert back == pytest.approx(-near, rel=0.25)
    assert none == 0.0


def test_bad_input_is_named() -> None:
    rng = np.random.default_rng(1)
    with pytest.raises(ValueError, match="correlated"):
        correlated_events(10, 11, 5, rng)
    with pytest.raises(TypeError, match="events must be an array of bool"):
        detect_correlation(np.ones((3, 4)), MODEL, rng)
    with pytest.raises(ValueError, match="threshold"):
        PhaseChangeNeurons(MODEL, 3, 1.0, rng)
    with pytest.raises(ValueError, match="drive"):
        PhaseChangeNeurons(MODEL, 3, 16 * MICRO, rng).step(1.5)
    with pytest.raises(ValueError, match="delays"):
        PlasticSynapses(MODEL, 3, rng).pair(np.zeros(2))
