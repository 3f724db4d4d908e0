"""Weight matrices larger than one core: equal tiles on several cores, summed digitally."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from aimc.backend import Array, as_array, namespace
from aimc.circuits import ADC
from aimc.core import Core, CoreAtTime, matmul
from aimc.devices import IdealDevice, ReadNoise
from aimc.tiled.parts import parts_of
from aimc.tiled.sum import Sum
from aimc.validation import check_array

__all__ = ["Gain", "TiledAtTime", "TiledMatrix", "at_time"]

Gain: TypeAlias = float | Callable[[Core, float], float]
"""A digital factor on all outputs, or a function of core and time (s) that returns one."""


class TiledMatrix:
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
    >>> tiled = aimc.tiled.TiledMatrix(W, lambda k: aimc.presets.ideal_core())
    >>> len(tiled.cores)
    4
    """

    __array_ufunc__ = None

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
        self.shape: tuple[int, int] = (int(w.shape[0]), int(w.shape[1]))
        self.parts = parts_of(self.shape, first.rows, first.columns)
        self.sum = Sum([self.parts])
        self.cores: tuple[Core, ...] = (first, *(make_core(k) for k in range(1, len(self.parts))))
        _check_apart(self.cores)
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

    def at(self, t: float, gain: Gain | Sequence[float] = 1.0) -> TiledAtTime:
        """Return the matrix ``t`` seconds after programming; see `at_time`."""
        return TiledAtTime(self, at_time(self.cores, t, gain))

    def forward(self, x: Array) -> Array:
        """Multiply right after programming: x of shape (..., in) to (..., out)."""
        return self.at(0.0).forward(x)

    def __matmul__(self, x: Array) -> Array:
        """Return ``W @ x`` as the cores compute it: x of shape (in,) or (in, n)."""
        return matmul(self.forward, x)


@dataclass(frozen=True, slots=True, eq=False)
class TiledAtTime:
    """A tiled matrix at one time after programming. Made by `TiledMatrix.at`."""

    matrix: TiledMatrix
    views: tuple[CoreAtTime, ...] = field(repr=False)

    def weights(self) -> Array:
        """Return the effective weight matrix, shape (out, in), without read noise."""
        xp = namespace(self.views[0].crossbar.conductance)
        width = len(self.matrix.input_parts)
        bands = [
            xp.concat([view.weights() for view in self.views[k : k + width]], axis=1)
            for k in range(0, len(self.views), width)
        ]
        return xp.concat(bands, axis=0)

    def forward(self, x: Array) -> Array:
        """Multiply: x of shape (..., in) to (..., out); partial sums are added digitally."""
        return self.matrix.sum.forward(
            lambda k, part: self.views[k].forward(part), [as_array("x", x)]
        )

    def __matmul__(self, x: Array) -> Array:
        """Return ``W @ x`` as the cores compute it: x of shape (in,) or (in, n)."""
        return matmul(self.forward, x)


def at_time(
    cores: Sequence[Core],
    t: float,
    gain: Gain | Sequence[float] = 1.0,
    noises: Sequence[ReadNoise] | None = None,
) -> tuple[CoreAtTime, ...]:
    """Return cores as they are ``t`` seconds after programming.

    Parameters
    ----------
    cores : sequence of Core
        Programmed cores.
    t : float
        Time since programming ended, s.
    gain : float, sequence of float, or callable
        Digital factor on the outputs of all cores, one for each, or ``gain(core, t)``, for example
        a drift compensation.
    noises : sequence of ReadNoise, optional
        Course of the read noise of each core: all multiplications at ``t`` then meet the same
        momentary conductances. By default each meets fresh noise.

    Raises
    ------
    ValueError
        If there are more or fewer factors than cores.
    """
    given: Any = gain
    if callable(given):
        gains = [given(core, t) for core in cores]
    else:
        gains = [given] * len(cores) if np.ndim(given) == 0 else list(given)
    if len(gains) != len(cores):
        raise ValueError(f"gain has {len(gains)} entries for {len(cores)} cores")
    courses: Sequence[ReadNoise | None] = [None] * len(cores) if noises is None else noises
    return tuple(
        core.at(t, factor, noise) for core, factor, noise in zip(cores, gains, courses, strict=True)
    )


def _check_apart(cores: tuple[Core, ...]) -> None:
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
