"""What may stand in place of devices while a layer is trained: a function, or an object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

import torch

from aimc.nn.noisy import Noisy
from aimc.nn.tiled_matrix import AnalogMatrix

__all__ = ["MatrixNoise", "WeightNoise"]


class MatrixNoise(Protocol):
    """A noise that knows more than weights, such as those of `aimc.recovery.training`."""

    def for_matrix(self, matrix: AnalogMatrix, weights: torch.Tensor) -> Noisy:
        """Return what the vectors of one forward meet in place of the devices of a matrix."""
        ...


WeightNoise: TypeAlias = Callable[[torch.Tensor], torch.Tensor] | MatrixNoise
"""Weights of shape (out, in) as they are, to weights as devices might hold them; or an object that
says for each matrix what a forward meets, noise on its outputs as well."""
