"""A former name of `aimc.recovery.programming`, kept for one edition."""

import warnings

from aimc.recovery.programming import (
    ProgramAndVerify,
    ProgrammingRun,
    calibrate_relaxation,
    core_programming_time,
    next_current,
    program_and_verify,
)

__all__ = [
    "ProgramAndVerify",
    "ProgrammingRun",
    "calibrate_relaxation",
    "core_programming_time",
    "next_current",
    "program_and_verify",
]

warnings.warn(
    "aimc.recovery.program_and_verify is called aimc.recovery.programming now",
    DeprecationWarning,
    stacklevel=2,
)
