r"""A core seen from its other side, and parts of a core: matrices that can be multiplied with.

``core @ x`` drives the word lines and reads the bit lines. Two more ways to use the same devices:

- ``core.T @ x``, or ``x @ core``, is the *transposed read*: inputs drive the bit lines, currents
  are sensed on the word lines, :math:`I_j = \sum_i G_{ij} V_i`. `Transposed` says what that takes.
- ``core[2:5, :] @ x`` is the read of a *part*: word lines outside are not driven, and what the
  converters of bit lines outside say is dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from array_api_compat import device

from aimc.backend import Array, RandomSource, as_array, like, namespace, stop_gradient
from aimc.circuits import Crossbar, Multiplier, Periphery
from aimc.validation import check_array

__all__ = [
    "Affine",
    "CorrectedCore",
    "MatrixView",
    "Submatrix",
    "Transposed",
    "cut",
    "matmul",
    "rmatmul",
]


def matmul(forward: Callable[[Array], Array], x: Array) -> Array:
    """Apply a batch-first forward to a vector or to the columns of a matrix, as ``W @ x`` would."""
    values = as_array("x", x)
    if values.ndim == 1:
        return forward(values)
    if values.ndim != 2:
        raise ValueError(f"x must have shape (in,) or (in, n), got {tuple(values.shape)}")
    return forward(values.T).T


def rmatmul(forward: Callable[[Array], Array], x: Array) -> Array:
    """Apply a batch-first forward to a vector or to the rows of a matrix, as ``x @ W`` would."""
    values = as_array("x", x)
    if values.ndim not in (1, 2):
        raise ValueError(f"x must have shape (out,) or (n, out), got {tuple(values.shape)}")
    return forward(values)


class MatrixView:
    """What a programmed core, or several, offer: ``@`` from both sides, ``.T``, slices."""

    __slots__ = ()
    # NumPy must not try to broadcast `array @ view` entry by entry.
    __array_ufunc__ = None

    @property
    def shape(self) -> tuple[int, int]:
        """Shape of the matrix as ``view @ x`` meets it."""
        raise NotImplementedError

    @property
    def T(self) -> MatrixView:  # noqa: N802 (as NumPy calls it)
        """The same devices, read from the other side; see `Transposed`."""
        raise NotImplementedError

    def forward(self, x: Array, rng: RandomSource | None = None) -> Array:
        """Multiply: x of shape (..., shape[1]) to (..., shape[0])."""
        raise NotImplementedError

    def in_a_row(
        self, x: Array, k: int, rng: RandomSource | None = None, spacing: float | None = None
    ) -> Array:
        """Multiply each vector ``k`` times in a row: x of shape (..., shape[1]) to (k, ...)."""
        raise NotImplementedError

    def weights(self, noise: bool = False) -> Array:
        """Return the effective matrix, without read noise or with what all vectors share of it."""
        raise NotImplementedError

    def __matmul__(self, x: Array) -> Array:
        """Return ``W @ x`` as the core computes it: x of shape (in,) or (in, n)."""
        return matmul(self.forward, x)

    def __rmatmul__(self, x: Array) -> Array:
        """Return ``x @ W`` by a transposed read: x of shape (out,) or (n, out)."""
        return rmatmul(self.T.forward, x)

    def __getitem__(self, key: Any) -> MatrixView:
        """Return a part, ``core[2:5, :]``, to multiply with or to read with ``weights()``."""
        outputs, inputs = (range(n) for n in self.shape)
        return Submatrix(self, *cut(key, outputs, inputs))


class AtTime(Protocol):
    """What a transposed read needs of an `aimc.cores.CoreAtTime`."""

    @property
    def core(self) -> Any:
        """Its `aimc.cores.Core`."""
        ...

    def current(self) -> AtTime:
        """Return the view, of what the core holds now."""
        ...

    def met(self) -> tuple[Crossbar, Periphery]:
        """Return the crossbar as products meet it, with read noise, and the circuits around it."""
        ...

    def slow_share(self, k: int, spacing: float | None = None) -> float:
        """Return what reads in a row have in common of a vector's own noise."""
        ...

    @property
    def gain(self) -> float:
        """Digital factor on all outputs."""
        ...

    @property
    def t(self) -> float:
        """Time since the first read after programming, s."""
        ...

    @property
    def shape(self) -> tuple[int, int]:
        """Shape (out, in) of the weights."""
        ...

    def weights(self, noise: bool = False) -> Array:
        """Return the effective weights."""
        ...


class Transposed(MatrixView):
    r"""A core driven from its bit lines and sensed on its word lines; made by ``core.T``.

    The hardware that this takes: drivers and converters can be switched from one kind of line to
    the other, as in the transposable array of :cite:t:`wan2022neurram`. So the converter of bit
    line k senses word line k, and word lines see the same periphery as bit lines did: the same DAC,
    ADC, noise and spread. Both devices of a pair are driven with opposite voltages, so that their
    currents subtract on the word line. The devices are the very same, with the errors and the
    drift that they have in a forward read. Most published chips, HERMES among them, read in one
    direction only.

    The weight of a fully SET cell may differ between outputs. In a transposed read these are the
    inputs, so that factor is applied digitally before the DAC. The approximate `IRDrop` has the
    voltage drop along the sensed lines, with the resistance of bit lines.
    """

    __slots__ = ("_columns", "_largest", "_multiplier", "_periphery", "_relative", "_view")

    def __init__(self, view: AtTime) -> None:
        self._view = view
        self._look()

    def _look(self) -> None:
        """Find what the core holds now, and the circuits around it."""
        view = self._view.current()
        core, outputs = view.core, view.shape[0]
        # of devices that are drawn again, only products need the conductances
        like_them = core.sample.g_programmed
        xp = namespace(like_them)
        alike = xp.zeros((outputs,), dtype=like_them.dtype, device=device(like_them))
        scale = stop_gradient(like(core.w_max, like_them)) + alike
        self._largest = float(xp.max(scale))
        self._periphery = core.periphery
        self._relative = None if float(xp.min(scale)) == self._largest else scale / self._largest
        self._columns = core.column_draws(across=True)
        self._multiplier: Multiplier | None = None

    def _ready(self) -> Multiplier:
        """Return what multiplies; made with the first product, as that draws read noise."""
        if self._view.core.periphery is not self._periphery:
            self._look()
        if self._multiplier is None:
            bar, around = self._view.met()
            across = Crossbar(
                conductance=_swapped(bar.conductance),
                read_variance=_swapped(bar.read_variance),
                significance=bar.significance,
                g_full=bar.g_full,
                scale=self._largest,
                columns=self._columns,
                total=None if bar.total is None else _swapped(bar.total),
            )
            self._multiplier = Multiplier(across, around, self._view.gain)
        return self._multiplier

    def __repr__(self) -> str:
        """Return a one-line description."""
        return f"<{self._view.core!r}, transposed, {self._view.t:g} s after programming>"

    @property
    def core(self) -> Any:
        """The core that is read."""
        return self._view.core

    @property
    def periphery(self) -> Periphery:
        """The circuits that the last product met."""
        return self._periphery

    @property
    def shape(self) -> tuple[int, int]:
        """Shape (in, out): the programmed shape, turned over."""
        outputs, inputs = self._view.shape
        return inputs, outputs

    @property
    def T(self) -> Any:  # noqa: N802
        """The core as it is read forward."""
        return self._view

    def weights(self, noise: bool = False) -> Array:
        """Return the transpose of the effective weight matrix."""
        return self._view.weights(noise).T

    def forward(self, x: Array, rng: RandomSource | None = None) -> Array:
        """Multiply with the transpose: x of shape (..., out) to (..., in).

        Parameters
        ----------
        x : array, shape (..., out)
            Input vectors, for the bit lines.
        rng : int, numpy.random.Generator or torch.Generator, optional
            Source of the read noise; the core's own stream by default.
        """
        multiplier = self._ready()
        values, source = self._sent(multiplier, x, rng)
        return multiplier(values, source)

    def in_a_row(
        self, x: Array, k: int, rng: RandomSource | None = None, spacing: float | None = None
    ) -> Array:
        """Multiply each vector ``k`` times in a row; see `aimc.cores.CoreAtTime.in_a_row`."""
        multiplier = self._ready()
        values, source = self._sent(multiplier, x, rng)
        return multiplier.in_a_row(values, k, source, self._view.slow_share(k, spacing))

    def _sent(
        self, multiplier: Multiplier, x: Array, rng: RandomSource | None
    ) -> tuple[Array, RandomSource]:
        g = multiplier.crossbar.conductance
        values = as_array("x", x)
        if self._relative is not None:
            check_array("x", values, last=int(g.shape[-1]))
            values = like(values, g) * self._relative
        return values, self.core.reader(g) if rng is None else rng


class Submatrix(MatrixView):
    """A part of a core, ``core[2:5, ::2]``: its other word lines are not driven.

    All bit lines conduct and are converted, as the circuits do; the outputs that are not in the
    part are dropped.
    """

    __slots__ = ("_inputs", "_outputs", "_whole")

    def __init__(self, whole: MatrixView, outputs: range, inputs: range) -> None:
        self._whole, self._outputs, self._inputs = whole, outputs, inputs

    def __repr__(self) -> str:
        """Return a one-line description."""
        return f"<part {self.shape} of {self._whole!r}>"

    @property
    def core(self) -> Any:
        """The core that is read."""
        whole: Any = self._whole
        return getattr(whole, "core", whole)

    @property
    def shape(self) -> tuple[int, int]:
        """Outputs and inputs of the part."""
        return len(self._outputs), len(self._inputs)

    @property
    def T(self) -> Submatrix:  # noqa: N802
        """The same part, read from the other side; see `Transposed`."""
        return Submatrix(self._whole.T, self._inputs, self._outputs)

    def __getitem__(self, key: Any) -> Submatrix:
        """Return a part of the part."""
        return Submatrix(self._whole, *cut(key, self._outputs, self._inputs))

    def weights(self, noise: bool = False) -> Array:
        """Return the effective weights of the part."""
        self._check()
        return self._whole.weights(noise)[list(self._outputs)][:, list(self._inputs)]

    def forward(self, x: Array, rng: RandomSource | None = None) -> Array:
        """Multiply with the part: x of shape (..., shape[1]) to (..., shape[0])."""
        return self._whole.forward(self._driven(x), rng)[..., list(self._outputs)]

    def in_a_row(
        self, x: Array, k: int, rng: RandomSource | None = None, spacing: float | None = None
    ) -> Array:
        """Multiply each vector ``k`` times in a row; see `aimc.cores.CoreAtTime.in_a_row`."""
        return self._whole.in_a_row(self._driven(x), k, rng, spacing)[..., list(self._outputs)]

    def _driven(self, x: Array) -> Array:
        """Return the inputs of the whole: zero outside of the part."""
        values = as_array("x", x)
        check_array("x", values, last=len(self._inputs))
        shape = (*values.shape[:-1], self._check()[1])
        driven = namespace(values).zeros(shape, dtype=values.dtype, device=device(values))
        driven[..., list(self._inputs)] = values
        return driven

    def _check(self) -> tuple[int, int]:
        """Return the shape of the whole, or refuse it if weights of another shape leave no part."""
        shape = self._whole.shape
        for axis, places, size in (
            ("outputs", self._outputs, shape[0]),
            ("inputs", self._inputs, shape[1]),
        ):
            if max(places[0], places[-1]) >= size:
                _ = self.core.held  # raises where nothing was programmed
                raise ValueError(
                    f"this part was cut from a matrix with more {axis}: the weights that were "
                    f"programmed since have shape {shape}; cut it again"
                )
        return shape


@dataclass(frozen=True, slots=True)
class Affine:
    """A digital factor and an offset for each output of a core."""

    factor: np.ndarray
    """Shape (out,)."""
    offset: np.ndarray
    """Shape (out,), in the unit of weight times input."""


class CorrectedCore(MatrixView):
    """A core at one time whose outputs pass a digital factor and offset each.

    Made by `aimc.cores.Core.at`, where the gain is an `Affine`.

    Parameters
    ----------
    view : CoreAtTime
        The core.
    affine : Affine
        What is done to its outputs.
    """

    def __init__(self, view: Any, affine: Affine) -> None:
        self.view, self.gain = view, affine

    @property
    def core(self) -> Any:
        """The core that is read."""
        return self.view.core

    @property
    def t(self) -> float:
        """Time since the first read after programming, s."""
        t: float = self.view.t
        return t

    @property
    def shape(self) -> tuple[int, int]:
        """Shape (out, in) of the weights."""
        shape: tuple[int, int] = self.view.shape
        return shape

    @property
    def T(self) -> MatrixView:  # noqa: N802
        """Not there: what corrects outputs has nothing to say about the other side."""
        raise ValueError("a core with corrected outputs has no transposed read: take core.at(t).T")

    def weights(self, noise: bool = False) -> Array:
        """Return the effective weights, without offsets; see `aimc.cores.CoreAtTime.weights`."""
        held = self.view.weights(noise)
        return like(self.gain.factor, held)[:, None] * held

    def forward(self, x: Array, rng: RandomSource | None = None) -> Array:
        """Multiply: x of shape (..., in) to (..., out)."""
        return self._corrected(self.view.forward(x, rng))

    def in_a_row(
        self, x: Array, k: int, rng: RandomSource | None = None, spacing: float | None = None
    ) -> Array:
        """Multiply each vector ``k`` times in a row; see `aimc.cores.CoreAtTime.in_a_row`."""
        return self._corrected(self.view.in_a_row(x, k, rng, spacing))

    def _corrected(self, y: Array) -> Array:
        return like(self.gain.factor, y) * y + like(self.gain.offset, y)


def _swapped(array: Array) -> Array:
    """Return an array of shape (slices, out, in) as (slices, in, out)."""
    return namespace(array).permute_dims(array, (0, 2, 1))


def cut(key: Any, outputs: range, inputs: range) -> tuple[range, range]:
    """Return what a key as of NumPy leaves of two axes.

    Raises
    ------
    TypeError
        If the key holds something else than slices.
    IndexError
        If it names more than two axes, or nothing is left.
    """
    keys = list(key) if isinstance(key, tuple) else [key]
    keys = [slice(None) if part is Ellipsis else part for part in keys]
    for part in keys:
        if not isinstance(part, slice):
            raise TypeError(
                f"a matrix is cut with slices, such as core[2:5, :], got {part!r}; one output is "
                "core[2:3]"
            )
    if len(keys) > 2:
        raise IndexError(f"a matrix has two axes, outputs and inputs; got {len(keys)} indices")
    left = tuple(
        axis[part] for axis, part in zip((outputs, inputs), (*keys, slice(None))[:2], strict=True)
    )
    for name, axis in zip(("outputs", "inputs"), left, strict=True):
        if len(axis) == 0:
            raise IndexError(f"the part has no {name}: key={key!r}")
    return left[0], left[1]
