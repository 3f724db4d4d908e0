"""A former name of `aimc.recovery.programming`, kept for one edition."""

from aimc.lazy import warn_of_former_name
from aimc.recovery.programming import (
    CoreRun,
    program_cells,
)

__all__ = [
    "CoreRun",
    "program_cells",
]

warn_of_former_name("aimc.recovery.program_cells", "aimc.recovery.programming")
