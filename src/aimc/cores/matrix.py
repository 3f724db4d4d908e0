"""Weight matrices larger than one core: equal tiles on several cores, summed digitally.

The tiles together are used like a single core: ``tiled @ x``, ``x @ tiled``, ``tiled.T``,
``tiled[2:5, :]``. In a transposed read (`aimc.cores.views.Transposed`) the cores of one part of the
*inputs* form a chain, whose partial sums run over the outputs. A part of the matrix is read on
those cores alone that hold something of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from aimc.backend import Array, RandomSource, as_array, as_generator, namespace
from aimc.circuits import ADC
from aimc.cores.core import Core, CoreAtTime, Noise
from aimc.cores.cut import Part, parts_of
from aimc.cores.partial_sums import Sum
from aimc.cores.read_outs import check_noise
from aimc.cores.views import MatrixView, Submatrix, cut
from aimc.devices import IdealDevice
from aimc.validation import check_array, check_time

__all__ = ["Gain", "Noises", "TiledAtTime", "TiledMatrix", "TiledView", "at_time"]

Gain: TypeAlias = float | Callable[[Core, float], float]
"""A digital factor on all outputs, or a function of core and time (s) that returns one."""

Noises: TypeAlias = str | Callable[[Core], Noise] | Sequence[Noise]
"""Read noise of several cores: one word for all, a function of the core, or one for each."""


class TiledView(MatrixView):
    """Several cores, or what is seen of them, as one matrix.

    Parameters
    ----------
    views : sequence of MatrixView
        What multiplies: a core for each part of the matrix, or a view of it.
    parts : sequence of Part
        Where each of them stands in the matrix, in the same order.
    """

    def __init__(self, views: Sequence[MatrixView], parts: Sequence[Part]) -> None:
        self.views: tuple[Any, ...] = tuple(views)
        self.parts: tuple[Part, ...] = tuple(parts)
        self.sum = Sum([self.parts])
        self._of = {part.key: view for part, view in zip(self.parts, self.views, strict=True)}

    def __repr__(self) -> str:
        """Return a one-line description."""
        outputs, inputs = self.shape
        return f"<{type(self).__name__} of {outputs}x{inputs} weights on {len(self.views)} cores>"

    @property
    def cores(self) -> tuple[Core, ...]:
        """The cores that are read."""
        return tuple(getattr(view, "core", view) for view in self.views)

    @property
    def shape(self) -> tuple[int, int]:
        """Shape (out, in) of the matrix."""
        return self.sum.outputs, self.sum.inputs[0]

    @property
    def T(self) -> TiledView:  # noqa: N802
        """The same devices, read from the other side; see `aimc.cores.views.Transposed`."""
        turned = [Part(part.key, part.inputs, part.outputs) for part in self.parts]
        return TiledView([view.T for view in self.views], turned)

    def __getitem__(self, key: Any) -> TiledView:
        """Return a part, ``tiled[2:5, :]``; cores that hold nothing of it are not read."""
        axes = cut(key, *(range(n) for n in self.shape))
        views: list[MatrixView] = []
        parts = []
        for part, view in zip(self.parts, self.views, strict=True):
            outputs, own_outputs = _within(axes[0], part.outputs)
            inputs, own_inputs = _within(axes[1], part.inputs)
            if own_outputs and own_inputs:
                parts.append(Part(len(views), outputs, inputs))
                views.append(Submatrix(view, own_outputs, own_inputs))
        return TiledView(views, parts)

    def weights(self, noise: bool = False) -> Array:
        """Return the effective weight matrix, shape (out, in); see `aimc.cores.CoreAtTime`."""
        bands = []
        for _, (chain,) in self.sum.blocks:
            held = [self._of[part.key].weights(noise) for part in chain]
            bands.append(namespace(held[0]).concat(held, axis=1))
        return namespace(bands[0]).concat(bands, axis=0)

    def forward(self, x: Array, rng: RandomSource | None = None) -> Array:
        """Multiply: x of shape (..., in) to (..., out); partial sums are added digitally.

        Parameters
        ----------
        x : array, shape (..., in)
            Input vectors.
        rng : int, numpy.random.Generator or torch.Generator, optional
            Source of the read noise of all cores, one after the other; by default each has its
            own stream.
        """
        source = None if rng is None else as_generator(rng)
        return self.sum.forward(
            lambda key, part: self._of[key].forward(part, source), [as_array("x", x)]
        )

    def in_a_row(
        self, x: Array, k: int, rng: RandomSource | None = None, spacing: float | None = None
    ) -> Array:
        """Multiply each vector ``k`` times in a row; see `aimc.cores.CoreAtTime.in_a_row`."""
        source = None if rng is None else as_generator(rng)
        return self.sum.forward(
            lambda key, part: self._of[key].in_a_row(part, k, source, spacing), [as_array("x", x)]
        )


class TiledMatrix(TiledView):
    """A weight matrix spread over as many cores as it needs.

    Parameters
    ----------
    weights : array, shape (out, in)
        The matrix.
    make_core : callable
        ``make_core(index)`` returns the core with that number, unprogrammed. It passes the number
        on to the core, or all would hold the same devices; only ideal cores are alike anyway.
    w_max : float, optional
        Weight that becomes a fully SET cell, alike on all cores; each core's own largest weight by
        default. A larger value uses less than the devices' full conductance, and so draws smaller
        currents.

    Raises
    ------
    TypeError
        If ``make_core`` is not callable, or returns something else than a core.
    ValueError
        If it returns one core, or the same devices, for two tiles.

    Examples
    --------
    >>> import numpy as np, aimc
    >>> W = np.random.default_rng(0).uniform(-1, 1, (300, 500))
    >>> tiled = aimc.cores.TiledMatrix(W, lambda k: aimc.presets.ideal_core())
    >>> len(tiled.cores)
    4
    >>> x = np.ones(300)
    >>> bool(np.allclose(x @ tiled, x @ W)), tiled[:10, ::2].shape
    (True, (10, 250))
    """

    def __init__(
        self, weights: Array, make_core: Callable[[int], Core], *, w_max: float | None = None
    ) -> None:
        w = as_array("weights", weights)
        check_array("weights", w, ndim=2)
        if not callable(make_core):
            raise TypeError(f"make_core must be a function that returns a Core, got {make_core!r}")
        first = make_core(0)
        if not isinstance(first, Core):
            raise TypeError(f"make_core must return a Core, got {type(first).__name__}")
        parts = parts_of((int(w.shape[0]), int(w.shape[1])), first.rows, first.columns)
        super().__init__((first, *(make_core(k) for k in range(1, len(parts)))), parts)
        _check_apart(self.views)
        for core, part in zip(self.cores, self.parts, strict=True):
            core.program(w[part.outputs, part.inputs], w_max)

    @property
    def input_parts(self) -> tuple[slice, ...]:
        """Parts into which the inputs are cut."""
        return self.sum.input_parts[0]

    @property
    def output_parts(self) -> tuple[slice, ...]:
        """Parts into which the outputs are cut."""
        return tuple(outputs for outputs, _ in self.sum.blocks)

    @property
    def utilisation(self) -> float:
        """Share of the unit cells of all cores that hold a weight, 0 to 1."""
        return sum(core.utilisation for core in self.cores) / len(self.cores)

    def at(
        self, t: float | str, gain: Gain | Sequence[float] = 1.0, noise: Noises = "split"
    ) -> TiledAtTime:
        """Return the matrix ``t`` seconds after programming; see `at_time`."""
        return TiledAtTime(self, at_time(self.cores, t, gain, noise))


class TiledAtTime(TiledView):
    """A tiled matrix at one time after programming. Made by `TiledMatrix.at`."""

    def __init__(self, matrix: TiledMatrix, views: Sequence[CoreAtTime]) -> None:
        super().__init__(views, matrix.parts)
        self.matrix = matrix


def at_time(
    cores: Sequence[Core],
    t: float | str,
    gain: Gain | Sequence[float] = 1.0,
    noise: Noises = "split",
) -> tuple[CoreAtTime, ...]:
    """Return cores as they are at a time after programming.

    Parameters
    ----------
    cores : sequence of Core
        Programmed cores.
    t : float or str
        Time since programming ended, s, or in words such as ``"1 d"``.
    gain : float, sequence of float, or callable
        Digital factor on the outputs of all cores, one for each, or ``gain(core, t)``, for example
        a drift compensation.
    noise : {"split", "fresh", "momentary"}, callable, or sequence
        How the read noise divides into what all vectors have in common and what is new for each,
        as in `aimc.cores.Core.at`: one word for all cores, ``noise(core)``, or one for each.

    Raises
    ------
    ValueError
        If there are more or fewer factors than cores.
    """
    t = check_time("t", t)
    given: Any = gain
    if callable(given):
        gains = [given(core, t) for core in cores]
    else:
        gains = [given] * len(cores) if np.ndim(given) == 0 else list(given)
    if len(gains) != len(cores):
        raise ValueError(f"gain has {len(gains)} entries for {len(cores)} cores")
    if callable(noise):
        noises: Sequence[Noise] = [noise(core) for core in cores]
    else:
        noises = noise if isinstance(noise, list | tuple) else [check_noise(noise)] * len(cores)
    if len(noises) != len(cores):
        raise ValueError(f"noise has {len(noises)} entries for {len(cores)} cores")
    return tuple(
        core.at(t, factor, each) for core, factor, each in zip(cores, gains, noises, strict=True)
    )


def _within(axis: range, part: slice) -> tuple[slice, range]:
    """Return which places of an axis lie in a part, and what they are there."""
    first, last = part.start, part.stop - 1
    places = [k for k, n in enumerate(axis) if first <= n <= last]
    if not places:
        return slice(0), range(0)
    where = slice(places[0], places[-1] + 1)
    there = axis[where]
    return where, range(there.start - first, there.stop - first, there.step)


def _check_apart(cores: tuple[Any, ...]) -> None:
    """Refuse tiles that would share a core, or draw the same random numbers."""
    objects: dict[int, int] = {}
    numbers: dict[tuple[int, int], int] = {}
    for k, core in enumerate(cores):
        if not isinstance(core, Core):
            raise TypeError(f"make_core must return a Core, got {type(core).__name__}")
        number = (core.serial, core.index)
        if id(core) in objects:
            raise ValueError(
                f"make_core returned one core for the tiles {objects[id(core)]} and {k}: each tile "
                "needs a core of its own"
            )
        if number in numbers and _draws(core):
            raise ValueError(
                f"make_core returned core {core.index} of chip {core.serial} for the tiles "
                f"{numbers[number]} and {k}, which would hold the same devices: pass the number "
                "that it is given on to the core"
            )
        objects[id(core)] = numbers[number] = k


def _draws(core: Core) -> bool:
    """Return whether anything about a core, or about a read of it, is random."""
    around = core.periphery
    noisy = around.output_noise or around.input_noise or around.weight_noise
    fixed = isinstance(core.device, IdealDevice) and isinstance(around.adc, ADC)
    return bool(noisy) or around.columns_differ or not fixed
