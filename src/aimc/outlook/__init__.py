"""Floor 8: ideas beyond today's chips, each a small module on top of everything.

>>> import aimc
>>> aimc.outlook.in_memory_training.PulseTrains().length
31
"""

from typing import TYPE_CHECKING

from aimc.lazy import lazy_names

if TYPE_CHECKING:
    from aimc.outlook import (
        architectures,
        foundation_models,
        hyperdimensional,
        in_memory_training,
        kernel_approximation,
        moe_3d,
        optimisation,
        temporal,
    )
else:
    __getattr__, __dir__ = lazy_names(__name__)

__all__ = [
    "architectures",
    "foundation_models",
    "hyperdimensional",
    "in_memory_training",
    "kernel_approximation",
    "moe_3d",
    "optimisation",
    "temporal",
]
