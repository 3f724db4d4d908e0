"""What holds weights on cores, one or several, and can be programmed, read and moved in time."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from aimc.backend import Array, RandomSource
from aimc.cores.core import Core

__all__ = ["Programmed"]


@runtime_checkable
class Programmed(Protocol):
    """A `Core`, a `Matrix`, or what else keeps these names; `aimc.recovery` asks for no more."""

    @property
    def cores(self) -> tuple[Core, ...]:
        """The cores, always in the same order."""
        ...

    def program(self, weights: Array) -> Any:
        """Write weights of shape (out, in) to the cores; time starts again at 0 s."""
        ...

    def at(self, t: float | str) -> Any:
        """Return what computes as at a time after programming."""
        ...

    def forward(self, x: Array, rng: RandomSource | None = None) -> Array:
        """Multiply: x of shape (..., in) to (..., out)."""
        ...

    def weights(self, noise: bool = False) -> Array:
        """Return the effective weights, shape (out, in)."""
        ...
