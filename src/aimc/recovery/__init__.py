"""Floor 6: algorithms that recover accuracy from imprecise hardware.

Training for the hardware (`training/`), ways to program well (`programming/`; program-and-verify
for devices, cells and cores), compensation of drift (`compensation/`), more bits than the devices
have (`precision/`), and what all of it brings on chips over time (`evaluation/`). Each takes and
returns what the floors below offer, so that it can be left out.

>>> import numpy as np, aimc
>>> core = aimc.presets.hermes(serial=7).program(np.eye(8))
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
        ProgramAndVerify,
        program_and_verify,
    )
    from aimc.recovery.training import noisy_training, recipe, remap, train
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
                "ProgramAndVerify",
                "program_and_verify",
            ),
            "aimc.recovery.training": (
                "noisy_training",
                "recipe",
                "remap",
                "train",
            ),
        },
    )

__all__ = [
    "compare",
    "compensation",
    "drift_factor",
    "error_budget",
    "evaluate",
    "evaluation",
    "global_drift_compensation",
    "noisy_training",
    "precision",
    "program_and_verify",
    "programming",
    "sensitivity",
    "solve",
    "train",
    "training",
]
