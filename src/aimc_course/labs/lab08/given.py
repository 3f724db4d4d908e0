"""What students of lab 8 are given: currents of their devices, test vectors, and a log."""

import numpy as np

from aimc.units import HOUR, YEAR
from aimc_course.explorers.accuracy.compensated import cores_of

DEVICES = "HERMES, one device"
TOLERANCE = 0.03  # by how much outputs may be too small
VECTORS = 16
V_READ = 0.2  # V
READS = 16  # of the log


def currents(serial: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the currents (A) of all devices of the second core, at first and after a year.

    Both have the shape (2, 64, 64): positive and negative device of each pair, without read noise.
    """
    state = cores_of(serial, DEVICES)[1].state
    first, later = (np.array(state.at(t)[0, 0]) for t in (0.0, YEAR))
    return V_READ * first, V_READ * later


def vectors(serial: int) -> tuple[np.ndarray]:
    """Return 16 test vectors (16, 64) between 0 and 1, of which three in ten entries are zero."""
    rng = np.random.default_rng([serial, 8, 1])
    shape = (VECTORS, 64)
    return (rng.uniform(0.0, 1.0, shape) * (rng.random(shape) > 0.3),)


def log(serial: int) -> tuple[np.ndarray, np.ndarray]:
    """Return times (s) and the size of the outputs then, relative to that after an hour.

    It was kept for a month, with an error of two per mille, on a chip whose drift exponent is drawn
    for each student.
    """
    rng = np.random.default_rng([serial, 8, 2])
    exponent = rng.uniform(0.025, 0.12)
    times = HOUR * np.geomspace(1.0, 720.0, READS)
    return times, (times / HOUR) ** -exponent * (1 + 0.002 * rng.standard_normal(READS))


def repeats(serial: int) -> tuple[np.ndarray]:
    """Return how often a calibration of the student's chip reads each vector, shape (1,)."""
    return (np.random.default_rng([serial, 8, 3]).integers(6, 16, 1, dtype=np.int64),)
