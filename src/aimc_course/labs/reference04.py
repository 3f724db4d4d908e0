"""References of lab 4: the numbers that each student is given, and what right answers are."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from aimc_course.labs.own_devices import CYCLES, DEVICES, LINE, OwnDevices, own_model

__all__ = [
    "CURRENTS",
    "FIRST_GAIN",
    "LIMIT",
    "PROBES",
    "clipped",
    "core_time",
    "curves",
    "device_time",
    "draw_core",
    "draw_iterations",
    "draw_update",
    "errors",
    "first_current",
    "gain_is_good",
    "gain_not_too_small",
    "given_targets",
    "improved",
    "initial_share",
    "mean_iterations",
    "median_curve",
    "open_loop",
    "program",
    "proportional",
    "relaxation_share",
    "steepest",
    "tuned",
]

CURRENTS = np.linspace(150e-6, 600e-6, 19)
PROBES = np.array([2.0, 5.0, 8.0]) * 1e-6  # S
FIRST_GAIN = 0.4
LIMIT = 30
GAINS = (0.8, 0.9, 1.0, 1.1, 1.2)
LOW, HIGH = 125e-6, 700e-6  # A


@lru_cache(maxsize=8)
def _targets(serial: int) -> np.ndarray:
    return np.random.default_rng([serial, 4, 0]).uniform(0.5e-6, 10e-6, DEVICES)


def given_targets(serial: int) -> tuple[np.ndarray]:
    """Return a target conductance (S) for each device."""
    return (_targets(serial).copy(),)


def curves(serial: int, run: int = 0) -> np.ndarray:
    """Return reads (S) after one pulse of each current, shape (currents, devices)."""
    devices = OwnDevices(serial, run)
    rows = []
    for current in CURRENTS:
        devices.pulse(current)
        rows.append(devices.read())
    return np.array(rows)


@lru_cache(maxsize=8)
def median_curve(serial: int) -> np.ndarray:
    """Return the median conductance (S) over the devices after a pulse of each current."""
    return np.median(curves(serial), axis=1)


def first_current(serial: int, targets: np.ndarray) -> np.ndarray:
    """Return the current (A) that brings the median device to each target (S)."""
    return np.interp(targets, median_curve(serial)[::-1], CURRENTS[::-1])


def steepest(serial: int) -> float:
    """Return the steepest slope of the median curve as a positive number, S/A."""
    return float(np.max(-np.diff(median_curve(serial)) / np.diff(CURRENTS)))


@lru_cache(maxsize=8)
def open_loop(serial: int) -> tuple[float, float]:
    """Return the shares inside the margin and outside of it after one pulse each."""
    devices, targets = OwnDevices(serial), _targets(serial)
    devices.reset()
    devices.set()
    devices.pulse(first_current(serial, targets))
    inside = np.abs(devices.read() - targets) <= devices.model.margin
    return float(np.mean(inside)), float(np.mean(~inside))


def clipped(current: np.ndarray) -> np.ndarray:
    """Return currents (A) within the range of the write heads."""
    return np.clip(current, LOW, HIGH)


def proportional(
    current: np.ndarray, seen: np.ndarray, target: np.ndarray, gain: float, slope: float
) -> np.ndarray:
    """Return the next current (A) of the proportional rule; the slope is positive."""
    return clipped(current + gain * (seen - target) / slope)


def program(
    devices: OwnDevices,
    targets: np.ndarray,
    gain: float = FIRST_GAIN,
    margin: float | None = None,
    limit: int = LIMIT,
) -> tuple[np.ndarray, np.ndarray]:
    """Run the proportional loop; return the last reads (S) and the iterations."""
    slope = steepest(devices.serial)
    return _loop(
        devices,
        targets,
        first_current(devices.serial, targets),
        lambda current, seen: proportional(current, seen, targets, gain, slope),
        devices.model.margin if margin is None else margin,
        limit,
        prepare=True,
    )


def _loop(
    devices: OwnDevices,
    targets: np.ndarray,
    current: np.ndarray,
    rule: Callable[[np.ndarray, np.ndarray], np.ndarray],
    margin: float,
    limit: int,
    *,
    prepare: bool,
) -> tuple[np.ndarray, np.ndarray]:
    if prepare:
        devices.reset()
        devices.set()
    seen = np.zeros(targets.shape)
    iterations = np.zeros(targets.shape, dtype=int)
    active = np.ones(targets.shape, dtype=bool)
    for _ in range(limit):
        devices.pulse(current, where=active)
        seen = np.where(active, devices.read(where=active), seen)
        iterations += active
        active &= np.abs(seen - targets) > margin
        if not active.any():
            break
        current = rule(current, seen)
    return seen, iterations


def improved(
    devices: OwnDevices,
    targets: np.ndarray,
    margin: float | None = None,
    limit: int = LIMIT,
) -> tuple[np.ndarray, np.ndarray]:
    """Run a loop that learns each device: its SET conductance and the shift of its curve."""
    curve, top = median_curve(devices.serial), float(median_curve(devices.serial)[0])
    devices.reset()
    devices.set()
    scale = np.clip(devices.read() / top, 0.5, 2.0)

    def typical(g: np.ndarray) -> np.ndarray:
        """Return the current of the median curve, stretched to the device's own height."""
        inside = np.clip(g / scale, curve[-3], 0.97 * top)
        return np.interp(inside, curve[::-1], CURRENTS[::-1])

    shifts: list[np.ndarray] = []

    def rule(current: np.ndarray, seen: np.ndarray) -> np.ndarray:
        shifts.append(current - typical(seen))
        return clipped(typical(targets) + np.mean(shifts, axis=0))

    accepted = devices.model.margin if margin is None else margin
    return _loop(devices, targets, typical(targets), rule, accepted, limit, prepare=False)


@lru_cache(maxsize=64)
def mean_iterations(serial: int, gain: float = FIRST_GAIN, run: int = 2) -> float:
    """Return the mean iterations of the proportional loop."""
    return float(np.mean(program(OwnDevices(serial, run), _targets(serial), gain)[1]))


def tuned(serial: int, run: int = 2) -> float:
    """Return the mean iterations of the proportional loop with its best gain."""
    return min(mean_iterations(serial, gain, run) for gain in GAINS)


def gain_is_good(answer: Any, serial: int) -> bool:
    """Return whether the mean iterations with that gain are within 5 % of the best."""
    return mean_iterations(serial, float(answer)) <= 1.05 * tuned(serial)


def gain_not_too_small(answer: Any, serial: int) -> bool:
    """Return whether that gain is large enough."""
    return float(answer) >= 0.9 or gain_is_good(answer, serial)


def device_time(iterations: np.ndarray) -> np.ndarray:
    """Return the time (s) of one device: RESET, SET, and a pulse and a read per iteration."""
    return 125e-9 + 300e-9 + np.asarray(iterations) * (125e-9 + 768e-9)


@lru_cache(maxsize=8)
def initial_share(serial: int) -> float:
    """Return the share of the energy that RESET and SET take."""
    devices = OwnDevices(serial, 2)
    program(devices, _targets(serial))
    volt = own_model(serial).v_supply
    first = volt * (700e-6 * 125e-9 + 125e-6 * 300e-9)
    return float(first / np.mean(devices.energy))


def core_time(
    iterations: np.ndarray,
    cycles: int = CYCLES,
    read_cycles: int = 1,
    start: float = 425e-9,
    per_line: Callable[..., Any] = np.max,
) -> float:
    """Return the time (s) to program lines one after the other, shape (lines, devices)."""
    counts = per_line(iterations, axis=1)
    once = cycles * start
    return float(np.sum(once + counts * (cycles * 125e-9 + read_cycles * 768e-9)))


@lru_cache(maxsize=8)
def errors(serial: int) -> tuple[float, float, float]:
    """Return the standard deviations (S) of accepted, true and first-read errors, gain 1."""
    devices, targets = OwnDevices(serial, 3), _targets(serial)
    seen, _ = program(devices, targets, gain=1.0)
    found = (seen, devices.truth, devices.first_read())
    accepted, true, first = (float(np.std(g - targets)) for g in found)
    return accepted, true, first


def relaxation_share(serial: int) -> float:
    """Return the share of the squared error at first read that arises after the loop."""
    _, true, first = errors(serial)
    return 1 - (true / first) ** 2


def draw_update(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw currents, reads, targets, a gain and a slope; some of the next currents leave range."""
    current = rng.uniform(150e-6, 600e-6, 40)
    current[:4] = [130e-6, 690e-6, 140e-6, 680e-6]
    seen, target = rng.uniform(0.2e-6, 12e-6, (2, 40))
    seen[:4], target[:4] = [0.3e-6, 11e-6, 0.5e-6, 11e-6], [9e-6, 1e-6, 8e-6, 2e-6]
    return current, seen, target, float(rng.uniform(0.3, 1.4)), float(rng.uniform(0.05, 0.09))


def draw_iterations(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw numbers of iterations."""
    return (rng.integers(1, 31, 12),)


def draw_core(rng: np.random.Generator) -> tuple[Any, ...]:
    """Draw iterations of some lines of devices."""
    return (1 + rng.poisson(2.0, (int(rng.integers(3, 9)), LINE)),)
