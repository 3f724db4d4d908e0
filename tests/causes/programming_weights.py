"""Controls of the chapter on programming weights."""

from dataclasses import replace

import numpy as np
from controls import control
from controls import matrix as any_matrix

from aimc import presets
from aimc.circuits import best_scale
from aimc.devices import StatisticalPCM, pcm_hermes
from aimc.devices.fits import Polynomial
from aimc.recovery.programming import Verify, programming

PAGE = "4-accuracy/03-programming-weights"
MINUTE, MONTH = 60.0, 30 * 86400.0
SHAPE = (64, 64)


def matrix(weights: str, seed: int) -> np.ndarray:
    """Return weights; "large" ones have at least half of the largest magnitude."""
    if weights == "large":
        rng = np.random.default_rng(seed)
        return rng.uniform(0.5, 1.0, SHAPE) * rng.choice([-1.0, 1.0], SHAPE)
    return any_matrix(weights, SHAPE, seed)


def off(held: np.ndarray, wanted: np.ndarray) -> float:
    """Return the error of weights after the best common factor."""
    return float(np.std(best_scale(held, wanted) * held - wanted))


def alike(device: StatisticalPCM) -> StatisticalPCM:
    """Return devices with one mean exponent for all states."""
    return replace(device, drift_mean_fit=Polynomial((0.06,)))


@control(
    page=PAGE,
    claim="What programming by products gains fades, because devices drift by different shares.",
    without="one drift exponent for all devices",
    quantity="lead in weight error over the chip's own loop after a month, as a fraction of that "
    "after a minute",
    shows=lambda with_, without: with_.max() < 0.8 and without.min() > 0.9,
)
def lead_is_lost_to_unequal_drift(weights: str, seed: int, cause: bool) -> float:
    wanted = matrix(weights, seed)
    found = []
    for way in ("direct", "gradient_descent"):
        core = presets.hermes(seed, 2)
        if not cause:
            core.device = alike(core.device).without("drift_spread")
        programming(way).program(core, wanted)
        found.append([off(core.at(t).weights(), wanted) for t in (MINUTE, MONTH)])
    first, last = np.subtract(*found)
    return last / first


def added(device: StatisticalPCM, wanted: np.ndarray, first: np.ndarray, seed: int) -> float:
    """Return the error that a month adds if ``first`` is what one of two devices holds."""
    held = np.stack([first, 2 * np.abs(wanted) - first]) * device.g_max
    state = device.without("programming_noise").program(held, seed)
    return off(np.sign(wanted) * state.at(MONTH).sum(axis=0) / (2 * device.g_max), wanted)


@control(
    page=PAGE,
    claim="Weights that fill the range evenly, and more so those above half of the largest, last "
    "best in one full device and a rest, because full devices drift least.",
    without="the same drift exponents for all states",
    quantity="error that a month adds to two halves, over that added to a full device and a rest",
    shows=lambda with_, without: with_.min() > 1.4 and without.max() < 1,
    weights=("uniform", "large"),
)
def full_devices_hardly_drift(weights: str, seed: int, cause: bool) -> float:
    device = pcm_hermes(1)
    if not cause:
        device = replace(alike(device), drift_std_fit=Polynomial((0.012,)))
    wanted = matrix(weights, seed)
    size = np.abs(wanted)
    halves = added(device, wanted, size, seed)
    return halves / added(device, wanted, np.minimum(2 * size, 1.0), seed)


@control(
    page=PAGE,
    claim="Small weights last better in two halves, in part because the chances of two exponents "
    "average.",
    without="both halves have the same exponent",
    quantity="error that a month adds to two halves, over that added to a full device and a rest, "
    "for one mean exponent",
    shows=lambda with_, without: with_.mean() < 0.85 and without.mean() > 1,
    weights=("bell", "network"),
    seeds=tuple(range(101, 109)),
)
def halves_average_their_exponents(weights: str, seed: int, cause: bool) -> float:
    device = replace(alike(pcm_hermes(1)), drift_std_fit=Polynomial((0.012,)))
    wanted = matrix(weights, seed)
    size = np.abs(wanted)
    whole = added(device, wanted, np.minimum(2 * size, 1.0), seed)
    if cause:
        return added(device, wanted, size, seed) / whole
    one = device.without("programming_noise").program(size * device.g_max, seed)
    return off(np.sign(wanted) * one.at(MONTH) / device.g_max, wanted) / whole


@control(
    page=PAGE,
    claim="The loop takes the slow read noise of its own read-out for an error of the weights, and "
    "what it has learned of it is lost at the next one.",
    without="read noise that is new for every vector",
    quantity="weight error after programming by products over the one before",
    shows=lambda with_, without: with_.min() > 1.2 * without.max(),
)
def slow_noise_misleads_the_loop(weights: str, seed: int, cause: bool) -> float:
    wanted = matrix(weights, seed)
    found = []
    for way in ("direct", "gradient_descent"):
        core = presets.hermes(seed, 2)
        if not cause:
            core.readout = 1e12  # s: nothing is frozen for so long
        programming(way).program(core, wanted)
        found.append(off(core.weights(), wanted))
    return found[1] / found[0]


@control(
    page=PAGE,
    claim="Max-fill is slow because some first device of a line has to reach a fixed full scale "
    "close to its SET state.",
    without="no weight above 0.45 of the largest, so that no first device is full",
    quantity="pulses of the slowest first device of a line, mean over the lines of a core",
    shows=lambda with_, without: with_.min() > 1.3 * without.max(),
)
def full_scale_is_hard_to_reach(weights: str, seed: int, cause: bool) -> float:
    wanted = any_matrix(weights, (256, 256), seed)
    core = presets.hermes(seed, 2)
    Verify(filling="max_fill").program(core, wanted)
    device, most = core.device, 1.0 if cause else 0.45
    run = device.run(2 * device.g_max * np.clip(wanted, -most, most), seed)
    return float(run.slowest()[0].mean())
