"""Reference answers of lab 3."""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from aimc.devices import pcm_2019
from aimc.units import DAY
from aimc_answers.checks.keys import hidden_seed, is_hidden
from aimc_course.labs.devices.own_chip import OwnChip, lot_of
from aimc_course.labs.lab03 import given

Fit = tuple[np.ndarray, np.ndarray]  # exponents and half-widths


def drifted(g_0: float, nu: float, t: float, t_0: float = 20.0, start: float = 1.0) -> float:
    """Return the conductance (S) at ``t`` seconds after the first read."""
    return g_0 * (start + t / t_0) ** -nu


@lru_cache(maxsize=32)
def stuck_devices(serial: int) -> np.ndarray:
    """Return which devices do not follow their target, shape (8, 256)."""
    chip = OwnChip(serial)
    low = chip.program(5e-6, run=given.SCREEN_LOW).read(0.0)
    high = chip.program(20e-6, run=given.SCREEN_HIGH).read(0.0)
    return high - low < 7.5e-6


def spread_interval(values: np.ndarray, ddof: int = 1, wide: float = 1.96) -> tuple[float, ...]:
    """Return a standard deviation and the ends of its 95 % interval."""
    s = float(np.std(values, ddof=ddof))
    half = wide * s / math.sqrt(2 * (len(values) - 1))
    return s, s - half, s + half


def state_spreads(serial: int, *, screened: bool = True) -> np.ndarray:
    """Return the spread (S) of the first read of each row."""
    first = OwnChip(serial).program(given.STATES[:, None], run=given.STATE_RUN).read(0.0)
    left_out = stuck_devices(serial) & screened
    return np.array([np.std(row[~out], ddof=1) for row, out in zip(first, left_out, strict=True)])


def fit_plain(t: np.ndarray, g: np.ndarray, t_0: float = 20.0, fitted: int = 2) -> Fit:
    """Return drift exponents and half-widths of traces (n, T), as if reads were independent."""
    x, y = np.log(1 + t / t_0), np.log(g)
    x = x - x.mean()
    slope = y @ x / (x @ x)
    rest = y - y.mean(axis=1, keepdims=True) - slope[:, None] * x
    error = np.sqrt(np.sum(rest**2, axis=1) / (len(x) - fitted) / (x @ x))
    return -slope, 1.96 * error


def fit_honest(t: np.ndarray, g: np.ndarray, k: np.ndarray, whiten_ones: bool = True) -> Fit:
    """Return drift exponents and half-widths of traces (n, T) whose reads have covariance ~ k."""
    root = np.linalg.cholesky(k)
    design = np.stack([np.ones(len(t)), -np.log(1 + t / OwnChip.t_0)], axis=1)
    a, y = np.linalg.solve(root, design), np.linalg.solve(root, np.log(g).T)
    if not whiten_ones:
        a[:, 0] = 1.0
    best = np.linalg.lstsq(a, y, rcond=None)[0]
    variance = np.sum((y - a @ best) ** 2, axis=0) / (len(t) - 2)
    return best[1], 1.96 * np.sqrt(variance * np.linalg.inv(a.T @ a)[1, 1])


def coverage(fit: Fit, truth: np.ndarray) -> float:
    """Return the share of intervals that hold the truth."""
    nu, half = fit
    return float(np.mean(np.abs(np.asarray(nu) - truth) <= np.asarray(half)))


@lru_cache(maxsize=32)
def naive_coverage(serial: int) -> float:
    """Return the coverage of `fit_plain` on the practice traces."""
    times, traces, nu = given.practice(serial)
    return coverage(fit_plain(times, traces), nu)


OTHER_TIMES = (np.geomspace(100.0, 1e4, 20)[:, None] + np.arange(3)).ravel()  # s, 60 reads


@lru_cache(maxsize=4)
def fresh_traces(seed: int, *, other: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Return 1,600 simulated traces that no student is given, and the true exponents."""
    times = OTHER_TIMES if other else given.TIMES
    return given.simulated(np.random.default_rng([seed, other]), 1600, times)


def fresh_coverage(answer: Any, serial: int = 0, *, other: bool = False) -> tuple[float, float]:
    """Return the coverage and mean half-width of a student's fit on fresh traces.

    The ``other`` ones are read at fewer times within a shorter one, where correlations widen the
    plain interval by half as much.
    """
    seed = hidden_seed(serial) if is_hidden(serial) else 20_250
    traces, truth = fresh_traces(seed, other=other)
    times = OTHER_TIMES if other else given.TIMES
    nu, half = answer(times.copy(), traces.copy(), given.covariance(times))
    if np.shape(nu) != truth.shape or np.shape(half) != truth.shape:
        raise ValueError(f"two arrays of shape {truth.shape} expected")
    return coverage((nu, half), truth), float(np.mean(half))


@lru_cache(maxsize=32)
def averaging_gain(serial: int) -> float:
    """Return by which factor the mean of a hundred reads is less noisy than one read."""
    run = OwnChip(serial).program(10e-6, run=given.NOISE_RUN)
    near = DAY + 0.1 * np.arange(100)
    bursts = [np.log(run.trace(t)[~stuck_devices(serial)]) for t in (near, near + 1000.0)]
    means = bursts[0].mean(axis=1) - bursts[1].mean(axis=1)
    return float(np.std(bursts[0][:, 0] - bursts[1][:, 0], ddof=1) / np.std(means, ddof=1))


@lru_cache(maxsize=32)
def read_factor(serial: int) -> float:
    """Return Q at 10 uS from the growth of differences of ln G with the logarithm of the gap."""
    run = OwnChip(serial).program(10e-6, run=given.GAP_RUN)
    reads = (given.STARTS[:, None] + np.concatenate([[0.0], given.GAPS])).ravel()
    log = np.log(run.trace(reads)[~stuck_devices(serial)]).reshape(-1, 10, 6)
    squares = np.mean((log[..., 1:] - log[..., :1]) ** 2, axis=(0, 1))
    return math.sqrt(np.polyfit(np.log(given.GAPS), squares, 1)[0] / 2)


@lru_cache(maxsize=32)
def lot_factor(serial: int, noise: float = 1.0, power: float = 2.0) -> float:
    """Return the spread at 10 uS without read noise, over the published one."""
    first = OwnChip(serial).program(10e-6, run=given.WATCH).read(0.0)
    spread = float(np.std(first[~stuck_devices(serial)], ddof=1))
    noise *= 1e-5 * read_factor(serial) * math.sqrt(math.log(20.0 / (2 * OwnChip.t_read)))
    published = float(pcm_2019().programming_std(np.array(1e-5)))
    return (spread**power - noise**power) ** (1 / power) / published


@lru_cache(maxsize=32)
def exponents(serial: int, *, honest: bool = True, screened: bool = True) -> tuple[Fit, ...]:
    """Return drift exponents and half-widths of the good devices of each row."""
    run = OwnChip(serial).program(given.STATES[:, None], run=given.DRIFT_RUN)
    traces, good, t = run.trace(given.TIMES), ~(stuck_devices(serial) & screened), given.TIMES
    rows = [traces[k][good[k]] for k in range(len(good))]
    if not honest:
        return tuple(fit_plain(t, row) for row in rows)
    return tuple(fit_honest(t, row, given.covariance(t)) for row in rows)


def nu_medians(
    serial: int,
    part: int = 0,
    *,
    honest: bool = True,
    screened: bool = True,
    middle: Callable[[np.ndarray], Any] = np.median,
) -> np.ndarray:
    """Return the median exponent of each row, or the median half-width."""
    fits = exponents(serial, honest=honest, screened=screened)
    return np.array([middle(fit[part]) for fit in fits])


def nu_spread(
    serial: int,
    fitted: float = 1.0,
    fit: float = -1.0,
    *,
    honest: bool = True,
    screened: bool = True,
    ddof: int = 1,
    square_last: bool = False,
) -> float:
    """Return the spread of the exponent between devices at 10 uS, without the fit's error."""
    nu, half = exponents(serial, honest=honest, screened=screened)[3]
    error = np.mean(half / 1.96) ** 2 if square_last else np.mean((half / 1.96) ** 2)
    return math.sqrt(fitted * np.var(nu, ddof=ddof) + fit * error)


def plan_result(answer: Any, serial: int) -> float:
    """Return the half-width that a plan (times, devices) gives on the student's lot at 10 uS."""
    t, device, g = np.asarray(answer[0], dtype=np.float64), lot_of(serial).device(), np.array(1e-5)
    design = np.stack([np.ones(len(t)), -np.log(1 + t / OwnChip.t_0)], axis=1)
    weighted = design.T @ np.linalg.solve(given.covariance(t), design)
    per_device = float(device.read_noise_factor(g)) ** 2 * np.linalg.inv(weighted)[1, 1]
    between = float(device.drift_exponent_std(g)) ** 2
    return 1.96 * math.sqrt((between + per_device) / int(answer[1]))
