"""The former name of `aimc.cores.core`, kept for one edition."""

import warnings

from aimc.cores.core import (
    Core,
    CoreAtTime,
    Noise,
    matmul,
)

__all__ = [
    "Core",
    "CoreAtTime",
    "Noise",
    "matmul",
]

warnings.warn("aimc.core is called aimc.cores.core now", DeprecationWarning, stacklevel=2)
