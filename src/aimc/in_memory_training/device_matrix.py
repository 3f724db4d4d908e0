"""A matrix of devices that learn, with the point that its weights are counted from."""

from __future__ import annotations

import numpy as np

from aimc.devices.in_place_training import UpdateArray
from aimc.validation import check_array

__all__ = ["DeviceMatrix"]


class DeviceMatrix:
    """Devices of a matrix, their states now, and a reference that is subtracted from them.

    A weight that training can raise and lower around zero needs a zero. In hardware it is a second
    device, programmed once; how well that was done decides between the algorithms of this room.

    Parameters
    ----------
    devices : ``UpdateArray``
        Devices as made, of the shape (out, in).
    reference : array of shape (out, in), optional
        What is subtracted from the states. Without one, the states are the weights.
    rng : numpy.random.Generator
        Source of the cycle-to-cycle variation.

    Raises
    ------
    ValueError
        If the devices do not form a matrix, or the reference has another shape.
    """

    def __init__(
        self,
        devices: UpdateArray,
        *,
        reference: np.ndarray | None = None,
        rng: np.random.Generator,
    ) -> None:
        if devices.step_up.ndim != 2:
            raise ValueError(f"devices must form a matrix, got the shape {devices.step_up.shape}")
        self.devices = devices
        self.reference: np.ndarray = np.zeros(devices.step_up.shape)
        if reference is not None:
            check_array("reference", reference)
            if np.shape(reference) != self.reference.shape:
                raise ValueError(
                    f"reference must have the shape {self.reference.shape} of the devices, "
                    f"got {np.shape(reference)}"
                )
            self.reference = np.array(reference, dtype=float)
        self.states: np.ndarray = np.zeros_like(self.reference)
        self._rng = rng
        self.pulses = 0.0
        """Pulses given so far, over all devices."""

    @property
    def shape(self) -> tuple[int, int]:
        """Outputs and inputs."""
        return self.states.shape[0], self.states.shape[1]

    @property
    def step(self) -> float:
        """Mean step of the model at state zero."""
        return float(self.devices.model.step)

    @property
    def weights(self) -> np.ndarray:
        """What the matrix multiplies with now, shape (out, in)."""
        return self.states - self.reference

    def program(self, weights: np.ndarray) -> None:
        """Set the weights, as closely as the bounds of the devices allow."""
        check_array("weights", weights)
        wanted = np.broadcast_to(weights, self.shape) + self.reference
        self.states = np.clip(wanted, self.devices.w_min, self.devices.w_max)

    def apply(self, pulses: np.ndarray) -> None:
        """Give every device its pulses, shape (out, in)."""
        self.pulses += float(np.sum(np.abs(pulses)))
        self.states = self.devices.pulse(self.states, pulses, self._rng)
