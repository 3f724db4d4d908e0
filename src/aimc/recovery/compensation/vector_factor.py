r"""A factor for each core from a few test vectors and the outputs that they gave at first.

Keep the outputs :math:`Y_0` of a few vectors from the day of programming, send the same vectors
now, and take the factor that brings one closest to the other,

.. math:: s = \frac{\langle Y_t, Y_0\rangle}{\langle Y_t, Y_t\rangle} .

The noise in :math:`Y_t` makes the denominator larger: this factor shrinks the noise with the
signal, which is best for one product. Through many layers, each normalised to a size that it had in
training, that loss adds up. The projection of `aimc.recovery.compensation.global_drift` restores
the size of the signal alone; it takes a second reference read.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aimc.circuits import random_sparse_uniform
from aimc.cores import Core
from aimc.recovery.compensation.base import CoreByCore
from aimc.recovery.compensation.cost import ReadCost
from aimc.recovery.compensation.machine import outputs_of
from aimc.validation import check_choice, check_integer, check_serial

__all__ = ["VectorFactor", "sent_to"]


@dataclass(eq=False)
class VectorFactor(CoreByCore):
    """One factor for each core, from test vectors.

    Parameters
    ----------
    count : int
        Test vectors, uniform over the input range with 30 % zeros.
    seed : int
        What the vectors are drawn from; a chip stores them or draws them again.
    read : ReadCost, optional
        Cost of one read of a core.
    estimate : {"least_squares", "projection"}
        Whether the outputs come closest to the first ones, or get their size back.
    """

    name = "test_vectors"
    sources = ()

    count: int = 4
    seed: int = 0
    read: ReadCost | None = None
    estimate: str = "least_squares"

    def __post_init__(self) -> None:
        check_integer("count", self.count, low=1)
        check_serial("seed", self.seed)
        check_choice("estimate", self.estimate, ("least_squares", "projection"))

    def _reference_reads(self) -> int:
        return 2 if self.estimate == "projection" else 1

    def _vectors(self, core: Core) -> int:
        return self.count

    def _reference(self, core: Core) -> np.ndarray:
        x, start = sent_to(core, self.count, self.seed), core.sample.programmed_at
        return np.stack([outputs_of(core, start, x) for _ in range(self._reference_reads())])

    def _correction(self, core: Core, t: float, reference: np.ndarray) -> float:
        now = outputs_of(core, t, sent_to(core, self.count, self.seed))
        if self.estimate == "projection":
            above, below = np.sum(reference[0] * reference[1]), np.sum(now * reference.mean(axis=0))
        else:
            above, below = np.sum(now * reference[0]), np.sum(now * now)
        factor = float(above / below) if below > 0 else 0.0
        if not factor > 0:
            raise ValueError(
                f"core {core.index} of chip {core.serial}: the outputs of {self.count} vectors "
                "have nothing in common with those after programming; take more vectors"
            )
        return factor


def sent_to(core: Core, count: int, seed: int) -> np.ndarray:
    """Return test vectors (count, in) for a core, the same each time."""
    full = 1.0 if core.periphery.input_range is None else core.periphery.input_range
    rng = np.random.default_rng([seed, core.index])
    return full * random_sparse_uniform((count, core.shape[1]), rng)
