"""What students of lab 2 are given: the same weights as in lab 1, and test inputs."""

import numpy as np

from aimc.circuits import random_sparse_uniform

DAY = 86400.0  # s
CHIPS = 10
TIMES = (0.0, 60.0, 3600.0, DAY, 7 * DAY, 30 * DAY)  # s, of the reads of ten chips


def test(serial: int) -> tuple[np.ndarray, np.ndarray]:
    """Return weights (256, 256) and test inputs (512, 256), 30 % of both exactly zero."""
    rng = np.random.default_rng([serial, 2])
    return random_sparse_uniform((256, 256), rng), random_sparse_uniform((512, 256), rng)
