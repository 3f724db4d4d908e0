r"""The ranges of converters, from data.

An input of :math:`x_\max` becomes a full-scale pulse, a weight of :math:`W_\max` a fully SET cell
of conductance :math:`G_\max`. A sum :math:`s = \sum_j W_{ij} x_j` over the rows of a core is then
the current

.. math:: I = \frac{s}{x_\max W_\max}\,V_\mathrm{read}\,G_\max .

Calibration chooses :math:`x_\max` from the inputs that a layer meets. Where the largest sums would
pass the largest current of the ADC, it also raises :math:`W_\max`: the core then uses less than the
full conductance of its devices, as the makers of the 64-core chip did (A101)
:cite:p:`legallo2023hermes`. Where the digital units of the cores send numbers of few bits, their
full scale follows from the sums along each chain of cores.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from aimc.nn.layer import AnalogLayer
from aimc.nn.report import analog_layers
from aimc.nn.tiled_matrix import AnalogMatrix
from aimc.validation import check_number

__all__ = ["calibrate"]


def calibrate(
    model: nn.Module,
    batches: Iterable[Any],
    *,
    percentile: float = 99.995,
    outputs: bool = True,
) -> dict[str, float]:
    """Set the ranges of each matrix from data, and return the input ranges.

    The model computes in floating point meanwhile. A range is a percentile of magnitudes, averaged
    over the batches; larger inputs are clipped later. Ranges of outputs enter the conductances, so
    calibrate before you program.

    Parameters
    ----------
    model : torch.nn.Module
        A model from `convert`.
    batches : iterable
        Inputs of the model, or tuples whose first entry is the input, as data loaders give.
    percentile : float
        Share of the magnitudes that a range holds, in percent. The default is the one of
        :cite:t:`joshi2020accurate` (C015).
    outputs : bool
        Whether weights of cores whose largest sums would saturate their ADCs are scaled down.

    Returns
    -------
    dict of str to float
        Input ranges by layer and parameter, for example ``"fc.weight"``.

    Raises
    ------
    TypeError
        If ``batches`` is a tensor.
    ValueError
        If ``batches`` or a batch is empty, if inputs of a layer are not finite, if a range came out
        as zero, or if a layer was never called: then the model uses its weights in a way that
        passes the cores by.
    """
    if isinstance(batches, torch.Tensor):
        raise TypeError(
            f"batches must be an iterable of batches, got one tensor of shape "
            f"{tuple(batches.shape)}, whose rows would count as batches: pass [x]"
        )
    share = check_number("percentile", percentile, low=0.0, open_low=True, high=100.0) / 100
    found = {
        (path, matrix.name): _Ranges(f"{path}.{matrix.name}" if path else matrix.name, matrix)
        for path, layer in analog_layers(model).items()
        for matrix in layer.matrices
    }
    count = 0
    with torch.no_grad(), _watched(model, found, share, outputs):
        for batch in batches:
            model(batch[0] if isinstance(batch, tuple | list) else batch)
            count += 1
    if count == 0:
        raise ValueError("batches is empty: there is nothing to calibrate with")
    for ranges in found.values():
        if not ranges.inputs:
            raise ValueError(
                f"{ranges.name} was never multiplied with: the model uses it in a way that passes "
                "the cores by; leave the layer digital with skip, or call the layer"
            )
        if not sum(ranges.inputs) > 0:
            raise ValueError(
                f"{percentile} % of the inputs of {ranges.name} are zero: no range follows from "
                "them"
            )
    for ranges in found.values():
        ranges.apply()
    return {ranges.name: float(ranges.matrix.input_range or 0.0) for ranges in found.values()}


@dataclass(slots=True)
class _Ranges:
    """What the batches asked of one matrix."""

    name: str
    matrix: AnalogMatrix
    inputs: list[float] = field(default_factory=list)
    """Percentile of the magnitudes of the inputs, one per batch."""
    outputs: list[float] = field(default_factory=list)
    """Percentile of the magnitudes of what cores send along a chain, one per batch."""
    sums: list[list[torch.Tensor]] = field(default_factory=list)
    """Percentile of the magnitudes of the sums of each tile, shape (outputs,), one per batch."""

    def watch(self, layer: AnalogLayer, x: torch.Tensor, share: float, outputs: bool) -> None:
        if x.numel() == 0:
            raise ValueError(f"batches: {self.name} met an empty one, of shape {tuple(x.shape)}")
        if not bool(x.isfinite().all()):
            raise ValueError(f"batches: {self.name} met inputs that are not finite")
        self.inputs.append(float(_percentile(x.reshape(-1, 1), share)))
        rounds = self.matrix.setup.output_bits is not None
        if not outputs and not rounds:
            return
        weights = layer.weight_matrix(self.matrix.name)
        bands: list[torch.Tensor] = []
        running: torch.Tensor | None = None
        sent = 0.0
        for part in self.matrix.input_parts:
            only = torch.zeros_like(weights)
            only[:, part] = weights[:, part]
            found = layer.sums(x, only)
            bands.append(_percentile(found, share))
            if rounds:
                running = found if running is None else running + found
                sent = max(sent, float(_percentile(running.reshape(-1, 1), share)))
        if rounds:
            self.outputs.append(sent)
        if not outputs:
            return
        # Tiles are numbered along the inputs first.
        self.sums.append([band[part] for part in self.matrix.output_parts for band in bands])

    def apply(self) -> None:
        self.matrix.input_range = sum(self.inputs) / len(self.inputs)
        if self.outputs:
            self.matrix.output_range = sum(self.outputs) / len(self.outputs)
        self.matrix.sums = tuple(
            torch.stack(tile).mean(dim=0) for tile in zip(*self.sums, strict=True)
        )


def _percentile(values: torch.Tensor, share: float) -> torch.Tensor:
    """Return a percentile of the magnitudes along the first axis, shape (columns,)."""
    rank = max(1, math.ceil(share * values.shape[0]))
    return values.detach().abs().kthvalue(rank, dim=0).values


@contextmanager
def _watched(
    model: nn.Module, found: dict[tuple[str, str], _Ranges], share: float, outputs: bool
) -> Iterator[None]:
    """Run a model in floating point and evaluation mode, and watch the inputs of its matrices."""
    layers = analog_layers(model)
    training = {module: module.training for module in model.modules()}
    digital = {path: layer.digital for path, layer in layers.items()}

    def observer(path: str, layer: AnalogLayer) -> Callable[[str, torch.Tensor], None]:
        return lambda name, x: found[path, name].watch(layer, x, share, outputs)

    try:
        model.eval()
        for path, layer in layers.items():
            layer.digital, layer._observer = True, observer(path, layer)
        yield
    finally:
        for path, layer in layers.items():
            layer.digital, layer._observer = digital[path], None
        for module, before in training.items():
            module.training = before
