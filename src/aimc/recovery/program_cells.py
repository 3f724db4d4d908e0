"""A former name of `aimc.recovery.programming`, kept for one edition."""

import warnings

from aimc.recovery.programming import (
    CoreRun,
    program_cells,
)

__all__ = [
    "CoreRun",
    "program_cells",
]

warnings.warn(
    "aimc.recovery.program_cells is called aimc.recovery.programming now",
    DeprecationWarning,
    stacklevel=2,
)
