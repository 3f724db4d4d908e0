"""Analog in-memory computing for deep learning: devices, circuits, cores and chips.

>>> import numpy as np, aimc
>>> core = aimc.presets.hermes(serial=7)
>>> W = np.random.default_rng(0).uniform(-1, 1, (64, 128))
>>> y = core.program(W) @ np.ones(128)
>>> y.shape
(64,)

A matrix of any size goes on cores with ``aimc.program(W, "hermes", serial=7)``. A model of yours
takes four verbs: `convert`, `calibrate`, `program` and `at`; `train` makes it fit for the hardware,
`evaluate` says what it is worth on many chips, and `Chip` what it costs.
Everything else is found from here, too, and loaded when it is first asked for. Only models need
torch.

Rooms stand on floors, and imports only go down; rooms of one floor do not know each other::

    7  networks: shipped networks             compare: machines beside each other
    6  recovery: accuracy won back            chip: networks on cores, and what they cost
       in_memory_training: learned in place   kernel_approximation: random features
    5  nn: torch layers                       plots: figures as data
    4  cores: weights on one core or several  layers: what a layer asks of a machine
       presets: published systems by name
    3  circuits: unit cell, converters, wires, the one forward
    2  devices: models of single devices
    1  backend: two array libraries           published: numbers with their sources
       datasets: data and trained weights     statistics, units, validation
"""

from typing import TYPE_CHECKING

from aimc.lazy import lazy_names

if TYPE_CHECKING:
    from aimc import (
        backend,
        chip,
        circuits,
        compare,
        cores,
        datasets,
        devices,
        in_memory_training,
        kernel_approximation,
        layers,
        networks,
        plots,
        presets,
        published,
        recovery,
        statistics,
    )
    from aimc import nn as nn
    from aimc.chip import Chip
    from aimc.cores import Core, Matrix, TiledMatrix
    from aimc.nn import at as at
    from aimc.nn import calibrate as calibrate
    from aimc.nn import convert as convert
    from aimc.presets import citations
    from aimc.recovery import evaluate as evaluate
    from aimc.recovery import train as train
    from aimc.validation import RangeWarning, UnprogrammedError
    from aimc.verbs import program
else:  # a type checker would take every name for granted
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "aimc.chip": ("Chip",),
            "aimc.cores": ("Core", "Matrix", "TiledMatrix"),
            "aimc.nn": ("at", "calibrate", "convert"),
            "aimc.presets": ("citations",),
            "aimc.recovery": ("evaluate", "train"),
            "aimc.validation": ("RangeWarning", "UnprogrammedError"),
            "aimc.verbs": ("program",),
        },
        shown=("at", "calibrate", "convert", "evaluate", "nn", "train"),
    )

# `nn` and the verbs for models are left out: ``from aimc import *`` loads what stands here, and
# torch is not always there.
__all__ = [
    "Chip",
    "Core",
    "Matrix",
    "RangeWarning",
    "UnprogrammedError",
    "chip",
    "circuits",
    "citations",
    "compare",
    "cores",
    "datasets",
    "devices",
    "in_memory_training",
    "kernel_approximation",
    "layers",
    "networks",
    "plots",
    "presets",
    "program",
    "published",
    "recovery",
    "statistics",
]
__version__ = "0.27.0"
