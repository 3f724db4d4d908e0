"""Where a tile's energy goes, what a technology node brings, and how much a system keeps.

All numbers are published: :cite:t:`singh2025tiles` on tiles, and four chips or architectures whose
papers print an efficiency of the tile and one of the system around it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from aimc.published import fact
from aimc.validation import check_number

__all__ = [
    "Generation",
    "SystemPoint",
    "generation",
    "nodes_until_even",
    "system_points",
    "tile_energy_shares",
]


def tile_energy_shares() -> dict[str, tuple[float, float]]:
    """Return the share of a tile's energy by part, lowest and highest, 0 to 1 (D013).

    ``"everything else"`` (inputs, digital work at the edge) is what the two printed shares leave.
    """
    low, high, _ = (x / 100 for x in fact("D013").numbers)
    array = (0.15, 0.20)
    return {
        "output encoding": (low, high),
        "memory array": array,
        "everything else": (max(0.0, 1 - high - array[1]), 1 - low - array[0]),
    }


@dataclass(frozen=True, slots=True)
class Generation:
    """What so many technology nodes bring, relative to today. Made by `generation`."""

    nodes: float
    """Nodes from now."""
    digital_density: float
    """Density of a digital in-memory tile over that of today."""
    digital_efficiency: float
    """Operations per joule of it over those of today."""
    analog_density: float
    """Density of an analog tile over that of today."""
    analog_efficiency: float
    """Operations per joule of it over those of today."""

    @property
    def density_lead(self) -> float:
        """Weights per area of nonvolatile memory over those of SRAM, if today's is that of D015."""
        return fact("D015").number * self.analog_density / self.digital_density

    @property
    def efficiency_change(self) -> float:
        """How the analog tile's lead in operations per joule changes; 1 is today."""
        return self.analog_efficiency / self.digital_efficiency


def generation(nodes: float) -> Generation:
    """Return what so many nodes bring if each brings what the review expects (D016).

    Parameters
    ----------
    nodes : float
        Nodes from now, 0 or more. That a factor per node repeats for many is an extrapolation.
    """
    check_number("nodes", nodes, low=0.0)
    gains = [factor**nodes for factor in fact("D016").numbers]
    return Generation(nodes, *gains)


def nodes_until_even() -> float:
    """Return after how many nodes SRAM would be as dense as nonvolatile memory, were D016 a law."""
    dense, _, area, _ = fact("D016").numbers
    return math.log(fact("D015").number) / math.log(dense / area)


@dataclass(frozen=True, slots=True)
class SystemPoint:
    """Efficiencies of one publication."""

    name: str
    """What was built or simulated."""
    tile: float
    """Operations per joule of the tile, OP/J."""
    system: float
    """Operations per joule of what surrounds it, OP/J."""
    what: str
    """What the second covers, and how it is known."""
    facts: tuple[str, ...]
    """Facts behind them."""

    @property
    def kept(self) -> float:
        """Share of the tile's efficiency that the system keeps."""
        return self.system / self.tile


TILE_PEAKS = {"E042": 20.0e12, "E043": 20.0e12}
"""Efficiencies of tiles that stand in the context of two facts, OP/J."""


def system_points() -> tuple[SystemPoint, ...]:
    """Return the publications that print both, in the order of their year.

    The 64-core chip is in both read modes: its MVMs at peak and a whole layer of ResNet-9, the
    latter measured on the chip without what lies between layers.
    """
    tera = 1e12
    peak = [fact(name).number * tera for name in ("A033", "A034")]
    operations = 2 * 2016 * 224
    layer = [operations / (x * 1e-6) for x in fact("A043").numbers]
    points = [
        SystemPoint(
            f"chip of 64 cores, {mode}",
            peak[k],
            layer[k],
            "one layer, measured; nothing between layers",
            ("A033", "A034", "A043"),
        )
        for k, mode in enumerate(("1-phase", "4-phase"))
    ]
    return (
        *points,
        SystemPoint(
            "chip of 34 tiles",
            TILE_PEAKS["E042"],
            fact("E039").number * tera,
            "the best filled of five chips, measured",
            ("E039", "E042"),
        ),
        SystemPoint(
            "chip of 34 tiles, speech",
            TILE_PEAKS["E042"],
            fact("E042").number * tera,
            "the system, projected",
            ("E042",),
        ),
        SystemPoint(
            "chip of 34 tiles, ALBERT",
            TILE_PEAKS["E043"],
            fact("E043").number * tera,
            "the system; more than this",
            ("E043",),
        ),
    )
