"""A former name of `aimc.recovery.programming`, kept for one edition."""

import warnings

from aimc.recovery.programming import (
    CellProgramming,
    devices_in_cells,
    programmed_hermes_core,
    set_relaxation,
)

__all__ = [
    "CellProgramming",
    "devices_in_cells",
    "programmed_hermes_core",
    "set_relaxation",
]

warnings.warn(
    "aimc.recovery.program_core is called aimc.recovery.programming now",
    DeprecationWarning,
    stacklevel=2,
)
