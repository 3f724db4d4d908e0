"""Which unit cells of a core can be used: devices that no pulse moves, and how they are found."""

from __future__ import annotations

import numpy as np

from aimc.backend import RandomSource, as_generator
from aimc.circuits.two_device_cell import net
from aimc.devices.faults import Stuck
from aimc.devices.pulsed import PulsedArray
from aimc.validation import check_number

__all__ = ["break_devices", "unit_cell_yield"]


def break_devices(array: PulsedArray, stuck: Stuck) -> None:
    """Make devices stuck: no pulse moves them from their RESET or SET conductance.

    Parameters
    ----------
    array : PulsedArray
        Changed in place.
    stuck : Stuck
        Which devices, two arrays of bool whose entries correspond to those of the array.
    """
    low, high = (np.reshape(mask, array.shape) for mask in (stuck.reset, stuck.set))
    array.g_set = np.where(low, array.g_reset, array.g_set)
    array.g_reset = np.where(high, array.g_set, array.g_reset)
    array.g = np.clip(array.g, array.g_reset, array.g_set)


def unit_cell_yield(
    array: PulsedArray, rng: RandomSource, *, low: float, high: float
) -> np.ndarray:
    """Return which unit cells are good, shape (out, in), by the criterion of the 64-core chip.

    With all four devices RESET the cell reads less than ``low`` (S) in magnitude, and with any one
    of them SET that device reads more than ``high`` (S); fact A064 has the limits in counts.

    Parameters
    ----------
    array : PulsedArray
        Devices of shape (2, 2, out, in). The array itself is left as it is.
    rng : int or numpy.random.Generator
        Source of the scatter of pulses and reads.
    low, high : float
        Limits, S.
    """
    check_number("low", low, low=0.0, open_low=True, unit="S")
    check_number("high", high, low=low, unit="S")
    trial, generator = array.copy(), as_generator(rng)
    trial.reset(generator)
    silent = np.abs(net(trial.read(generator))) < low
    trial.set(generator)
    return silent & np.all(trial.read(generator) > high, axis=(0, 1))
