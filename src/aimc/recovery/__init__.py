"""Floor 6: algorithms that recover accuracy from imprecise hardware.

Training for the hardware (`training/`), ways to program well (`programming/`; program-and-verify
for devices, cells and cores), compensation of drift (`compensation/`), more bits than the devices
have (`precision/`), and what all of it brings on chips over time (`evaluation/`). Each takes and
returns what the floors below offer, so that it can be left out.

>>> import numpy as np, aimc
>>> core = aimc.presets.hermes_core(serial=7).program(np.eye(8))
>>> later = aimc.recovery.global_drift_compensation(core, 86400.0)

A torch model is trained for the hardware with `train`, and what it keeps of its accuracy on chips
that age is what `evaluate` measures; both need torch, the rest NumPy alone.
"""

from typing import TYPE_CHECKING

from aimc.lazy import lazy_names

if TYPE_CHECKING:
    from aimc.recovery import (
        compensation,
        evaluation,
        precision,
        programming,
        training,
    )
    from aimc.recovery.compensation import drift_factor, global_drift_compensation
    from aimc.recovery.evaluation import Report, compare, error_budget, evaluate, sensitivity
    from aimc.recovery.precision import solve
    from aimc.recovery.programming import (
        CellProgramming,
        CoreRun,
        ProgramAndVerify,
        ProgrammingRun,
        acceptance,
        calibrate_relaxation,
        core_programming_time,
        corrected_scatter,
        next_current,
        program_and_verify,
        program_cells,
        programmed_hermes_core,
        set_relaxation,
    )
    from aimc.recovery.training import finish, noisy_training, prepare, recipe, remap, train
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "aimc.recovery.compensation": ("drift_factor", "global_drift_compensation"),
            "aimc.recovery.evaluation": (
                "Report",
                "compare",
                "error_budget",
                "evaluate",
                "sensitivity",
            ),
            "aimc.recovery.precision": ("solve",),
            "aimc.recovery.programming": (
                "CellProgramming",
                "CoreRun",
                "ProgramAndVerify",
                "ProgrammingRun",
                "acceptance",
                "calibrate_relaxation",
                "core_programming_time",
                "corrected_scatter",
                "next_current",
                "program_and_verify",
                "program_cells",
                "programmed_hermes_core",
                "set_relaxation",
            ),
            "aimc.recovery.training": (
                "finish",
                "noisy_training",
                "prepare",
                "recipe",
                "remap",
                "train",
            ),
        },
    )

__all__ = [
    "CellProgramming",
    "CoreRun",
    "ProgramAndVerify",
    "ProgrammingRun",
    "Report",
    "acceptance",
    "calibrate_relaxation",
    "compare",
    "compensation",
    "core_programming_time",
    "corrected_scatter",
    "drift_factor",
    "error_budget",
    "evaluate",
    "evaluation",
    "finish",
    "global_drift_compensation",
    "next_current",
    "noisy_training",
    "precision",
    "prepare",
    "program_and_verify",
    "program_cells",
    "programmed_hermes_core",
    "programming",
    "recipe",
    "remap",
    "sensitivity",
    "set_relaxation",
    "solve",
    "train",
    "training",
]
