"""What a mesh of analog cores and digital units takes, each number with where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np

from aimc.chip.hermes import ChipConstants, hermes_constants
from aimc.published import fact
from aimc.units import MICRO, NANO, PICO, TERA
from aimc.validation import check_integer, check_number
from aimc_course.studies.roadmap import on_chip_memory, today

__all__ = ["TILES", "MeshConstants", "mesh_constants", "published_tile"]

WHOLE = (
    "link_bits",
    "mesh_hop_clocks",
    "value_bits",
    "residual_bits",
    "digital_lanes",
    "memory_bytes",
)
UNITS = {
    "link_bits": "bit",
    "mesh_hop_clocks": "clock",
    "wire_capacitance": "F/m",
    "supply": "V",
    "buffer_energy": "J/B",
    "value_bits": "bit",
    "residual_bits": "bit",
    "digital_lanes": "1/clock",
    "digital_mac_energy": "J",
    "digital_op_energy": "J",
    "memory_bytes": "B",
    "memory_energy": "J/B",
    "outer_energy": "J/B",
    "outer_bandwidth": "B/s",
}
SHARES = ("idle_share", "wire_toggle")
TILES = ("64-core chip", "ALPINE", "many-core")
"""Published tiles that `published_tile` knows."""


@dataclass(frozen=True, slots=True)
class MeshConstants:
    """Times, energies and sizes of a mesh. `mesh_constants` makes those of the chapter.

    Raises
    ------
    TypeError, ValueError
        If a number is not allowed, or if `origins` leaves a field without its origin.
    """

    core: ChipConstants
    """One analog core with its local digital unit."""
    link_bits: int
    """Bits that a link of the mesh carries per clock and direction."""
    mesh_hop_clocks: int
    """Clocks from one site to the next."""
    wire_capacitance: float
    """Capacitance of a wire, F/m."""
    wire_toggle: float
    """Share of the bits on a wire that charge it."""
    supply: float
    """Supply of the digital part, V."""
    buffer_energy: float
    """Storing and fetching one byte at each site that it passes, J."""
    value_bits: int
    """Bits of an activation, a key or a value."""
    residual_bits: int
    """Bits of a number that is added to (the residual stream)."""
    digital_lanes: int
    """Multiply-accumulates of a digital unit per clock."""
    digital_mac_energy: float
    """One multiply-accumulate of a digital unit, J."""
    digital_op_energy: float
    """One elementary operation in floating point (norm, softmax, activation), J."""
    memory_bytes: int
    """Memory beside each digital unit, B."""
    memory_energy: float
    """One byte from it, J."""
    outer_energy: float
    """One byte from memory outside the chip, J."""
    outer_bandwidth: float
    """Bytes per second from outside to the mesh that holds a block, B/s."""
    idle_share: float
    """Share of its standing power that a core takes while it waits."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """For every other field: the ids of published facts, or that it is assumed, and why."""

    def __post_init__(self) -> None:
        if not isinstance(self.core, ChipConstants):
            raise TypeError(f"core must be ChipConstants, got {self.core!r}")
        names = [f.name for f in fields(self) if f.name not in ("origins", "core")]
        for name in names:
            value = getattr(self, name)
            if name in WHOLE:
                check_integer(name, value, low=0 if name == "memory_bytes" else 1)
            elif name in SHARES:
                check_number(name, value, low=0.0, high=1.0)
            else:
                check_number(name, value, low=0.0, open_low=name == "outer_bandwidth")
        missing = [name for name in ("core", *names) if not self.origins.get(name)]
        if missing:
            raise ValueError(f"origins must say where every number comes from, missing: {missing}")

    @property
    def pitch(self) -> float:
        """Side of a site of the mesh, that of a square as large as a core, m."""
        return float(self.core.core_area**0.5)

    @property
    def hop_energy(self) -> float:
        r"""Energy of one byte over one link, J.

        .. math:: E = 8\,\alpha\,C' d\,V^2 + E_\text{buffer}

        with the share :math:`\alpha` of bits that charge the wire, the capacitance :math:`C'` per
        length, the pitch :math:`d` and the supply :math:`V`.
        """
        wire = 8 * self.wire_toggle * self.wire_capacitance * self.pitch * self.supply**2
        return wire + self.buffer_energy

    @property
    def clock(self) -> float:
        """Clock of the links and digital units, Hz."""
        return self.core.clock

    @property
    def digital_rate(self) -> float:
        """Multiply-accumulates per second of one digital unit; it fetches a byte for each."""
        return self.digital_lanes * self.clock

    @property
    def memory_bandwidth(self) -> float:
        """Bytes per second from the memory beside a digital unit: one per lane and clock, B/s."""
        return self.digital_rate

    def changed(self, **values: Any) -> MeshConstants:
        """Return the constants with other values, marked as the reader's own.

        Raises
        ------
        TypeError
            If there is no such constant.
        """
        known = {f.name for f in fields(self)} - {"origins"}
        if unknown := sorted(set(values) - known):
            raise TypeError(f"{unknown[0]!r} is no constant: choose from {sorted(known)}")
        origins = {**self.origins, **dict.fromkeys(values, "chosen by the reader")}
        return replace(self, **values, origins=MappingProxyType(origins))

    def as_rows(self) -> list[dict[str, str]]:
        """Return one row per constant: its name, its value, its SI unit and its origin."""
        rows = []
        for name in [f.name for f in fields(self) if f.name != "origins"]:
            value = getattr(self, name)
            text = f"{value:,}" if name in WHOLE else f"{value:.3g}" if name != "core" else ""
            rows.append(
                {
                    "constant": name,
                    "value": text or self.core.name,
                    "unit": UNITS.get(name, ""),
                    "origin": self.origins[name],
                }
            )
        return rows


@cache
def published_tile(name: str = "64-core chip") -> ChipConstants:
    """Return the constants of a chip with the analog tile of a publication.

    ``"64-core chip"`` is the chip of part 3. Of the other two, both simulated and both after the
    core of HERMES, only the time of a read is taken, and of ALPINE the energy of a read of a tile
    of 256 x 256 as well :cite:p:`klein2022alpine`; the many-core architecture prints the efficiency
    of its system, not of its tile :cite:p:`bruschi2023manycore`. What is missing is that of the
    64-core chip in its one-phase read. Neither prints read modes: theirs is ``"single"``.

    Parameters
    ----------
    name : {"64-core chip", "ALPINE", "many-core"}
        Which tile.
    """
    chip = hermes_constants()
    if name == "64-core chip":
        return chip
    if name not in TILES:
        raise ValueError(f"name={name!r} is not allowed: choose one of {list(TILES)}")
    time, energy = MANY_CORE_READ, chip.mvm_energy[0]
    source = "bruschi2023manycore"
    if name == "ALPINE":
        time, per_watt = ALPINE_READ
        energy, source = 2 * chip.rows * chip.columns / per_watt, "klein2022alpine"
    return replace(
        chip,
        name=name,
        mvm_latency=(time,),
        mvm_energy=(energy,),
        read_modes=("single",),
        sources=(source, *chip.sources),
    )


ALPINE_READ = (100 * NANO, 12.8 * TERA)
"""Time of a read (s) and operations per joule of a tile; context of fact E037."""
MANY_CORE_READ = 130 * NANO
"""Time of a read, s; context of fact E038."""


@cache
def mesh_constants(tile: str = "64-core chip", price: float = 0.5) -> MeshConstants:
    """Return the constants of the chapter: a published tile, completed by facts and assumptions.

    What a byte takes is a range of the price list of `aimc_course.studies.roadmap`: of `today`
    outside the chip, of `on_chip_memory` on it.

    Parameters
    ----------
    tile : str
        One of `TILES`.
    price : float
        Place in the ranges of the memories: 0 for cheap bytes from a well used memory, 1 for dear
        bytes from one that is used badly, 0.5 for the medians.
    """
    check_number("price", price, low=0.0, high=1.0)
    core, prices, bank = published_tile(tile), today(), on_chip_memory()
    sram = fact("D003").number * PICO / 4
    outer = 8 * float(prices["memory_energy"].at(np.array(price)))
    reached = float(prices["memory_efficiency"].at(np.array(1.0 - price)))
    known = {
        "64-core chip": "A002-A049, see aimc.chip.hermes",
        "ALPINE": "E037; rest as the 64-core chip",
        "many-core": "E038; rest as the 64-core chip",
    }
    return MeshConstants(
        core=core,
        link_bits=core.columns,
        mesh_hop_clocks=1,
        wire_capacitance=fact("G041").number * 1e-15 / MICRO,
        wire_toggle=0.25,
        supply=fact("A013").numbers[0],
        buffer_energy=sram,
        value_bits=8,
        residual_bits=16,
        digital_lanes=256,
        digital_mac_energy=prices["mac_energy"].middle,
        digital_op_energy=sum(fact("D004").numbers) * PICO,
        memory_bytes=256 * 1024,
        memory_energy=8 * float(bank.at(np.array(price))),
        outer_energy=outer,
        outer_bandwidth=prices["chip_bandwidth"].middle * reached,
        idle_share=0.01,
        origins=MappingProxyType(
            {
                "core": known[tile],
                "link_bits": "assumed: one bit per column of a core",
                "mesh_hop_clocks": "assumed: one clock from site to site",
                "wire_capacitance": "G041",
                "wire_toggle": "random bits: one in four goes from 0 to 1",
                "supply": "A013",
                "buffer_energy": "D003, 45 nm; assumed: one access per byte and site",
                "value_bits": "assumed, as in A019",
                "residual_bits": "assumed",
                "digital_lanes": "assumed: 256",
                "digital_mac_energy": "D008, two operations",
                "digital_op_energy": "D004, 45 nm",
                "memory_bytes": "assumed: 256 KiB",
                "memory_energy": bank.origin,
                "outer_energy": prices["memory_energy"].origin,
                "outer_bandwidth": "G002, one of five stacks; reached: G007, G008",
                "idle_share": "assumed: cores that wait are switched off but for 1%",
            }
        ),
    )
