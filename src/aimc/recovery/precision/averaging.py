r"""Averaging over reads and over devices.

Independent errors of :math:`K` repetitions shrink in their mean as :math:`K^{-1/2}`
:cite:p:`legallo2018mixed`. Reading the same devices again averages what differs from read to
read, the noise of the read; what was programmed wrongly stays wrong. Copies of the devices average
that as well, for :math:`K` times the area and the energy. Neither mends what all repetitions share,
such as the mean drift.
"""

from __future__ import annotations

from collections.abc import Callable

from aimc.backend import Array, RandomSource, as_generator, namespace
from aimc.core import Core
from aimc.validation import check_integer
from aimc.views import MatrixView

__all__ = ["Copies", "averaged"]


def averaged(core: MatrixView, x: Array, k: int, rng: RandomSource | None = None) -> Array:
    """Multiply ``k`` times with the same devices and return the mean of the outputs.

    Parameters
    ----------
    core : Core or TiledMatrix
        What multiplies.
    x : array, shape (..., in)
        Input vectors.
    k : int
        Reads of each vector.
    rng : int, numpy.random.Generator or torch.Generator, optional
        Source of the read noise; the core's own stream by default.

    Examples
    --------
    >>> import numpy as np, aimc
    >>> core = aimc.presets.joshi2020_core(serial=1).program(np.eye(4))
    >>> averaged(core, np.ones((2, 4)), 100).shape
    (2, 4)
    """
    check_integer("k", k, low=1)
    source = None if rng is None else as_generator(rng)
    return sum((core.forward(x, source) for _ in range(k - 1)), core.forward(x, source)) / k


class Copies(MatrixView):
    """The same weights on several cores, whose outputs are averaged.

    Parameters
    ----------
    weights : array, shape (out, in)
        The matrix.
    copies : int
        How many cores hold it.
    make_core : callable
        ``make_core(index)`` returns the core with that number, unprogrammed.

    Examples
    --------
    >>> import numpy as np, aimc
    >>> W = np.eye(8)
    >>> copies = Copies(W, 3, lambda k: aimc.presets.hermes_core(serial=1, index=k))
    >>> copies.shape, len(copies.cores)
    ((8, 8), 3)
    """

    def __init__(self, weights: Array, copies: int, make_core: Callable[[int], Core]) -> None:
        check_integer("copies", copies, low=1)
        self.cores = tuple(make_core(k).program(weights) for k in range(copies))
        numbers = {(core.serial, core.index) for core in self.cores}
        if len(numbers) < copies:
            raise ValueError(
                "make_core returned the same core twice: copies would share their errors; pass the "
                "number that it is given on to the core"
            )
        self.views: tuple[MatrixView, ...] = self.cores

    def at(self, t: float, gain: float = 1.0) -> Copies:
        """Return the copies as they are ``t`` seconds after programming."""
        later = object.__new__(Copies)
        later.cores = self.cores
        later.views = tuple(core.at(t, gain) for core in self.cores)
        return later

    @property
    def shape(self) -> tuple[int, int]:
        """Shape (out, in) of the weights."""
        return self.cores[0].shape

    def weights(self) -> Array:
        """Return the mean of the effective weights, without read noise."""
        held = [view.weights() for view in self.views]
        return namespace(held[0]).mean(namespace(held[0]).stack(held), axis=0)

    def forward(self, x: Array, rng: RandomSource | None = None) -> Array:
        """Multiply: x of shape (..., in) to (..., out), the mean over the copies."""
        source = None if rng is None else as_generator(rng)
        outputs = [view.forward(x, source) for view in self.views]
        return sum(outputs[1:], outputs[0]) / len(outputs)
