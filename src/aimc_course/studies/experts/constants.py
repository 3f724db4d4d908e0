"""What a stack of tiles takes in time, energy and area, each number with where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType

from aimc.chip.hermes import hermes_constants
from aimc.published import fact
from aimc.validation import check_integer, check_number
from aimc_course.studies.roadmap import today

__all__ = ["StackConstants", "published_stack"]


@dataclass(frozen=True, slots=True)
class StackConstants:
    """Times, energies and areas of a 3-D stack. `published_stack` makes those of the chapter.

    Raises
    ------
    TypeError, ValueError
        If a number is not positive, or if `origins` leaves a field without its origin.
    """

    tile_size: int
    """Largest number of inputs and of outputs of a part."""
    mvm_time: float
    """One MVM of one tier, s."""
    mac_energy: float
    """One multiply-accumulate in a tier, with its share of the converters, J."""
    clock: float
    """Clock of the digital units, Hz."""
    lanes: int
    """Values that the digital unit of a tile handles per clock."""
    value_energy: float
    """One value handled by a digital unit, J."""
    attention_macs: int
    """Multiply-accumulates per clock of the attention unit."""
    attention_mac_energy: float
    """One multiply-accumulate in the attention unit, J."""
    standing_power: float
    """Power of one tile whether it computes or not, W."""
    tile_area: float
    """One tile with all its tiers, m^2."""
    digital_area: float
    """One digital unit, m^2."""
    attention_area: float
    """One attention unit, m^2."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """For every other field: the ids of published facts, or that it is assumed, and why."""

    def __post_init__(self) -> None:
        numbers = [f.name for f in fields(self) if f.name != "origins"]
        for name in numbers:
            value = getattr(self, name)
            if name in ("tile_size", "lanes", "attention_macs"):
                check_integer(name, value, low=1)
            else:
                check_number(name, value, low=0.0, open_low=name != "standing_power")
        missing = [name for name in numbers if not self.origins.get(name)]
        if missing:
            raise ValueError(f"origins must say where every number comes from, missing: {missing}")


def published_stack(tile_size: int = 512) -> StackConstants:
    """Return the published assumptions (E005), completed by the 64-core chip and by our own.

    The areas are those of Büchel et al. (2025). Times and energies are not among the published
    numbers that this course has seen. They come from the 64-core chip in its 4-phase mode, the one
    in which all its published accuracies were measured.

    Parameters
    ----------
    tile_size : int
        Rows and columns of a tier. Published is 512; the area of a tile is scaled with the cells of
        a tier, its standing power with the columns, which have the converters.
    """
    check_integer("tile_size", tile_size, low=1)
    chip = hermes_constants()
    tile, attention, digital = fact("E005").numbers
    cells = chip.rows * chip.columns
    size, published = tile_size, 512
    return StackConstants(
        tile_size=size,
        mvm_time=chip.mvm_latency[1],
        mac_energy=chip.mvm_energy[1] / cells,
        clock=chip.clock,
        lanes=max(1, size // chip.columns),
        value_energy=chip.energy_value,
        attention_macs=1024,
        attention_mac_energy=today()["mac_energy"].middle,
        standing_power=chip.standing_power * size / chip.columns,
        tile_area=tile * 1e-6 * (size / published) ** 2,
        digital_area=digital * 1e-6,
        attention_area=attention * 1e-6,
        origins=MappingProxyType(
            {
                "tile_size": "E005" if size == published else "assumed, in place of E005",
                "mvm_time": "A030; assumed: as long for a tier of any size (D010)",
                "mac_energy": "A038; assumed: in proportion to the cells in use, converters too",
                "clock": "the 64-core chip, aimc.chip.hermes",
                "lanes": "A023; assumed: one value per clock for each 256 columns, at least one",
                "value_energy": "fitted to the 64-core chip, aimc.chip.hermes",
                "attention_macs": "assumed: 1,024 per clock",
                "attention_mac_energy": "D008, two operations",
                "standing_power": "fitted to the 64-core chip; assumed: in proportion to columns",
                "tile_area": "E005; assumed: in proportion to a tier, for any number of tiers",
                "digital_area": "E005; assumed: one unit per tile",
                "attention_area": "E005; assumed: one unit per stack",
            }
        ),
    )
