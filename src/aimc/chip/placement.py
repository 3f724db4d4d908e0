r"""Which physical core holds which tile: partial sums should flow along links.

A mapping says how many cores a network takes and what each holds. Where these cores lie matters as
soon as results are added: on the 64-core chip a core sends its outputs to a linked neighbour, which
adds its own, and so on to the last core of the sum :cite:p:`legallo2023hermes`. So every step of a
chain (`aimc.chip.chains`) should be a link; one that is not costs as many hops as its way takes.

`place` puts chains by three rules of ours, in the order of the layers:

1. The gates of a recurrent layer stand in columns that end above the GDPUs, since only the cores
   there can send to one.
2. A layer with several blocks of outputs stands in columns too, one block per column.
3. Everything else lies along a row, in the first row that has room.

What does not fit so takes any path of links, and if there is none, the nearest free cores.
On the 64-core chip these rules give everything that the paper's words say about its three networks:
the first five convolutions and the dense layer of ResNet-9 on the first two rows and the last three
convolutions on a row each; the gates of the character LSTM on rows 2 to 4; the gates of the caption
LSTM on rows 1 to 4 and its dense layer on rows 5 to 8, summed within rows 5-6 and 7-8. Which layer
stands in which column of a row is not in the words, so that is ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from aimc.chip.chains import Chain, Group, chains, groups
from aimc.chip.floorplan import Floorplan
from aimc.chip.mapping import MappedTile, Mapping, NotEnoughCoresError
from aimc.validation import check_choice, check_integer

__all__ = ["ORDERS", "Placement", "place"]

ORDERS = ("chains", "longest", "numbers")
"""Ways to place: along links, by layer or the longest chains first; or by number, row by row."""
MOST_STEPS = 5000
"""Steps that the search for one winding path may take before it gives up."""


@dataclass(frozen=True, slots=True)
class Placement:
    """A mapping whose core numbers are places on a floorplan. Made by `place`."""

    floorplan: Floorplan
    """The grid."""
    mapping: Mapping
    """The tiles, with the numbers of physical cores."""

    def chains(self) -> tuple[Chain, ...]:
        """Return the sums of the network, with physical cores."""
        return chains(self.mapping)

    def groups(self) -> tuple[Group, ...]:
        """Return the layers that add up, with the ways that their sums take on the floorplan."""
        return groups(self.mapping, floorplan=self.floorplan)

    def on(self, core: int) -> tuple[MappedTile, ...]:
        """Return the tiles on one core; empty if the core is not used."""
        check_integer("core", core, low=0, high=self.floorplan.cores - 1)
        return tuple(tile for tile in self.mapping.tiles if tile.core == core)

    def steps(self) -> tuple[tuple[int, int], ...]:
        """Return every (sender, receiver) pair of cores that pass on a partial sum."""
        return tuple(step for chain in self.chains() for step in chain.steps)

    def detours(self) -> tuple[tuple[int, int], ...]:
        """Return the steps that no link serves in one hop."""
        return tuple(step for step in self.steps() if not self.floorplan.is_link(*step))

    def to_gdpu(self) -> tuple[tuple[int, int], ...]:
        """Return the (core, GDPU) links that complete sums of recurrent layers take."""
        feeds = dict(self.floorplan.gdpu_links())
        ends = (chain.cores[-1] for chain in self.chains() if chain.recurrent)
        return tuple((core, feeds[core]) for core in ends if core in feeds)

    @property
    def hops(self) -> int:
        """Links that one complete set of partial sums crosses."""
        return sum(self.floorplan.hops(*step) for step in self.steps())

    @property
    def wire(self) -> float:
        """Wire along rows and columns that one complete set of partial sums crosses, m."""
        return sum(self.floorplan.distance(*step) for step in self.steps())


def place(
    mapping: Mapping,
    floorplan: Floorplan,
    order: str = "chains",
    available: Iterable[int] | None = None,
) -> Placement:
    """Give every core of a mapping a place on a floorplan.

    Parameters
    ----------
    mapping : Mapping
        What is to be placed; tiles that share a core stay together.
    floorplan : Floorplan
        The grid.
    order : {"chains", "longest", "numbers"}
        Along links, by the rules of this module, either in the order of the layers or with the
        longest chains first, which then get straight ways; or by number, row by row.
    available : iterable of int, optional
        Physical cores that may be used; all if not given.

    Raises
    ------
    NotEnoughCoresError
        If there are fewer cores than the mapping needs; says how many are missing. A ValueError.
    """
    check_choice("order", order, ORDERS)
    if not isinstance(mapping, Mapping):
        raise TypeError(f"mapping must be a Mapping, made by `map_network`, got {mapping!r}")
    free = _usable(floorplan, available)
    wanted = list(dict.fromkeys(tile.core for tile in mapping.tiles))
    if len(wanted) > len(free):
        raise NotEnoughCoresError(
            mapping.network.name, len(wanted), len(free), "a larger floorplan would do"
        )
    if order == "numbers":
        places = dict(zip(sorted(wanted), sorted(free), strict=False))
    else:
        todo = chains(mapping)
        if order == "longest":
            todo = tuple(sorted(todo, key=lambda chain: -len(chain.tiles)))
        places = _Arranger(floorplan, free).run(todo)
    moved = (replace(tile, core=places[tile.core]) for tile in mapping.tiles)
    return Placement(floorplan, replace(mapping, tiles=tuple(moved)))


def _usable(floorplan: Floorplan, available: Iterable[int] | None) -> set[int]:
    if available is None:
        return set(range(floorplan.cores))
    return {check_integer("available", core, low=0, high=floorplan.cores - 1) for core in available}


class _Arranger:
    """Places chains one after the other; remembers which cores are still free."""

    def __init__(self, floorplan: Floorplan, free: set[int]) -> None:
        self.plan = floorplan
        self.free = set(free)
        self.places: dict[int, int] = {}
        # Cores are only ever taken, so a place that did not do once need not be tried again.
        self.untried: dict[tuple[int, bool], Iterator[tuple[int, int]]] = {}

    def run(self, todo: tuple[Chain, ...]) -> dict[int, int]:
        blocks: dict[tuple[object, ...], int] = {}
        for chain in todo:
            key = (chain.layers, chain.copy)
            blocks[key] = blocks.get(key, 0) + 1
        # Only the columns above the GDPUs can serve recurrent layers: these choose first.
        for chain in sorted(todo, key=lambda chain: not chain.recurrent):
            cores = list(dict.fromkeys(chain.cores))
            if any(core in self.places for core in cores):
                self._continue(cores)  # a core that it shares with another chain stands already
                continue
            path = self._path(
                len(cores), chain.recurrent, upright=blocks[chain.layers, chain.copy] > 1
            )
            if path is None:
                self._continue(cores)
            else:
                self._take(zip(cores, path, strict=True))
        return self.places

    def _take(self, pairs: Iterable[tuple[int, int]]) -> None:
        for core, place in pairs:
            self.places[core] = place
            self.free.discard(place)

    def _path(self, length: int, recurrent: bool, upright: bool) -> tuple[int, ...] | None:
        if recurrent and 0 < length <= self.plan.gdpu_after:
            for column in range(self.plan.columns):
                path = self._line(self.plan.gdpu_after - length, column, length, down=True)
                if path is not None:
                    return path
        for down in (True, False) if upright else (False, True):
            untried = self.untried.setdefault((length, down), self._starts(length, down))
            for row, column in untried:
                path = self._line(row, column, length, down)
                if path is not None:
                    return path
        return self._winding(length)

    def _starts(self, length: int, down: bool) -> Iterator[tuple[int, int]]:
        # Columns are filled in bands of `length` rows, so that chains stand side by side.
        if down:
            first = self.plan.gdpu_after % length if self.plan.gdpu_after else 0
            for row in range(first, self.plan.rows - length + 1, length):
                for column in range(self.plan.columns):
                    yield row, column
        for row in range(self.plan.rows - (length - 1) * down):
            for column in range(self.plan.columns - (length - 1) * (not down)):
                yield row, column

    def _line(self, row: int, column: int, length: int, down: bool) -> tuple[int, ...] | None:
        """Return so many free cores in a straight line from a place on, or ``None``."""
        step = self.plan.columns if down else 1
        first = row * self.plan.columns + column
        path = tuple(range(first, first + length * step, step))
        return path if all(core in self.free for core in path) else None

    def _winding(self, length: int) -> tuple[int, ...] | None:
        """Return any path of links over free cores, or ``None`` if a short search finds none."""
        left = MOST_STEPS
        for start in sorted(self.free):
            stack: list[tuple[int, ...]] = [(start,)]
            while stack and left > 0:
                path = stack.pop()
                left -= 1
                if len(path) == length:
                    return path
                beside = [k for k in self.plan.neighbours(path[-1]) if k in self.free]
                # The last on the stack goes first: the nearest core, to leave no holes.
                beside.sort(key=lambda k: -self.plan.distance(path[-1], k))
                stack += [(*path, k) for k in beside if k not in path]
        return None

    def _continue(self, cores: list[int]) -> None:
        """Place a chain core by core, each as near as possible to the one before."""
        before = next((self.places[core] for core in cores if core in self.places), None)
        for core in cores:
            if core not in self.places:
                anchor = min(self.free) if before is None else before
                near = min(self.free, key=lambda k: (self.plan.hops(anchor, k), k))
                self._take([(core, near)])
            before = self.places[core]
