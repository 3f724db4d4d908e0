"""Floor 6: precise results from imprecise products, by averaging, slices and refinement.

How imprecise products become precise results:

- ``averaging.py``: several reads, or several copies of the devices, and their mean.
- ``slicing.py``: one weight on several slices that count with the powers of any base.
- ``solver.py``: mixed-precision iterative refinement, a linear solver whose inner products are
  analog.

>>> import numpy as np, aimc
>>> from aimc.recovery.precision import solve
>>> rng = np.random.default_rng(0)
>>> root = rng.normal(size=(60, 240)) / 240**0.5
>>> matrix = root @ root.T  # symmetric, positive definite
>>> core = aimc.presets.joshi2020(serial=1).program(matrix)
>>> solution = solve(matrix, np.ones(60), core)
>>> solution.converged, bool(solution.residuals[-1] < 1e-14)
(True, True)
"""

from aimc.recovery.precision.averaging import Copies, averaged
from aimc.recovery.precision.slicing import SlicedCell, SlicedMatrix
from aimc.recovery.precision.solver import DivergenceError, Solution, solve

__all__ = [
    "Copies",
    "DivergenceError",
    "SlicedCell",
    "SlicedMatrix",
    "averaged",
    "solve",
]


def __dir__() -> list[str]:
    return __all__
