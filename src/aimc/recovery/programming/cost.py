"""What programming costs: pulses, verify reads, products, time and energy.

A statistical device model says how far a device is off after the published loop, not how long the
loop took. That is found by running the loop, pulse by pulse, on a sample of the targets
(`loop_cost`). Times are those of a core whose diagonals are programmed one after the other with the
published write heads; cores are programmed at the same time. Digital control is not included.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np

from aimc.devices import Ambient, Device, Faulty, StatisticalPCM
from aimc.devices.pulsed import PulsedPCM
from aimc.recovery.programming.cells import CellProgramming
from aimc.recovery.programming.loop import (
    ProgramAndVerify,
    core_programming_time,
    program_and_verify,
)

__all__ = ["ProgrammingCost", "devices_behind", "line_time", "loop_cost", "pulses_of"]

LINE = 256  # devices that are verified together
SAMPLE = 16 * LINE
SCOPE = "pulses and reads of devices, products of cores; control and data transport not included"


@dataclass(frozen=True, slots=True)
class ProgrammingCost:
    """What one programming took. Costs of cores add up with ``+``, their times overlap."""

    pulses: int = 0
    """Programming pulses, over all devices."""
    reads: int = 0
    """Verify reads of single devices."""
    products: int = 0
    """Multiplications of cores that were measured."""
    time_s: float = 0.0
    """Time, s; nan where no pulse model of the devices is known."""
    energy_J: float = 0.0  # noqa: N815 - joule
    """Energy, J; nan where no pulse model of the devices is known."""

    @property
    def scope(self) -> str:
        """What the time and the energy include, in words."""
        return SCOPE

    def __add__(self, other: ProgrammingCost) -> ProgrammingCost:
        """Return the cost of two cores that are programmed at the same time."""
        if not isinstance(other, ProgrammingCost):
            return NotImplemented
        return self._joined(other, float(np.maximum(self.time_s, other.time_s)))

    def then(self, other: ProgrammingCost) -> ProgrammingCost:
        """Return the cost of two steps one after the other."""
        return self._joined(other, self.time_s + other.time_s)

    def _joined(self, other: ProgrammingCost, time_s: float) -> ProgrammingCost:
        return ProgrammingCost(
            self.pulses + other.pulses,
            self.reads + other.reads,
            self.products + other.products,
            time_s,
            self.energy_J + other.energy_J,
        )


def pulses_of(device: Device) -> PulsedPCM | None:
    """Return the devices pulse by pulse, or None where no such model is known."""
    if isinstance(device, ProgramAndVerify | CellProgramming):
        return device.model
    inside = _inside(device)
    return inside.pulses if isinstance(inside, StatisticalPCM) else None


def devices_behind(device: Device) -> int:
    """Return how many physical devices one element of the model stands for."""
    inside = _inside(device)
    return inside.devices if isinstance(inside, StatisticalPCM) else 1


def _inside(device: Device) -> Device:
    """Return the model that faults and temperatures act upon."""
    while isinstance(device, Faulty | Ambient):
        device = device.device
    return device


def loop_cost(
    targets: np.ndarray, g_max: float, model: PulsedPCM | None, each: int = 1
) -> ProgrammingCost:
    """Return the cost of programming devices once with the published loop.

    Parameters
    ----------
    targets : array
        Targets of all devices that are programmed, S.
    g_max : float
        Full scale of the targets, S; they are scaled to that of the pulse model.
    model : PulsedPCM or None
        The devices and their pulses; None knows only that each takes at least one pulse.
    each : int
        Physical devices behind each target.
    """
    flat = np.asarray(targets, dtype=np.float64).ravel()
    count = flat.size * each
    if count == 0:
        return ProgrammingCost()
    if model is None:
        return ProgrammingCost(pulses=count, time_s=nan, energy_J=nan)
    rng = np.random.default_rng(96)
    sample = rng.choice(flat, SAMPLE) / g_max * model.g_max
    run = program_and_verify(
        model.fabricate(SAMPLE, serial=0), np.clip(sample, 0.0, model.g_max), rng
    )
    share = count / SAMPLE
    return ProgrammingCost(
        pulses=round(share * int(run.pulses.sum())),
        reads=round(share * int(run.array.reads.sum())),
        time_s=line_time(run.iterations, model) * max(share, LINE / SAMPLE),
        energy_J=share * float(run.energy.sum()),
    )


def line_time(iterations: np.ndarray, model: PulsedPCM) -> float:
    """Return the time (s) to program devices in lines, the last of which may be short."""
    counts = np.asarray(iterations).ravel()
    full = np.concatenate([counts, np.zeros(-counts.size % LINE, dtype=int)])
    return core_programming_time(full, model, line=LINE)
