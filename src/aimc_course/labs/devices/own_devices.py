"""The devices of lab 4: 4,096 phase-change devices that pulses program and noisy reads verify.

Pulses, reads and their costs are those of the 64-core chip. Every student's devices come from a lot
of their own, whose typical programming curve follows from the serial number. In these lots devices
differ more from each other, and pulses less, than the library assumes for the chip: the sizes are
invented so that a controller has something to find out.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from aimc.devices.pulsed import PulsedPCM, pulsed_hermes
from aimc.validation import check_array, check_integer, check_serial

__all__ = ["CORES", "CYCLES", "DEVICES", "LINE", "LINES_PER_CORE", "OwnDevices", "own_model"]

DEVICES = 4096
LINE = 256
"""Devices that one read verifies together."""
CYCLES = 8
"""Programming cycles that a pulse to all devices of a line takes (fact A025)."""
CORES = 64
LINES_PER_CORE = 256 * 256 * 4 // LINE
"""Lines of a core with four devices per weight."""


def own_model(serial: int) -> PulsedPCM:
    """Return what devices of one lot have in common."""
    rng = np.random.default_rng([check_serial("serial", serial), 4])
    half, width, spread = rng.uniform((0.92, 0.9, 0.11), (1.08, 1.15, 0.13))
    chip = pulsed_hermes()
    return replace(
        chip,
        name="HERMES devices, one lot",
        i_half=chip.i_half * float(half),
        width=chip.width * float(width),
        i_half_spread=float(spread),
        width_spread=0.15,
        current_scatter=0.01,
    )


class OwnDevices:
    """Single devices behind a controller that sends pulses and sees reads.

    Every object holds the same devices, fresh from the SET state; what pulses and reads do at
    random differs from run to run and is the same again in the same run.

    Parameters
    ----------
    serial : int
        Serial number; it says which devices these are.
    run : int
        Number of the run.

    Examples
    --------
    >>> from aimc_course.labs.devices.own_devices import OwnDevices
    >>> devices = OwnDevices(7)
    >>> devices.reset()
    >>> devices.pulse(300e-6)
    >>> devices.read().shape
    (4096,)
    """

    def __init__(self, serial: int, run: int = 1) -> None:
        self.serial = check_serial("serial", serial)
        self.run = check_integer("run", run, low=0)
        self.model = own_model(serial)
        self._array = self.model.fabricate(DEVICES, serial)
        self._rng = np.random.default_rng([serial, 4, run])

    def __repr__(self) -> str:
        """Return serial number, run and what was done so far."""
        return (
            f"<{DEVICES} devices of chip {self.serial}, run {self.run}: "
            f"{self.pulses.sum()} pulses, {self.reads.sum()} reads>"
        )

    def __len__(self) -> int:
        """Return the number of devices."""
        return DEVICES

    def reset(self) -> None:
        """Send the RESET pulse to all devices."""
        self._array.reset(self._rng)

    def set(self) -> None:
        """Send the SET pulse to all devices."""
        self._array.set(self._rng)

    def pulse(self, current: float | np.ndarray, where: np.ndarray | None = None) -> None:
        """Send one programming pulse.

        Parameters
        ----------
        current : float or array
            Current, A, from 125 µA to 700 µA: one number, or one per device.
        where : array of bool, optional
            Which devices get the pulse; all by default.
        """
        low, high = self.model.current_range
        chosen = np.ones(DEVICES, dtype=bool) if where is None else where
        amperes = np.where(chosen, current, low)  # what idle devices would have got is no matter
        slack = 1e-9
        check_array("current", amperes, low=low * (1 - slack), high=high * (1 + slack), unit="A")
        self._array.pulse(np.clip(amperes, low, high), self._rng, where)

    def read(self, where: np.ndarray | None = None) -> np.ndarray:
        """Return noisy conductances (S), rounded to ADC counts, one per device.

        Only devices in ``where`` are read. The others return NaN, and cost nothing.
        """
        seen = self._array.read(self._rng, self.model.reads, where)
        return seen if where is None else np.where(where, seen, np.nan)

    @property
    def truth(self) -> np.ndarray:
        """True conductances, S. A simulator knows them; no controller does."""
        return self._array.g.copy()

    def first_read(self) -> np.ndarray:
        """Return the conductances (S) that the first user of the array finds, minutes later."""
        return self._array.relaxed(np.random.default_rng([self.serial, 4, self.run, 1]))

    @property
    def pulses(self) -> np.ndarray:
        """Pulses that each device received, RESET and SET included."""
        return self._array.pulses.copy()

    @property
    def reads(self) -> np.ndarray:
        """Reads of each device."""
        return self._array.reads.copy()

    @property
    def time(self) -> np.ndarray:
        """Time of each device in pulses and reads, s."""
        return self._array.time.copy()

    @property
    def energy(self) -> np.ndarray:
        """Energy of each device's pulses and reads, J."""
        return self._array.energy.copy()
