r"""A factor and an offset for each output of each core, from test vectors.

Every bit line has a converter of its own and devices of its own, so each loses a share of its own.
The offset is what comes out when nothing is sent. With outputs :math:`y_i` and references
:math:`r_i` freed from theirs, :math:`y_{i0}` and :math:`r_{i0}`, least squares over the test
vectors give

.. math::

   \hat y_i = a_i\,y_i + c_i,\qquad
   a_i = \frac{\langle y_i - y_{i0},\, r_i - r_{i0}\rangle}{\lVert y_i - y_{i0}\rVert^2},\qquad
   c_i = r_{i0} - a_i\,y_{i0} .

The digital unit behind each converter has such a pair of registers anyway. Few vectors fit noise,
and there are as many factors to fit as outputs: one number per core needs far less. An offset from
the test vectors themselves would be worse than none where a network sends small inputs. Least
squares shrink the noise with the signal; the projection of
`aimc.recovery.compensation.global_drift`, output by output, gives the signal its size back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aimc.backend import to_numpy
from aimc.cores import Core
from aimc.cores.views import Affine
from aimc.recovery.compensation.base import CoreByCore
from aimc.recovery.compensation.cost import ReadCost
from aimc.recovery.compensation.global_drift import REFERENCES
from aimc.recovery.compensation.machine import outputs_of
from aimc.recovery.compensation.vector_factor import sent_to
from aimc.validation import check_choice, check_integer, check_serial

__all__ = ["OutputAffine"]


@dataclass(eq=False)
class OutputAffine(CoreByCore):
    """A factor and an offset for each output.

    Parameters
    ----------
    count : int
        Test vectors.
    reference : {"measured", "ideal"}
        Outputs right after programming, or those of the weights that were asked for.
    zeros : int
        Reads without input, whose mean is the offset; with zero, no offset is corrected.
    seed : int
        What the vectors are drawn from.
    read : ReadCost, optional
        Cost of one read of a core.
    estimate : {"least_squares", "projection"}
        Whether the outputs come closest to the reference, or get its size.
    """

    name = "affine"
    sources = ()

    count: int = 128
    reference: str = "measured"
    zeros: int = 16
    seed: int = 0
    read: ReadCost | None = None
    estimate: str = "least_squares"

    def __post_init__(self) -> None:
        check_integer("count", self.count, low=1)
        check_integer("zeros", self.zeros, low=0)
        check_choice("reference", self.reference, REFERENCES)
        check_serial("seed", self.seed)
        check_choice("estimate", self.estimate, ("least_squares", "projection"))

    def _reference_reads(self) -> int:
        if self.reference == "ideal":
            return 0
        return 2 if self.estimate == "projection" else 1

    def _vectors(self, core: Core) -> int:
        return self.count + self.zeros

    def _inputs(self, core: Core) -> np.ndarray:
        x = sent_to(core, self.count, self.seed)
        return np.concatenate([x, np.zeros((self.zeros, x.shape[1]))])

    def _reference(self, core: Core) -> np.ndarray:
        x, start = self._inputs(core), core.sample.programmed_at
        if self.reference == "ideal":
            ideal = x @ np.asarray(to_numpy(core.target_weights()), dtype=np.float64).T
            return np.stack([ideal, ideal])
        return np.stack([outputs_of(core, start, x) for _ in range(self._reference_reads())])

    def _correction(self, core: Core, t: float, reference: np.ndarray) -> Affine:
        seen, at_rest = self._freed(outputs_of(core, t, self._inputs(core)))
        wanted, wanted_at_rest = self._freed(reference.mean(axis=0))
        below = np.sum(seen * seen, axis=0)
        above = np.sum(seen * wanted, axis=0)
        if self.estimate == "projection":
            first, second = (self._freed(each)[0] for each in reference)
            above, below = np.sum(first * second, axis=0), above
        usable = (above > 0) & (below > 0)
        factor = np.where(usable, above / np.where(usable, below, 1.0), 1.0)
        return Affine(factor, wanted_at_rest - factor * at_rest)

    def _freed(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the outputs of the test vectors without offsets, and the offsets."""
        at_rest = y[self.count :].mean(axis=0) if self.zeros else np.zeros(y.shape[1])
        return y[: self.count] - at_rest, at_rest
