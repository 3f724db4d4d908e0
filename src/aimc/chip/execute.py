"""Weights on the cores of a chip: one mapping, many vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from aimc.backend import Array, Batches, as_array, namespace
from aimc.chip.batched import as_batches, run_batches
from aimc.chip.mapping import MappedTile, Mapping
from aimc.chip.outputs import Forward, NetworkOutputs, Units
from aimc.cores import (
    Core,
    CoreAtTime,
    Gain,
    LayerParameters,
    Noises,
    Part,
    Sum,
    at_time,
    even_parts,
    full_scale,
)
from aimc.validation import at_place, check_time

__all__ = ["StoredNetwork", "sum_of"]


def sum_of(mapping: Mapping, names: Sequence[str], copy: int = 0) -> Sum:
    """Return the sum of one copy of layers that add up; its parts are known by their tiles."""
    return Sum(
        [
            [
                Part(tile, slice(*tile.outputs), slice(*tile.inputs))
                for tile in mapping.of(name)
                if tile.copy == copy
            ]
            for name in names
        ],
        names,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Corner:
    """Where a tile is on a core that it shares, and what brings its inputs and outputs to scale."""

    columns: slice
    """Its outputs."""
    rows: slice
    """Its inputs; other rows get no pulse."""
    to_range: float
    """Input of the tile over that of the core."""
    scale: Array
    """Weight of a fully SET cell for each output."""

    def read(self, view: CoreAtTime, x: Array) -> Array:
        y = view[self.columns, self.rows].forward(x / self.to_range)
        return self.to_range * self.scale * y


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
        self._sums = {
            names: [sum_of(mapping, names, copy) for copy in range(mapping.copies(names[0]))]
            for names in self.units
        }
        together: dict[int, list[MappedTile]] = {}
        for tile in mapping.tiles:
            together.setdefault(tile.core, []).append(tile)
        self.cores = {k: make_core(k) for k in together}
        self._corners: dict[MappedTile, _Corner] = {}
        for k, tiles in together.items():
            if len(tiles) == 1 and tiles[0].at == (0, 0):
                self._fill(self.cores[k], tiles[0])
            else:
                self._share(self.cores[k], tiles)
        self.vectors: dict[str, int] = {}
        self.t = 0.0
        self._views: dict[int, CoreAtTime] = {}
        self.at(0.0)

    def _fill(self, core: Core, tile: MappedTile) -> None:
        """Give a core to one tile."""
        chosen = self.layers[tile.layer].input_range
        if chosen is not None:
            core.periphery = replace(core.periphery, input_range=chosen)
        core.program(*self._weights(core, tile, core.periphery.input_range))

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
            part, scale = self._weights(core, tile, x_max)
            row, column = tile.at
            columns, rows = slice(column, column + tile.shape[0]), slice(row, row + tile.shape[1])
            block[columns, rows] = part / scale[:, None]
            to_range = 1.0 if own is None or x_max is None else x_max / own
            self._corners[tile] = _Corner(columns, rows, to_range, scale)
        core.program(block, 1.0)

    def _weights(self, core: Core, tile: MappedTile, x_max: float | None) -> tuple[Array, Array]:
        """Return the weights of a tile, and that of a fully SET cell for each of its outputs."""
        layer, outputs = self.layers[tile.layer], slice(*tile.outputs)
        part = layer.weights[outputs, slice(*tile.inputs)]
        sums = None
        if layer.sums is not None:
            starts = sorted({other.inputs for other in self.mapping.of(tile.layer)})
            if len(layer.sums) != len(starts):
                raise ValueError(
                    f"layers[{tile.layer!r}]: sums has {len(layer.sums)} rows, the inputs are cut "
                    f"into {len(starts)} parts"
                )
            sums = layer.sums[starts.index(tile.inputs), outputs]
        scale = full_scale(
            part, core, input_range=x_max, sums=sums, weight_range=layer.weight_range
        )
        return part, scale

    def at(self, t: float | str, gain: Gain = 1.0, noise: Noises = "split") -> None:
        """Go to ``t`` seconds after programming; see `aimc.chip.Chip.at`."""
        t = check_time("t", t)
        cores = tuple(self.cores.values())
        self._views = dict(zip(self.cores, at_time(cores, t, gain, noise), strict=True))
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
                self._read,
                flat if len(sums) == 1 else [x[share, :] for x in flat],
                scales=units.scales,
                offset=units.offset,
                bits=units.bits,
                full_scale=units.full_scale,
                first=first,
            )
            for total, share in zip(sums, even_parts(count, -(-count // len(sums))), strict=False)
        ]
        y = whole[0] if len(whole) == 1 else namespace(whole[0]).concat(whole, axis=0)
        return namespace(y).reshape(y, (*inputs[0].shape[:-1], int(y.shape[-1])))

    def _read(self, tile: MappedTile, x: Array) -> Array:
        view, corner = self._views[tile.core], self._corners.get(tile)
        with at_place(tile.layer, tile.core):
            return view.forward(x) if corner is None else corner.read(view, x)
