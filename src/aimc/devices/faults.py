r"""Devices that do not work: stuck in RESET or stuck in SET.

A defect belongs to the chip, not to the act of programming. Which devices are stuck follows from
the serial number alone; programming again, with other weights or another seed, finds the same
devices stuck at the same conductance.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from aimc.backend import Array, RandomSource, like, namespace
from aimc.devices.base import ConductanceState, Device, check_targets
from aimc.devices.pcm import pcm_2019, pcm_hermes
from aimc.devices.read_noise import NoiseInTime, noise_in_time
from aimc.validation import check_integer, check_kind, check_number, check_serial, check_time

__all__ = ["Faulty", "Stuck", "device_fault_rate", "faulty_2019", "faulty_hermes"]

# Purposes of the random streams of one chip's defects.
WHICH, WHAT = 11, 12


@dataclass(frozen=True, slots=True, eq=False)
class Stuck:
    """Which devices of an array are stuck: two Boolean arrays of its shape."""

    reset: np.ndarray
    """Devices that stay in the RESET state."""
    set: np.ndarray
    """Devices that stay in the SET state."""

    @property
    def counts(self) -> tuple[int, int]:
        """Number of devices stuck in RESET and in SET."""
        return int(self.reset.sum()), int(self.set.sum())

    def __str__(self) -> str:
        """Return a one-line report."""
        n, (low, high) = self.reset.size, self.counts
        return (
            f"{n} devices: {low} stuck in RESET ({low / n:.2%}), "
            f"{high} stuck in SET ({high / n:.2%})"
        )


@dataclass(frozen=True, slots=True)
class Faulty:
    """A device model some of whose devices are stuck.

    A device stuck in RESET behaves like one that was programmed to zero, one stuck in SET like one
    that was programmed to ``g_max``, with the noise and the drift that the model gives these
    states. Their conductance is drawn once per chip.

    If the model describes elements of several devices that are filled one after the other, as
    ``pcm_hermes(2)`` does, single devices break: an element with a broken device behaves like one
    that was programmed to the sum of what its devices hold. Those that work do not make up for it.

    Parameters
    ----------
    device : Device
        Model of the devices that work.
    stuck_reset, stuck_set : float
        Share of the devices stuck in RESET and in SET, 0 to 1 together.
    serial : int
        Serial number of the chip.
    index : int
        Number of the core on its chip.
    devices : int
        Devices in an element of the model.

    Raises
    ------
    ValueError
        If a share is outside 0 to 1, or both add up to more than one.

    Examples
    --------
    >>> from aimc.devices import IdealDevice
    >>> array = Faulty(IdealDevice(), stuck_reset=0.01, stuck_set=0.0, serial=3)
    >>> print(array.stuck((100, 100)))
    10000 devices: 96 stuck in RESET (0.96%), 0 stuck in SET (0.00%)
    """

    device: Device
    stuck_reset: float
    stuck_set: float
    serial: int
    index: int = 0
    devices: int = 1

    def __post_init__(self) -> None:
        check_kind("device", self.device, Device)
        check_number("stuck_reset", self.stuck_reset, low=0.0, high=1.0)
        check_number("stuck_set", self.stuck_set, low=0.0, high=1.0)
        check_number("stuck_reset + stuck_set", self.stuck_reset + self.stuck_set, high=1.0)
        check_serial("serial", self.serial)
        check_integer("index", self.index, low=0)
        check_integer("devices", self.devices, low=1, high=64)

    @property
    def name(self) -> str:
        """Name of the model with its share of stuck devices."""
        return f"{self.device.name}, {self.stuck_reset + self.stuck_set:.2%} stuck"

    @property
    def g_max(self) -> float:
        """Conductance of the fully SET state, S."""
        return self.device.g_max

    @property
    def sources(self) -> tuple[str, ...]:
        """Bibliography keys of the papers behind the model."""
        return self.device.sources

    def stuck(self, shape: tuple[int, ...]) -> Stuck:
        """Return which devices of an array of this shape are stuck; the same at every call.

        With several devices in an element there is a last axis for them.
        """
        rng = np.random.default_rng([self.serial, self.index, WHICH])
        draw = rng.random(shape if self.devices == 1 else (*shape, self.devices))
        low = draw < self.stuck_reset
        return Stuck(low, ~low & (draw < self.stuck_reset + self.stuck_set))

    def program(self, g_target: Array, rng: RandomSource) -> ConductanceState:
        """Program the devices that can be programmed.

        Parameters
        ----------
        g_target : array
            Target conductances, S, between 0 and `g_max`; any shape.
        rng : int, numpy.random.Generator or torch.Generator
            Source of the chance of programming. It has no say in which devices are stuck.

        Returns
        -------
        ConductanceState
            A state of the wrapped model. ``g_target`` in it is what was asked for.
        """
        targets = check_targets(g_target, self.g_max)
        faults = self.stuck(tuple(targets.shape))
        live = self.device.program(targets, rng)
        xp = namespace(targets)
        held = like(np.where(faults.set, self.g_max, 0.0), targets)
        broken = like(faults.reset | faults.set, targets) > 0
        if self.devices > 1:
            each = self.g_max / self.devices
            asked = targets[..., None] - like(each * np.arange(self.devices), targets)
            parts = xp.where(broken, held / self.devices, xp.clip(asked, 0.0, each))
            held, broken = xp.sum(parts, axis=-1), xp.any(broken, axis=-1)
        dead = self.device.program(
            xp.clip(held, 0.0, self.g_max),
            np.random.default_rng([self.serial, self.index, WHAT]),
        )
        return replace(_merge(live, dead, broken), g_target=targets)

    def drift_factor(self, drift_exponent: Array, age: float | str) -> Array:
        """Return G(age) / G(programmed) of the wrapped model."""
        return self.device.drift_factor(drift_exponent, check_time("age", age))

    @property
    def noise_in_time(self) -> NoiseInTime | None:
        """How the read noise of the wrapped model divides over time."""
        return noise_in_time(self.device)

    def read_noise_std(self, g_programmed: Array, g_now: Array, age: float | str) -> Array:
        """Return the standard deviation (S) of one read of the wrapped model."""
        return self.device.read_noise_std(g_programmed, g_now, check_time("age", age))


def _merge(live: ConductanceState, dead: ConductanceState, broken: Array) -> ConductanceState:
    """Return ``live`` with every per-device array taken from ``dead`` where ``broken``."""
    xp, shape = namespace(broken), tuple(broken.shape)
    merged: dict[str, Any] = {}
    for item in fields(live):
        one, other = getattr(live, item.name), getattr(dead, item.name)
        if getattr(one, "shape", None) == shape:
            merged[item.name] = xp.where(broken, other, one)
    return replace(live, **merged)


def device_fault_rate(cell_yield: float, devices: int) -> float:
    r"""Return the share of bad devices that explains a yield of unit cells.

    A cell counts as good if all of its :math:`n` devices are; with independent faults the yield is
    :math:`Y = (1 - p)^n`, so :math:`p = 1 - Y^{1/n}`.

    Parameters
    ----------
    cell_yield : float
        Share of good cells, above 0 and up to 1.
    devices : int
        Devices per cell.
    """
    check_number("cell_yield", cell_yield, low=0.0, open_low=True, high=1.0)
    return 1.0 - cell_yield ** (1.0 / check_integer("devices", devices, low=1))


def faulty_hermes(
    serial: int, *, outlier: bool = False, share_set: float = 0.5, index: int = 0
) -> Faulty:
    r"""Return single HERMES devices with the fault rate that the published yield allows.

    Yield is counted in unit cells of four devices (A010): more than 99 % on 63 cores, 98.4 % on the
    outlier (A064), so at most :math:`1 - 0.99^{1/4} = 0.25\,\%` of the devices, and
    :math:`1 - 0.984^{1/4} = 0.40\,\%` on the outlier. A cell fails if a RESET device reads 5 counts
    or more, or a SET device 50 or fewer; how the failures divide is not published.

    Parameters
    ----------
    serial : int
        Serial number of the chip.
    outlier : bool
        Whether to take the yield of the worst core.
    share_set : float
        Share of the faults that are stuck in SET; one half is an assumption.
    index : int
        Number of the core on its chip.
    """
    check_number("share_set", share_set, low=0.0, high=1.0)
    rate = device_fault_rate(0.984 if outlier else 0.99, 4)
    return Faulty(pcm_hermes(1), rate * (1 - share_set), rate * share_set, serial, index)


def faulty_2019(serial: int, *, share_set: float = 0.5, index: int = 0) -> Faulty:
    """Return devices of the 2019 array with every failure of programming taken for a defect.

    There 99.1 % of the devices with a target above zero converged, without screening (B031). A
    device that did not converge may merely have been slow, so 0.9 % is an upper bound.

    Parameters
    ----------
    serial, share_set, index
        As in `faulty_hermes`.
    """
    check_number("share_set", share_set, low=0.0, high=1.0)
    rate = 1 - 0.991
    return Faulty(pcm_2019(), rate * (1 - share_set), rate * share_set, serial, index)
