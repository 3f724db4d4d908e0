"""Program-and-verify pulse by pulse, with one or two devices per polarity, for any core.

The loops are `aimc.recovery.programming.program_and_verify` and
`aimc.recovery.programming.program_cells`
:cite:p:`legallo2023hermes,vasilopoulos2023exploiting`. Here they take the place of the statistical
programming error; drift and read noise stay those of the statistical model.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aimc.backend import like, to_numpy
from aimc.circuits import DifferentialPair
from aimc.circuits.two_device_cell import FILLINGS, TwoDeviceCell
from aimc.cores import Core
from aimc.devices import StatisticalPCM, pcm_hermes
from aimc.devices.pulsed import PulsedPCM
from aimc.recovery.programming.base import Programming, wanted_weights
from aimc.recovery.programming.cells import CellProgramming, devices_in_cells, set_relaxation
from aimc.recovery.programming.cost import ProgrammingCost, line_time, pulses_of
from aimc.recovery.programming.loop import ProgramAndVerify
from aimc.validation import check_choice, check_integer, check_number

__all__ = ["Verify"]


@dataclass(eq=False)
class Verify(Programming):
    """Pulse, read, correct the current, repeat, for each device or each cell.

    Cores of `aimc.presets.hermes` with two devices get real cells of four devices; others keep
    their cells, and each of their devices is programmed alone.

    Parameters
    ----------
    filling : {"state_dependent", "max_fill"}
        How two devices share a weight.
    pulses : PulsedPCM, optional
        Pulse model; by default the one of the devices' generation.
    margin : float, optional
        Accepted difference between read and target, S; the published one by default.
    max_iterations : int, optional
        Most pulses of a device; the published limit by default.
    """

    name = "program_and_verify"
    sources = ("legallo2023hermes", "vasilopoulos2023exploiting")

    filling: str = "state_dependent"
    pulses: PulsedPCM | None = None
    margin: float | None = None
    max_iterations: int | None = None

    def __post_init__(self) -> None:
        check_choice("filling", self.filling, FILLINGS[1:])
        if self.margin is not None:
            check_number("margin", self.margin, low=0.0, open_low=True, unit="S")
        if self.max_iterations is not None:
            check_integer("max_iterations", self.max_iterations, low=1)

    def _refine(self, core: Core, rng: np.random.Generator) -> ProgrammingCost:
        device = core.device
        if isinstance(device, CellProgramming):
            return self._cells(core, device, rng)
        model = pulses_of(device) if self.pulses is None else self.pulses
        if not isinstance(device, StatisticalPCM) or model is None:
            raise ValueError(
                f"program_and_verify knows no pulses for the devices {device.name!r}: it needs a "
                "statistical model of phase-change devices and its pulse model"
            )
        if device.devices == 2 and core.cell == DifferentialPair():
            single = pcm_hermes(1)
            cells = CellProgramming(
                devices_in_cells(model, single),
                single,
                self.filling,
                serial=core.serial,
                index=core.index,
                set_relaxation=set_relaxation(single, device, model),
                reset_relaxation=0.0,
                margin=self.margin,
                max_iterations=self.max_iterations,
            )
            return self._cells(core, cells, rng)
        return self._devices(core, device, model, rng)

    def _devices(
        self,
        core: Core,
        device: StatisticalPCM,
        model: PulsedPCM,
        rng: np.random.Generator,
    ) -> ProgrammingCost:
        seed = np.random.SeedSequence([core.serial, core.index, 94])
        loop = ProgramAndVerify(
            model,
            device,
            serial=int(seed.generate_state(1, np.uint32)[0]),
            margin=self.margin,
            max_iterations=self.max_iterations,
        )
        targets = core.state.g_target
        run = loop.run(to_numpy(targets), rng)
        core.replace_state(run.state(device, rng, targets))
        return ProgrammingCost(
            pulses=int(run.pulses.sum()),
            reads=int(run.array.reads.sum()),
            time_s=line_time(run.iterations, model),
            energy_J=float(run.energy.sum()),
        )

    @staticmethod
    def _cells(core: Core, device: CellProgramming, rng: np.random.Generator) -> ProgrammingCost:
        cell: TwoDeviceCell = device.cell
        scale = np.asarray(to_numpy(core.w_max), dtype=np.float64)
        scaled = np.clip(wanted_weights(core) / scale[:, None], -1.0, 1.0)
        split = cell.split(scaled, device.g_max)
        run = device.run(device.g_max * cell.devices_per_line * scaled, rng)
        reference = core.state.g_programmed
        core.device, core.cell = device, cell
        core.replace_state(device.state(run, rng, like(split, reference)))
        return ProgrammingCost(
            pulses=int(run.array.pulses.sum()),
            reads=int(run.array.reads.sum()),
            time_s=run.time(max(256, *scaled.shape)),
            energy_J=run.energy,
        )
