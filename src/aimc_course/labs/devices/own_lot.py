"""The devices of lab 11: two small arrays that learn, from a lot with symmetry points of its own.

Devices have soft bounds: a step up or down shrinks as the bound comes near. How large steps are,
and by how much those up and down differ, follows from the serial number. All sizes are invented for
the lab; they are those of coarse devices, with some twenty states.
"""

from __future__ import annotations

import numpy as np

from aimc.devices.in_place_training import SoftBounds, UpdateArray
from aimc.validation import check_array, check_choice, check_integer, check_serial

__all__ = ["DEVICES", "LearningArray", "OwnLot", "devices_of", "lot_model"]

DEVICES = 128
"""Devices of one array."""
MOST = 5
"""Most pulses that `LearningArray.send` gives to a device at once."""
ARRAYS = ("A", "W")


def lot_model(serial: int) -> SoftBounds:
    """Return what the devices of one lot have in common."""
    rng = np.random.default_rng([check_serial("serial", serial), 11])
    centre, spread, step = rng.uniform((0.2, 0.1, 0.08), (0.4, 0.2, 0.12))
    return SoftBounds(
        name="one lot",
        step=float(step),
        w_min=-1.0,
        w_max=1.0,
        asymmetry=float(centre * rng.choice([-1.0, 1.0])),
        asymmetry_spread=float(spread),
        step_spread=0.2,
        cycle_noise=0.3,
    )


def devices_of(serial: int, name: str) -> UpdateArray:
    """Return the devices of array ``name`` as made: their true steps, which no tester knows."""
    which = ARRAYS.index(check_choice("name", name, ARRAYS))
    return lot_model(serial).fabricate((DEVICES,), 2 * serial + which)


class LearningArray:
    """Devices that hold one number each, and move by pulses. Made by `OwnLot.array`."""

    def __init__(self, devices: UpdateArray, moves: np.random.Generator) -> None:
        self._devices = devices
        self._rng = moves
        self._w: np.ndarray = np.zeros(DEVICES)
        self.step = devices.model.step
        """Mean step of the lot at weight zero."""
        self.pulses: np.ndarray = np.zeros(DEVICES)
        """Pulses that each device received."""

    def __len__(self) -> int:
        """Return the number of devices."""
        return DEVICES

    def read(self) -> np.ndarray:
        """Return the weights now, shape (128,)."""
        return self._w.copy()

    def pulse(self, counts: float | np.ndarray) -> None:
        """Give pulses: whole numbers, positive up and negative down.

        Parameters
        ----------
        counts : int or array of shape (128,)
            One number for all devices, or one for each.
        """
        numbers = np.asarray(counts, dtype=np.float64)
        check_array("counts", numbers)
        if numbers.shape not in ((), (DEVICES,)):
            raise ValueError(
                f"counts must be one number or have the shape ({DEVICES},), got {numbers.shape}"
            )
        numbers = np.broadcast_to(numbers, (DEVICES,))
        self._w = self._devices.pulse(self._w, numbers, self._rng)
        self.pulses += np.abs(numbers)

    def send(self, change: np.ndarray) -> None:
        """Give each device the pulses that move it by ``change`` on average, had it even steps.

        The number of pulses is the change over the mean step. Chance decides whether a fraction of
        a pulse becomes one, and more than five pulses are never sent at once.

        Parameters
        ----------
        change : array of shape (128,)
            Wanted change of the weights.
        """
        wanted = np.asarray(change, dtype=np.float64)
        check_array("change", wanted)
        if wanted.shape != (DEVICES,):
            raise ValueError(f"change must have the shape ({DEVICES},), got {wanted.shape}")
        numbers = np.clip(wanted / self.step, -MOST, MOST)
        self.pulse(np.floor(numbers + self._rng.random(DEVICES)))


class OwnLot:
    """Two arrays of 128 devices from one lot.

    Parameters
    ----------
    serial : int
        Serial number; it says which devices these are.

    Examples
    --------
    >>> from aimc_course.labs.devices.own_lot import OwnLot
    >>> array = OwnLot(7).array("A")
    >>> array.pulse(1)
    >>> array.read().shape
    (128,)
    """

    def __init__(self, serial: int) -> None:
        self.serial = check_serial("serial", serial)
        self.model = lot_model(self.serial)
        """What all devices of the lot have in common."""

    def __repr__(self) -> str:
        """Return the serial number and the size."""
        return f"<lot {self.serial}: arrays A and W of {DEVICES} devices>"

    def array(self, name: str, *, run: int = 1) -> LearningArray:
        """Return an array as it comes from the maker, with all weights at zero.

        Parameters
        ----------
        name : str
            ``"A"`` or ``"W"``. The same name is always the same devices.
        run : int
            Number of the run. The same pulses in the same run have the same effect again.
        """
        devices = devices_of(self.serial, name)
        check_integer("run", run, low=0)
        moves = np.random.default_rng([self.serial, 11, ARRAYS.index(name), run])
        return LearningArray(devices, moves)
