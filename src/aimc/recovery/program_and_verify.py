"""A former name of `aimc.recovery.programming`, kept for one edition."""

from aimc.lazy import warn_of_former_name
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

warn_of_former_name("aimc.recovery.program_and_verify", "aimc.recovery.programming")
