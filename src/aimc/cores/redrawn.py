"""Devices of large matrices, drawn again whenever they are read instead of kept.

The state of a device takes three numbers, six for a pair, and is a function of the weights and of
the streams of the core, which count the programmings. So whoever has the weights can do without it,
and gets every device back bit for bit. What depends on more than that, such as pulses that answer
to reads, is kept; see `aimc.cores.Core.held`.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
from array_api_compat import device as place_of

from aimc.backend import Array, at_least_single, like, namespace, to_numpy
from aimc.circuits import UnitCell
from aimc.cores.cut import Part
from aimc.cores.random_streams import RandomStreams
from aimc.devices import ConductanceState, Device

__all__ = ["ChangedWeightsError", "Lent", "Redrawn", "drawn_devices"]


class ChangedWeightsError(ValueError):
    """Devices cannot be drawn again, since the weights that they held were overwritten."""


@dataclass(frozen=True, slots=True, eq=False)
class Lent:
    """A part of a matrix that was programmed and still lies in memory; called, it is returned."""

    matrix: Array
    """The matrix, shape (out, in), at its own precision; all parts share it."""
    part: Part
    """Which part."""
    _mark: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_mark", _mark_of(self._now()))

    def _now(self) -> Array:
        return at_least_single(self.part.of(self.matrix))

    @property
    def changed(self) -> bool:
        """Whether other numbers stand there now."""
        return _mark_of(self._now()) != self._mark

    def __call__(self) -> Array:
        """Return the weights of the part, shape (out, in).

        Raises
        ------
        ChangedWeightsError
            If they are no longer those that were programmed.
        """
        weights = self._now()
        if _mark_of(weights) != self._mark:
            raise ChangedWeightsError(
                f"the weights of core {self.part.core} have changed since they were programmed, "
                "and its devices, which are drawn again whenever a time is read, cannot be drawn "
                "from others: program again, or program with keep=True before weights change"
            )
        return weights


def _mark_of(weights: Array) -> int:
    return zlib.crc32(np.ascontiguousarray(to_numpy(weights)).data.cast("B"))


@dataclass(frozen=True, slots=True, eq=False)
class Redrawn:
    """What one programming of a core needs to be repeated, device by device."""

    device: Device
    """Model of the devices."""
    cell: UnitCell
    """How a weight is spread over them."""
    weights: Callable[[], Array]
    """Returns what was programmed, shape (out, in)."""
    scale: Array
    """Weight of a fully SET cell, shape (out,)."""
    used: Array | None
    """Cells that were programmed, ones and zeros (out, in); ``None``: all."""
    streams: RandomStreams
    """Random numbers of the core."""
    programming: int
    """Which of its programmings this was."""
    sample: ConductanceState = field(init=False, repr=False)
    """The state of devices that hold a weight of zero; its times are those of all devices."""

    def __post_init__(self) -> None:
        models: list[Any] = [self.device, self.cell]
        kind = namespace(self.scale), self.scale.dtype, place_of(self.scale)
        make = _sample if _constant(*models) else _sample.__wrapped__
        object.__setattr__(self, "sample", make(*models, *kind))

    def state(self) -> ConductanceState:
        """Return the state of all devices, drawn from the same numbers as the first time."""
        rng = self.streams.state(self.programming)
        return drawn_devices(self.device, self.cell, self.weights(), self.scale, self.used, rng)


def _constant(*models: Any) -> bool:
    """Return whether models never change and can be told apart: frozen dataclasses, all through."""
    kinds = [getattr(model, "__dataclass_params__", None) for model in models]
    if not all(getattr(kind, "frozen", False) for kind in kinds):
        return False
    try:
        return isinstance(hash(models), int)
    except TypeError:
        return False


@lru_cache(maxsize=16)  # the cores of a chip have devices of one kind
def _sample(device: Any, cell: Any, library: Any, dtype: Any, place: Any) -> ConductanceState:
    zero = library.zeros((1, 1), dtype=dtype, device=place)
    return drawn_devices(device, cell, zero, 1.0 + zero[0], None, np.random.default_rng(0))


def drawn_devices(
    device: Device,
    cell: UnitCell,
    weights: Array,
    scale: Array,
    used: Array | None,
    rng: np.random.Generator,
) -> ConductanceState:
    """Return what devices become that are programmed directly to weights of shape (out, in)."""
    targets = cell.split(weights / like(scale, weights)[..., None], device.g_max)
    state = device.program(targets, rng)
    if used is None:
        return state
    g = state.g_programmed
    return replace(state, g_programmed=g * like(used, g))
