"""What holds weights on cores, one or several, and can be programmed, read and moved in time."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from aimc.cores.core import Core

__all__ = ["Programmed", "is_network"]


@runtime_checkable
class Programmed(Protocol):
    """A `Core`, a `Matrix`, a layer or model on cores, or a chip; `aimc.recovery` asks for no more.

    A torch model keeps its own class; `aimc.nn.AnalogModel` stands for it.
    """

    @property
    def cores(self) -> tuple[Core, ...]:
        """The cores, always in the same order."""
        ...

    def program(self, weights: Any = None, /) -> Any:
        """Write weights to the cores; time starts again at 0 s.

        They have the shape (out, in), or come by the name of a layer where there are several. By
        default they are those that are held already, or the model's own.
        """
        ...

    def at(self, t: float | str) -> Any:
        """Return what computes as at a time after programming."""
        ...

    def forward(self, x: Any) -> Any:
        """Compute: x of shape (..., in) to (..., out), or a batch of inferences."""
        ...

    def weights(self, noise: bool = False) -> Any:
        """Return the effective weights, shape (out, in), or those of each layer by name."""
        ...


def is_network(model: Any) -> bool:
    """Return whether this is a torch module, without importing torch."""
    return hasattr(model, "named_modules")
