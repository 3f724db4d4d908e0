"""A read of a few vectors in one step; torch only.

Its arithmetic takes some ten to some hundred microseconds, and the calls of its steps one by one
would take twenty more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from aimc.backend.arrays import EXACT, Array, is_torch_array, peak, product
from aimc.backend.random import RandomSource, as_generator, drawn_by_torch, power_of_constants

__all__ = ["FewVectors"]

MOST = 1 << 17
"""Numbers of inputs or outputs that are few; of more, parts are read one after the other."""


@dataclass(frozen=True, slots=True, eq=False)
class FewVectors:
    """What few vectors meet on constant devices: codes, a product, noise, counts, outputs.

    The results are those of these steps one by one.
    """

    per_input: Array
    """Codes per unit of the inputs."""
    reach: float
    """Largest input that is not clipped."""
    levels: int
    """Largest code."""
    matrix: Array
    """Counts per code on each device, shape (in, out)."""
    variance: Array | None
    """Variance of the counts per squared code, shape (in, out), with one in place of what it does
    not depend on; ``None`` is none."""
    output_power: Array | float
    """Further variance, of output circuits, where there is such noise."""
    output_std: float
    """The root of it, where there is not."""
    counts: int
    """Largest count."""
    full: Array
    """Output per count, shape (out,), or one for all; inputs have its number format."""
    last: tuple[int] = field(init=False)
    """Last axis of the inputs."""
    most: int = field(init=False)
    """Numbers of inputs that are few; none if the matrix is not torch's."""

    def __post_init__(self) -> None:
        inputs, outputs = self.matrix.shape
        most = MOST * inputs // max(inputs, outputs)
        known = is_torch_array(self.matrix) and max(self.levels, self.counts) < EXACT
        object.__setattr__(self, "last", (inputs,))
        object.__setattr__(self, "most", most if known else 0)

    def takes(self, x: Any, rng: RandomSource) -> bool:
        """Return whether these are inputs of few vectors (..., in), and noise comes from torch."""
        if not is_torch_array(x) or not 0 < x.numel() <= self.most or x.shape[-1:] != self.last:
            return False
        alike = x.dtype == self.full.dtype and x.device == self.full.device
        numpy = isinstance(as_generator(rng), np.random.Generator)
        return alike and not (numpy or x.requires_grad)

    def read(
        self,
        x: Array,
        rng: RandomSource,
        look: Callable[[Array, float], None],
        watch: Callable[[Array], bool],
    ) -> Array:
        """Return outputs, shape (..., out).

        Parameters
        ----------
        x : tensor, shape (..., in)
            Inputs that it `takes`.
        rng : torch.Generator
            Source of all noise.
        look : callable
            Is shown inputs of which some are beyond reach, and the largest magnitude, which may be
            no number.
        watch : callable
            Is shown the counts before they are rounded, and tells whether they are known to be
            within the range.
        """
        largest = peak(x)
        codes = (x * self.per_input).round_()
        if not largest <= self.reach:
            look(x, largest)
            codes.clamp_(-self.levels, self.levels)
        counts = product(codes, self.matrix)
        if self.variance is not None:
            power = power_of_constants(codes, self.variance) + self.output_power
            counts.addcmul_(drawn_by_torch(rng, counts), power.sqrt_())
        elif self.output_std > 0:
            counts.add_(drawn_by_torch(rng, counts), alpha=self.output_std)
        inside = watch(counts)
        counts.round_()
        if not inside:
            counts.clamp_(-self.counts, self.counts)
        return counts.mul_(self.full)
