"""What students of lab 5 are given: broken cores, a network, and vectors to calibrate with."""

from typing import Any

import numpy as np

from aimc.chip import Chip
from aimc.networks import ResNet9
from aimc.published import fact
from aimc.units import NANO

SIDE, GRID, BROKEN, IMAGES = 256, 8, 4, 300  # cells a side, cores a side, broken cores, images
WORKING = GRID * GRID - BROKEN
READ = fact("A030").number * NANO  # s, one four-phase read
FAST_READ = fact("A029").number * NANO  # s, one one-phase read


def broken(serial: int) -> tuple[np.ndarray]:
    """Return the numbers of the cores that do not work; a path over all others exists."""
    rng = np.random.default_rng([serial, 5, 0])
    while True:
        drawn = np.sort(rng.choice(GRID * GRID, BROKEN, replace=False)).astype(np.int64)
        row, column = np.divmod(drawn, GRID)
        # Rows are walked to and fro: a link reaches over one core, and at a turn straight down.
        place = GRID * row + np.where(row % 2, GRID - 1 - column, column)
        working = np.setdiff1d(np.arange(GRID * GRID), place)
        a, b = working[:-1], working[1:]
        along = (a // GRID == b // GRID) & (b - a <= 2)
        if np.all(along | ((a // GRID + 1 == b // GRID) & ((a + b) % (2 * GRID) == 2 * GRID - 1))):
            return (drawn,)


def network(serial: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a convolutional network: shapes (out, in) of its matrices, and reads per image."""
    rng = np.random.default_rng([serial, 5, 1])
    a, b, c, d = rng.integers((20, 60, 190, 10), (112, 196, 290, 100)).tolist()
    shapes = [(a, 27), (b, 9 * a), (b, 9 * b), (c, 9 * b), (d, c)]
    side, last = 2 * int(rng.integers(10, 25)), int(rng.choice((1, 2)))
    reads = [(side // 2**halved) ** 2 for halved in (0, 0, 1, last)] + [1]
    return np.array(shapes, dtype=np.int64), np.array(reads, dtype=np.int64)


def vectors(serial: int) -> tuple[np.ndarray]:
    """Return 100 inputs of the second convolution of the small network, to calibrate with."""
    return (np.random.default_rng([serial, 5, 2]).uniform(0.0, 1.0, (100, 144)),)


def plan_of(serial: int, copies: dict[str, int] | None = None) -> Any:
    """Return the small network's plan on the chip with that serial number."""
    return Chip(serial=serial).map(ResNet9().workload(), copies=copies or {})
