"""Floor 6: writing weights to devices well, and what that takes.

Ways to write weights to a core, a matrix or a torch model, each with its cost:

- ``direct.py``: every device once, with the errors that its model has.
- ``verify.py``: pulse by pulse, with one or two devices per polarity. ``loop.py`` has the loop
  itself, ``cells.py`` what cells of four devices make of it.
- ``gradient_descent.py``: again and again where measured products say that weights are wrong.
- ``optimised_split.py``: one weight on two pairs of different significance, split for a later time.

``base.py`` says what they share, ``cost.py`` what is counted and what is assumed.

>>> import numpy as np, aimc
>>> from aimc.recovery.programming import programming
>>> W = np.random.default_rng(0).uniform(-1, 1, (64, 64))
>>> core = aimc.presets.hermes(serial=7)
>>> error = {}
>>> for name in ("direct", "gradient_descent"):
...     cost = programming(name).program(core, W)
...     error[name] = np.std(core.weights() - W)
>>> bool(error["gradient_descent"] < 0.8 * error["direct"]), cost.products > 0
(True, True)
"""

from typing import TYPE_CHECKING

from aimc.lazy import lazy_names

if TYPE_CHECKING:
    from aimc.recovery.programming.base import Programming
    from aimc.recovery.programming.cells import (
        CellProgramming,
        CoreRun,
        devices_in_cells,
        program_cells,
        programmed_hermes_core,
        set_relaxation,
    )
    from aimc.recovery.programming.cost import ProgrammingCost
    from aimc.recovery.programming.direct import Direct
    from aimc.recovery.programming.gradient_descent import GradientDescent
    from aimc.recovery.programming.loop import (
        ProgramAndVerify,
        ProgrammingRun,
        acceptance,
        calibrate_relaxation,
        core_programming_time,
        corrected_scatter,
        next_current,
        program_and_verify,
    )
    from aimc.recovery.programming.named import PROGRAMMINGS, programming
    from aimc.recovery.programming.optimised_split import OptimisedSplit, SplitCell, optimise_split
    from aimc.recovery.programming.verify import Verify
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "aimc.recovery.programming.base": ("Programming",),
            "aimc.recovery.programming.cells": (
                "CellProgramming",
                "CoreRun",
                "devices_in_cells",
                "program_cells",
                "programmed_hermes_core",
                "set_relaxation",
            ),
            "aimc.recovery.programming.cost": ("ProgrammingCost",),
            "aimc.recovery.programming.direct": ("Direct",),
            "aimc.recovery.programming.gradient_descent": ("GradientDescent",),
            "aimc.recovery.programming.loop": (
                "ProgramAndVerify",
                "ProgrammingRun",
                "acceptance",
                "calibrate_relaxation",
                "core_programming_time",
                "corrected_scatter",
                "next_current",
                "program_and_verify",
            ),
            "aimc.recovery.programming.named": (
                "PROGRAMMINGS",
                "programming",
            ),
            "aimc.recovery.programming.optimised_split": (
                "OptimisedSplit",
                "SplitCell",
                "optimise_split",
            ),
            "aimc.recovery.programming.verify": ("Verify",),
        },
    )

__all__ = [
    "Direct",
    "GradientDescent",
    "OptimisedSplit",
    "ProgramAndVerify",
    "Programming",
    "ProgrammingCost",
    "Verify",
    "calibrate_relaxation",
    "program_and_verify",
    "program_cells",
    "programmed_hermes_core",
    "programming",
    "set_relaxation",
]
