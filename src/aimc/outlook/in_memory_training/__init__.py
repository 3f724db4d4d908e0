"""Learning in memory: weights that are pulsed where they are stored.

>>> import numpy as np
>>> from aimc.outlook.in_memory_training import PulseTrains
>>> pulses = PulseTrains().draw(
...     np.array([1.0, -0.5]), np.array([0.2, 0.0, 1.0]), 0.1, 0.01, np.random.default_rng(1)
... )
>>> pulses.shape
(2, 3)
"""

from aimc.outlook.in_memory_training.chopped import AdaptiveReference, ChoppedTikiTaka
from aimc.outlook.in_memory_training.coarse import coarse_devices, fast_matrix
from aimc.outlook.in_memory_training.device_matrix import DeviceMatrix
from aimc.outlook.in_memory_training.mixed_precision import MixedPrecision
from aimc.outlook.in_memory_training.perceptron import Perceptron
from aimc.outlook.in_memory_training.pulse_trains import PulseTrains
from aimc.outlook.in_memory_training.rule import StochasticGradientDescent, UpdateRule
from aimc.outlook.in_memory_training.target_matrix import LearningCurve, learn_matrix
from aimc.outlook.in_memory_training.tiki_taka import TikiTaka, TikiTaka2, Transfer

__all__ = [
    "AdaptiveReference",
    "ChoppedTikiTaka",
    "DeviceMatrix",
    "LearningCurve",
    "MixedPrecision",
    "Perceptron",
    "PulseTrains",
    "StochasticGradientDescent",
    "TikiTaka",
    "TikiTaka2",
    "Transfer",
    "UpdateRule",
    "coarse_devices",
    "fast_matrix",
    "learn_matrix",
]
