"""The devices of a design, and the cores that they make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from aimc.circuits import ADC, DAC, DifferentialPair, IRDrop, Periphery
from aimc.cores import Core
from aimc.devices import Device, ReadNoise, StatisticalPCM, pcm_2019, pcm_hermes, reram_wan2022
from aimc.recovery.programming import programming
from aimc_course.capstone.design import Design

__all__ = ["ASYMMETRY", "core_of", "full_weight", "noise_of"]

ASYMMETRY = 0.05
"""Share of its current that a device loses when it is read against the direction in which it was
verified. Assumed, since no size is published; only one-phase reads meet it."""


@cache
def _published_pair(devices: int) -> tuple[Device, DifferentialPair]:
    # two devices that share a weight were fitted as one element; four are two of these
    return pcm_hermes(min(devices, 2)), DifferentialPair(max(devices // 2, 1))


CELLS: Mapping[str, Callable[[int], tuple[Device, DifferentialPair]]] = MappingProxyType(
    {
        "pcm-14nm": _published_pair,
        "pcm-2019": lambda devices: (pcm_2019(), DifferentialPair(devices)),
        "reram-2022": lambda devices: (reram_wan2022(), DifferentialPair(devices)),
    }
)
"""Device model and cell for the name of a device and the devices per polarity."""


def full_weight(design: Design) -> float:
    """Return the conductance of a full weight, all devices of a polarity together, S."""
    device, cell = CELLS[design.model](design.devices)
    return float(device.g_max * cell.devices)


def follows_noise(design: Design) -> bool:
    """Return whether the read noise of its devices is a process of which the course is known."""
    return isinstance(CELLS[design.model](design.devices)[0], StatisticalPCM)


def noise_of(design: Design) -> str | Callable[[Core], ReadNoise]:
    """Return how the read noise divides, for `Chip.at`: all of PCM's is that of one moment."""
    return Core.read_noise if follows_noise(design) else "fresh"


class RefinedCore(Core):
    """A core whose weights are programmed again where measured products say that they are wrong."""

    _busy = False

    def program(self, *arguments: Any, **options: Any) -> Core:
        """Program as a `Core` does, then refine; parameters as there."""
        super().program(*arguments, **options)
        if not self._busy:
            self._busy = True  # the refinement programs the core itself
            try:
                programming("gradient_descent").program(self)
            finally:
                self._busy = False
        return self


def core_of(design: Design) -> Callable[..., Core]:
    """Return the preset of a design's cores, for `aimc.chip.Chip`.

    Wires have the resistance of the published formula, with the conductance of the design's own
    full weight. Phase-change devices are read as they are at one moment (`noise_of`), so that
    their reads add no noise; no course in time is known of the others, which are noisy anew.
    """
    device, cell = CELLS[design.model](design.devices)
    one_phase = design.read_mode == "1-phase"

    def make(serial: int = 0, index: int = 0, input_range: float | None = 1.0) -> Core:
        kind = RefinedCore if design.programming == "refined" else Core
        return kind(
            device,
            cell,
            Periphery(
                dac=DAC(bits=design.input_bits),
                adc=ADC(bits=design.output_bits, i_max=design.full_scale, dual=True),
                input_range=input_range,
                read_noise=not follows_noise(design),
                ir_drop=IRDrop(g_max=device.g_max * cell.devices),
                read_mode=design.read_mode,
                polarity_asymmetry=ASYMMETRY if one_phase else 0.0,
            ),
            rows=design.rows,
            columns=design.columns,
            serial=serial,
            index=index,
            name=f"core of {design.name}",
            sources=device.sources,
        )

    return make
