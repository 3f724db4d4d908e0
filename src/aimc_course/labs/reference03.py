"""References of lab 3: the numbers that each student is given, and what right answers are."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from aimc.devices import ConductanceState, FlickerNoise, ReadNoise, pcm_2019
from aimc.validation import check_serial
from aimc_course.labs.own_chip import Lot, OwnChip, lot_of

__all__ = [
    "BUDGET",
    "DAY",
    "GAPS",
    "GOAL",
    "LATEST",
    "STARTS",
    "STATES",
    "TIMES",
    "averaging_gain",
    "covariance",
    "coverage",
    "draw_law",
    "draw_trace",
    "draw_trace_and_covariance",
    "draw_values",
    "drifted",
    "exponents",
    "fit_honest",
    "fit_plain",
    "fresh_coverage",
    "given_practice",
    "good_devices",
    "lot_factor",
    "naive_coverage",
    "noise_at_first_read",
    "nu_medians",
    "nu_spread",
    "plan_half_width",
    "plan_is_possible",
    "plan_result",
    "practice",
    "programming_spread",
    "read_factor",
    "spread_interval",
    "state_spreads",
    "stuck_devices",
    "watched_spread",
]

DAY = 86400.0  # s
STATES = np.array([4.0, 6.0, 8.0, 10.0, 12.5, 15.0, 20.0, 24.0]) * 1e-6  # S
# ten bursts from ten seconds to a day, each of 20 reads a tenth of a second apart
TIMES = (np.geomspace(10.0, 1e5, 10)[:, None] + 0.1 * np.arange(20)).ravel()  # s
GAPS = np.array([0.1, 1.0, 10.0, 100.0, 1000.0])  # s
STARTS = DAY + 5000.0 * np.arange(10)  # s
# runs of the chip, in the order of the notebook
WATCH, SCREEN_LOW, SCREEN_HIGH, STATE_RUN, NOISE_RUN, GAP_RUN, DRIFT_RUN = 1, 2, 3, 4, 5, 6, 7
BUDGET = 600  # reads of the plan
LATEST = 1e4  # s, last read of the plan
GOAL = 0.0032  # half-width of the plan
FRESH = 20_250  # seed of the traces that no student is given


def drifted(g_0: float, nu: float, t: float, t_0: float = 20.0) -> float:
    """Return the conductance (S) at ``t`` seconds after the first read."""
    return g_0 * (1 + t / t_0) ** -nu


def stuck_devices(serial: int) -> np.ndarray:
    """Return which devices do not follow their target, shape (8, 256)."""
    chip = OwnChip(serial)
    low = chip.program(5e-6, run=SCREEN_LOW).read(0.0)
    high = chip.program(20e-6, run=SCREEN_HIGH).read(0.0)
    return high - low < 7.5e-6


@lru_cache(maxsize=8)
def good_devices(serial: int) -> np.ndarray:
    """Return which devices follow their target, shape (8, 256)."""
    return ~stuck_devices(serial)


def spread_interval(values: np.ndarray) -> tuple[float, float, float]:
    """Return a standard deviation and the ends of its 95 % interval."""
    s = float(np.std(values, ddof=1))
    half = 1.96 * s / math.sqrt(2 * (len(values) - 1))
    return s, s - half, s + half


def state_spreads(serial: int, *, screened: bool = True) -> np.ndarray:
    """Return the spread (S) of the first read of each row."""
    first = OwnChip(serial).program(STATES[:, None], run=STATE_RUN).read(0.0)
    good = good_devices(serial) if screened else np.ones(first.shape, dtype=bool)
    return np.array([np.std(row[keep], ddof=1) for row, keep in zip(first, good, strict=True)])


def fit_plain(times: np.ndarray, g: np.ndarray, t_0: float = 20.0) -> tuple[np.ndarray, np.ndarray]:
    """Return drift exponents and half-widths of traces (n, T), as if reads were independent."""
    x, y = np.log(1 + times / t_0), np.log(g)
    x = x - x.mean()
    slope = y @ x / (x @ x)
    rest = y - y.mean(axis=1, keepdims=True) - slope[:, None] * x
    error = np.sqrt(np.sum(rest**2, axis=1) / (len(x) - 2) / (x @ x))
    return -slope, 1.96 * error


def covariance(times: np.ndarray) -> np.ndarray:
    """Return the covariance of x between reads at these times (s after the first read)."""
    return FlickerNoise(OwnChip.t_read).covariance(np.asarray(times) + OwnChip.t_0)


def fit_honest(
    times: np.ndarray, g: np.ndarray, k: np.ndarray, t_0: float = 20.0
) -> tuple[np.ndarray, np.ndarray]:
    """Return drift exponents and half-widths of traces (n, T) whose reads have covariance ~ k."""
    root = np.linalg.cholesky(k)
    design = np.stack([np.ones(len(times)), -np.log(1 + times / t_0)], axis=1)
    a, y = np.linalg.solve(root, design), np.linalg.solve(root, np.log(g).T)
    best = np.linalg.lstsq(a, y, rcond=None)[0]
    variance = np.sum((y - a @ best) ** 2, axis=0) / (len(times) - 2)
    return best[1], 1.96 * np.sqrt(variance * np.linalg.inv(a.T @ a)[1, 1])


def coverage(fit: tuple[Any, Any], truth: np.ndarray) -> float:
    """Return the share of intervals that hold the truth."""
    nu, half = fit
    return float(np.mean(np.abs(np.asarray(nu) - truth) <= np.asarray(half)))


def practice(rng: np.random.Generator, devices: int) -> tuple[np.ndarray, np.ndarray]:
    """Return simulated traces (devices, 200) in S of devices at 10 uS, and their exponents."""
    state: ConductanceState = Lot(1.0, 1.0, 0.0, 0.0).device().program(np.full(devices, 1e-5), rng)
    noise = ReadNoise(state, rng)
    traces = np.stack([noise.read(float(t)) for t in TIMES], axis=1)
    return traces, np.asarray(state.drift_exponent)


@lru_cache(maxsize=8)
def given_practice(serial: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return times (200,) in s, 100 simulated traces (100, 200) in S, and the true exponents."""
    traces, nu = practice(np.random.default_rng([check_serial("serial", serial), 3, 100]), 100)
    return TIMES, traces, nu


def naive_coverage(serial: int) -> float:
    """Return the coverage of `fit_plain` on the practice traces."""
    times, traces, nu = given_practice(serial)
    return coverage(fit_plain(times, traces), nu)


@lru_cache(maxsize=1)
def fresh_traces() -> tuple[np.ndarray, np.ndarray]:
    """Return 400 simulated traces that no student is given, and the true exponents."""
    return practice(np.random.default_rng(FRESH), 400)


def fresh_coverage(answer: Any) -> tuple[float, float]:
    """Return the coverage and mean half-width of a student's fit on fresh traces."""
    traces, truth = fresh_traces()
    nu, half = answer(TIMES.copy(), traces.copy(), covariance(TIMES))
    if np.shape(nu) != truth.shape or np.shape(half) != truth.shape:
        raise ValueError(f"two arrays of shape {truth.shape} expected")
    return coverage((nu, half), truth), float(np.mean(half))


@lru_cache(maxsize=8)
def two_bursts(serial: int) -> np.ndarray:
    """Return ln G of the good devices in two bursts of 100 reads, shape (n, 2, 100)."""
    run = OwnChip(serial).program(10e-6, run=NOISE_RUN)
    near = DAY + 0.1 * np.arange(100)
    pair = np.stack([run.trace(near), run.trace(near + 1000.0)], axis=2)
    return np.log(pair[good_devices(serial)])


def averaging_gain(serial: int, reads: int = 100) -> float:
    """Return by which factor the mean of so many reads is less noisy than one read."""
    pair = two_bursts(serial)
    one = np.std(pair[:, 0, 0] - pair[:, 1, 0], ddof=1)
    mean = pair[:, :, :reads].mean(axis=2)
    return float(one / np.std(mean[:, 0] - mean[:, 1], ddof=1))


@lru_cache(maxsize=8)
def gap_differences(serial: int) -> np.ndarray:
    """Return the mean squared difference of ln G over each gap, shape (5,)."""
    run = OwnChip(serial).program(10e-6, run=GAP_RUN)
    reads = (STARTS[:, None] + np.concatenate([[0.0], GAPS])).ravel()
    log = np.log(run.trace(reads)[good_devices(serial)]).reshape(-1, 10, 6)
    return np.mean((log[..., 1:] - log[..., :1]) ** 2, axis=(0, 1))


def read_factor(serial: int) -> float:
    """Return Q at 10 uS from the growth of differences with the logarithm of the gap."""
    slope = np.polyfit(np.log(GAPS), gap_differences(serial), 1)[0]
    return math.sqrt(slope / 2)


def programming_spread(target: float) -> float:
    """Return the published spread (S) at a target (S): fact B001."""
    return float(pcm_2019().programming_std(np.array(target)))


@lru_cache(maxsize=8)
def watched_spread(serial: int) -> float:
    """Return the spread (S) of all good devices programmed to 10 uS."""
    first = OwnChip(serial).program(10e-6, run=WATCH).read(0.0)
    return float(np.std(first[good_devices(serial)], ddof=1))


def noise_at_first_read(serial: int) -> float:
    """Return the standard deviation (S) of read noise in the first read at 10 uS."""
    return 1e-5 * read_factor(serial) * math.sqrt(math.log(20.0 / (2 * OwnChip.t_read)))


def lot_factor(serial: int) -> float:
    """Return the spread at 10 uS without read noise, over the published one."""
    clean = watched_spread(serial) ** 2 - noise_at_first_read(serial) ** 2
    return math.sqrt(clean) / programming_spread(1e-5)


@lru_cache(maxsize=8)
def exponents(serial: int) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """Return drift exponents and half-widths of the good devices of each row."""
    traces = OwnChip(serial).program(STATES[:, None], run=DRIFT_RUN).trace(TIMES)
    good, k = good_devices(serial), covariance(TIMES)
    return tuple(fit_honest(TIMES, traces[row][good[row]], k) for row in range(len(STATES)))


def nu_medians(serial: int) -> np.ndarray:
    """Return the median exponent of each row."""
    return np.array([np.median(nu) for nu, _ in exponents(serial)])


def nu_spread(serial: int) -> float:
    """Return the spread of the exponent between devices at 10 uS, without the fit's error."""
    nu, half = exponents(serial)[3]
    return math.sqrt(np.var(nu, ddof=1) - np.mean((half / 1.96) ** 2))


def plan_half_width(times: Any, devices: int, q: float, spread: float) -> float:
    """Return the expected half-width for the mean exponent over so many devices."""
    t = np.asarray(times, dtype=np.float64)
    design = np.stack([np.ones(len(t)), -np.log(1 + t / OwnChip.t_0)], axis=1)
    per_device = q**2 * np.linalg.inv(design.T @ np.linalg.solve(covariance(t), design))[1, 1]
    return 1.96 * math.sqrt((spread**2 + per_device) / devices)


def plan_result(answer: Any, serial: int) -> float:
    """Return the half-width that a plan (times, devices) gives on the student's lot at 10 uS."""
    device = lot_of(serial).device()
    q = float(device.read_noise_factor(np.array(1e-5)))
    spread = float(device.drift_exponent_std(np.array(1e-5)))
    return plan_half_width(answer[0], int(answer[1]), q, spread)


def plan_is_possible(answer: Any, serial: int) -> bool:
    """Return whether times and devices keep to the budget."""
    times, devices = answer
    t = np.asarray(times, dtype=np.float64)
    return bool(
        t.ndim == 1
        and t.size >= 2
        and np.all(np.diff(np.sort(t)) > 0)
        and t.min() >= 0
        and t.max() <= LATEST
        and int(devices) == devices
        and 2 <= devices <= 2000
        and t.size * devices <= BUDGET
    )


def draw_law(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw a conductance (S), an exponent and a time (s)."""
    return (
        float(rng.uniform(2e-6, 20e-6)),
        float(rng.uniform(0.03, 0.1)),
        float(10 ** rng.uniform(0, 5)),
    )


def draw_values(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw a few conductances (S)."""
    return (rng.normal(1e-5, 1e-6, int(rng.integers(6, 15))),)


def draw_trace(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw times (s) and noisy drifting traces (S)."""
    times = np.sort(10 ** rng.uniform(0, 5, 15))
    nu = rng.uniform(0.03, 0.1, (4, 1))
    clean = rng.uniform(5e-6, 2e-5, (4, 1)) * (1 + times / 20.0) ** -nu
    return times, clean * np.exp(0.05 * rng.normal(size=(4, 15)))


def draw_trace_and_covariance(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw times (s), traces (S) and the covariance of their reads."""
    times, traces = draw_trace(rng)
    return times, traces, covariance(times)
