"""A four-phase read on resistive wires: pulses, and lines that float outside their pulse.

On the 64-core chip each cell has a source line for either polarity, and both polarities meet on the
same bit line. An input of zero, a pulse that has ended and the polarity that is not read leave
their source lines at high impedance :cite:p:`legallo2023hermes`: connected to no driver, but still
to all devices. So each slot of each phase has its own set of floating lines and, with resistive
wires, its own matrix; the result is no longer one matrix times the input.
"""

from __future__ import annotations

import numpy as np

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
        Resistances; ``r_column`` is that of a bit line from one cell to the next, between which it
        crosses the source lines of both polarities.
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
    outputs, inputs = weights.shape
    cells = np.zeros((outputs, 2 * inputs))
    cells[:, 0::2], cells[:, 1::2] = np.maximum(weights, 0.0), np.maximum(-weights, 0.0)
    half = Wires(
        wires.r_row, wires.r_column / 2, wires.drive, wires.read, wires.r_driver, wires.r_reader
    )
    total = np.zeros(outputs)
    for sign in (1.0, -1.0):
        codes = np.round(slots * np.maximum(sign * np.asarray(x, dtype=np.float64), 0.0))
        for polarity, direction in ((0, 1.0), (1, -1.0)):
            steps = [codes / slots] if held else [codes > slot for slot in range(int(codes.max()))]
            for step in steps:
                volts = np.zeros(2 * inputs)
                volts[polarity::2] = step
                floating = None if held else volts == 0
                read = line_currents(g_max * cells, volts, half, floating)
                total += sign * direction * read / (g_max * (1 if held else slots))
    return total
