"""Floor 6: learning in memory, weights that are pulsed where they are stored.

`pulse_trains` turns an outer product into coincidences of pulses; `device_matrix` holds devices and
the zero of their weights; one file per rule: `rule` (plain gradient descent), `tiki_taka`,
`chopped`, `mixed_precision`. `target_matrix` and `perceptron` are what is learned, `coarse` the
devices on which rules are compared.

All rules agree with `aihwkit` in distribution (``scripts/make_aihwkit_update_reference.py``). By
intent they differ in this: an update that asks for more pulses than a train has slots clips both
vectors, there only `d`; sums keep what was not released, which its defaults forget; the adaptive
reference writes from the first read on, there after one period, and averages the reads of one
period alone; the scale of the fast matrix follows the product of the largest entries, there each
for itself.

>>> import numpy as np
>>> from aimc.in_memory_training import PulseTrains
>>> pulses = PulseTrains().draw(
...     np.array([1.0, -0.5]), np.array([0.2, 0.0, 1.0]), 0.1, 0.01, np.random.default_rng(1)
... )
>>> pulses.shape
(2, 3)
"""

from aimc.in_memory_training.chopped import AdaptiveReference, ChoppedTikiTaka
from aimc.in_memory_training.coarse import coarse_devices, fast_matrix
from aimc.in_memory_training.device_matrix import DeviceMatrix
from aimc.in_memory_training.mixed_precision import MixedPrecision
from aimc.in_memory_training.perceptron import Perceptron
from aimc.in_memory_training.pulse_trains import PulseTrains
from aimc.in_memory_training.rule import StochasticGradientDescent, UpdateRule
from aimc.in_memory_training.target_matrix import learn_matrix
from aimc.in_memory_training.tiki_taka import TikiTaka, TikiTaka2, Transfer

__all__ = [
    "AdaptiveReference",
    "ChoppedTikiTaka",
    "DeviceMatrix",
    "MixedPrecision",
    "PulseTrains",
    "StochasticGradientDescent",
    "TikiTaka",
    "TikiTaka2",
    "Transfer",
    "UpdateRule",
    "learn_matrix",
]


def __dir__() -> list[str]:
    return __all__
