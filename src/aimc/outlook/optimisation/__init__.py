"""Optimisation on one core: sparse signals from few sums, and networks that search with noise.

>>> import numpy as np
>>> from aimc.outlook.optimisation import cut_size, ring
>>> float(cut_size(ring(4), np.array([1.0, -1.0, 1.0, -1.0])))
4.0
"""

from aimc.outlook.optimisation.compressed_sensing import (
    SensingCore,
    sensing_matrix,
    sparse_signals,
)
from aimc.outlook.optimisation.hopfield import Annealing, HopfieldNetwork
from aimc.outlook.optimisation.max_cut import cut_size, largest_cut, random_graph, ring
from aimc.outlook.optimisation.recovery import Recovery, message_passing, soft_thresholding
from aimc.outlook.optimisation.schedules import NoiseSchedule, averaged, constant, falling

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
