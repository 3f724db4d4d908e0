"""What a calibration costs: time, energy, reads and data, and the assumptions behind them.

Reads are counted, and a read costs what one multiplication of a core costs on the 64-core chip
(A029, A030, A037, A038) :cite:p:`legallo2023hermes`. All cores are read at the same time with the
inputs of a calibration on their own, one vector after the other; in a network the layers follow
each other. Digital arithmetic and the registers of the factors are not included.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from aimc.cores import Core
from aimc.published import fact
from aimc.units import MICRO, NANO
from aimc.validation import check_choice, check_number

__all__ = ["CompensationCost", "ReadCost"]

SCOPE = "reads of the cores: crossbar, ADCs and PWM; digital units and registers not included"
CHIP = "legallo2023hermes"
_FACTS = {"1-phase": ("A029", "A037"), "4-phase": ("A030", "A038")}


@dataclass(frozen=True, slots=True)
class ReadCost:
    """Time and energy of one multiplication of one core."""

    time_s: float
    """Time, s."""
    energy_J: float  # noqa: N815 - joule
    """Energy, J."""

    def __post_init__(self) -> None:
        check_number("time_s", self.time_s, low=0.0, unit="s")
        check_number("energy_J", self.energy_J, low=0.0, unit="J")

    @classmethod
    def published(cls, read_mode: str = "4-phase") -> ReadCost:
        """Return the cost on the 64-core chip in ``"1-phase"`` or ``"4-phase"`` reads.

        The printed energy is that of all cores at once (A002); each has an equal share of it.
        """
        check_choice("read_mode", read_mode, tuple(_FACTS))
        time, energy = _FACTS[read_mode]
        cores = fact("A002").number
        return cls(fact(time).number * NANO, fact(energy).number * MICRO / cores)


def has_published_reads(core: Core) -> bool:
    """Return whether a core is one of the 64-core chip, of which the cost of a read is known."""
    size = tuple(int(n) for n in fact("A008").numbers)
    return (core.rows, core.columns) == size and CHIP in core.device.sources


@dataclass(frozen=True, slots=True)
class CompensationCost:
    """What one calibration took. Costs add up with ``+``; see the module for what is assumed."""

    time_s: float = 0.0
    """Time during which the cores do no other work, s."""
    energy_J: float = 0.0  # noqa: N815 - joule
    """Energy of the reads, J."""
    reads: int = 0
    """Multiplications, summed over all cores."""
    vectors: int = 0
    """Vectors that somebody has to supply: test vectors of a core, or examples of the data."""
    view: Any = field(default=None, compare=False, repr=False)
    """The compensated core, matrix or model at its time, ready to multiply."""

    @property
    def scope(self) -> str:
        """What the time and the energy include, in words."""
        return SCOPE

    def __add__(self, other: CompensationCost) -> CompensationCost:
        """Return the cost of both, one after the other, with the later one's view."""
        if not isinstance(other, CompensationCost):
            return NotImplemented
        return CompensationCost(
            self.time_s + other.time_s,
            self.energy_J + other.energy_J,
            self.reads + other.reads,
            self.vectors + other.vectors,
            self.view if other.view is None else other.view,
        )

    def times(self, count: int) -> CompensationCost:
        """Return the cost of the same calibration ``count`` times."""
        return replace(
            self,
            time_s=count * self.time_s,
            energy_J=count * self.energy_J,
            reads=count * self.reads,
            vectors=count * self.vectors,
        )
