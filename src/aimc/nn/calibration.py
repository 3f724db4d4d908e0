"""Ranges of converters from data, for a torch model; `aimc.cores.ranges` finds them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeAlias

import torch
from torch import nn

from aimc.backend import Batches
from aimc.backend import batches as each_of
from aimc.cores.ranges import PERCENTILE, Calibration, Ranges, ranges_of
from aimc.nn.batch import run
from aimc.nn.layer import AnalogLayer
from aimc.nn.offload import Offload, Walk
from aimc.nn.report import analog_layers

__all__ = ["calibrate", "in_floating_point"]

Place: TypeAlias = tuple[str, int]
"""Name of a layer, and number of one of its sums."""


def calibrate(
    model: nn.Module,
    batches: Batches,
    *,
    percentile: float = PERCENTILE,
    outputs: bool = True,
    offload: Offload | None = None,
) -> dict[str, float]:
    """Set the ranges of each matrix from data, and return the input ranges.

    The model computes in floating point meanwhile. A range is a percentile of magnitudes, the
    largest of a layer's calls within a batch, averaged over the batches; larger inputs are clipped
    later. Ranges of outputs enter the conductances, so calibrate before you program.

    Parameters
    ----------
    model : torch.nn.Module
        A model from `convert`.
    batches : array, or iterable
        Inputs of the model: one batch, or an iterable of batches, which may be tuples that begin
        with the input, as data loaders give. A batch may be a mapping of inputs by name, such as a
        ``BatchEncoding`` of Hugging Face.
    percentile : float
        Share of the magnitudes that a range holds, in percent. The default is the one of
        :cite:t:`joshi2020accurate` (C015).
    outputs : bool
        Whether weights of cores whose largest sums would saturate their ADCs are scaled down.
    offload : Offload, optional
        For a model larger than memory, whose blocks are then read and calibrated one after the
        other. What they return for all batches is held in memory.

    Returns
    -------
    dict of str to float
        Input ranges by layer and parameter, for example ``"fc.weight"``.

    Raises
    ------
    TypeError
        If ``batches`` is neither, or a tuple: that could be a batch with labels or two batches.
    ValueError
        If ``batches`` or a batch is empty, if inputs of a layer are not finite, if a range came out
        as zero, or if a layer was never multiplied with. An expert that no batch chose has the
        ranges of the expert beside it whose inputs are largest.
    """
    layers = analog_layers(model)
    if offload is None:
        given: Iterator[Any] = each_of(batches, named=True)
        ranges, names = _ranges_of(
            model, layers, lambda x: run(model, x), given, percentile, outputs
        )
    else:
        ranges, names = _by_block(Walk(model, offload), batches, percentile, outputs)
    result: dict[str, float] = {}
    for (path, number), of_each in ranges.items():
        total = layers[path].sums[number]
        for name, matrix, each in zip(names[path, number], total.matrices, of_each, strict=True):
            matrix.input_range, matrix.sums = each.input_range, each.sums
            result[name] = each.input_range
            if each.output_range is not None:
                total.output_range = each.output_range
    return result


def _ranges_of(
    model: nn.Module,
    layers: Mapping[str, AnalogLayer],
    forward: Callable[[Any], Any],
    batches: Iterable[Any],
    percentile: float,
    outputs: bool,
) -> tuple[dict[Place, tuple[Ranges, ...]], dict[Place, Sequence[str]]]:
    """Return the ranges of the layers of a model, and the names of their matrices, by sum."""
    found = {
        (path, number): Calibration(
            total,
            [f"{path}.{matrix.name}" if path else matrix.name for matrix in total.matrices],
            percentile,
            sums=outputs,
            sent=total.output_bits is not None,
        )
        for path, layer in layers.items()
        for number, total in enumerate(layer.sums)
    }
    alternatives = {
        (path, number): [(path, other) for other in layers[path].alternatives(number)]
        for path, number in found
    }
    with torch.no_grad(), in_floating_point(model, layers, _shown(layers, found)):
        ranges = ranges_of(found, forward, batches, alternatives)
    return ranges, {place: seen.names for place, seen in found.items()}


def _by_block(
    walk: Walk, batches: Batches, percentile: float, outputs: bool
) -> tuple[dict[Place, tuple[Ranges, ...]], dict[Place, Sequence[str]]]:
    """Return the same of a model that is walked through block by block."""
    inputs = list(each_of(batches, named=True))
    inputs = [x if isinstance(x, Mapping) else torch.as_tensor(x) for x in inputs]
    walk.find_first(inputs[0])
    returned: list[Any] = [None] * len(inputs)
    ranges: dict[Place, tuple[Ranges, ...]] = {}
    names: dict[Place, Sequence[str]] = {}

    def forward(number: int) -> None:
        returned[number] = walk.advance(inputs[number], returned[number])

    for k in range(walk.stages):
        with walk.stage(k) as parts:
            group = nn.ModuleList(parts)
            layers = {each.path: each for each in group.modules() if isinstance(each, AnalogLayer)}
            found = _ranges_of(group, layers, forward, range(len(inputs)), percentile, outputs)
            ranges, names = ranges | found[0], names | found[1]
            del parts, group, layers  # or two blocks would be held
    return ranges, names


def _shown(
    layers: Mapping[str, AnalogLayer], found: Mapping[Place, Calibration]
) -> Callable[[str, int, Sequence[torch.Tensor]], None]:
    """Return what is shown the inputs of a sum."""

    def see(path: str, number: int, inputs: Sequence[torch.Tensor]) -> None:
        layer = layers[path]
        weights = [layer.weight_matrix(matrix.name) for matrix in layer.sums[number].matrices]

        def product(k: int, part: slice) -> torch.Tensor:
            only = torch.zeros_like(weights[k])
            only[:, part] = weights[k][:, part]
            return layer.exact(inputs[k], only)

        bias = layer.biases(number)
        found[path, number].see(inputs, product, offset=0.0 if bias is None else bias)

    return see


@contextmanager
def in_floating_point(
    model: nn.Module,
    layers: Mapping[str, AnalogLayer],
    see: Callable[[str, int, Sequence[torch.Tensor]], None] | None = None,
) -> Iterator[None]:
    """Return a context in which a model computes in floating point and in evaluation mode.

    Parameters
    ----------
    model : torch.nn.Module
        A model from `convert`.
    layers : mapping of str to AnalogLayer
        Its analog layers.
    see : callable, optional
        ``see(path, number, inputs)`` is shown what the matrices of a sum of a layer meet.
    """
    training = {module: module.training for module in model.modules()}
    digital = {path: layer.digital for path, layer in layers.items()}
    try:
        model.eval()
        for path, layer in layers.items():
            layer.digital = True
            layer.observer = None if see is None else partial(see, path)
        yield
    finally:
        for path, layer in layers.items():
            layer.digital, layer.observer = digital[path], None
        for module, before in training.items():
            module.training = before
