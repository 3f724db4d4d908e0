"""What students of lab 4 are given: the rules of the loop, and a target for each device."""

import numpy as np

from aimc_course.labs.devices.own_devices import DEVICES, own_model

CURRENTS = np.linspace(150e-6, 600e-6, 19)  # A, of the programming curves
PROBES = np.array([2.0, 5.0, 8.0]) * 1e-6  # S
HEADS = (125e-6, 700e-6)  # A, what the write heads reach
MARGIN = own_model(0).margin  # S, the same for every lot
LIMIT = 30  # most iterations
FIRST_GAIN = 0.4
START = 125e-9 + 300e-9  # s, RESET and SET
PULSE, READ = 125e-9, 768e-9  # s, of each iteration


def targets(serial: int) -> tuple[np.ndarray]:
    """Return a target conductance (S) for each device."""
    return (np.random.default_rng([serial, 4, 0]).uniform(0.5e-6, 10e-6, DEVICES),)
