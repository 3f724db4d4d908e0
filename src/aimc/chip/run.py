"""A network that runs: in floating point, or with its matrices on the cores of a chip.

`ExactNetwork` computes in floating point, which is what a calibration watches; `StoredNetwork` has
each matrix on the cores that a mapping names. Both compute a layer by its name, and a network by a
function that asks for its layers one after the other. A converted torch model
(`aimc.nn.AnalogModel`) is run in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as Dictionary
from contextlib import contextmanager
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any, Self

import numpy as np

from aimc.backend import (
    Array,
    Batches,
    RandomSource,
    as_array,
    at_least_single,
    like,
    namespace,
    peak,
    to_numpy,
)
from aimc.backend import batches as each_of
from aimc.chip.cost import Performance
from aimc.chip.mapping import MappedTile, Mapping
from aimc.cores import (
    Calibration,
    Core,
    Gain,
    LayerParameters,
    Matrix,
    MatrixAtTime,
    MatrixView,
    Noises,
    PartialSums,
    at_time,
    even_parts,
)
from aimc.cores.partial_sums import Read
from aimc.cores.ranges import ranges_of
from aimc.layers.sums import sums
from aimc.layers.workload import Network
from aimc.validation import at_place, check_integer, check_time

__all__ = [
    "Compute",
    "ExactNetwork",
    "Forward",
    "LayerMatrix",
    "Run",
    "StoredNetwork",
    "calibrate",
    "run_batches",
]

Compute = Callable[..., Array]
"""``compute(layer, x)``, or ``compute({layer: x, other: y})`` for layers that add up: outputs of
shape (..., out) for vectors of shape (..., in)."""
Forward = Callable[[Compute, Array], Array]
"""A network: ``forward(compute, x)`` returns its outputs."""

SAMPLES = 2048
"""Vectors of a call that a calibration looks at, drawn at random with replacement."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Outputs of a batch and what one inference of it costs. Made by `aimc.chip.Chip.run`."""

    outputs: Array
    """What the network computed: an array of shape (n, ...), or what else a torch model returns."""
    performance: Performance
    """Cost of one inference in a stream of them."""
    vectors: dict[str, int]
    """Vectors that each layer met, for the whole batch."""
    t: float
    """Time since programming, s."""

    @property
    def read_mode(self) -> str:
        """Read mode of the cost."""
        return self.performance.read_mode

    def __str__(self) -> str:
        """Return the shape of the outputs and the cost."""
        shape = _shape(self.outputs)
        return f"outputs of shape {shape}, {self.t:g} s after programming\n{self.performance}"


def run_batches(compute: Callable[[Any], Any], x: Batches) -> tuple[Any, int]:
    """Return the outputs for one batch, or those of several joined, and how many inferences.

    Parameters
    ----------
    compute : callable
        ``compute(batch)`` returns the outputs of a batch.
    x : array of shape (n, ...), or iterable of such
        One batch, or an iterable of batches; the first axis counts inferences.

    Raises
    ------
    TypeError
        If ``x`` is neither, or several batches have outputs that are no arrays, such as those of a
        recurrent layer with its states, whose axis of inferences is not known.
    ValueError
        If there is no batch, or one without inferences.
    """
    outputs, inferences = [], 0
    for batch in each_of(x, "x"):
        shape = tuple(batch.shape)
        if 0 in shape:
            raise ValueError(
                f"x must hold at least one inference, counted by its first axis, got shape {shape}"
            )
        inferences += int(shape[0])
        outputs.append(compute(batch))
    if len(outputs) == 1:
        return outputs[0], inferences
    if not all(hasattr(each, "shape") for each in outputs):
        raise TypeError(
            f"x holds {len(outputs)} batches, whose outputs ({type(outputs[0]).__name__}) cannot "
            "be joined: run one batch at a time"
        )
    return namespace(outputs[0]).concat(outputs, axis=0), inferences


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """What the digital units of the cores do to the products of layers that add up."""

    scales: tuple[Array | float, ...] = ()
    """Factors on the products of each layer; one by default."""
    offset: Array | float = 0.0
    """What the last core of each chain adds."""
    bits: int | None = None
    """Resolution of what each core sends; ``None`` is floating point."""
    full_scale: float = 1.0
    """Magnitude of the largest number that a core can send."""


class _NamedLayers:
    """Base: which layers add up, and their parameters.

    Parameters
    ----------
    network : Network
        The layers.
    layers : mapping of str to LayerParameters or array
        What each layer holds; an array stands for a layer of these weights.

    Raises
    ------
    ValueError
        If a layer has no weights, or such of another shape, or if layers that add up differ in
        what their cores send.
    """

    def __init__(self, network: Network, layers: Dictionary[str, LayerParameters | Array]) -> None:
        self.network, self.layers = network, _checked(network, layers)
        self.members: dict[str, tuple[str, ...]] = {}
        """By layer: the names of those that it adds up with, itself included."""
        self.units: dict[tuple[str, ...], Units] = {}
        for together in sums(network):
            names = tuple(layer.name for layer in together)
            self.units[names] = _units(names, [self.layers[name] for name in names])
            self.members |= dict.fromkeys(names, names)

    def compute(self, layer: str | Dictionary[str, Array], x: Array | None = None) -> Array:
        """Return what the digital units of a layer's cores send; see `aimc.chip.Chip.compute`."""
        raise NotImplementedError

    def forward(self, x: Array, forward: Forward | None = None) -> Array:
        """Return the outputs of the network for one batch of inputs, shape (n, ...).

        Parameters
        ----------
        x : array
            Inputs; the first axis counts inferences.
        forward : callable, optional
            ``forward(compute, x)``. By default dense layers follow each other with a ReLU between
            them.

        Raises
        ------
        ValueError
            If there is no ``forward`` and the layers are not such, or x is not of shape (n, in).
        """
        x = as_array("x", x)
        if forward is not None:
            return forward(self.compute, x)
        layers = self.network.layers
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

    def _asked(
        self, layer: str | Dictionary[str, Array], x: Array | None
    ) -> tuple[tuple[str, ...], list[Array]]:
        """Return the layers that add up, and the vectors of each.

        Raises
        ------
        ValueError
            If there is no such layer, or it adds up with others whose vectors are not given.
        """
        given = dict(layer) if isinstance(layer, Dictionary) else {layer: x}
        first = next(iter(given), None)
        if first not in self.members:
            raise ValueError(f"layer={first!r} was not placed: choose one of {list(self.members)}")
        names = self.members[first]
        if set(given) != set(names):
            wanted = ", ".join(f"{name!r}: ..." for name in names)
            raise ValueError(
                f"layer {first!r} is one sum with {[n for n in names if n != first]}: compute it "
                f"with their vectors, compute({{{wanted}}}), got {list(given)}"
            )
        return names, [as_array("x", given[name]) for name in names]


class ExactNetwork(_NamedLayers):
    """The layers in floating point.

    Parameters
    ----------
    network : Network
        The layers.
    layers : mapping of str to LayerParameters or array
        What each layer holds; an array stands for a layer of these weights.
    watch : callable, optional
        Told the names of layers that add up and the vectors that they meet.
    """

    def __init__(
        self,
        network: Network,
        layers: Dictionary[str, LayerParameters | Array],
        watch: Callable[[tuple[str, ...], Sequence[Array]], None] | None = None,
    ) -> None:
        super().__init__(network, layers)
        self._watch = watch

    def compute(self, layer: str | Dictionary[str, Array], x: Array | None = None) -> Array:
        """Return what digital units would send, unrounded; see `aimc.chip.Chip.compute`."""
        names, inputs = self._asked(layer, x)
        if self._watch is not None:
            self._watch(names, inputs)
        units = self.units[names]
        total: Array = None
        for name, scale, vectors in zip(names, units.scales, inputs, strict=True):
            weights = self.layers[name].weights
            product = scale * (like(vectors, weights) @ weights.T)
            total = product if total is None else total + product
        return total + units.offset


def calibrate(
    mapping: Mapping,
    layers: Dictionary[str, LayerParameters | Array],
    batches: Batches,
    forward: Forward | None,
    percentile: float,
    outputs: bool,
) -> dict[str, LayerParameters]:
    """Return the layers with their ranges; see `aimc.chip.Chip.calibrate`."""
    rng = np.random.default_rng(0)

    def watch(names: tuple[str, ...], inputs: Sequence[Array]) -> None:
        flat = [namespace(x).reshape(x, (-1, int(x.shape[-1]))) for x in inputs]
        if flat[0].shape[0]:
            chosen = rng.integers(0, int(flat[0].shape[0]), SAMPLES)
            flat = [x[chosen, :] for x in flat]
        weights = [exact.layers[name].weights for name in names]
        vectors = [like(x, w) for x, w in zip(flat, weights, strict=True)]

        def product(k: int, part: slice) -> Array:
            return vectors[k][:, part] @ weights[k][:, part].T

        units = exact.units[names]
        found[names].see(vectors, product, units.scales, units.offset)

    exact = ExactNetwork(mapping.network, layers, watch)
    found = {
        names: Calibration(
            _sum_of(mapping, names),
            names,
            percentile,
            sums=outputs,
            sent=any(exact.layers[name].output_bits is not None for name in names),
        )
        for names in exact.units
    }
    ranges = ranges_of(found, lambda x: exact.forward(x, forward), each_of(batches))
    return {
        name: replace(
            exact.layers[name],
            input_range=each.input_range,
            output_range=each.output_range,
            sums=each.sums,
        )
        for names in found
        for name, each in zip(names, ranges[names], strict=True)
    }


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


class _Scaled(MatrixView):
    """A view whose inputs are divided, and its outputs multiplied, by digital factors.

    On a core that it shares, a tile has the input range and the conductance of the core, and these
    factors bring both to the scale of its layer.
    """

    __slots__ = ("_inputs", "_outputs", "_view", "core")

    def __init__(self, view: Any, inputs: Array | float, outputs: Array | float) -> None:
        self._view, self._inputs, self._outputs = view, inputs, outputs
        self.core: Core = view.core

    @property
    def shape(self) -> tuple[int, int]:
        """Shape (out, in)."""
        shape: tuple[int, int] = self._view.shape
        return shape

    @property
    def T(self) -> _Scaled:  # noqa: N802
        """The same devices, read from the other side."""
        return _Scaled(self._view.T, 1.0 / self._outputs, 1.0 / self._inputs)

    def weights(self, noise: bool = False) -> Array:
        """Return the effective weights."""
        held = self._view.weights(noise)
        outputs, inputs = like(self._outputs, held), like(self._inputs, held)
        return outputs[..., None] * held / inputs

    def forward(self, x: Array, rng: RandomSource | None = None) -> Array:
        """Multiply: x of shape (..., in) to (..., out)."""
        return self._outputs * self._view.forward(x / self._inputs, rng)

    def in_a_row(
        self, x: Array, k: int, rng: RandomSource | None = None, spacing: float | None = None
    ) -> Array:
        """Multiply each vector ``k`` times in a row; see `aimc.cores.CoreAtTime.in_a_row`."""
        return self._outputs * self._view.in_a_row(x / self._inputs, k, rng, spacing)


class LayerMatrix(Matrix):
    """A matrix of a network on cores of a chip, which it may share with others.

    It is read like any other `aimc.cores.Matrix`, and written with its chip.

    Parameters
    ----------
    cores, parts, weight_range
        As in `aimc.cores.Matrix`.
    name : str
        Name of its layer.
    """

    def __init__(
        self, cores: Sequence[Core], parts: Sequence[MappedTile], weight_range: str, name: str
    ) -> None:
        super().__init__(cores, parts, weight_range=weight_range)
        self.name = name
        self.places: dict[int, Place] = {}
        """Where its tiles are on cores that they share, by the number of the core."""

    def on_tiles(self, views: Sequence[Any]) -> list[Any]:
        """Return views of the tiles from views of their cores."""
        seen = []
        for part, view in zip(self.parts, views, strict=True):
            place = self.places.get(part.core)
            if place is not None:
                part_of_core = view[place.columns, place.rows]
                view = _Scaled(part_of_core, place.to_range, place.to_range * place.scale)
            seen.append(view)
        return seen

    def program(
        self, weights: Array | None = None, w_max: float | None = None, *, keep: bool | None = None
    ) -> Self:
        """Not allowed: the chip knows what else is on the cores."""
        raise ValueError(
            f"the matrix of layer {self.name!r} is written with its chip, which knows what else is "
            "on its cores: call chip.program(layers)"
        )

    def at(
        self, t: float | str, gain: Gain | Sequence[float] = 1.0, noise: Noises = "split"
    ) -> MatrixAtTime:
        """Return the matrix as it is ``t`` seconds after programming; see `aimc.cores.at_time`."""
        return MatrixAtTime(self, self.on_tiles(at_time(self.cores, t, gain, noise)))

    def go_to(
        self, t: float | str, gain: Gain | Sequence[float] = 1.0, noise: Noises = "split"
    ) -> Self:
        """Let all further products be those of a time after programming."""
        self.replace_views(self.on_tiles(at_time(self.cores, t, gain, noise)))
        return self


class StoredNetwork(_NamedLayers):
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
        self._cores = {k: make_core(k) for k in together}
        copies = {name: range(mapping.copies(name)) for name in self.layers}
        self.matrices = {
            (name, copy): self._matrix(name, copy) for name in self.layers for copy in copies[name]
        }
        """The matrix of each copy of a layer."""
        self._sums = {
            names: [_sum_of(mapping, names, copy) for copy in copies[names[0]]]
            for names in self.units
        }
        for k, tiles in together.items():
            if len(tiles) == 1 and tiles[0].at == (0, 0):
                self._fill(self._cores[k], tiles[0])
            else:
                self._share(self._cores[k], tiles)
        self._vectors: dict[str, int] = {}
        self.t = 0.0
        """Time since programming, s."""
        self.at(0.0)

    @property
    def cores(self) -> tuple[Core, ...]:
        """The cores that hold something."""
        return tuple(self._cores.values())

    def matrix(self, name: str, copy: int = 0) -> LayerMatrix:
        """Return the matrix of one copy of a layer; see `aimc.chip.Chip.matrix`."""
        copies = self.mapping.copies(name)
        return self.matrices[name, check_integer("copy", copy, low=0, high=copies - 1)]

    def weights(self, noise: bool = False) -> dict[str, Array]:
        """Return the effective weights of each layer, shape (out, in); those of its first copy."""
        return {name: self.matrices[name, 0].weights(noise) for name in self.layers}

    def _matrix(self, name: str, copy: int) -> LayerMatrix:
        """Return one copy of a layer's matrix, on its cores."""
        tiles, layer = self.mapping.copy_of(name, copy), self.layers[name]
        cores = [self._cores[tile.core] for tile in tiles]
        matrix = LayerMatrix(cores, tiles, layer.weight_range, name)
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
            without = [t.layer for t, x_max in zip(tiles, asked, strict=True) if x_max is None]
            if without:
                raise ValueError(
                    f"layers[{without[0]!r}] has no input_range, but shares a core with layers "
                    "that have one, and the core no range of its own: give it one, too"
                )
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
            place = Place(columns, rows, to_range, scale)
            self.matrices[tile.layer, tile.copy].places[tile.core] = place
        core.program(block, 1.0)

    def _weights(self, tile: MappedTile, x_max: float | None) -> tuple[Array, Array]:
        """Return the weights of a tile, and that of a fully SET cell for each of its outputs."""
        whole = self.layers[tile.layer].weights
        held, matrix = tile.of(whole), self.matrices[tile.layer, tile.copy]
        return held, matrix.w_max_of(tile, held, x_max, peak(whole) or 1.0)

    def at(self, t: float | str, gain: Gain = 1.0, noise: Noises = "split") -> Self:
        """Go to ``t`` seconds after programming; see `aimc.chip.Chip.at`."""
        t = check_time("t", t)
        views = dict(zip(self._cores, at_time(self.cores, t, gain, noise), strict=True))
        for matrix in self.matrices.values():
            matrix.replace_views(matrix.on_tiles([views[part.core] for part in matrix.parts]))
        self.t = t
        return self

    @contextmanager
    def counted(self) -> Iterator[dict[str, int]]:
        """Return a context that counts the vectors that each layer meets."""
        self._vectors = {}
        yield self._vectors

    def compute(self, layer: str | Dictionary[str, Array], x: Array | None = None) -> Array:
        """Return what the digital units of a layer's cores send; see `aimc.chip.Chip.compute`."""
        names, inputs = self._asked(layer, x)
        return self._over_copies(names, inputs, self.units[names])

    def multiply(self, layer: str, x: Array) -> Array:
        """Return the product of one layer's matrix alone; see `aimc.chip.Chip.multiply`."""
        self.mapping.of(layer)
        names = self.members[layer]
        return self._over_copies(names, [as_array("x", x)], Units(), names.index(layer))

    def _over_copies(
        self, names: tuple[str, ...], inputs: Sequence[Array], units: Units, first: int = 0
    ) -> Array:
        """Return the sum of some layers; its copies share the vectors in equal parts."""
        copies, flat = self._sums[names], []
        for name, x in zip(names[first:], inputs, strict=False):
            length = self.layers[name].shape[1]
            if x.ndim == 0 or x.shape[-1] != length:
                raise ValueError(
                    f"x must have {length} entries on its last axis, the inputs of {name}, got "
                    f"shape {tuple(x.shape)}"
                )
            flat.append(namespace(x).reshape(x, (-1, int(x.shape[-1]))))
            self._vectors[name] = self._vectors.get(name, 0) + int(flat[-1].shape[0])
        counts = {int(x.shape[0]) for x in flat}
        if len(counts) > 1:
            raise ValueError(
                f"layers {list(names)} are one sum: they need equally many vectors, got "
                f"{[tuple(x.shape) for x in inputs]}"
            )
        count, found = counts.pop(), []
        if count == 0:  # no vector meets the cores
            found.append(flat[0][:, :1] * like(self.layers[names[0]].weights[:, 0], flat[0]))
        shares = even_parts(count, -(-count // len(copies))) if count else ()
        for copy, (total, share) in enumerate(zip(copies, shares, strict=False)):
            y = total.forward(
                [self._read(name, copy) for name in names],
                flat if len(copies) == 1 else [x[share, :] for x in flat],
                scales=units.scales,
                offset=units.offset,
                bits=units.bits,
                full_scale=units.full_scale,
                first=first,
            )
            found.append(y)
        y = found[0] if len(found) == 1 else namespace(found[0]).concat(found, axis=0)
        return namespace(y).reshape(y, (*inputs[0].shape[:-1], int(y.shape[-1])))

    def _read(self, layer: str, copy: int) -> Read:
        """Return what reads one copy of a layer; warnings then say where they come from."""
        matrix = self.matrices[layer, copy]

        def read(core: int, x: Array) -> Array:
            with at_place(layer, core):
                return matrix.read(core, x)

        return read


def _sum_of(mapping: Mapping, names: Sequence[str], copy: int = 0) -> PartialSums:
    """Return who adds to whom in one copy of layers that add up."""
    return PartialSums([mapping.copy_of(name, copy) for name in names], names)


def as_batches(x: Any) -> Any:
    """Return what a run of a stored network is given, with a nested list of numbers as one batch.

    A list of arrays holds batches.
    """
    numbers = isinstance(x, list) and bool(x) and isinstance(x[0], list | Real)
    return as_array("x", x) if numbers else x


def _units(names: Sequence[str], layers: Sequence[LayerParameters]) -> Units:
    sent = {(layer.output_range, layer.sent_bits) for layer in layers}
    if len(sent) > 1:
        raise ValueError(
            f"layers {list(names)} are one sum: they need the same output_range and output_bits, "
            f"got {[(layer.output_range, layer.output_bits) for layer in layers]}"
        )
    offset = layers[0].offset
    for layer in layers[1:]:
        offset = offset + layer.offset
    return Units(
        tuple(layer.scale for layer in layers),
        offset,
        layers[0].sent_bits,
        layers[0].output_range or 1.0,
    )


def _checked(
    network: Network, layers: Dictionary[str, LayerParameters | Array]
) -> dict[str, LayerParameters]:
    shapes = {layer.name: layer.shape for layer in network.static}
    missing = sorted(set(shapes) - set(layers))
    unknown = sorted(set(layers) - set(shapes))
    if missing or unknown:
        problem = f"lacks {missing[0]!r}" if missing else f"names {unknown[0]!r}"
        raise ValueError(f"layers {problem}: the layers of the plan are {list(shapes)}")
    found = {}
    for name, shape in shapes.items():
        given = layers[name]
        if not isinstance(given, LayerParameters):
            try:
                given = LayerParameters(given)
            except (TypeError, ValueError) as error:
                raise type(error)(f"layers[{name!r}]: {error}") from error
        if given.shape != shape:
            raise ValueError(f"layers[{name!r}] has shape {given.shape}, the plan has {shape}")
        found[name] = replace(
            given,
            weights=to_numpy(at_least_single(given.weights)),
            scale=_constant(given.scale),
            offset=_constant(given.offset),
        )
    return found


def _constant(values: Array | float) -> Array | float:
    return values if isinstance(values, (float, int)) else to_numpy(values)


def _shape(outputs: Any) -> str:
    """Return the shapes of an array, or of the arrays in tuples, as a recurrent layer returns."""
    if isinstance(outputs, tuple | list):
        return f"({', '.join(map(_shape, outputs))})"
    return str(tuple(outputs.shape)) if hasattr(outputs, "shape") else type(outputs).__name__
