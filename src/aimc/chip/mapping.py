r"""Where weights go: matrices cut into tiles, and each tile on a core of its own.

A matrix of :math:`m` outputs and :math:`n` inputs takes

.. math:: \lceil m / C \rceil \, \lceil n / R \rceil

cores of :math:`R` rows and :math:`C` columns, in parts as equal as possible (A096). This gives the
core counts of all three networks of the 64-core chip :cite:p:`legallo2023hermes`.

Small tiles may also share cores (``share=True``). A shared core serves one tile at a time: sharing
saves cores and costs time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field, replace

from aimc.chip.packing import pack
from aimc.cores import Matrix, Part, parts_of, tile_grid
from aimc.layers.sums import sums
from aimc.layers.workload import Layer, Network
from aimc.validation import check_integer

__all__ = [
    "MappedTile",
    "Mapping",
    "NotEnoughCoresError",
    "balanced_copies",
    "cores_needed",
    "map_network",
    "mapping_of",
    "utilisation",
]

CORE = (256, 256)
"""Rows (inputs) and columns (outputs) of one core, unless told otherwise (A008)."""


class NotEnoughCoresError(ValueError):
    """A network needs more cores than there are."""

    def __init__(self, network: str, needed: int, available: int, hint: str) -> None:
        self.needed, self.available, self.missing = needed, available, needed - available
        cores = "core" if available == 1 else "cores"
        super().__init__(
            f"available={available}: {network} needs {needed} cores and there are {available} "
            f"{cores}, {self.missing} too few; {hint}"
        )


@dataclass(frozen=True, slots=True)
class MappedTile(Part):
    """The part of a layer's matrix that stands on one core, or on a part of one."""

    layer: str
    """Name of the layer."""
    copy: int = 0
    """Which copy of the layer this is; copies share the layer's vectors between them."""
    at: tuple[int, int] = (0, 0)
    """First row (input) and first column (output) of the core that the tile takes."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which core of one size holds which tile of a network. Made by `map_network`."""

    network: Network
    """What was placed."""
    core: tuple[int, int]
    """Rows and columns of a core."""
    tiles: tuple[MappedTile, ...]
    """All tiles, layer by layer; without sharing also in the order of the cores."""
    _by_layer: dict[str, tuple[MappedTile, ...]] = field(init=False, repr=False, compare=False)
    _cores: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found: dict[str, list[MappedTile]] = {}
        for tile in self.tiles:
            found.setdefault(tile.layer, []).append(tile)
        object.__setattr__(self, "_by_layer", {k: tuple(v) for k, v in found.items()})
        object.__setattr__(self, "_cores", len({tile.core for tile in self.tiles}))

    @property
    def cores(self) -> int:
        """Cores in use."""
        return self._cores

    @property
    def shared(self) -> bool:
        """Whether some core holds more than one tile."""
        return self._cores < len(self.tiles)

    @property
    def utilisation(self) -> float:
        """Share of the unit cells of the cores in use that hold a weight, 0 to 1."""
        blocks = {layer.name: layer.blocks for layer in self.network.layers}
        used = sum(math.prod(tile.shape) / blocks[tile.layer] for tile in self.tiles)
        return used / (self.cores * math.prod(self.core))

    def of(self, layer: str) -> tuple[MappedTile, ...]:
        """Return the tiles of one layer.

        Raises
        ------
        ValueError
            If no layer of that name was placed.
        """
        if layer not in self._by_layer:
            names = sorted(self._by_layer)
            raise ValueError(f"layer={layer!r} was not placed: choose one of {names}")
        return self._by_layer[layer]

    def copy_of(self, layer: str, copy: int) -> tuple[MappedTile, ...]:
        """Return the tiles of one copy of a layer."""
        return tuple(tile for tile in self.of(layer) if tile.copy == copy)

    def copies(self, layer: str) -> int:
        """Return how many times a layer stands on the chip."""
        return 1 + max(tile.copy for tile in self.of(layer))

    def reads(self, layer: str) -> int:
        """Return how many reads in a row the busiest copy of a layer does per inference."""
        mvms = next(x.mvms for x in self.network.static if x.name == layer)
        return math.ceil(mvms / self.copies(layer))

    def as_rows(self) -> list[dict[str, object]]:
        """Return one row per layer, for a table."""
        rows: list[dict[str, object]] = []
        for layer in self.network.static:
            found = self.of(layer.name)
            outputs, inputs = tile_grid(layer.shape, *self.core)
            rows.append(
                {
                    "layer": layer.name,
                    "matrix (out x in)": f"{layer.shape[0]} x {layer.shape[1]}",
                    "cores (out x in)": f"{outputs} x {inputs}",
                    "copies": self.copies(layer.name),
                    "cores": len({tile.core for tile in found}),
                    "utilisation": utilisation([layer], self.core),
                    "reads": self.reads(layer.name),
                }
            )
        return rows


def cores_needed(layers: Network | Iterable[Layer], core: tuple[int, int] = CORE) -> int:
    """Return how many cores the static matrices of a network take.

    Parameters
    ----------
    layers : Network or iterable of Layer
        What is to be stored; matrices that are not static are not counted.
    core : (int, int)
        Rows and columns of a core.
    """
    rows, columns = _check_core(core)
    return sum(math.prod(tile_grid(layer.shape, rows, columns)) for layer in _static(layers))


def utilisation(layers: Network | Iterable[Layer], core: tuple[int, int] = CORE) -> float:
    """Return the share of the unit cells of the cores in use that hold a weight, 0 to 1."""
    chosen = _static(layers)
    return sum(layer.weights for layer in chosen) / (
        cores_needed(chosen, core) * math.prod(_check_core(core))
    )


def balanced_copies(network: Network, most: int) -> dict[str, int]:
    """Return how many copies of each layer even out the reads, the busiest layer having ``most``.

    A layer with fewer vectors per inference gets fewer copies, in proportion and rounded up; never
    more copies than vectors. Recurrent layers wait for their own last result: they get one.

    Parameters
    ----------
    network : Network
        What is to be stored.
    most : int
        Copies of the layer with the most vectors.
    """
    check_integer("most", most, low=1)
    busiest = max(layer.mvms for layer in _static(network))
    return {
        layer.name: 1
        if layer.kind == "recurrent"
        else min(layer.mvms, math.ceil(most * layer.mvms / busiest))
        for layer in _static(network)
    }


def map_network(
    network: Network,
    core: tuple[int, int] = CORE,
    copies: Dictionary[str, int] | None = None,
    *,
    available: int | None = None,
    share: bool = False,
) -> Mapping:
    """Put every static matrix of a network on cores.

    Parameters
    ----------
    network : Network
        What is to be stored.
    core : (int, int)
        Rows and columns of a core.
    copies : mapping of str to int, optional
        How many times a layer is to stand on the chip, by its name; once if not named.
    available : int, optional
        Cores on the chip; no limit by default.
    share : bool
        Whether tiles of different layers may stand on one core, beside and below each other.
        A shared core serves one of its tiles at a time.

    Raises
    ------
    NotEnoughCoresError
        If the network does not fit; says how many cores are missing. A ValueError.
    TypeError
        If ``network`` is something else.
    ValueError
        If ``copies`` names an unknown layer or a number below one.
    """
    if not isinstance(network, Network):
        raise TypeError(
            "network must be a Network (or, for Chip.map, a converted torch model), got "
            f"{network!r}"
        )
    _check_core(core)
    wanted = dict(copies or {})
    unknown = sorted(set(wanted) - {layer.name for layer in network.static})
    if unknown:
        names = [layer.name for layer in network.static]
        raise ValueError(f"copies names {unknown[0]!r}: choose from the static layers {names}")
    found: list[MappedTile] = []
    for layer in _static(network):
        for copy in range(check_integer(layer.name, wanted.get(layer.name, 1), low=1)):
            for part in parts_of(layer.shape, *core, len(found)):
                found.append(MappedTile(part.core, part.outputs, part.inputs, layer.name, copy))
    apart = Mapping(network, core, tuple(found))
    chosen = _on_shared_cores(apart) if share else apart
    if available is not None and chosen.cores > check_integer("available", available, low=1):
        raise NotEnoughCoresError(
            network.name, chosen.cores, available, _hint(apart, wanted, available, share)
        )
    return chosen


def mapping_of(
    matrices: Dictionary[str, Matrix],
    network: Network,
    copies: Dictionary[str, int] | None = None,
) -> Mapping:
    """Return the mapping of matrices that have their cores already, copies of layers after them.

    Parameters
    ----------
    matrices : mapping of str to aimc.cores.Matrix
        Those of a converted model by name.
    network : Network
        What the model asks of a chip.
    copies : mapping of str to int, optional
        As in `map_network`.

    Raises
    ------
    ValueError
        If the cores have several sizes, or ``copies`` names an unknown layer.
    """
    wanted = dict(copies or {})
    unknown = sorted(set(wanted) - set(matrices))
    if unknown:
        names = list(matrices)
        raise ValueError(f"copies names {unknown[0]!r}: choose from the layers {names}")
    for name, count in wanted.items():
        check_integer(name, count, low=1)
    cores = [core for matrix in matrices.values() for core in matrix.cores]
    sizes = {(core.rows, core.columns) for core in cores}
    if len(sizes) != 1:
        raise ValueError(f"the cores of the model have different sizes: {sorted(sizes)}")
    size = sizes.pop()
    found = [
        MappedTile(core.index, part.outputs, part.inputs, name)
        for name, matrix in matrices.items()
        for core, part in zip(matrix.cores, matrix.parts, strict=True)
    ]
    following = 1 + max(core.index for core in cores)
    for layer in network.layers:
        for copy in range(1, wanted.get(layer.name, 1)):
            for part in parts_of(layer.shape, *size, following):
                found.append(MappedTile(part.core, part.outputs, part.inputs, layer.name, copy))
            following = 1 + found[-1].core
    return Mapping(network, size, tuple(found))


def _on_shared_cores(apart: Mapping) -> Mapping:
    # What is added works at the same time, so it needs cores of its own.
    together = {x.name: members[0].name for members in sums(apart.network) for x in members}
    sizes = [(together[tile.layer], tile.shape[1], tile.shape[0]) for tile in apart.tiles]
    places = pack(sizes, apart.core)
    return Mapping(
        apart.network,
        apart.core,
        tuple(
            replace(tile, core=number, at=(row, column))
            for tile, (number, row, column) in zip(apart.tiles, places, strict=True)
        ),
    )


def _hint(apart: Mapping, wanted: Dictionary[str, int], available: int, share: bool) -> str:
    ways = []
    if not share and (fewer := _on_shared_cores(apart).cores) < apart.cores:
        verdict = "would fit" if fewer <= available else "is still too many"
        ways.append(f"share=True takes {fewer}, which {verdict}")
    once = cores_needed(apart.network, apart.core)
    if any(n > 1 for n in wanted.values()) and once < apart.cores:
        ways.append(f"one copy of each layer takes {once}")
    return "; ".join([*ways, "a larger grid, or fewer weights, would do"])


def _static(layers: Network | Iterable[Layer]) -> list[Layer]:
    chosen = layers.layers if isinstance(layers, Network) else list(layers)
    for layer in chosen:
        if not isinstance(layer, Layer):
            raise TypeError(f"layers must be a Network or Layer objects, got {layer!r}")
    static = [layer for layer in chosen if layer.static]
    if not static:
        raise ValueError("layers holds no static matrix: nothing can be stored")
    return static


def _check_core(core: tuple[int, int]) -> tuple[int, int]:
    if not isinstance(core, tuple) or len(core) != 2:
        raise ValueError(f"core must be (rows, columns), got {core!r}")
    return check_integer("core rows", core[0], low=1), check_integer("core columns", core[1], low=1)
