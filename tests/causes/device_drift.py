"""Controls of the chapter on drift."""

from dataclasses import replace

import numpy as np
from controls import control, matrix

from aimc.devices import ReadNoise, StatisticalPCM, pcm_2019, pcm_hermes
from aimc.devices.fits import Polynomial
from aimc.statistics import STUDENT_T

PAGE = "2-devices/03-drift"
DAY, YEAR = 86400.0, 365.25 * 86400.0
KINDS = {"2019": pcm_2019, "HERMES": lambda: pcm_hermes(1)}


def left_over(device: StatisticalPCM, targets: np.ndarray, seed: int) -> float:
    """Return the error (%) of conductances after a day and the best common factor."""
    state = device.without("programming_noise").program(targets, seed)
    now, then = state.at(DAY), state.g_programmed
    factor = np.sum(now * then) / np.sum(now**2)
    return float(100 * np.linalg.norm(factor * now - then) / np.linalg.norm(then))


@control(
    page=PAGE,
    claim="The state dependence of the drift leaves an error of HERMES devices that no factor "
    "undoes: the larger part of the error if conductances fill the range evenly, and about as "
    "large a part as the spread of exponents if they crowd near zero.",
    without="the mean exponent of half range in all states, spread as it was",
    quantity="error of the conductances after the best factor, %",
    shows=lambda with_, without: with_.min() > 1.2 * without.max(),
)
def one_factor_against_unequal_drift(weights: str, seed: int, cause: bool) -> float:
    device = pcm_hermes(1)
    if not cause:
        half = float(device.drift_exponent_mean(np.array(0.5 * device.g_max)))
        device = replace(device, drift_mean_fit=Polynomial((half,)))
    targets = np.abs(matrix(weights, (128, 128), seed)) * device.g_max
    return left_over(device, targets, seed)


@control(
    page=PAGE,
    claim="More than half of what HERMES devices lose less in a day than those of 2019, without a "
    "factor, comes from their first read, which is ten times later.",
    without="HERMES devices that are first read after 20 s as well",
    quantity="error after a day and no factor: what 2019 devices have more, points",
    shows=lambda with_, without: (without < 0.5 * with_).all(),
)
def the_first_read_is_later(weights: str, seed: int, cause: bool) -> float:
    old, device = pcm_2019(), pcm_hermes(1)
    if not cause:
        device = replace(device, t_0=old.t_0)
    shape = np.abs(matrix(weights, (128, 128), seed))

    def lost(model: StatisticalPCM) -> float:
        state = model.program(shape * model.g_max, seed)
        then = state.g_programmed
        return float(100 * np.linalg.norm(state.at(DAY) - then) / np.linalg.norm(then))

    return lost(old) - lost(device)


@control(
    page=PAGE,
    claim="The mean of many devices drifts ever more slowly, since those that drift fast soon "
    "contribute little.",
    without="one exponent for all devices of the state",
    quantity="exponent of the mean from a day to ten years over the one from 20 s to an hour",
    shows=lambda with_, without: with_.max() < 0.97 and np.abs(without - 1).max() < 0.01,
    weights=tuple(KINDS),
)
def fast_devices_contribute_little(kind: str, seed: int, cause: bool) -> float:
    device = KINDS[kind]().without("programming_noise")
    if not cause:
        device = device.without("drift_spread")
    state = device.program(np.full(20_000, 0.05 * device.g_max), seed)

    def exponent(early: float, late: float) -> float:
        ages = np.array([early, late]) + device.t_0
        means = [state.at(t).mean() for t in (early, late)]
        return float(-np.log(means[1] / means[0]) / np.log(ages[1] / ages[0]))

    return exponent(DAY, 9.9 * YEAR) / exponent(0.0, 3600.0)


@control(
    page=PAGE,
    claim="A zero that is stored as two devices in mid range has an error that falls more slowly "
    "than the conductance, because the exponents of the two differ.",
    without="one exponent for all devices of the state",
    quantity="error of zeros after a year over that at the first read, relative to the conductance",
    shows=lambda with_, without: with_.min() > 1.1 and np.abs(without - 1).max() < 0.02,
    weights=tuple(KINDS),
)
def a_zero_is_pulled_apart(kind: str, seed: int, cause: bool) -> float:
    device = KINDS[kind]()
    if not cause:
        device = device.without("drift_spread")
    targets = np.full(20_000, 0.5 * device.g_max)
    plus, minus = device.program(targets, seed), device.program(targets, seed + 1000)
    errors = [np.std(plus.at(t) - minus.at(t)) / plus.at(t).mean() for t in (0.0, YEAR)]
    return float(errors[1] / errors[0])


@control(
    page=PAGE,
    claim="With reads that are bunched together far fewer intervals of a fitted exponent hold the "
    "truth than they promise, because the noise of a device has a memory.",
    without="as much noise, drawn anew for each read",
    quantity="share of 95 % intervals that hold the true exponent, %",
    shows=lambda with_, without: with_.max() < 80 and without.min() > 92,
    weights=tuple(KINDS),
)
def noise_has_a_memory(kind: str, seed: int, cause: bool) -> float:
    device = KINDS[kind]()
    state = device.program(np.full(2000, 0.5 * device.g_max), seed)
    times = np.geomspace(device.t_0, DAY, 6)[:, None] + 0.1 * np.arange(8)
    times = times.ravel()
    process, rng = ReadNoise(state, seed + 1), np.random.default_rng(seed + 1)
    clock = [float(t) for t in np.maximum(times - device.t_0, 0.0)]
    reads = [process.read(t) if cause else state.read(t, rng) for t in clock]
    x = np.log(times)[:, None]
    x = x - x.mean()
    y = np.log(np.clip(np.stack(reads), 1e-9, None))
    y = y - y.mean(axis=0)
    s = np.sum(x**2)
    slope = np.sum(x * y, axis=0) / s
    variance = np.sum((y - slope * x) ** 2, axis=0) / (len(times) - 2)
    half = STUDENT_T[min(len(times) - 3, len(STUDENT_T) - 1)] * np.sqrt(variance / s)
    return float(100 * np.mean(np.abs(-slope - state.drift_exponent) < half))
