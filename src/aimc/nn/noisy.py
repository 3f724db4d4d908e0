"""What a forward meets in place of devices, while a network is trained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from aimc.backend import RandomSource

__all__ = ["Noisy"]


@dataclass(frozen=True, slots=True, eq=False)
class Noisy:
    """What the vectors of one forward meet in place of devices; see `AnalogMatrix.reader_of`."""

    weights: torch.Tensor
    """Weights as the devices might hold them, shape (out, in); gradients flow to them."""
    variance: torch.Tensor | None = None
    """Variance of each weight, drawn on the outputs for each vector, shape (out, in), or (out, 1)
    if it is the same along each output; ``None`` is none."""
    cell_variance: float = 0.0
    """The same for noise that is relative to the weight of a fully SET cell, as a share of its
    square; only one of the two can be given."""
    cells: Sequence[torch.Tensor] | None = None
    """That weight for each output of each tile, if `AnalogMatrix.cells` was asked already."""
    rng: RandomSource | None = None
    """Source of the noise of the reads; ``None`` is the stream of each core."""
    output_noise: float = 0.0
    """Standard deviation of further noise of the outputs, in currents of a fully SET cell."""
    first: Callable[[torch.Tensor], torch.Tensor] | None = None
    """What the inputs pass before they are sent."""
    last: Callable[[torch.Tensor], torch.Tensor] | None = None
    """What the outputs of each core pass."""
