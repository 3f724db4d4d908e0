r"""A factor and an offset for each output of each core, from test vectors.

Every bit line has a converter of its own and devices of its own, so each loses a share of its own.
Least squares over test vectors give for output :math:`i` the line

.. math::

   \hat y_i = a_i\,y_i(t) + c_i,\qquad
   a_i = \frac{\operatorname{cov}(y_i(t), r_i)}{\operatorname{var}(y_i(t))},\qquad
   c_i = \bar r_i - a_i\,\bar y_i(t)

towards the reference :math:`r_i`. The digital unit behind each converter has such a pair of
registers anyway. Few vectors fit noise; the factor of one number per core does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aimc.backend import to_numpy
from aimc.core import Core
from aimc.recovery.compensation.base import CoreByCore
from aimc.recovery.compensation.cost import ReadCost
from aimc.recovery.compensation.global_drift import REFERENCES, target_weights
from aimc.recovery.compensation.machine import Affine, outputs_of
from aimc.recovery.compensation.vector_factor import sent_to
from aimc.validation import check_choice, check_integer, check_serial

__all__ = ["OutputAffine"]


@dataclass(eq=False)
class OutputAffine(CoreByCore):
    """A factor and an offset for each output.

    Parameters
    ----------
    count : int
        Test vectors, at least three.
    reference : {"measured", "ideal"}
        Outputs right after programming, or those of the weights that were asked for.
    offset : bool
        Whether there is an offset beside the factor.
    seed : int
        What the vectors are drawn from.
    read : ReadCost, optional
        Cost of one read of a core.
    """

    name = "affine"
    sources = ()

    count: int = 128
    reference: str = "measured"
    offset: bool = True
    seed: int = 0
    read: ReadCost | None = None

    def __post_init__(self) -> None:
        check_integer("count", self.count, low=3)
        check_choice("reference", self.reference, REFERENCES)
        check_serial("seed", self.seed)

    def _reference_reads(self) -> int:
        return 0 if self.reference == "ideal" else 1

    def _vectors(self, core: Core) -> int:
        return self.count

    def _reference(self, core: Core) -> np.ndarray:
        x = sent_to(core, self.count, self.seed)
        if self.reference == "ideal":
            return x @ np.asarray(to_numpy(target_weights(core)), dtype=np.float64).T
        return outputs_of(core, core.state.programmed_at, x)

    def _correction(self, core: Core, t: float, reference: np.ndarray) -> Affine:
        now = outputs_of(core, t, sent_to(core, self.count, self.seed))
        means = (now.mean(axis=0), reference.mean(axis=0)) if self.offset else (0.0, 0.0)
        seen, wanted = now - means[0], reference - means[1]
        power = np.sum(seen * seen, axis=0)
        factor = np.where(
            power > 0, np.sum(seen * wanted, axis=0) / np.where(power > 0, power, 1), 1
        )
        offset = (means[1] - factor * means[0]) * np.ones_like(factor)
        return Affine(factor, offset)
