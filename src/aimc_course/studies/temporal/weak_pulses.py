"""SET pulses so weak that they add crystal instead of overwriting the past."""

from __future__ import annotations

from aimc.devices.pulsed.parameters import PulseParameters
from aimc.validation import check_number

__all__ = ["weak_current"]

BELOW_FULL = 0.99  # the largest weak pulse must not reach the current that melts


def weak_current(model: PulseParameters, drive: float) -> float:
    """Return the current (A) of a weak pulse.

    Parameters
    ----------
    model : PulseParameters
        Devices and pulses.
    drive : float
        From 0, where nothing happens, to 1, almost the current that overwrites. The step of the
        conductance grows as its square.
    """
    check_number("drive", drive, low=0.0, high=1.0)
    return model.i_onset + BELOW_FULL * drive * (model.i_full - model.i_onset)
