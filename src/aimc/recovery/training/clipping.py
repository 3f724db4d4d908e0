"""Clipping of weights between steps, so that few outliers do not set the scale of all others.

The largest weight of a core or an output becomes a fully SET cell, so all errors are shares of it.
A matrix with a few large weights leaves the others in the noise; clipped, it uses its conductances
better :cite:p:`joshi2020accurate,buchel2025afm`.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from aimc.backend import quantile
from aimc.nn.layer import AnalogLayer
from aimc.validation import check_choice, check_number

__all__ = ["Clipping", "matrices_in_place"]

KINDS = ("sigma", "percentile", "fixed", "range")


def matrices_in_place(layer: AnalogLayer) -> Iterator[tuple[str, torch.Tensor]]:
    """Go through the matrices of a layer as views of its parameters, shape (..., out, in).

    What is written to them reaches the parameters. Groups of a convolution come one by one, without
    the zeros around them.

    Yields
    ------
    name, view : str and tensor
        A constant for automatic differentiation.

    Raises
    ------
    ValueError
        If a layer makes its matrix anew, so that it cannot be written to.
    """
    for matrix in layer.matrices:
        view = layer.matrix_in_place(matrix.name)
        mine = {each.untyped_storage().data_ptr() for each in layer.parameters(recurse=False)}
        if view.untyped_storage().data_ptr() not in mine:
            raise ValueError(
                f"layer {layer.path or type(layer).__name__!r}: its matrix {matrix.name!r} is no "
                "view of a parameter, as under a parametrisation or in another memory format; clip "
                "the parameter yourself, or take model.to(memory_format=torch.contiguous_format)"
            )
        yield matrix.name, view


@dataclass(frozen=True, slots=True)
class Clipping:
    """A limit on the magnitude of weights; `Preparation.step` applies it after each step.

    Parameters
    ----------
    kind : {"sigma", "percentile", "fixed", "range"}
        ``"sigma"``: ``value`` standard deviations of the weights; ``"percentile"``: what ``value``
        percent of the magnitudes do not pass; ``"fixed"``: ``value`` itself; ``"range"``:
        ``value`` times the largest magnitude at the start, or since the last `remap`.
    value : float
        As ``kind`` says.
    per : {"tensor", "output"}
        Whether a matrix has one limit, or each output its own.
    only : str
        Pattern of the matrices that are clipped, for example ``"weight_hh*"``.

    Raises
    ------
    ValueError
        If ``value`` is not positive, a percentile above 100, or a choice is unknown.

    Examples
    --------
    >>> weights = torch.tensor([[1.0, -1.0, 1.0, -5.0]])
    >>> Clipping("fixed", 2.0).clip(weights)
    >>> weights
    tensor([[ 1., -1.,  1., -2.]])
    """

    kind: str
    value: float
    per: str = "tensor"
    only: str = "*"

    def __post_init__(self) -> None:
        check_choice("kind", self.kind, KINDS)
        check_choice("per", self.per, ("tensor", "output"))
        high = 100.0 if self.kind == "percentile" else float("inf")
        check_number("value", self.value, low=0.0, open_low=True, high=high)

    def concerns(self, name: str) -> bool:
        """Return whether a matrix of this name is clipped."""
        return fnmatch.fnmatchcase(name, self.only)

    def largest(self, weights: torch.Tensor) -> torch.Tensor:
        """Return the largest magnitudes, a number or shape (..., out, 1), for ``"range"``."""
        magnitudes = weights.detach().abs()
        return magnitudes.amax() if self.per == "tensor" else magnitudes.amax(dim=-1, keepdim=True)

    def limit(self, weights: torch.Tensor, start: torch.Tensor | None = None) -> torch.Tensor:
        """Return the limit of weights (..., out, in): a number, or shape (..., out, 1).

        Parameters
        ----------
        weights : tensor
            As they are now.
        start : tensor, optional
            `largest` at the start or at the last `remap`; needed by ``"range"`` only.
        """
        fixed, each = weights.detach(), self.per == "output"
        if self.kind == "fixed":
            return fixed.new_tensor(self.value)
        if self.kind == "range":
            return self.value * (self.largest(fixed) if start is None else start)
        if self.kind == "sigma":
            std = fixed.std(dim=-1, keepdim=True, correction=0) if each else fixed.std(correction=0)
            return self.value * std
        share = self.value / 100
        if not each:
            return quantile(fixed.abs().reshape(-1), share)
        return quantile(fixed.abs().movedim(-1, 0), share)[..., None]

    def clip(self, weights: torch.Tensor, start: torch.Tensor | None = None) -> None:
        """Clip weights (..., out, in) in place; parameters as for `limit`."""
        with torch.no_grad():
            bound = self.limit(weights, start)
            weights.detach().clamp_(-bound, bound)
