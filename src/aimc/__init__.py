"""Analog in-memory computing for deep learning: devices, circuits, cores and chips.

>>> import numpy as np, aimc
>>> core = aimc.presets.hermes_core(serial=7)
>>> W = np.random.default_rng(0).uniform(-1, 1, (64, 128))
>>> y = core.program(W) @ np.ones(128)
>>> y.shape
(64,)

Everything is found from here, ``aimc.chip.Chip`` or ``aimc.nn.convert``, and loaded when it is
first asked for. Only `aimc.nn` needs torch.
"""

from typing import TYPE_CHECKING

from aimc.lazy import lazy_names

if TYPE_CHECKING:
    from aimc import (
        backend,
        chip,
        circuits,
        compare,
        datasets,
        devices,
        layers,
        networks,
        outlook,
        plots,
        presets,
        published,
        recovery,
        statistics,
        tiled,
    )
    from aimc import nn as nn
    from aimc.core import Core
    from aimc.presets import citations
    from aimc.tiled import TiledMatrix
    from aimc.validation import RangeWarning, UnprogrammedError
else:  # a type checker would take every name for granted
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "aimc.core": ("Core",),
            "aimc.presets": ("citations",),
            "aimc.tiled": ("TiledMatrix",),
            "aimc.validation": ("RangeWarning", "UnprogrammedError"),
        },
    )

# `nn` is left out: ``from aimc import *`` loads what stands here, and torch is not always there.
__all__ = [
    "Core",
    "RangeWarning",
    "TiledMatrix",
    "UnprogrammedError",
    "backend",
    "chip",
    "circuits",
    "citations",
    "compare",
    "datasets",
    "devices",
    "layers",
    "networks",
    "outlook",
    "plots",
    "presets",
    "published",
    "recovery",
    "statistics",
    "tiled",
]
__version__ = "0.9.0"
