"""Direct programming: every device once, with the errors that its statistical model has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aimc.backend import to_numpy
from aimc.cores import Core
from aimc.devices.pulsed import PulsedPCM
from aimc.recovery.programming.base import Programming
from aimc.recovery.programming.cost import ProgrammingCost, devices_behind, loop_cost, pulses_of

__all__ = ["Direct", "cost_of_all"]


@dataclass(eq=False)
class Direct(Programming):
    """Every device once. The published spread is what is left after the published loop.

    Parameters
    ----------
    pulses : PulsedPCM, optional
        Pulse model from which the cost is found; by default the one of the devices' generation.
    counted : bool
        Whether that is done: the loop is simulated for each core, which takes as long as all else
        where a large model is programmed. Otherwise the cost is zero.
    """

    name = "direct"

    pulses: PulsedPCM | None = None
    counted: bool = True

    def _refine(self, core: Core, rng: np.random.Generator) -> ProgrammingCost:
        return cost_of_all(core, self.pulses) if self.counted else ProgrammingCost()


def cost_of_all(core: Core, pulses: PulsedPCM | None) -> ProgrammingCost:
    """Return the cost of programming all devices of a core once."""
    model = pulses_of(core.device) if pulses is None else pulses
    targets = np.asarray(to_numpy(core.state.g_target), dtype=np.float64)
    return loop_cost(targets, core.device.g_max, model, devices_behind(core.device))
