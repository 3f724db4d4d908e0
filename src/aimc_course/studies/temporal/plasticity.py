r"""Spike-timing dependent plasticity on pairs of phase-change devices.

A spike before the neuron's own strengthens a synapse, one after it weakens it, by
:math:`\pm A\,e^{-|\Delta t|/\tau}`. Weak SET pulses only raise a conductance, so a synapse is a
pair: potentiation pulses one device, depression the other.
"""

from __future__ import annotations

import numpy as np

from aimc.devices.pulsed import PulsedPCM
from aimc.validation import check_array, check_number
from aimc_course.studies.temporal.weak_pulses import weak_current

__all__ = ["PlasticSynapses"]


class PlasticSynapses:
    """Synapses, all devices RESET at the start.

    Parameters
    ----------
    model : PulsedPCM
        Devices and pulses.
    count : int
        Number of synapses.
    rng : numpy.random.Generator
        Source of the scatter of pulses.
    tau : float
        Time constant of the window, s.
    amplitude : float
        Share of the remaining range that the median device gains at zero delay, 0 to 1.
    serial : int
        Serial number of the devices.
    """

    def __init__(
        self,
        model: PulsedPCM,
        count: int,
        rng: np.random.Generator,
        *,
        tau: float = 20e-3,
        amplitude: float = 0.1,
        serial: int = 0,
    ) -> None:
        self.tau = check_number("tau", tau, low=0.0, open_low=True, unit="s")
        self.amplitude = check_number("amplitude", amplitude, low=0.0, high=0.9)
        self.devices = model.fabricate((count, 2), serial)
        self._rng = rng
        self.devices.reset(rng)

    @property
    def weights(self) -> np.ndarray:
        """Difference of the conductances of each pair, S, shape (count,)."""
        return np.asarray(self.devices.g[:, 0] - self.devices.g[:, 1])

    def pair(self, delays: np.ndarray) -> None:
        """Apply one pair of spikes to each synapse.

        Parameters
        ----------
        delays : array of shape (count,)
            Time of the neuron's spike minus that of the input, s; positive strengthens, zero does
            nothing.
        """
        check_array("delays", delays, ndim=1, last=len(self.devices.g))
        model = self.devices.model
        # The step grows as the square of the drive.
        drives = np.sqrt(self.amplitude) * np.exp(-np.abs(delays) / (2 * self.tau))
        currents = np.array([weak_current(model, float(drive)) for drive in drives])
        where = np.stack([delays > 0, delays < 0], axis=1)
        self.devices.pulse(currents[:, None], self._rng, where=where)
