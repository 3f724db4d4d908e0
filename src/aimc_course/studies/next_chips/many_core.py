"""A model check: a ResNet-18 on 512 clusters, each a tile and sixteen processors.

The publication :cite:p:`bruschi2023manycore` prints the number of clusters, the time of a read and
what the whole delivers (E038). Here `aimc.chip.map_network` maps the same network, layers get
copies until the tiles are used up, and the schedule of `aimc.chip` says what the tiles alone allow.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from aimc.chip.hermes import ChipConstants
from aimc.chip.mapping import balanced_copies, cores_needed, map_network
from aimc.chip.schedule import Schedule, schedule
from aimc.layers.workload import Layer, Network, convolution
from aimc.published import fact
from aimc.validation import check_integer
from aimc_course.studies.next_chips.constants import published_tile

__all__ = ["CLUSTERS", "ManyCore", "many_core", "resnet18"]

CLUSTERS = 512
"""Tiles; context of fact E038."""


def resnet18(side: int = 256) -> Network:
    """Return the ResNet-18 for images of so many pixels a side.

    Parameters
    ----------
    side : int
        Pixels, a multiple of 32; the publication's by default.
    """
    if check_integer("side", side, low=32) % 32:
        raise ValueError(f"side={side} is not allowed: it must be a multiple of 32")
    layers: list[Layer] = [
        convolution("conv1", 3, 64, (side, side), kernel=7, stride=2, padding=3, stage=0)
    ]
    size, channels, stage = side // 4, 64, 1
    for group, filters in enumerate((64, 128, 256, 512)):
        for block in range(2):
            stride = 2 if group and not block else 1
            name = f"layer{group + 1}.{block + 1}"
            image = (size, size)
            size //= stride
            layers += [
                convolution(f"{name} a", channels, filters, image, stride=stride, stage=stage),
                convolution(f"{name} b", filters, filters, (size, size), stage=stage + 1),
            ]
            if stride == 2:
                shortcut = convolution(
                    f"{name} shortcut",
                    channels,
                    filters,
                    image,
                    kernel=1,
                    stride=2,
                    padding=0,
                    stage=stage,
                )
                layers.append(shortcut)
            channels, stage = filters, stage + 2
    dense = Layer("dense", (1000, 512), stage=stage, biases=1000)
    return Network("ResNet-18", (*layers, dense), "image", ("bruschi2023manycore",))


@dataclass(frozen=True, slots=True)
class ManyCore:
    """What a number of tiles does with one network. Made by `many_core`."""

    plan: Schedule
    """Schedule of the tiles."""
    tiles: int
    """Tiles on the chip."""
    copies: int
    """Copies of the busiest layer."""

    @property
    def peak(self) -> float:
        """Operations per second if all tiles read without a pause, OP/s."""
        core = self.plan.constants
        return self.tiles * 2 * core.rows * core.columns / core.read_time(self.plan.read_mode)

    @property
    def throughput(self) -> float:
        """Operations per second of the network, OP/s."""
        return 2.0 * self.plan.mapping.network.macs / self.plan.interval

    @property
    def published(self) -> float:
        """What the publication prints, OP/s (E038)."""
        return fact("E038").numbers[0] * 1e12


def many_core(
    network: Network | None = None, tiles: int = CLUSTERS, core: ChipConstants | None = None
) -> ManyCore:
    """Map a network with as many copies as fit, and return what the tiles allow.

    Parameters
    ----------
    network : Network, optional
        ResNet-18 by default.
    tiles : int
        How many.
    core : ChipConstants, optional
        Of a tile; the publication's by default, with 256 lanes, so that its values leave a tile as
        fast as it reads: processors in the cluster take them.
    """
    check_integer("tiles", tiles, low=1)
    chosen = resnet18() if network is None else network
    known = published_tile("many-core")
    tile = replace(known, lanes=known.columns) if core is None else core
    most = 1
    while most < tiles and _cores(chosen, most + 1, tile) <= tiles:
        most += 1
    mapping = map_network(chosen, tile.core, balanced_copies(chosen, most), available=tiles)
    return ManyCore(schedule(mapping, read_mode=tile.read_modes[-1], constants=tile), tiles, most)


def _cores(network: Network, most: int, tile: ChipConstants) -> int:
    copies = balanced_copies(network, most)
    return sum(copies[x.name] * cores_needed([x], tile.core) for x in network.static)
