"""What students of lab 1 are given: a small crossbar, and layers with test inputs."""

import numpy as np

from aimc.circuits import random_sparse_uniform

V_READ = 0.2  # V, the preset's read voltage
IMAGES = 200  # test images that the first layer of the network is read with


def crossbar(serial: int) -> tuple[np.ndarray, np.ndarray]:
    """Return conductances (S), shape (4, 4), and word-line voltages (V), shape (4,)."""
    rng = np.random.default_rng([serial, 1])
    return rng.uniform(1e-6, 20e-6, (4, 4)), rng.uniform(0.02, V_READ, 4)


def layer(serial: int) -> tuple[np.ndarray, np.ndarray]:
    """Return signed weights (256, 256) and test inputs (500, 256), 30 % of both exactly zero."""
    rng = np.random.default_rng([serial, 2])
    return random_sparse_uniform((256, 256), rng), random_sparse_uniform((500, 256), rng)


def positive(serial: int) -> tuple[np.ndarray, np.ndarray]:
    """Return weights (256, 256) and inputs (500, 256) without negative entries."""
    rng = np.random.default_rng([serial, 3])
    return rng.uniform(0.0, 1.0, (256, 256)), rng.uniform(0.0, 1.0, (500, 256))
