r"""Ranges of the inputs in training: where they start, and how they learn.

A range :math:`r` is what a full-scale input stands for. Too small, it clips; too large, it wastes
levels of the DAC and buries the outputs in noise. A learned range follows the rule of
:cite:t:`rasch2023hwa` as :cite:t:`buchel2024lightning` state it: clipped inputs pull it up where
the loss asks for more, and a decay pulls it down while nearly nothing is clipped,

.. math::

   \Delta r = r\Bigl[\sum_{x \ge r}\min(d, 0) - \sum_{x \le -r}\max(d, 0)\Bigr]
   + \lambda\,r\;[\text{if the share inside is above } p],

with the gradient :math:`d` at the clipped input.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from aimc.backend import Batches, batches
from aimc.cores.ranges import PERCENTILE
from aimc.nn.batch import run
from aimc.nn.calibration import calibrate, in_floating_point
from aimc.nn.layer import AnalogLayer
from aimc.nn.report import analog_layers
from aimc.validation import check_choice, check_number

__all__ = ["InputRanges", "clip_to_range", "set_ranges"]

STARTS = ("percentile", "std", "abs_max", "core")


@dataclass(frozen=True, slots=True)
class InputRanges:
    """How the input ranges of all matrices are found.

    Parameters
    ----------
    start : {"percentile", "std", "abs_max", "core"}
        From the inputs of a matrix in each batch: what ``value`` percent of the magnitudes do not
        pass; ``value`` times their standard deviation; ``value`` times the largest magnitude. The
        mean over the batches counts. ``"core"`` keeps the ranges that the cores have, and looks at
        no data: for cores that scale each vector to its own largest entry.
    value : float
        As ``start`` says.
    cap : float
        No range starts above it.
    learned : bool
        Whether ranges are parameters that any optimiser trains with the others.
    decay : float
        Strength of what pulls a learned range down.
    inside : float
        Share of the inputs, 0 to 1, that must lie inside for the decay to act.
    fixed : tuple of (str, float)
        Pattern of a matrix name and the range it has whatever the data; the first that fits counts.
    """

    start: str = "percentile"
    value: float = PERCENTILE
    cap: float = float("inf")
    learned: bool = False
    decay: float = 0.001
    inside: float = 0.95
    fixed: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        check_choice("start", self.start, STARTS)
        high = 100.0 if self.start == "percentile" else float("inf")
        check_number("value", self.value, low=0.0, open_low=True, high=high)
        check_number("cap", self.cap, low=0.0, open_low=True, infinite=True)
        check_number("decay", self.decay, low=0.0)
        check_number("inside", self.inside, low=0.0, high=1.0)
        for _, number in self.fixed:
            check_number("fixed", number, low=0.0, open_low=True)


class _ClipToRange(torch.autograd.Function):
    """Clips inputs; the range gets the gradient of the module's formula."""

    @staticmethod
    def forward(
        ctx: Any, x: torch.Tensor, limit: torch.Tensor, decay: float, inside: float
    ) -> torch.Tensor:
        """Return the clipped inputs."""
        # a hair inside, so that rounding does not put the edge beyond the last level of the DAC
        edge = float(limit) * (1 - 1e-6)
        above, below = x > edge, x < -edge
        ctx.save_for_backward(above, below, limit)
        share = 1.0 - float((above | below).count_nonzero()) / max(x.numel(), 1)
        ctx.pull = decay if share > inside else 0.0
        return x.clamp(-edge, edge)

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> Any:
        """Return the gradients of the inputs and of the range."""
        above, below, limit = ctx.saved_tensors
        by_x = by_limit = None
        if ctx.needs_input_grad[0]:
            by_x = grads[0].masked_fill(above | below, 0.0)
        if ctx.needs_input_grad[1]:
            up = grads[0].clamp(max=0.0)[above].sum() - grads[0].clamp(min=0.0)[below].sum()
            by_limit = limit * (up.to(limit.dtype) + ctx.pull)
        return by_x, by_limit, None, None


def clip_to_range(
    x: torch.Tensor, limit: torch.Tensor, decay: float = 0.0, inside: float = 0.95
) -> torch.Tensor:
    """Return ``x`` clipped to a learned range; see the module for the gradient of the range.

    Parameters
    ----------
    x : tensor
        Inputs, any shape. Where they are clipped they get no gradient.
    limit : tensor of shape ()
        The range; positive.
    decay : float
        Strength of what pulls the range down.
    inside : float
        Share of the inputs that must lie inside for the decay to act.
    """
    clipped: torch.Tensor = _ClipToRange.apply(x, limit, decay, inside)
    return clipped


def set_ranges(
    model: nn.Module, given: Batches, ranges: InputRanges, *, outputs: bool = True
) -> None:
    """Set the input ranges of all matrices of a model from data, and limits of sums with them.

    Parameters
    ----------
    model : torch.nn.Module
        A model from `aimc.nn.convert`.
    given : batches
        Inputs, as `aimc.nn.calibrate` takes them.
    ranges : InputRanges
        How ranges follow from the inputs.
    outputs : bool
        Whether weights whose largest sums would saturate the ADC are scaled down.
    """
    if ranges.start == "core":
        return
    seen: dict[tuple[str, int], list[float]] = {}
    kept = list(batches(given, named=True))
    layers = analog_layers(model)
    if ranges.start == "percentile":
        calibrate(model, kept, percentile=ranges.value, outputs=outputs)
    else:
        calibrate(model, kept, outputs=outputs)
        seen = _statistics(model, layers, kept, ranges.start)
    for path, layer in layers.items():
        for number, total in enumerate(layer.sums):
            for k, matrix in enumerate(total.matrices):
                if (path, number) in seen:
                    found = seen[path, number][k :: len(total.matrices)]
                    matrix.input_range = ranges.value * sum(found) / len(found)
                assert matrix.input_range is not None
                if matrix.input_range > ranges.cap:
                    matrix.input_range = ranges.cap


def _statistics(
    model: nn.Module,
    layers: dict[str, AnalogLayer],
    kept: Sequence[Any],
    start: str,
) -> dict[tuple[str, int], list[float]]:
    """Return one number per call and matrix: the standard deviation or the largest magnitude."""
    seen: dict[tuple[str, int], list[float]] = {}

    def look(path: str, number: int, inputs: Sequence[torch.Tensor]) -> None:
        for x in inputs:
            size = x.std(correction=0) if start == "std" else x.abs().max()
            seen.setdefault((path, number), []).append(float(size))

    with torch.no_grad(), in_floating_point(model, layers, look):
        for x in kept:
            run(model, x)
    return seen
