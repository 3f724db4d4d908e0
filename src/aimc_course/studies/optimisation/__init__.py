"""Optimisation on one core: sparse signals from few sums, and networks that search with noise.

Iterations around one core that read it again and again. `compressed_sensing` holds a random matrix
that is read from both sides, `recovery` finds sparse signals with it; `max_cut` has graphs and
their cuts, `hopfield` a network that searches for a large one, and how much noise it gets.

>>> import numpy as np
>>> from aimc_course.studies.optimisation import cut_size, ring
>>> float(cut_size(ring(4), np.array([1.0, -1.0, 1.0, -1.0])))
4.0
"""

from aimc_course.studies.optimisation.compressed_sensing import (
    SensingCore,
    sensing_matrix,
    sparse_signals,
)
from aimc_course.studies.optimisation.hopfield import (
    Annealing,
    HopfieldNetwork,
    NoiseSchedule,
    averaged,
    constant,
    falling,
)
from aimc_course.studies.optimisation.max_cut import cut_size, largest_cut, random_graph, ring
from aimc_course.studies.optimisation.recovery import Recovery, message_passing, soft_thresholding

__all__ = [
    "Annealing",
    "HopfieldNetwork",
    "NoiseSchedule",
    "Recovery",
    "SensingCore",
    "averaged",
    "constant",
    "cut_size",
    "falling",
    "largest_cut",
    "message_passing",
    "random_graph",
    "ring",
    "sensing_matrix",
    "soft_thresholding",
    "sparse_signals",
]
