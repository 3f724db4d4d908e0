r"""Which cores work on one result together: layers, their partial sums, and who adds them.

A matrix with more inputs than a core has rows leaves one partial sum per core. On the chip these
are added on the way: the local digital unit of a core adds its own outputs to those that arrive
over a link, and passes the sum on, from core to core along a chain :cite:p:`legallo2023hermes`. The
gates of an LSTM have two matrices, one for the input and one for the hidden state, and one sum: all
their cores stand in the same chains, and each chain ends in a slice of the global digital unit.

`groups` finds these sets of layers. A group is the unit of the schedule: its cores start together,
and its latency is that of one vector through the whole chain.
"""

from __future__ import annotations

from dataclasses import dataclass

from aimc.layers.workload import Layer, Network
from aimc.tiled import even_parts

__all__ = ["Group", "group_of", "groups"]

CORE = (256, 256)


@dataclass(frozen=True, slots=True)
class Group:
    """Layers whose outputs add up, and the cores that hold one copy of them."""

    layers: tuple[Layer, ...]
    """One layer, or the recurrent layers of one stage."""
    output_tiles: int
    """Chains side by side: parts into which the outputs are cut."""
    chain: int
    """Cores in one chain, whose partial sums are added one after the other."""
    outputs: int
    """Outputs of the largest tile: values that a local digital unit passes on, one by one."""
    gdpu: bool
    """Whether the chains end in the global digital unit (recurrent layers)."""

    @property
    def name(self) -> str:
        """Names of the layers, joined."""
        return " + ".join(layer.name for layer in self.layers)

    @property
    def stage(self) -> int:
        """Place in the order of work."""
        return self.layers[0].stage

    @property
    def cores(self) -> int:
        """Cores of one copy."""
        return self.output_tiles * self.chain

    @property
    def hops(self) -> int:
        """Links that a partial sum crosses: between the cores of a chain, and to the GDPU."""
        return self.chain - 1 + int(self.gdpu)

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
        """Values that all local digital units of one copy handle for one vector."""
        return self.layers[0].shape[0] * self.chain

    def utilisation(self, core: tuple[int, int] = CORE) -> float:
        """Return the share of the unit cells of its cores that hold a weight, 0 to 1."""
        return self.weights / (self.cores * core[0] * core[1])


def group_of(layers: tuple[Layer, ...], core: tuple[int, int] = CORE) -> Group:
    """Return the group of layers whose outputs add up.

    Parameters
    ----------
    layers : tuple of Layer
        One layer, or recurrent layers with the same number of outputs and vectors.
    core : (int, int)
        Rows and columns of a core.

    Raises
    ------
    ValueError
        If the layers cannot be added.
    """
    if not layers:
        raise ValueError("layers is empty: a group needs at least one layer")
    first = layers[0]
    for layer in layers:
        if layer.shape[0] != first.shape[0] or layer.mvms != first.mvms:
            raise ValueError(
                f"layers {first.name!r} and {layer.name!r} cannot add up: they have "
                f"{first.shape[0]} and {layer.shape[0]} outputs, {first.mvms} and {layer.mvms} "
                "vectors per inference"
            )
    rows, columns = core
    parts = even_parts(first.shape[0], columns)
    return Group(
        layers=tuple(layers),
        output_tiles=len(parts),
        chain=sum(len(even_parts(layer.shape[1], rows)) for layer in layers),
        outputs=max(part.stop - part.start for part in parts),
        gdpu=any(layer.kind == "recurrent" for layer in layers),
    )


def groups(network: Network, core: tuple[int, int] = CORE) -> tuple[Group, ...]:
    """Return the groups of a network's static layers, in the order of work.

    The recurrent layers of one stage form one group if they have the same number of outputs; every
    other layer is a group of its own.
    """
    found: list[tuple[Layer, ...]] = []
    for stage in network.stages():
        together: dict[tuple[int, int], list[Layer]] = {}
        for layer in (x for x in stage if x.static):
            if layer.kind == "recurrent":
                together.setdefault((layer.shape[0], layer.mvms), []).append(layer)
            else:
                found.append((layer,))
        found.extend(tuple(members) for members in together.values())
    return tuple(group_of(members, core) for members in found)
