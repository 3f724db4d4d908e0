"""The product of one forward: what the inputs of a layer meet, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

import torch
from torch import nn

from aimc.backend import Patches, like
from aimc.nn.tiled_matrix import AnalogSum, Read

__all__ = ["Inputs", "Product"]

Inputs: TypeAlias = torch.Tensor | Patches
"""Vectors of shape (..., in)."""


class Holder(Protocol):
    """What a product asks of its layer."""

    @property
    def _label(self) -> str: ...

    def weight_matrix(self, name: str = ...) -> torch.Tensor:
        """Return the exact weights of one matrix, shape (out, in)."""
        ...


class Product:
    """The product of one forward: inputs of the matrices of a sum to outputs.

    Parameters
    ----------
    layer : AnalogLayer
        Whose product it is; it knows the exact weights.
    total : AnalogSum
        The matrices.
    reads : sequence of callable
        How each is read; none computes in floating point.
    bias : tensor or None
        What is added at the end of each chain.
    firsts : sequence of callable or None
        What the inputs of each matrix pass before they are sent.
    """

    __slots__ = ("_bias", "_firsts", "_layer", "_reads", "_total", "_weights")

    def __init__(
        self,
        layer: Holder,
        total: AnalogSum,
        reads: Sequence[Read],
        bias: torch.Tensor | None,
        firsts: Sequence[Callable[[torch.Tensor], torch.Tensor] | None] = (),
    ) -> None:
        self._firsts = firsts
        self._layer, self._total = layer, total
        self._reads, self._bias = reads, bias
        self._weights: list[torch.Tensor] = []

    def __call__(self, *inputs: Inputs) -> torch.Tensor:
        """Return the outputs (..., out) for inputs (..., in) of each matrix."""
        first = inputs[0].pixels if isinstance(inputs[0], Patches) else inputs[0]
        return like(self._run(inputs, 0, None), first)

    def begin(self, x: torch.Tensor) -> torch.Tensor:
        """Return what the cores of the first of two matrices send to those of the second."""
        return self._run((x,), 0, None)

    def end(self, x: torch.Tensor, sent: torch.Tensor) -> torch.Tensor:
        """Return the outputs for what the first matrix sent and inputs of the second."""
        return like(self._run((x,), 1, sent), x)

    def _run(self, inputs: Sequence[Inputs], first: int, sent: torch.Tensor | None) -> torch.Tensor:
        if not self._reads or inputs[0].numel() == 0:  # no vector meets the cores
            if not self._weights:
                names = (matrix.name for matrix in self._total.matrices)
                self._weights = [self._layer.weight_matrix(name) for name in names]
            last = first + len(inputs) == len(self._weights)
            for k, x in enumerate(_vectors(inputs), first):
                y = nn.functional.linear(x, self._weights[k].to(x))
                sent = y if sent is None else sent + y
            assert sent is not None
            return sent + self._bias.to(sent) if last and self._bias is not None else sent
        for k, each in enumerate(self._firsts[first : first + len(inputs)]):
            if each is not None:
                inputs = _vectors(inputs)
                inputs = [*inputs[:k], each(inputs[k]), *inputs[k + 1 :]]
        try:
            return self._total.forward(self._reads, inputs, self._bias, first, sent)
        except ValueError as error:
            raise ValueError(f"layer {self._layer._label!r}: {error}") from error


def _vectors(inputs: Sequence[Inputs]) -> list[torch.Tensor]:
    return [x.vectors() if isinstance(x, Patches) else x for x in inputs]
