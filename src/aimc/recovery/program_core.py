"""A former name of `aimc.recovery.programming`, kept for one edition."""

from aimc.lazy import warn_of_former_name
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

warn_of_former_name("aimc.recovery.program_core", "aimc.recovery.programming")
