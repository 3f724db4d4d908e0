r"""How large the full-scale conductance of a core may be: the bit-line current decides.

A weight :math:`w` becomes :math:`G = w\,G_\max/w_\max`. A large :math:`G_\max` is a large signal,
but the ADC of a bit line takes only so much current: near 100 µA it saturates (fact A028). So each
core gets the largest :math:`G_\max` that keeps all its bit lines below that
:cite:p:`legallo2023hermes`, and cores that use many rows must do with less (fact A101).

With pulse-width modulation every row conducts from the start of its pulse until its own end, at the
same voltage. The current is largest at the *start*, when all rows with a nonzero input are on:

.. math:: I_i = V_\mathrm{read}\,\frac{G_\max}{w_\max}\sum_{j:\,x_j \neq 0} |w_{ij}|,

where a four-phase read adds only rows of one sign of input and devices of one polarity at a time.
The *mean* over the pulse weighs each row with its :math:`|x_j|` instead.
"""

from __future__ import annotations

import numpy as np

from aimc.backend import Array, as_array, to_numpy
from aimc.circuits.read_currents import conducting, line_currents, phase_signs
from aimc.validation import check_array, check_choice, check_integer, check_number

__all__ = ["largest_full_scale", "line_loads", "lost_current"]


def line_loads(weights: Array, x: Array, *, phases: int = 4, when: str = "start") -> np.ndarray:
    """Return how many fully SET cells each bit line conducts like, for each input vector.

    Parameters
    ----------
    weights : array, shape (out, in)
        Weights in any unit; the largest magnitude stands for a fully SET cell.
    x : array, shape (n, in)
        Inputs scaled to the range of the input converter, -1 to 1.
    phases : {1, 4}
        One read for all signs together, whose currents cancel in part, or one read for each
        combination of the signs of weight and input, of which the largest counts.
    when : {"start", "mean"}
        Whether to take the current at the start of the pulses or its mean over the longest pulse.

    Returns
    -------
    array, shape (n, out)
        Load of each line, in units of full-scale cells, not negative.
    """
    w, inputs = (to_numpy(as_array(n, v)) for n, v in (("weights", weights), ("x", x)))
    check_array("weights", w, ndim=2)
    check_array("x", inputs, ndim=2, last=int(w.shape[1]), low=-1.0, high=1.0)
    check_choice("phases", phases, (1, 4))
    check_choice("when", when, ("start", "mean"))
    peak = float(np.max(np.abs(w)))
    if peak == 0:
        return np.zeros((inputs.shape[0], w.shape[0]))
    cells = np.stack([np.clip(sign * w / peak, 0.0, None) for sign in (1, -1)])
    driven = conducting(inputs) if when == "start" else inputs
    found = line_currents(cells, driven, read_mode=f"{phases}-phase", v_read=1.0)
    return np.max(found.mirrored, axis=0)


def largest_full_scale(
    weights: Array,
    x: Array,
    g_cell: float,
    *,
    i_max: float = 100e-6,
    v_read: float = 0.2,
    phases: int = 4,
    when: str = "start",
    share: float = 1.0,
) -> float:
    """Return the largest full-scale conductance (S) that keeps bit-line currents below ``i_max``.

    Parameters
    ----------
    weights, x
        As in `line_loads`. A few hundred typical input vectors are enough.
    g_cell : float
        What the unit cell can hold at most, S: the answer is never larger (facts A059 and A060).
    i_max : float
        Current that the ADC takes, A.
    v_read : float
        Read voltage, V.
    phases, when
        As in `line_loads`.
    share : float
        Share of the lines and vectors that must stay below, up to 1 for all.

    Examples
    --------
    To program a core with it, scale the weights: ``core.program(W, w_max=w_peak * g_cell / g)``.

    >>> import numpy as np
    >>> W, x = np.ones((1, 100)), np.ones((1, 100))
    >>> round(1e6 * largest_full_scale(W, x, g_cell=20e-6), 3)  # 100 cells share 100 uA at 0.2 V
    5.0
    """
    for name, value, unit in (
        ("g_cell", g_cell, "S"),
        ("i_max", i_max, "A"),
        ("v_read", v_read, "V"),
    ):
        check_number(name, value, low=0.0, open_low=True, unit=unit)
    check_number("share", share, low=0.0, open_low=True, high=1.0)
    load = float(np.quantile(line_loads(weights, x, phases=phases, when=when), share))
    return g_cell if load == 0 else min(g_cell, i_max / (v_read * load))


def lost_current(
    lines: Array,
    x: Array,
    *,
    i_max: float = 100e-6,
    v_read: float = 0.2,
    steps: int = 127,
    read_mode: str = "4-phase",
) -> np.ndarray:
    """Return what a read loses where bit lines saturate, as a mean current (A).

    In each phase the current of a line is followed through the pulses, from the time when all rows
    conduct to the end of the longest pulse, and cut at ``i_max``.

    Parameters
    ----------
    lines : array, shape (2, out, in)
        Conductances of the positive and of the negative devices, summed over those that share a
        line, S.
    x : array, shape (n, in)
        Inputs scaled to the range of the input converter, -1 to 1.
    i_max : float
        Current at which the input of the ADC saturates, A.
    v_read : float
        Read voltage, V.
    steps : int
        Time steps of the longest pulse; 127 are those of a signed 8-bit input.
    read_mode : {"4-phase", "1-phase"}
        How the core is read.

    Returns
    -------
    array, shape (n, out)
        Mean current with saturation minus that without; zero where no line saturates.
    """
    g, inputs = (to_numpy(as_array(n, v)) for n, v in (("lines", lines), ("x", x)))
    check_array("lines", g, ndim=3, low=0.0, unit="S")
    check_array("x", inputs, ndim=2, last=int(g.shape[2]), low=-1.0, high=1.0)
    check_number("i_max", i_max, low=0.0, open_low=True, unit="A")
    check_number("v_read", v_read, low=0.0, open_low=True, unit="V")
    check_integer("steps", steps, low=1)
    signs = phase_signs(read_mode)[:, None, None]
    lost = np.zeros((inputs.shape[0], g.shape[1]))
    for step in range(steps):
        on = conducting(inputs, (step + 0.5) / steps)
        net = line_currents(g, on, read_mode=read_mode, v_read=v_read).net
        if read_mode == "4-phase" and not np.any(net > i_max):
            break  # fewer and fewer rows conduct
        lost += np.sum(signs * (np.clip(net, -i_max, i_max) - net), axis=0)
    return lost / steps
