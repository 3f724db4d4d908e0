"""Reference answers of lab 4."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from aimc_course.labs.devices.own_devices import CYCLES, DEVICES, OwnDevices, own_model
from aimc_course.labs.lab04 import given

GAINS = (0.8, 0.9, 1.0, 1.1, 1.2)
Report = tuple[np.ndarray, np.ndarray]  # last reads (S) and iterations


def curves(serial: int) -> np.ndarray:
    """Return reads (S) after one pulse of each current, shape (currents, devices)."""
    devices, rows = OwnDevices(serial, 0), []
    for current in given.CURRENTS:
        devices.pulse(current)
        rows.append(devices.read())
    return np.array(rows)


def follow_the_devices(answer: Any, serial: int) -> bool:
    """Return whether measured curves agree with the true ones but for noise."""
    true = own_model(serial).fabricate(DEVICES, serial).curve(given.CURRENTS[:, None])
    return bool(np.median(np.abs(np.asarray(answer, dtype=np.float64) - true)) < 0.2e-6)


@lru_cache(maxsize=32)
def median_curve(serial: int) -> np.ndarray:
    """Return the median conductance (S) over the devices after a pulse of each current."""
    return np.median(curves(serial), axis=1)


def first_current(serial: int, wanted: np.ndarray = given.PROBES, turn: int = -1) -> np.ndarray:
    """Return the current (A) that brings the median device to each target (S)."""
    return np.interp(wanted, median_curve(serial)[::turn], given.CURRENTS[::turn])


def steepest(serial: int) -> float:
    """Return the steepest slope of the median curve as a positive number, S/A."""
    return float(np.max(-np.diff(median_curve(serial)) / np.diff(given.CURRENTS)))


@lru_cache(maxsize=32)
def open_loop(serial: int) -> float:
    """Return the share inside the margin after one pulse each."""
    seen, _ = program(OwnDevices(serial), *given.targets(serial), limit=1)
    return float(np.mean(np.abs(seen - given.targets(serial)[0]) <= given.MARGIN))


def proportional(
    current: np.ndarray,
    seen: np.ndarray,
    target: np.ndarray,
    gain: float,
    slope: float,
    heads: tuple[float, float] = given.HEADS,
) -> np.ndarray:
    """Return the next current (A) of the proportional rule; the slope is positive."""
    return np.clip(current + gain * (seen - target) / slope, *heads)


def program(
    devices: OwnDevices,
    wanted: np.ndarray,
    gain: float = given.FIRST_GAIN,
    margin: float = given.MARGIN,
    limit: int = given.LIMIT,
) -> Report:
    """Run the proportional loop; return the last reads (S) and the iterations."""
    slope, first = steepest(devices.serial), first_current(devices.serial, wanted)
    devices.reset()
    devices.set()

    def rule(current: np.ndarray, seen: np.ndarray) -> np.ndarray:
        return proportional(current, seen, wanted, gain, slope)

    return _loop(devices, wanted, first, rule, margin, limit)


def _loop(
    devices: OwnDevices,
    wanted: np.ndarray,
    current: np.ndarray,
    rule: Callable[[np.ndarray, np.ndarray], np.ndarray],
    margin: float,
    limit: int,
) -> Report:
    seen, iterations = np.zeros(wanted.shape), np.zeros(wanted.shape, dtype=int)
    active = np.ones(wanted.shape, dtype=bool)
    for _ in range(limit):
        devices.pulse(current, where=active)
        seen = np.where(active, devices.read(where=active), seen)
        iterations += active
        active &= np.abs(seen - wanted) > margin
        if not active.any():
            break
        current = rule(current, seen)
    return seen, iterations


def improved(
    devices: OwnDevices, wanted: np.ndarray, margin: float = given.MARGIN, limit: int = given.LIMIT
) -> Report:
    """Run a loop that learns each device: its SET conductance and the shift of its curve."""
    curve, top = median_curve(devices.serial), float(median_curve(devices.serial)[0])
    devices.reset()
    devices.set()
    scale = np.clip(devices.read() / top, 0.5, 2.0)
    shifts: list[np.ndarray] = []

    def typical(g: np.ndarray) -> np.ndarray:
        """Return the current of the median curve, stretched to the device's own height."""
        return first_current(devices.serial, np.clip(g / scale, curve[-3], 0.97 * top))

    def rule(current: np.ndarray, seen: np.ndarray) -> np.ndarray:
        shifts.append(current - typical(seen))
        return np.clip(typical(wanted) + np.mean(shifts, axis=0), *given.HEADS)

    return _loop(devices, wanted, typical(wanted), rule, margin, limit)


@lru_cache(maxsize=64)
def mean_iterations(
    serial: int,
    gain: float = given.FIRST_GAIN,
    run: int = 2,
    wider: float = 1.0,
    limit: int = given.LIMIT,
) -> float:
    """Return the mean iterations of the proportional loop; ``wider`` counts published margins."""
    devices, margin = OwnDevices(serial, run), wider * given.MARGIN
    return float(np.mean(program(devices, *given.targets(serial), gain, margin, limit)[1]))


def tuned(serial: int, run: int = 2) -> float:
    """Return the mean iterations of the proportional loop with its best gain."""
    return min(mean_iterations(serial, gain, run) for gain in GAINS)


def gain_is_good(answer: Any, serial: int) -> bool:
    """Return whether the mean iterations with that gain are within 5 % of the best."""
    return mean_iterations(serial, float(answer)) <= 1.05 * tuned(serial)


def device_time(
    iterations: np.ndarray, start: float = given.START, each: float = given.PULSE + given.READ
) -> np.ndarray:
    """Return the time (s) of one device: RESET, SET, and a pulse and a read per iteration."""
    return start + np.asarray(iterations) * each


@lru_cache(maxsize=32)
def initial_share(serial: int) -> float:
    """Return the share of the energy that RESET and SET take."""
    devices = OwnDevices(serial, 2)
    program(devices, *given.targets(serial))
    first = devices.model.v_supply * (700e-6 * 125e-9 + 125e-6 * 300e-9)
    return float(first / np.mean(devices.energy))


def core_time(
    iterations: np.ndarray,
    cycles: int = CYCLES,
    read_cycles: int = 1,
    start: float = given.START,
    per_line: Callable[..., Any] = np.max,
) -> float:
    """Return the time (s) to program lines one after the other, shape (lines, devices)."""
    counts = per_line(iterations, axis=1)
    return float(
        np.sum(cycles * start + counts * (cycles * given.PULSE + read_cycles * given.READ))
    )


@lru_cache(maxsize=32)
def errors(serial: int) -> tuple[float, ...]:
    """Return the standard deviations (S) of accepted, true and first-read errors, gain 1."""
    devices, (wanted,) = OwnDevices(serial, 3), given.targets(serial)
    seen, _ = program(devices, wanted, gain=1.0)
    return tuple(float(np.std(g - wanted)) for g in (seen, devices.truth, devices.first_read()))


def arisen_later(verify: float, truth: float, first: float, power: float = 2.0) -> float:
    """Return the share of the squared error at first read that arises after the loop.

    All three are standard deviations of errors (S): of the last verify read, of the conductances
    when the loop ended, and of the first read of the array.
    """
    return 1 - (truth / first) ** power
