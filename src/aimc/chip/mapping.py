r"""Where weights go: matrices cut into tiles, and each tile on a core of its own.

A matrix of :math:`m` outputs and :math:`n` inputs takes

.. math:: \lceil m / C \rceil \, \lceil n / R \rceil

cores of :math:`R` rows and :math:`C` columns, in parts as equal as possible (A096). This gives the
core counts of all three networks of the 64-core chip :cite:p:`legallo2023hermes`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass

from aimc.chip.workloads import Layer, Network
from aimc.tiling import even_parts, tile_grid
from aimc.validation import check_integer

__all__ = ["Mapping", "Placement", "cores_needed", "place", "tiles", "utilisation"]

CORE = (256, 256)
"""Rows (inputs) and columns (outputs) of one core, unless told otherwise (A008)."""


@dataclass(frozen=True, slots=True)
class Placement:
    """One tile of one layer on one core."""

    core: int
    """Number of the core, from 0."""
    layer: str
    """Name of the layer."""
    outputs: tuple[int, int]
    """First output of the tile and the one after its last."""
    inputs: tuple[int, int]
    """First input of the tile and the one after its last."""
    copy: int = 0
    """Which copy of the layer this is; copies share the layer's vectors between them."""

    @property
    def shape(self) -> tuple[int, int]:
        """Shape (out, in) of the tile."""
        return self.outputs[1] - self.outputs[0], self.inputs[1] - self.inputs[0]


@dataclass(frozen=True, slots=True)
class Mapping:
    """The placement of a network on cores of one size. Made by `place`."""

    network: Network
    """What was placed."""
    core: tuple[int, int]
    """Rows and columns of a core."""
    placements: tuple[Placement, ...]
    """All tiles, in the order of the cores."""

    @property
    def cores(self) -> int:
        """Cores in use."""
        return len(self.placements)

    @property
    def utilisation(self) -> float:
        """Share of the unit cells of the cores in use that hold a weight, 0 to 1."""
        used = sum(math.prod(tile.shape) for tile in self.placements)
        return used / (self.cores * math.prod(self.core))

    def of(self, layer: str) -> tuple[Placement, ...]:
        """Return the placements of one layer.

        Raises
        ------
        ValueError
            If no layer of that name was placed.
        """
        found = tuple(tile for tile in self.placements if tile.layer == layer)
        if not found:
            names = sorted({tile.layer for tile in self.placements})
            raise ValueError(f"layer={layer!r} was not placed: choose one of {names}")
        return found

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
                    "cores": len(found),
                    "utilisation": utilisation([layer], self.core),
                    "reads": self.reads(layer.name),
                }
            )
        return rows


def tiles(
    shape: tuple[int, int], core: tuple[int, int] = CORE
) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return the (first, after last) outputs and inputs of each tile of a matrix.

    Parameters
    ----------
    shape : (int, int)
        (out, in) of the matrix.
    core : (int, int)
        Rows and columns of a core; inputs drive rows, outputs are read from columns.
    """
    rows, columns = _check_core(core)
    return [
        ((i.start, i.stop), (j.start, j.stop))
        for i in even_parts(shape[0], columns)
        for j in even_parts(shape[1], rows)
    ]


def cores_needed(layers: Network | Iterable[Layer], core: tuple[int, int] = CORE) -> int:
    """Return how many cores the static matrices of a network take.

    Parameters
    ----------
    layers : Network or layers
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


def place(
    network: Network,
    core: tuple[int, int] = CORE,
    copies: Dictionary[str, int] | None = None,
) -> Mapping:
    """Put every static matrix of a network on cores of its own.

    Parameters
    ----------
    network : Network
        What is to be stored.
    core : (int, int)
        Rows and columns of a core.
    copies : mapping of str to int, optional
        How many times a layer is to stand on the chip, by its name; once if not named.

    Raises
    ------
    ValueError
        If ``copies`` names an unknown layer or a number below one.
    """
    _check_core(core)
    wanted = dict(copies or {})
    unknown = sorted(set(wanted) - {layer.name for layer in network.static})
    if unknown:
        names = [layer.name for layer in network.static]
        raise ValueError(f"copies names {unknown[0]!r}: choose from the static layers {names}")
    placements: list[Placement] = []
    for layer in network.static:
        for copy in range(check_integer(layer.name, wanted.get(layer.name, 1), low=1)):
            for outputs, inputs in tiles(layer.shape, core):
                placements.append(Placement(len(placements), layer.name, outputs, inputs, copy))
    return Mapping(network, core, tuple(placements))


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
