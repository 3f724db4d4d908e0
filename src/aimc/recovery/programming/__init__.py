"""Floor 6: writing weights to devices well, and what that takes.

>>> import numpy as np, aimc
>>> from aimc.recovery.programming import programming
>>> W = np.random.default_rng(0).uniform(-1, 1, (64, 64))
>>> core = aimc.presets.hermes_core(serial=7)
>>> error = {}
>>> for name in ("direct", "gradient_descent"):
...     cost = programming(name).program(core, W)
...     error[name] = np.std(core.weights() - W)
>>> bool(error["gradient_descent"] < 0.8 * error["direct"]), cost.products > 0
(True, True)
"""

from aimc.recovery.programming.base import Programming
from aimc.recovery.programming.cost import ProgrammingCost
from aimc.recovery.programming.direct import Direct
from aimc.recovery.programming.gradient_descent import GradientDescent
from aimc.recovery.programming.named import PROGRAMMINGS, programming
from aimc.recovery.programming.optimised_split import OptimisedSplit, SplitCell, optimise_split
from aimc.recovery.programming.verify import Verify

__all__ = [
    "PROGRAMMINGS",
    "Direct",
    "GradientDescent",
    "OptimisedSplit",
    "Programming",
    "ProgrammingCost",
    "SplitCell",
    "Verify",
    "optimise_split",
    "programming",
]
