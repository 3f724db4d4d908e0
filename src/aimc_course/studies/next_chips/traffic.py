"""Who sends what to whom on a mesh, and what a set of such flows takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from aimc.chip.floorplan import Floorplan
from aimc_course.studies.next_chips.constants import MeshConstants

__all__ = ["Block", "Flow", "Transport", "moves", "transport"]

_EMPTY = 1e-9


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a vector that lies at a digital unit."""

    site: int
    """Where."""
    start: float
    """Where the part begins, as a share of the vector, 0 to 1."""
    stop: float
    """Where it ends."""

    def overlap(self, start: float, stop: float) -> float:
        """Return the share of the vector that lies here and between two ends."""
        return max(0.0, min(self.stop, stop) - max(self.start, start))


@dataclass(frozen=True, slots=True)
class Flow:
    """The same bytes from one site to one or several."""

    source: int
    """Sender."""
    targets: tuple[int, ...]
    """Receivers; on the links that their ways share, the bytes travel once."""
    values: float
    """Values that are sent."""

    def edges(self, columns: int) -> set[tuple[int, int]]:
        """Return the links that are used on a grid of so many columns, each once.

        Ways lead along the row first, as `Floorplan.route` has them.
        """
        used: set[tuple[int, int]] = set()
        row, column = divmod(self.source, columns)
        for target in self.targets:
            to_row, to_column = divmod(target, columns)
            across, down = (1 if to_column > column else -1), (1 if to_row > row else -1)
            way = [row * columns + c for c in range(column, to_column, across)]
            way += [r * columns + to_column for r in range(row, to_row, down)]
            used.update(pairwise((*way, target)))
        return used

    def longest(self, columns: int) -> int:
        """Return the links on the way to the farthest receiver."""
        row, column = divmod(self.source, columns)
        return max(abs(t // columns - row) + abs(t % columns - column) for t in self.targets)


@dataclass(frozen=True, slots=True)
class Transport:
    """What flows that start together take. Made by `transport`."""

    byte_hops: float
    """Bytes times links, B."""
    busiest: float
    """Bytes on the link that carries most, B."""
    longest: int
    """Links on the longest way."""

    def seconds(self, constants: MeshConstants) -> float:
        """Return the time until the last value is there, s: the busiest link, then the way."""
        per_clock = constants.link_bits / 8
        clocks = self.busiest / per_clock + self.longest * constants.mesh_hop_clocks
        return clocks / constants.clock

    def energy(self, constants: MeshConstants) -> float:
        """Return the energy of all links and buffers, J."""
        return self.byte_hops * constants.hop_energy


def transport(flows: Iterable[Flow], floorplan: Floorplan, bits: int) -> Transport:
    """Return what flows take that start together.

    Parameters
    ----------
    flows : iterable of Flow
        What is sent.
    floorplan : Floorplan
        The grid, whose links reach the next site.
    bits : int
        Size of a value.
    """
    load: defaultdict[tuple[int, int], float] = defaultdict(float)
    longest, columns = 0, floorplan.columns
    for flow in flows:
        longest = max(longest, flow.longest(columns))
        for edge in flow.edges(columns):
            load[edge] += flow.values * bits / 8
    return Transport(sum(load.values()), max(load.values(), default=0.0), longest)


def moves(held: Iterable[Block], wanted: Iterable[Block], length: int) -> list[Flow]:
    """Return the flows that bring a vector of so many values from blocks to other blocks.

    Receivers that want the same part share its way; what is already there does not move.
    """
    together: dict[tuple[float, float], list[int]] = {}
    for block in wanted:
        together.setdefault((block.start, block.stop), []).append(block.site)
    sources = tuple(held)
    found = []
    for (start, stop), sites in together.items():
        for source in sources:
            share = source.overlap(start, stop)
            targets = tuple(site for site in dict.fromkeys(sites) if site != source.site)
            if share > _EMPTY and targets:
                found.append(Flow(source.site, targets, share * length))
    return found
