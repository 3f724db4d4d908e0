"""A four-phase read on resistive wires: pulses, and lines that float outside their pulse.

On the 64-core chip each cell has a source line and a bit line for either polarity; the two bit
lines of a row end in one converter. An input of zero, a pulse that has ended and the polarity that
is not read leave their source lines at high impedance :cite:p:`legallo2023hermes`: connected to no
driver, but still to all devices. So each slot of each phase has its own set of floating lines and,
with resistive wires, its own matrix; the result is no longer one matrix times the input.
"""

from __future__ import annotations

import numpy as np

from aimc.circuits.read_currents import PHASES
from aimc.circuits.wires import Wires, line_currents
from aimc.validation import check_array, check_integer, check_number

__all__ = ["four_phase_currents"]


def four_phase_currents(
    weights: np.ndarray,
    x: np.ndarray,
    g_max: float,
    wires: Wires,
    slots: int = 8,
    *,
    held: bool = False,
) -> np.ndarray:
    """Return what a four-phase read finds on resistive wires, scaled: ideal wires give ``W x``.

    Parameters
    ----------
    weights : array, shape (out, in)
        Scaled weights, -1 to 1.
    x : array, shape (in,)
        Scaled inputs, -1 to 1; they become pulses of a whole number of slots.
    g_max : float
        Conductance of a weight of one, S.
    wires : Wires
        Resistances of the lines of either polarity from one cell to the next.
    slots : int
        Slots of the longest pulse; the chip has 127.
    held : bool
        Whether lines without a pulse are held at 0 V instead of floating.

    Returns
    -------
    array, shape (out,)
        Mean current over the pulse over that of one cell of ``g_max``, the four phases added with
        their signs.
    """
    check_array("weights", weights, low=-1.0, high=1.0)
    check_array("x", x, low=-1.0, high=1.0, last=weights.shape[-1])
    check_number("g_max", g_max, low=0.0, open_low=True, unit="S")
    check_integer("slots", slots, low=1)
    total = np.zeros(weights.shape[0])
    for sign, polarity in PHASES:
        plane = np.maximum(polarity * weights, 0.0)
        codes = np.round(slots * np.maximum(sign * np.asarray(x, dtype=np.float64), 0.0))
        steps = [codes / slots] if held else [codes > slot for slot in range(int(codes.max()))]
        for step in steps:
            floating = None if held else np.logical_not(step)
            read = line_currents(g_max * plane, 1.0 * step, wires, floating)
            total += sign * polarity * read / (g_max * (1 if held else slots))
    return total
