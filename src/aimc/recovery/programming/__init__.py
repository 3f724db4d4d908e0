"""Floor 6: writing weights to devices well, and what that takes.

Ways to write weights to a core, a tiled matrix or a torch model, each with its cost:

- `direct.py`: every device once, with the errors that its model has.
- `verify.py`: pulse by pulse, with one or two devices per polarity.
- `gradient_descent.py`: again and again where measured products say that weights are wrong.
- `optimised_split.py`: one weight on two pairs of different significance, split for a later time.

`base.py` says what they share, `cost.py` what is counted and what is assumed. The loops over
pulses themselves are in `../program_and_verify.py` and `../program_cells.py`.

>>> import numpy as np, aimc
>>> from aimc.recovery.programming import programming
>>> W = np.random.default_rng(0).uniform(-1, 1, (64, 64))
>>> core = aimc.presets.hermes_core(serial=7)
>>> error = {}
>>> for name in ("direct", "gradient_descent"):
...     cost = programming(name).program(core, W)
...     error[name] = np.std(core.weights() - W)
>>> bool(error["gradient_descent"] < 0.8 * error["direct"]), cost.products > 0
(True, True)
"""

from aimc.recovery.programming.base import Programming
from aimc.recovery.programming.cost import ProgrammingCost
from aimc.recovery.programming.direct import Direct
from aimc.recovery.programming.gradient_descent import GradientDescent
from aimc.recovery.programming.named import PROGRAMMINGS, programming
from aimc.recovery.programming.optimised_split import OptimisedSplit, SplitCell, optimise_split
from aimc.recovery.programming.verify import Verify

__all__ = [
    "PROGRAMMINGS",
    "Direct",
    "GradientDescent",
    "OptimisedSplit",
    "Programming",
    "ProgrammingCost",
    "SplitCell",
    "Verify",
    "optimise_split",
    "programming",
]
