"""Analog in-memory computing for deep learning: devices, circuits, cores and chips.

>>> import numpy as np, aimc
>>> core = aimc.presets.hermes_core(serial=7)
>>> W = np.random.default_rng(0).uniform(-1, 1, (64, 128))
>>> y = core.program(W) @ np.ones(128)
>>> y.shape
(64,)
"""

from aimc import circuits, devices, presets, tiled
from aimc.core import Core
from aimc.presets import citations
from aimc.tiled import TiledMatrix
from aimc.validation import RangeWarning, UnprogrammedError

__all__ = [
    "Core",
    "RangeWarning",
    "TiledMatrix",
    "UnprogrammedError",
    "circuits",
    "citations",
    "devices",
    "presets",
    "tiled",
]
__version__ = "0.4.0"
