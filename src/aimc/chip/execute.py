"""Weights on the cores of a chip: one set of placements, many vectors."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass

import numpy as np

from aimc.backend import Array, as_array, at_least_single, namespace, to_numpy
from aimc.chip.mapping import MappedTile, Mapping
from aimc.circuits.partial_sums import OUTPUT_BITS, along_chain
from aimc.core import Core, CoreAtTime
from aimc.tiled import even_parts
from aimc.validation import check_array, check_choice, check_number

__all__ = ["Outputs", "StoredNetwork", "digital_units"]


@dataclass(frozen=True, slots=True, eq=False)
class Outputs:
    """What the digital units make of the products of one layer."""

    scale: Array | float = 1.0
    """Factor on each output, shape (out,) or one for all."""
    offset: Array | float = 0.0
    """Offset of each output, shape (out,) or one for all."""
    full_scale: float | None = None
    """Magnitude of the largest number that a core can send, with 8 bits; ``None``: cores send
    numbers in floating point."""

    @property
    def bits(self) -> int | None:
        """Resolution of what is sent."""
        return None if self.full_scale is None else OUTPUT_BITS


class StoredNetwork:
    """The matrices of a network on cores, each where its placement says.

    Every tile is scaled to its own largest weight. On a core that several tiles share, the rows of
    the others get no pulse and their columns are not used.

    Parameters
    ----------
    mapping : Mapping
        Which tile is where.
    weights : mapping of str to array
        A matrix of shape (out, in) for each layer.
    make_core : callable
        ``make_core(index)`` returns the core with that number, unprogrammed.
    ranges : mapping of str to float, optional
        Magnitude of the input that becomes a full-scale pulse, by layer; the core's own
        ``input_range`` by default.
    outputs : mapping of str to Outputs, optional
        What the digital units do, by layer; they only add by default.

    Raises
    ------
    ValueError
        If a layer has no matrix, or one of another shape, or is given a range though its cores
        scale each vector to its own largest entry.
    """

    def __init__(
        self,
        mapping: Mapping,
        weights: Dictionary[str, Array],
        make_core: Callable[[int], Core],
        ranges: Dictionary[str, float] | None = None,
        outputs: Dictionary[str, Outputs] | None = None,
    ) -> None:
        self.mapping, self.outputs = mapping, dict(outputs or {})
        self.ranges = {
            name: check_number(f"ranges[{name!r}]", value, low=0.0, open_low=True)
            for name, value in (ranges or {}).items()
        }
        for name in self.ranges:
            mapping.of(name)
        matrices = _checked(mapping, weights)
        self.peaks: dict[MappedTile, float] = {}
        blocks: dict[int, np.ndarray] = {}
        for tile in mapping.tiles:
            part = matrices[tile.layer][slice(*tile.outputs), slice(*tile.inputs)]
            peak = float(np.max(np.abs(part))) or 1.0
            self.peaks[tile] = peak
            self._put(blocks, tile, part / peak)
        self.cores = {k: make_core(k) for k in blocks}
        self._check_ranges()
        for k, core in self.cores.items():
            core.program(blocks[k], 1.0)
        self.widths = {k: block.shape[1] for k, block in blocks.items()}
        self.vectors: dict[str, int] = {}
        self.t = 0.0
        self._views: dict[int, CoreAtTime] = {}
        self.at(0.0)

    def _check_ranges(self) -> None:
        for layer in self.ranges:
            cores = (self.cores[tile.core] for tile in self.mapping.of(layer))
            if any(core.periphery.input_range is None for core in cores):
                raise ValueError(
                    f"ranges[{layer!r}] is not allowed: the cores have input_range=None, which "
                    "scales each vector to its own largest entry; make them with input_range=1.0"
                )

    @staticmethod
    def _put(blocks: dict[int, np.ndarray], tile: MappedTile, part: np.ndarray) -> None:
        row, column = tile.at
        outputs, inputs = tile.shape
        old = blocks.get(tile.core, np.zeros((0, 0)))
        shape = (max(old.shape[0], column + outputs), max(old.shape[1], row + inputs))
        block = np.zeros(shape)
        block[: old.shape[0], : old.shape[1]] = old
        block[column : column + outputs, row : row + inputs] = part
        blocks[tile.core] = block

    def at(self, t: float, gain: float = 1.0) -> None:
        """Go to ``t`` seconds after programming; ``gain`` is a digital factor on all outputs."""
        self._views = {k: core.at(t, gain) for k, core in self.cores.items()}
        self.t = float(t)

    def multiply(self, layer: str, x: Array, *, units: Outputs | None = None) -> Array:
        """Return the product of a layer's matrix with vectors, as the cores compute it.

        Parameters
        ----------
        layer : str
            Name of the layer.
        x : array, shape (..., in)
            Vectors; copies of the layer share them in equal parts.
        units : Outputs, optional
            What the digital units make of the products; they only add by default.

        Returns
        -------
        array, shape (..., out)
        """
        values = as_array("x", x)
        placed = self.mapping.of(layer)
        width = max(tile.inputs[1] for tile in placed)
        check_array("x", values, last=width)
        xp, lead = namespace(values), tuple(int(n) for n in values.shape[:-1])
        flat = xp.reshape(values, (-1, width))
        count = int(flat.shape[0])
        self.vectors[layer] = self.vectors.get(layer, 0) + count
        copies = self.mapping.copies(layer)
        shares = even_parts(count, -(-count // copies))
        does = Outputs() if units is None else units
        parts = [
            self._copy(placed, copy, flat[share, :], does) for copy, share in enumerate(shares)
        ]
        whole = parts[0] if len(parts) == 1 else namespace(parts[0]).concat(parts, axis=0)
        return namespace(whole).reshape(whole, (*lead, int(whole.shape[-1])))

    def compute(self, layer: str, x: Array) -> Array:
        """Return the outputs of a layer for vectors, as its digital units send them."""
        return self.multiply(layer, x, units=self.outputs.get(layer))

    def dense(self, x: Array) -> Array:
        """Return the outputs of dense layers that follow each other with a ReLU between them.

        Raises
        ------
        ValueError
            If the layers are not such, or x is not of shape (n, in).
        """
        layers = self.mapping.network.layers
        if x.ndim < 2:
            raise ValueError(f"x must have shape (n, inputs), got shape {tuple(x.shape)}")
        for before, layer in zip((None, *layers[:-1]), layers, strict=True):
            fits = before is None or before.shape[0] == layer.shape[1]
            if layer.kind != "dense" or layer.mvms != 1 or not fits:
                raise ValueError(
                    f"forward=None: layer {layer.name!r} does not follow as a dense layer; pass "
                    "forward(compute, x)"
                )
        for k, layer in enumerate(layers):
            x = self.compute(layer.name, x)
            if k + 1 < len(layers):
                x = namespace(x).maximum(x, 0.0 * x)
        return x

    def _copy(self, placed: tuple[MappedTile, ...], copy: int, x: Array, units: Outputs) -> Array:
        chains: dict[tuple[int, int], list[Array]] = {}
        for tile in placed:
            if tile.copy == copy:
                partial = self._tile(tile, x[:, slice(*tile.inputs)])
                chains.setdefault(tile.outputs, []).append(partial)

        def of(values: Array | float, outputs: tuple[int, int]) -> Array | float:
            return values if isinstance(values, float | int) else values[slice(*outputs)]

        bands = [
            along_chain(
                chains[outputs],
                scale=of(units.scale, outputs),
                offset=of(units.offset, outputs),
                bits=units.bits,
                full_scale=units.full_scale or 1.0,
            )
            for outputs in sorted(chains)
        ]
        return bands[0] if len(bands) == 1 else namespace(bands[0]).concat(bands, axis=-1)

    def _tile(self, tile: MappedTile, x: Array) -> Array:
        row, column = tile.at
        xp, whole = namespace(x), self.widths[tile.core]
        above, below = row, whole - row - tile.shape[1]
        if above or below:
            rest = 0.0 * x[:, :1]
            x = xp.concat([*[rest] * above, x, *[rest] * below], axis=1)
        full, own = self.ranges.get(tile.layer), self.cores[tile.core].periphery.input_range
        # The digital side scales inputs to the core's range, and outputs back.
        factor = 1.0 if full is None else full / (1.0 if own is None else own)
        y = self._views[tile.core].forward(x / factor)
        return (factor * self.peaks[tile]) * y[:, column : column + tile.shape[0]]


def digital_units(
    sizes: Dictionary[str, int],
    biases: Dictionary[str, Array] | None = None,
    scales: Dictionary[str, Array] | None = None,
    full_scales: Dictionary[str, float] | None = None,
) -> dict[str, Outputs]:
    """Return what the digital units of each layer are to do.

    Parameters
    ----------
    sizes : mapping of str to int
        Outputs of each layer.
    biases, scales : mapping of str to array, optional
        Offsets and factors of shape (out,), for some of the layers.
    full_scales : mapping of str to float, optional
        Largest number that a core can send, for some of the layers.

    Raises
    ------
    ValueError
        If a layer is unknown, or an array has another shape.
    """
    given = {"biases": biases or {}, "scales": scales or {}, "output_ranges": full_scales or {}}
    for argument, by_layer in given.items():
        for layer in by_layer:
            check_choice(argument, layer, tuple(sizes))

    def vector(argument: str, layer: str, default: float) -> Array | float:
        if layer not in given[argument]:
            return default
        name = f"{argument}[{layer!r}]"
        values = as_array(name, given[argument][layer])
        if tuple(values.shape) != (sizes[layer],):
            raise ValueError(
                f"{name} has shape {tuple(values.shape)}, the layer has {sizes[layer]} outputs"
            )
        check_array(name, values)
        return values

    def full_scale(layer: str) -> float | None:
        value = given["output_ranges"].get(layer)
        name = f"output_ranges[{layer!r}]"
        return None if value is None else check_number(name, value, low=0.0, open_low=True)

    return {
        layer: Outputs(
            vector("scales", layer, 1.0), vector("biases", layer, 0.0), full_scale(layer)
        )
        for layer in sizes
    }


def _checked(mapping: Mapping, weights: Dictionary[str, Array]) -> dict[str, np.ndarray]:
    shapes = {layer.name: layer.shape for layer in mapping.network.static}
    missing = sorted(set(shapes) - set(weights))
    unknown = sorted(set(weights) - set(shapes))
    if missing or unknown:
        problem = f"lacks {missing[0]!r}" if missing else f"names {unknown[0]!r}"
        raise ValueError(f"weights {problem}: the layers of the plan are {list(shapes)}")
    found = {}
    for name, shape in shapes.items():
        values = as_array(f"weights[{name!r}]", weights[name])
        check_array(f"weights[{name!r}]", values, ndim=2)
        if tuple(values.shape) != shape:
            raise ValueError(
                f"weights[{name!r}] has shape {tuple(values.shape)}, the plan has {shape}"
            )
        found[name] = to_numpy(at_least_single(values))
    return found
