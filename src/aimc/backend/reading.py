"""A read of weights in training, before inputs come: what the steps of `gradients` are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Reading"]


@dataclass(slots=True, eq=False)
class Reading:
    """What is known of a read of weights before inputs come; tensors of torch.

    They are constants, but for the matrix that patches of images are multiplied with.
    """

    levels: int
    """Largest code of the inputs."""
    per_input: float
    """Codes per unit of the inputs."""
    matrix: Any
    """What codes are multiplied with, shape (in, out)."""
    output_std: float
    """Standard deviation of noise of the output circuits, in counts."""
    limit: float
    """Largest count."""
    full: Any
    """Output per count, shape (out,); noise and rounding are in its number format."""
    dtype: Any
    """Number format of the outputs."""
    factor: Any | None = None
    """What makes counts of the products, shape (out,)."""
    back: Any | None = None
    """The matrix per unit of the weights, shape (out,); ``None``: it holds the weights."""
    of_length: bool = False
    """Whether the noise of devices follows from the sum of the squared codes."""
    spread: Any | None = None
    """Variance of the counts per squared code, shape (1, out) with `of_length`, else (in, out)."""
    times: float = 1.0
    """Factor on the variance of the devices."""
    inputs_clip: bool = True
    """Whether inputs are likely to be clipped; what comes out does not depend on it."""
    outputs_clip: bool = True
    """Whether outputs are."""

    @property
    def silent(self) -> bool:
        """Whether nothing is drawn."""
        return self.output_std == 0 and self.spread is None and not self.of_length
