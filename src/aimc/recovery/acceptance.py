"""A former name of `aimc.recovery.programming`, kept for one edition."""

from aimc.lazy import warn_of_former_name
from aimc.recovery.programming import (
    acceptance,
    corrected_scatter,
)

__all__ = [
    "acceptance",
    "corrected_scatter",
]

warn_of_former_name("aimc.recovery.acceptance", "aimc.recovery.programming")
