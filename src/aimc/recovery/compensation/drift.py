r"""Global drift compensation: one digital factor per core that undoes the mean drift.

Drift shrinks all conductances by roughly the same factor. Reading a fixed set of devices right
after programming and again at time :math:`t` measures that factor,

.. math:: \alpha(t) = \frac{\sum_m I_m(t)}{\sum_m I_m(0)},

and dividing the outputs by it restores their scale. What remains is the spread of the drift
exponents, which no single number can undo :cite:p:`joshi2020accurate`.
"""

from __future__ import annotations

from typing import TypeVar

from aimc.backend import namespace
from aimc.cores import Core, CoreAtTime, TiledAtTime, TiledMatrix
from aimc.validation import check_time

__all__ = ["drift_factor", "drift_gain", "global_drift_compensation"]

Programmed = TypeVar("Programmed", Core, TiledMatrix)


def drift_factor(core: Core, t: float | str) -> float:
    r"""Return :math:`\alpha(t)`, the summed read current at ``t`` (s) over that at programming.

    All devices of the core are read once at each time, with read noise. Their currents add up
    without regard to polarity, as one word line after the other is driven with a constant voltage.

    Parameters
    ----------
    core : Core
        A programmed core.
    t : float or str
        Time since programming ended, s, or in words such as ``"1 d"``.
    """
    state, rng = core.state, core.reader(core.state.g_programmed)
    xp = namespace(state.g_programmed)
    return float(xp.sum(state.read(t, rng))) / float(xp.sum(state.read(state.programmed_at, rng)))


def drift_gain(core: Core, t: float | str) -> float:
    r"""Return :math:`1/\alpha(t)`, the factor that undoes the mean drift of a core at ``t`` (s).

    A ``gain`` of `aimc.chip.Chip.at` or `aimc.nn.at`. Right after programming it is one.
    """
    return 1.0 / drift_factor(core, t) if check_time("t", t) > 0 else 1.0


def global_drift_compensation(matrix: Programmed, t: float | str) -> CoreAtTime | TiledAtTime:
    """Return the core or tiled matrix at ``t`` (s) with the drift of each core divided out.

    Parameters
    ----------
    matrix : Core or TiledMatrix
        Programmed weights.
    t : float or str
        Time since programming ended, s, or in words such as ``"1 d"``.
    """
    gains = [1.0 / drift_factor(core, t) for core in matrix.cores]
    return matrix.at(t, gains) if isinstance(matrix, TiledMatrix) else matrix.at(t, gains[0])
