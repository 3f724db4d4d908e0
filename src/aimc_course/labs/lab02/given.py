"""What students of lab 2 are given: the weights of lab 1 on a scale of their own, and inputs."""

import numpy as np

from aimc.circuits import random_sparse_uniform

DAY = 86400.0  # s
CHIPS = 10
TIMES = (0.0, 60.0, 3600.0, DAY, 7 * DAY, 30 * DAY)  # s, of the reads of ten chips


def test(serial: int) -> tuple[np.ndarray, np.ndarray]:
    """Return weights (256, 256) and test inputs (512, 256), 30 % of both exactly zero.

    The largest weight lies anywhere from 0.3 to 0.7, so that one is nobody's full scale.
    """
    rng = np.random.default_rng([serial, 2])
    weights, inputs = (random_sparse_uniform((count, 256), rng) for count in (256, 512))
    return rng.uniform(0.3, 0.7) * weights, inputs
