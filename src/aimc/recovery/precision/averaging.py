r"""Averaging over reads and over devices.

Independent errors of :math:`K` repetitions shrink in their mean as :math:`K^{-1/2}`
:cite:p:`legallo2018mixed`. Reading the same devices again averages what differs from read to read.
What was programmed wrongly stays wrong, and most of the read noise stays as well, since it is
slower than the reads: a few of them in a row meet nearly the same fluctuation. Copies of the
devices average all of that, for :math:`K` times the area and the energy. Neither mends what all
repetitions share, such as the mean drift.
"""

from __future__ import annotations

from collections.abc import Callable

from aimc.backend import Array, RandomSource, as_array, as_generator, namespace
from aimc.cores import Core, Noises, at_time
from aimc.cores.views import MatrixView
from aimc.validation import check_integer, check_kind

__all__ = ["Copies", "averaged"]


AT_ONCE = 8192
"""Vectors that are multiplied at once."""


def averaged(
    core: MatrixView,
    x: Array,
    k: int,
    rng: RandomSource | None = None,
    spacing: float | None = None,
) -> Array:
    """Multiply ``k`` times in a row with the same devices and return the mean of the outputs.

    Of the read noise of a vector, its reads have all in common but the little that is faster than
    they follow one another. To repeat a whole batch instead is a loop over ``core.forward``, whose
    calls share the part of a read-out only.

    Parameters
    ----------
    core : Core or aimc.Matrix
        What multiplies.
    x : array, shape (..., in)
        Input vectors.
    k : int
        Reads of each vector.
    rng : int, numpy.random.Generator or torch.Generator, optional
        Source of the read noise; the core's own stream by default.
    spacing : float, optional
        Time from one read of a vector to the next, s; the duration of a product by default.

    Examples
    --------
    >>> import numpy as np, aimc
    >>> core = aimc.presets.joshi2020(serial=1).program(np.eye(4))
    >>> averaged(core, np.ones((2, 4)), 100).shape
    (2, 4)
    """
    check_kind("core", core, MatrixView)
    check_integer("k", k, low=1)
    source = None if rng is None else as_generator(rng)
    values = as_array("x", x)
    flat = namespace(values).reshape(values, (-1, int(values.shape[-1])))
    step = max(1, AT_ONCE // k)
    means = [
        core.in_a_row(flat[first : first + step, ...], k, source, spacing).mean(0)
        for first in range(0, max(1, int(flat.shape[0])), step)
    ]
    xp = namespace(means[0])  # of the core, which need not be that of x
    whole = means[0] if len(means) == 1 else xp.concat(means, axis=0)
    return xp.reshape(whole, (*values.shape[:-1], int(whole.shape[-1])))


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
    >>> copies = Copies(W, 3, lambda k: aimc.presets.hermes(serial=1, index=k))
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

    def at(self, t: float | str, gain: float = 1.0, noise: Noises = "split") -> Copies:
        """Return the copies as they are ``t`` seconds after programming; see `at_time`."""
        later = object.__new__(Copies)
        later.cores = self.cores
        later.views = at_time(self.cores, t, gain, noise)
        return later

    @property
    def shape(self) -> tuple[int, int]:
        """Shape (out, in) of the weights."""
        return self.cores[0].shape

    def weights(self, noise: bool = False) -> Array:
        """Return the mean of the effective weights; see `aimc.cores.CoreAtTime.weights`."""
        held = [view.weights(noise) for view in self.views]
        return namespace(held[0]).mean(namespace(held[0]).stack(held), axis=0)

    def forward(self, x: Array, rng: RandomSource | None = None) -> Array:
        """Multiply: x of shape (..., in) to (..., out), the mean over the copies."""
        source = None if rng is None else as_generator(rng)
        outputs = [view.forward(x, source) for view in self.views]
        return sum(outputs[1:], outputs[0]) / len(outputs)

    def in_a_row(
        self, x: Array, k: int, rng: RandomSource | None = None, spacing: float | None = None
    ) -> Array:
        """Multiply each vector ``k`` times in a row, the mean over the copies."""
        source = None if rng is None else as_generator(rng)
        outputs = [view.in_a_row(x, k, source, spacing) for view in self.views]
        return sum(outputs[1:], outputs[0]) / len(outputs)
