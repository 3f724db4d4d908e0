r"""Chains of partial sums: the cores that add up, in the order in which the sum flows.

A matrix with more inputs than a core has rows leaves one partial sum per core. On the chip these
are added on the way: the local digital unit of a core adds its own outputs to those that arrive
over a link, and passes the sum on, from core to core along a *chain* :cite:p:`legallo2023hermes`.
Which layers share a sum says `aimc.layers.sums`; the gates of an LSTM do, and their chains end in a
slice of the global digital unit (GDPU).

Layers that add up, with the chains of all their copies, are a `Group`. It is the unit of the
schedule: its cores start together, and its latency is that of one vector through its longest way.
The way follows from the chains: on a floorplan every step takes as many links as lie between its
two cores, and the end of a recurrent chain as many as lead to a GDPU. Without a floorplan every
step is taken to be one link, which is what a good placement gives.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from aimc.chip.floorplan import Floorplan
from aimc.chip.mapping import MappedTile, Mapping, map_network
from aimc.layers.sums import sums
from aimc.layers.workload import Layer, Network

__all__ = ["Chain", "Group", "chains", "group_of", "groups"]

CORE = (256, 256)


@dataclass(frozen=True, slots=True)
class Chain:
    """Tiles whose outputs are added, in the order in which the sum flows."""

    tiles: tuple[MappedTile, ...]
    """The tiles, each on its core; the last core holds the complete sum."""
    recurrent: bool
    """Whether the complete sum goes to a GDPU."""

    @property
    def layers(self) -> tuple[str, ...]:
        """Layers that take part: several where their outputs are added."""
        return tuple(dict.fromkeys(tile.layer for tile in self.tiles))

    @property
    def copy(self) -> int:
        """Which copy of the layers this is."""
        return self.tiles[0].copy

    @property
    def outputs(self) -> tuple[int, int]:
        """First output of the block and the one after its last."""
        return self.tiles[0].outputs

    @property
    def cores(self) -> tuple[int, ...]:
        """The cores; the last holds the complete sum."""
        return tuple(tile.core for tile in self.tiles)

    @property
    def steps(self) -> tuple[tuple[int, int], ...]:
        """Return the (sender, receiver) pairs along the chain."""
        return tuple((a, b) for a, b in pairwise(self.cores) if a != b)

    def hops(self, floorplan: Floorplan | None = None) -> int:
        """Return the links that the sum crosses, those to the GDPU included.

        Parameters
        ----------
        floorplan : Floorplan, optional
            The grid on which the cores are places; every step is one link if it is not given.
        """
        if floorplan is None:
            return len(self.steps) + int(self.recurrent)
        between = sum(floorplan.hops(*step) for step in self.steps)
        return between + (floorplan.hops_to_gdpu(self.cores[-1]) if self.recurrent else 0)


@dataclass(frozen=True)  # no slots: what is counted over many chains is kept
class Group:
    """Layers whose outputs add up, and the chains of all their copies. Made by `groups`."""

    layers: tuple[Layer, ...]
    """One layer, or the recurrent layers of one sum."""
    chains: tuple[Chain, ...]
    """One chain per copy and block of outputs, copy by copy."""
    floorplan: Floorplan | None = None
    """The grid on which the cores of the chains are places; ``None``: they have no places yet."""
    gdpu_beside: int = 0
    """Chains of other sums of the same stage that end in the global digital unit, too."""

    @property
    def name(self) -> str:
        """Names of the layers, joined."""
        return " + ".join(layer.name for layer in self.layers)

    @property
    def stage(self) -> int:
        """Place in the order of work."""
        return self.layers[0].stage

    @cached_property
    def _first(self) -> tuple[Chain, ...]:
        """The chains of the first copy."""
        return tuple(chain for chain in self.chains if chain.copy == 0)

    @property
    def output_tiles(self) -> int:
        """Chains side by side in one copy: parts into which the outputs are cut."""
        return len(self._first)

    @property
    def chain(self) -> int:
        """Cores in one chain, whose partial sums are added one after the other."""
        return len(self.chains[0].tiles)

    @cached_property
    def outputs(self) -> int:
        """Outputs of the largest tile: values that a local digital unit passes on, one by one."""
        return max(chain.outputs[1] - chain.outputs[0] for chain in self.chains)

    @property
    def gdpu(self) -> bool:
        """Whether the chains end in the global digital unit (recurrent layers)."""
        return self.chains[0].recurrent

    @property
    def cores(self) -> int:
        """Cores of one copy."""
        return sum(len(chain.tiles) for chain in self._first)

    @cached_property
    def hops(self) -> int:
        """Links that a partial sum crosses on the longest way: along a chain, and to the GDPU.

        All results of a vector are there when that of the longest way is; of several copies the
        one with the longest way counts for all. That sums may wait for each other on a link or at a
        GDPU that several of them use is not counted.
        """
        return max(chain.hops(self.floorplan) for chain in self.chains)

    @property
    def detours(self) -> bool:
        """Whether some of its sums pass through cores that do not add to them."""
        return any(chain.hops(self.floorplan) > chain.hops() for chain in self.chains)

    @property
    def mvms(self) -> int:
        """Vectors per inference."""
        return self.layers[0].mvms

    @property
    def weights(self) -> int:
        """Weights of all layers."""
        return sum(layer.weights for layer in self.layers)

    @property
    def values(self) -> int:
        """Values that all local digital units of one copy handle for one vector.

        A value that only passes through a link controller on a detour is not among them: what it
        takes of energy was not published.
        """
        return self.layers[0].shape[0] * self.chain

    def utilisation(self, core: tuple[int, int] = CORE) -> float:
        """Return the share of the unit cells of its cores that hold a weight, 0 to 1."""
        return self.weights / (self.cores * core[0] * core[1])


def chains(mapping: Mapping) -> tuple[Chain, ...]:
    """Return the chains of a network: tiles of one sum and copy that share a block of outputs.

    Within a chain the parts follow each other in the order that `aimc.layers.sums.sums` gives.
    """
    order = {
        layer.name: (number, place)
        for number, members in enumerate(sums(mapping.network))
        for place, layer in enumerate(members)
    }
    recurrent = {layer.name for layer in mapping.network.static if layer.kind == "recurrent"}
    found: dict[tuple[int, int, tuple[int, int]], list[MappedTile]] = {}
    for tile in mapping.tiles:
        found.setdefault((order[tile.layer][0], tile.copy, tile.outputs), []).append(tile)
    return tuple(
        Chain(
            tuple(sorted(tiles, key=lambda tile: (order[tile.layer][1], tile.inputs))),
            recurrent=tiles[0].layer in recurrent,
        )
        for tiles in found.values()
    )


def groups(
    network: Network | Mapping, core: tuple[int, int] = CORE, floorplan: Floorplan | None = None
) -> tuple[Group, ...]:
    """Return the groups of a network's static layers, in the order of work.

    Parameters
    ----------
    network : Network or Mapping
        A network, each tile then on a core of its own, or where its tiles are.
    core : (int, int)
        Rows and columns of a core; a mapping knows its own.
    floorplan : Floorplan, optional
        The grid, if the core numbers of the mapping are places on it, as `aimc.chip.placement`
        makes them.
    """
    mapping = network if isinstance(network, Mapping) else map_network(network, core)
    together = sums(mapping.network)
    number = {layer.name: k for k, members in enumerate(together) for layer in members}
    found: list[list[Chain]] = [[] for _ in together]
    for chain in chains(mapping):
        found[number[chain.layers[0]]].append(chain)
    made = [
        Group(members, tuple(sorted(of, key=lambda x: (x.copy, x.outputs))), floorplan)
        for members, of in zip(together, found, strict=True)
    ]
    ending: Counter[int] = Counter()
    for group in made:
        ending[group.stage] += group.output_tiles if group.gdpu else 0
    return tuple(
        replace(group, gdpu_beside=ending[group.stage] - group.output_tiles)
        if group.gdpu
        else group
        for group in made
    )


def group_of(layers: tuple[Layer, ...], core: tuple[int, int] = CORE) -> Group:
    """Return the group of layers whose outputs add up, as if they were all of a network.

    Parameters
    ----------
    layers : tuple of Layer
        One layer, or recurrent layers of one stage with as many outputs and vectors.
    core : (int, int)
        Rows and columns of a core.

    Raises
    ------
    ValueError
        If the layers do not add up.
    """
    if not layers:
        raise ValueError("layers is empty: a group needs at least one layer")
    first, *others = groups(Network("group", tuple(layers)), core)
    if others:
        one, two = first.layers[0], others[0].layers[0]
        raise ValueError(
            f"layers {one.name!r} and {two.name!r} cannot add up: they are {one.kind} and "
            f"{two.kind}, of stage {one.stage} and {two.stage}, and have {one.shape[0]} and "
            f"{two.shape[0]} outputs, {one.mvms} and {two.mvms} vectors per inference"
        )
    return first
