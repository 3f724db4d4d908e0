"""A former name of `aimc.recovery.programming`, kept for one edition."""

import warnings

from aimc.recovery.programming import (
    acceptance,
    corrected_scatter,
)

__all__ = [
    "acceptance",
    "corrected_scatter",
]

warnings.warn(
    "aimc.recovery.acceptance is called aimc.recovery.programming now",
    DeprecationWarning,
    stacklevel=2,
)
