"""What students of lab 9 are given: a system of equations, test vectors, and their cores."""

from collections.abc import Callable

import numpy as np

from aimc import presets
from aimc.cores import Core
from aimc.units import YEAR

N, VECTORS = 64, 256  # unknowns, test vectors
COPIES = 4  # cores whose mean is the machine
COUNTS = (1, 2, 4, 8, 16)  # cores whose outputs are averaged
BASES = (1, 2, 3, 4)  # of four slices each
SLICES, FIRST_SLICE = 4, 20  # slices, and the number of the core that holds the least significant
TOLERANCE, MOST = 0.1, 20  # of the inner solver, and its most products
OLD = YEAR  # s


def system(serial: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a symmetric positive definite matrix (64, 64), at most 1, and a right-hand side.

    Unknowns are coupled the less the farther apart they are, with random signs, and the smallest
    eigenvalue is about a fifth of the largest.
    """
    rng = np.random.default_rng([serial, 9, 0])
    place = np.arange(N)
    distance = np.abs(place[:, None] - place)
    signs = np.triu(rng.uniform(0.5, 1.0, (N, N)) * rng.choice([-1.0, 1.0], (N, N)), 1)
    coupled = 0.3 * (signs + signs.T) / np.maximum(distance, 1) ** 1.5
    return coupled + np.diag(rng.uniform(0.9, 1.0, N)), rng.uniform(-1.0, 1.0, N)


def vectors(serial: int) -> tuple[np.ndarray]:
    """Return 256 input vectors between -1 and 1 to test cores with, shape (256, 64)."""
    return (np.random.default_rng([serial, 9, 1]).uniform(-1.0, 1.0, (VECTORS, N)),)


def core(serial: int, index: int, weights: np.ndarray) -> Core:
    """Return core ``index`` of a student's chip, which holds weights between -1 and 1."""
    made = presets.hermes(serial, 2, index=index, input_range=1.0)
    return made.program(weights, w_max=1.0)


def machine(serial: int, matrix: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Return the mean product of the four cores that hold a matrix."""
    cores = [core(serial, k, matrix) for k in range(COPIES)]
    return lambda v: np.mean([one.forward(v) for one in cores], axis=0)
