"""What students of lab 3 are given: times and runs of their chip, and simulated traces."""

import numpy as np

from aimc.devices import ConductanceState, FlickerNoise, ReadNoise
from aimc.units import DAY, MICRO
from aimc_course.labs.devices.own_chip import Lot, OwnChip

STATES = np.array([4.0, 6.0, 8.0, 10.0, 12.5, 15.0, 20.0, 24.0]) * MICRO  # S
# ten bursts from ten seconds to a day, each of 20 reads a tenth of a second apart
TIMES = (np.geomspace(10.0, 1e5, 10)[:, None] + 0.1 * np.arange(20)).ravel()  # s
GAPS = np.array([0.1, 1.0, 10.0, 100.0, 1000.0])  # s
STARTS = DAY + 5000.0 * np.arange(10)  # s
# runs of the chip, in the order of the notebook
WATCH, SCREEN_LOW, SCREEN_HIGH, STATE_RUN, NOISE_RUN, GAP_RUN, DRIFT_RUN = 1, 2, 3, 4, 5, 6, 7
BUDGET, LATEST, GOAL = 600, 1e4, 0.0032  # reads, last read (s) and half-width of the plan


def covariance(times: np.ndarray) -> np.ndarray:
    """Return the covariance of x between reads at these times (s after the first read)."""
    return FlickerNoise(OwnChip.t_read).covariance(np.asarray(times) + OwnChip.t_0)


def simulated(
    rng: np.random.Generator, devices: int, times: np.ndarray = TIMES
) -> tuple[np.ndarray, np.ndarray]:
    """Return simulated traces (devices, T) in S of devices at 10 uS, and their exponents."""
    state: ConductanceState = Lot(1.0, 1.0, 0.0, 0.0).device().program(np.full(devices, 1e-5), rng)
    noise = ReadNoise(state, rng)
    traces = np.stack([noise.read(float(t)) for t in times], axis=1)
    return traces, np.asarray(state.drift_exponent)


def practice(serial: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return times (200,) in s, 400 simulated traces (400, 200) in S, and the true exponents."""
    return TIMES.copy(), *simulated(np.random.default_rng([serial, 3, 100]), 400)
