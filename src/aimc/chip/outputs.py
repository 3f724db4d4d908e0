"""Outputs of the layers of a network, by name: what a run of a chip and a calibration ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, replace

from aimc.backend import Array, as_array, at_least_single, like, namespace, to_numpy
from aimc.cores import LayerParameters
from aimc.layers.sums import sums
from aimc.layers.workload import Network

__all__ = ["Compute", "ExactOutputs", "Forward", "NetworkOutputs", "Units"]

Compute = Callable[..., Array]
"""``compute(layer, x)``, or ``compute({layer: x, other: y})`` for layers that add up: outputs of
shape (..., out) for vectors of shape (..., in)."""
Forward = Callable[[Compute, Array], Array]
"""A network: ``forward(compute, x)`` returns its outputs."""


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """What the digital units of the cores do to the products of layers that add up."""

    scales: tuple[Array | float, ...]
    """Factors on the products of each layer."""
    offset: Array | float
    """What the last core of each chain adds."""
    bits: int | None
    """Resolution of what each core sends; ``None`` is floating point."""
    full_scale: float
    """Magnitude of the largest number that a core can send."""


class NetworkOutputs:
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
        """Return what the digital units of a layer's cores send.

        Parameters
        ----------
        layer : str, or mapping of str to array
            Name of a layer; for layers that add up, such as the input and the hidden gates of an
            LSTM, the vectors of each by name.
        x : array, shape (..., in)
            Vectors of a single layer.

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
        return self._outputs(names, [as_array("x", given[name]) for name in names])

    def dense(self, x: Array) -> Array:
        """Return the outputs of dense layers that follow each other with a ReLU between them.

        Raises
        ------
        ValueError
            If the layers are not such, or x is not of shape (n, in).
        """
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

    def _outputs(self, names: tuple[str, ...], inputs: Sequence[Array]) -> Array:
        raise NotImplementedError


class ExactOutputs(NetworkOutputs):
    """The layers in floating point.

    Parameters
    ----------
    network, layers
        As in `NetworkOutputs`.
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

    def _outputs(self, names: tuple[str, ...], inputs: Sequence[Array]) -> Array:
        if self._watch is not None:
            self._watch(names, inputs)
        units = self.units[names]
        total: Array = None
        for name, scale, x in zip(names, units.scales, inputs, strict=True):
            weights = self.layers[name].weights
            product = scale * (like(x, weights) @ weights.T)
            total = product if total is None else total + product
        return total + units.offset


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
