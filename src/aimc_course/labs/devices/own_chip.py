"""The chip of lab 3: 2,048 single devices of one lot, and a tester that reads them in time.

The devices follow the published 2019 model, but every chip comes from its own lot: how widely its
programming scatters, how fast it drifts, how loud it is and how many devices are stuck follows from
the serial number. The sizes of these differences between lots are invented for the lab.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from aimc.devices import ReadNoise, StatisticalPCM, pcm_2019
from aimc.devices.base import ConductanceState
from aimc.devices.faults import Faulty
from aimc.devices.fits import ClippedLog, ClippedPower, Polynomial
from aimc.published import fact
from aimc.validation import check_array, check_integer, check_serial

__all__ = ["Lot", "OwnChip", "Run", "lot_of"]

SHAPE = (8, 256)
FLOOR = 1e-8  # S: smallest conductance that the tester shows


@dataclass(frozen=True, slots=True)
class Lot:
    """How a lot differs from the published model."""

    programming: float
    """Factor on the standard deviation of programming."""
    noise: float
    """Factor on Q."""
    drift: float
    """What is added to the mean drift exponent, before it is cut at the published bounds."""
    stuck: float
    """Share of stuck devices."""

    def device(self) -> StatisticalPCM:
        """Return the 2019 model as this lot has it."""
        scatter = fact("B001").numbers
        slope, offset, lowest, highest = fact("B006").numbers
        factor, power, ceiling = fact("B010").numbers
        return replace(
            pcm_2019(),
            name="PCM 2019, one lot",
            programming_fit=Polynomial(tuple(self.programming * c for c in scatter)),
            drift_mean_fit=ClippedLog(slope, offset + self.drift, lowest, highest),
            read_noise_fit=ClippedPower(factor * self.noise, power, ceiling * self.noise),
        )


def lot_of(serial: int) -> Lot:
    """Return the lot that a chip comes from."""
    rng = np.random.default_rng([check_serial("serial", serial), 3])
    programming, noise, drift, stuck = rng.uniform(
        (0.85, 0.8, 0.0, 0.004), (1.3, 1.25, 0.02, 0.009)
    )
    return Lot(float(programming), float(noise), float(drift), float(stuck))


class OwnChip:
    """A chip of 8 rows of 256 single phase-change devices.

    Parameters
    ----------
    serial : int
        Serial number; it says which devices the chip has.

    Examples
    --------
    >>> from aimc_course.labs.devices.own_chip import OwnChip
    >>> run = OwnChip(7).program(10e-6)
    >>> run.read(0.0).shape
    (8, 256)
    """

    shape = SHAPE
    """Rows and columns."""
    g_max = 25e-6
    """Largest conductance that can be asked for, S."""
    t_0 = 20.0
    """From the programming pulse to the first read, s."""
    t_read = 250e-9
    """Duration of a read, s."""

    def __init__(self, serial: int) -> None:
        self.serial = check_serial("serial", serial)
        lot = lot_of(self.serial)
        self._device = Faulty(lot.device(), lot.stuck / 2, lot.stuck / 2, self.serial)

    def __repr__(self) -> str:
        """Return the serial number and the size."""
        return f"<chip {self.serial}: {SHAPE[0]} rows of {SHAPE[1]} devices>"

    def program(self, targets: float | np.ndarray, *, run: int = 1) -> Run:
        """Program all devices and start to watch them.

        Parameters
        ----------
        targets : float or array
            Target conductances, S: one number, one per row as shape (8, 1), or all, (8, 256).
        run : int
            Number of the run. The same run with the same targets comes out the same again; another
            run is another act of programming of the same devices.
        """
        check_integer("run", run, low=0)
        wanted = np.asarray(targets, dtype=np.float64)
        check_array("targets", wanted, low=0.0, high=self.g_max, unit="S")
        try:
            wanted = np.broadcast_to(wanted, SHAPE).copy()
        except ValueError as error:
            raise ValueError(
                f"targets has shape {wanted.shape}: give one number, (8, 1) or (8, 256)"
            ) from error
        rng = np.random.default_rng([self.serial, 3, run])
        return Run(self._device.program(wanted, rng), rng)


class Run:
    """Devices after one act of programming, read in the order of time. Made by `OwnChip`."""

    def __init__(self, state: ConductanceState, rng: np.random.Generator) -> None:
        self.g_target: np.ndarray = state.g_target
        """What was asked for, S, shape (8, 256)."""
        self._state = state
        self._noise = ReadNoise(state, rng)

    def read(self, t: float) -> np.ndarray:
        """Return the conductances (S), shape (8, 256), found ``t`` seconds after the first read.

        Raises
        ------
        ValueError
            If ``t`` lies before an earlier read: time does not run backwards.
        """
        return np.maximum(np.asarray(self._noise.read(t)), FLOOR)

    def trace(self, times: np.ndarray) -> np.ndarray:
        """Return reads at several times (s, rising) as an array of shape (8, 256, times)."""
        check_array("times", np.asarray(times, dtype=np.float64), low=0.0, unit="s", ndim=1)
        return np.stack([self.read(float(t)) for t in times], axis=-1)
