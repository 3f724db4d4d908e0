"""Floor 6: undoing drift without programming again, and what that costs.

Ways to undo drift by measuring, without programming again. Each is one file and class:

- ``global_drift.py``: one factor per core from the currents of its devices, as functions, and with
  its choices (what is read, against what, which estimate).
- ``vector_factor.py``: a factor per core from a few test vectors.
- ``affine.py``: a factor and an offset per output of each core.
- ``batch_norm.py``: statistics of batch normalisations from data.
- ``schedule.py``: one of these at given times only.

``base.py`` says what all of them share, ``machine.py`` what they ask of a core, a matrix or a
torch model, ``cost.py`` what a calibration costs and which assumptions that rests on.

>>> import numpy as np, aimc
>>> from aimc.recovery.compensation import compensation
>>> core = aimc.presets.hermes(serial=7).program(np.eye(8))
>>> correct = compensation("global")
>>> measured_once = correct.prepare(core)  # right after programming
>>> spent = correct.apply(core, "1 d")
>>> spent.view.gain > 1, spent.vectors
(True, 8)
"""

from aimc.recovery.compensation.affine import OutputAffine
from aimc.recovery.compensation.base import Compensation, Uncompensated
from aimc.recovery.compensation.batch_norm import AdaBS, BatchNormRefresh
from aimc.recovery.compensation.cost import CompensationCost, ReadCost
from aimc.recovery.compensation.global_drift import (
    GlobalDrift,
    drift_factor,
    drift_gain,
    global_drift_compensation,
)
from aimc.recovery.compensation.named import COMPENSATIONS, compensation
from aimc.recovery.compensation.schedule import Recalibration
from aimc.recovery.compensation.vector_factor import VectorFactor

__all__ = [
    "AdaBS",
    "BatchNormRefresh",
    "Compensation",
    "GlobalDrift",
    "OutputAffine",
    "ReadCost",
    "Recalibration",
    "Uncompensated",
    "VectorFactor",
    "compensation",
    "drift_factor",
    "drift_gain",
    "global_drift_compensation",
]


def __dir__() -> list[str]:
    return __all__
