"""Neurons that integrate in the phase of a device :cite:p:`tuma2016stochastic`.

The membrane potential is the amorphous volume that is left: SET pulses shrink it, a conductance
above the threshold is a spike, and a RESET follows. Two melts never leave the same glass and no two
pulses crystallise the same amount, so equal inputs lead to unequal intervals.
"""

from __future__ import annotations

import numpy as np

from aimc.devices.pulsed import PulsedPCM
from aimc.validation import check_array, check_number
from aimc_course.studies.temporal.weak_pulses import weak_current

__all__ = ["PhaseChangeNeurons", "intervals"]


class PhaseChangeNeurons:
    """A population of neurons, one device each, RESET at the start.

    Parameters
    ----------
    model : PulsedPCM
        Devices and pulses.
    count : int
        Number of neurons.
    threshold : float
        Conductance from which a neuron fires, S.
    rng : numpy.random.Generator
        Source of the scatter of pulses and of the read noise.
    serial : int
        Serial number of the devices.

    Raises
    ------
    ValueError
        If the threshold does not lie between the RESET and the SET conductance of the model.
    """

    def __init__(
        self,
        model: PulsedPCM,
        count: int,
        threshold: float,
        rng: np.random.Generator,
        *,
        serial: int = 0,
    ) -> None:
        check_number("threshold", threshold, low=model.g_reset, high=model.g_set, unit="S")
        self.threshold = threshold
        self.devices = model.fabricate(count, serial)
        self._rng = rng
        self.devices.reset(rng)

    def step(self, drive: float) -> np.ndarray:
        """Give every neuron one pulse of a drive from 0 to 1, and return which of them fire."""
        self.devices.pulse(weak_current(self.devices.model, drive), self._rng)
        fired = np.asarray(self.devices.read(self._rng) >= self.threshold)
        if fired.any():
            self.devices.reset(self._rng, where=fired)
        return fired

    def run(self, drives: np.ndarray) -> np.ndarray:
        """Return the spikes under a sequence of drives, array of bool, shape (steps, count)."""
        check_array("drives", drives, ndim=1, low=0.0, high=1.0)
        return np.stack([self.step(float(drive)) for drive in drives])


def intervals(spikes: np.ndarray) -> list[np.ndarray]:
    """Return the intervals between the spikes of each neuron, in steps.

    Parameters
    ----------
    spikes : array of bool, shape (steps, count)
        Spikes.
    """
    check_array("spikes", spikes, ndim=2)
    return [np.diff(np.flatnonzero(column)) for column in np.asarray(spikes).T]
