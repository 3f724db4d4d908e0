"""Weights on the cores of a chip: one mapping, many vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from aimc.backend import Array, Batches, RandomSource, as_array, namespace
from aimc.chip.batched import as_batches, run_batches
from aimc.chip.mapping import MappedTile, Mapping
from aimc.chip.outputs import Forward, NetworkOutputs, Units
from aimc.cores import (
    Core,
    CoreAtTime,
    Gain,
    LayerParameters,
    Matrix,
    MatrixView,
    Noises,
    PartialSums,
    at_time,
    even_parts,
)
from aimc.cores.partial_sums import Read
from aimc.validation import at_place, check_time

__all__ = ["StoredNetwork", "sums_of"]


def sums_of(mapping: Mapping, names: Sequence[str], copy: int = 0) -> PartialSums:
    """Return who adds to whom in one copy of layers that add up."""
    return PartialSums([mapping.copy_of(name, copy) for name in names], names)


class _Corner(MatrixView):
    """A tile on a core that it shares: the part of the core, brought to the scale of its layer."""

    __slots__ = ("_part", "_scale", "_to_range", "core")

    def __init__(self, view: CoreAtTime, place: Place) -> None:
        self._part = view[place.columns, place.rows]
        self._scale, self._to_range = place.scale, place.to_range
        self.core = view.core

    @property
    def shape(self) -> tuple[int, int]:
        """Shape (out, in) of the tile."""
        return self._part.shape

    def weights(self, noise: bool = False) -> Array:
        """Return the effective weights of the tile."""
        return self._scale[:, None] * self._part.weights(noise)

    def forward(self, x: Array, rng: RandomSource | None = None) -> Array:
        """Multiply: x of shape (..., in) to (..., out)."""
        y = self._part.forward(x / self._to_range, rng)
        return self._to_range * self._scale * y


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where a tile is on a core that it shares, and what brings its inputs and outputs to scale."""

    columns: slice
    """Its outputs."""
    rows: slice
    """Its inputs; other rows get no pulse."""
    to_range: float
    """Input of the tile over that of the core."""
    scale: Array
    """Weight of a fully SET cell for each output."""


class StoredNetwork(NetworkOutputs):
    """The matrices of a network on cores, each where its mapping says.

    On a core that several tiles share, the rows of the others get no pulse and their columns are
    not used.

    Parameters
    ----------
    mapping : Mapping
        Which tile is where.
    layers : mapping of str to LayerParameters or array
        What each layer holds.
    make_core : callable
        ``make_core(index)`` returns the core with that number, unprogrammed.

    Raises
    ------
    ValueError
        If a layer has no weights, or such of another shape.
    """

    def __init__(
        self,
        mapping: Mapping,
        layers: Dictionary[str, LayerParameters | Array],
        make_core: Callable[[int], Core],
    ) -> None:
        super().__init__(mapping.network, layers)
        self.mapping = mapping
        together: dict[int, list[MappedTile]] = {}
        for tile in mapping.tiles:
            together.setdefault(tile.core, []).append(tile)
        self.cores = {k: make_core(k) for k in together}
        copies = {name: range(mapping.copies(name)) for name in self.layers}
        self.matrices = {
            (name, copy): self._matrix(name, copy) for name in self.layers for copy in copies[name]
        }
        self._sums = {
            names: [sums_of(mapping, names, copy) for copy in copies[names[0]]]
            for names in self.units
        }
        self._places: dict[MappedTile, Place] = {}
        for k, tiles in together.items():
            if len(tiles) == 1 and tiles[0].at == (0, 0):
                self._fill(self.cores[k], tiles[0])
            else:
                self._share(self.cores[k], tiles)
        self.vectors: dict[str, int] = {}
        self.t = 0.0
        self.at(0.0)

    def _matrix(self, name: str, copy: int) -> Matrix:
        """Return one copy of a layer's matrix, on its cores."""
        tiles, layer = self.mapping.copy_of(name, copy), self.layers[name]
        cores = [self.cores[tile.core] for tile in tiles]
        matrix = Matrix(cores, tiles, weight_range=layer.weight_range)
        try:
            matrix.sums = layer.sums
        except ValueError as error:
            raise ValueError(f"layers[{name!r}]: {error}") from error
        return matrix

    def _fill(self, core: Core, tile: MappedTile) -> None:
        """Give a core to one tile."""
        chosen = self.layers[tile.layer].input_range
        if chosen is not None:
            core.periphery = replace(core.periphery, input_range=chosen)
        core.program(*self._weights(tile, core.periphery.input_range))

    def _share(self, core: Core, tiles: Sequence[MappedTile]) -> None:
        """Put several tiles on a core, each scaled to the core's range and conductance."""
        own = core.periphery.input_range
        asked = [self.layers[tile.layer].input_range for tile in tiles]
        if own is None and any(x_max is not None for x_max in asked):
            own = 1.0
            core.periphery = replace(core.periphery, input_range=own)
        block = np.zeros(
            (
                max(tile.at[1] + tile.shape[0] for tile in tiles),
                max(tile.at[0] + tile.shape[1] for tile in tiles),
            )
        )
        for tile, chosen in zip(tiles, asked, strict=True):
            x_max = own if chosen is None else chosen
            part, scale = self._weights(tile, x_max)
            row, column = tile.at
            columns, rows = slice(column, column + tile.shape[0]), slice(row, row + tile.shape[1])
            block[columns, rows] = part / scale[:, None]
            to_range = 1.0 if own is None or x_max is None else x_max / own
            self._places[tile] = Place(columns, rows, to_range, scale)
        core.program(block, 1.0)

    def _weights(self, tile: MappedTile, x_max: float | None) -> tuple[Array, Array]:
        """Return the weights of a tile, and that of a fully SET cell for each of its outputs."""
        held = tile.of(self.layers[tile.layer].weights)
        return held, self.matrices[tile.layer, tile.copy].w_max_of(tile, held, x_max)

    def at(self, t: float | str, gain: Gain = 1.0, noise: Noises = "split") -> None:
        """Go to ``t`` seconds after programming; see `aimc.chip.Chip.at`."""
        t = check_time("t", t)
        views = dict(
            zip(self.cores, at_time(tuple(self.cores.values()), t, gain, noise), strict=True)
        )
        for (name, copy), matrix in self.matrices.items():
            matrix.replace_views(
                [
                    _Corner(views[tile.core], self._places[tile])
                    if tile in self._places
                    else views[tile.core]
                    for tile in self.mapping.copy_of(name, copy)
                ]
            )
        self.t = t

    def run(
        self, x: Batches, forward: Forward | None = None
    ) -> tuple[Any, int, dict[str, int], float]:
        """Return outputs, inferences, vectors by layer, and time (s); see `aimc.chip.Chip.run`."""
        self.vectors = {}

        def compute(batch: Array) -> Array:
            values = as_array("x", batch)
            return self.dense(values) if forward is None else forward(self.compute, values)

        outputs, inferences = run_batches(compute, as_batches(x))
        return outputs, inferences, dict(self.vectors), self.t

    def multiply(self, layer: str, x: Array) -> Array:
        """Return the product of one layer's matrix with vectors, as the cores compute it.

        Parameters
        ----------
        layer : str
            Name of the layer.
        x : array, shape (..., in)
            Vectors; copies of the layer share them in equal parts.

        Returns
        -------
        array, shape (..., out)
        """
        self.mapping.of(layer)
        names = self.members[layer]
        return self._over_copies(
            names, [as_array("x", x)], Units((), 0.0, None, 1.0), names.index(layer)
        )

    def _outputs(self, names: tuple[str, ...], inputs: Sequence[Array]) -> Array:
        return self._over_copies(names, inputs, self.units[names], 0)

    def _over_copies(
        self, names: tuple[str, ...], inputs: Sequence[Array], units: Units, first: int
    ) -> Array:
        sums, flat = self._sums[names], []
        for name, x in zip(names[first:], inputs, strict=False):
            length = self.layers[name].shape[1]
            if x.ndim == 0 or x.shape[-1] != length:
                raise ValueError(
                    f"x must have {length} entries on its last axis, the inputs of {name}, got "
                    f"shape {tuple(x.shape)}"
                )
            flat.append(namespace(x).reshape(x, (-1, int(x.shape[-1]))))
            self.vectors[name] = self.vectors.get(name, 0) + int(flat[-1].shape[0])
        counts = {int(x.shape[0]) for x in flat}
        if len(counts) > 1:
            raise ValueError(
                f"layers {list(names)} are one sum: they need equally many vectors, got "
                f"{[tuple(x.shape) for x in inputs]}"
            )
        count = counts.pop()
        whole = [
            total.forward(
                [self._read(name, copy) for name in names],
                flat if len(sums) == 1 else [x[share, :] for x in flat],
                scales=units.scales,
                offset=units.offset,
                bits=units.bits,
                full_scale=units.full_scale,
                first=first,
            )
            for copy, (total, share) in enumerate(
                zip(sums, even_parts(count, -(-count // len(sums))), strict=False)
            )
        ]
        y = whole[0] if len(whole) == 1 else namespace(whole[0]).concat(whole, axis=0)
        return namespace(y).reshape(y, (*inputs[0].shape[:-1], int(y.shape[-1])))

    def _read(self, layer: str, copy: int) -> Read:
        """Return what reads one copy of a layer; warnings then say where they come from."""
        matrix = self.matrices[layer, copy]

        def read(core: int, x: Array) -> Array:
            with at_place(layer, core):
                return matrix.read(core, x)

        return read
