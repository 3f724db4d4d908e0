"""The former name of `aimc.cores.core`, kept for one edition."""

from aimc.cores.core import (
    Core,
    CoreAtTime,
    Noise,
    matmul,
)
from aimc.lazy import warn_of_former_name

__all__ = [
    "Core",
    "CoreAtTime",
    "Noise",
    "matmul",
]

warn_of_former_name("aimc.core", "aimc.cores.core")
