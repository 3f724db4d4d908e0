"""What a compensation asks of a core, a matrix or a torch model, alike for all three."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aimc.backend import Array, RandomSource, like, to_numpy
from aimc.cores import Core, CoreAtTime, Matrix, MatrixAtTime, Programmed, at_time
from aimc.cores.views import MatrixView

__all__ = ["Affine", "CorrectedCore", "cores_of", "go_to", "is_network", "outputs_of"]


@dataclass(frozen=True, slots=True)
class Affine:
    """A digital factor and an offset for each output of a core."""

    factor: np.ndarray
    """Shape (out,)."""
    offset: np.ndarray
    """Shape (out,), in the unit of weight times input."""


class CorrectedCore(MatrixView):
    """A core at one time whose outputs pass a digital factor and offset each.

    Parameters
    ----------
    view : CoreAtTime
        The core.
    affine : Affine
        What is done to its outputs.
    """

    def __init__(self, view: CoreAtTime, affine: Affine) -> None:
        self.view, self.affine = view, affine

    @property
    def core(self) -> Core:
        """The core that is read."""
        return self.view.core

    @property
    def t(self) -> float:
        """Time since programming ended, s."""
        return self.view.t

    @property
    def gain(self) -> float:
        """Digital factor in front of those of the outputs."""
        return self.view.gain

    @property
    def shape(self) -> tuple[int, int]:
        """Shape (out, in) of the weights."""
        return self.view.shape

    def weights(self, noise: bool = False) -> Array:
        """Return the effective weights, without offsets; see `aimc.cores.CoreAtTime.weights`."""
        held = self.view.weights(noise)
        return like(self.affine.factor, held)[:, None] * held

    def forward(self, x: Array, rng: RandomSource | None = None) -> Array:
        """Multiply: x of shape (..., in) to (..., out)."""
        return self._corrected(self.view.forward(x, rng))

    def in_a_row(
        self, x: Array, k: int, rng: RandomSource | None = None, spacing: float | None = None
    ) -> Array:
        """Multiply each vector ``k`` times in a row; see `aimc.cores.CoreAtTime.in_a_row`."""
        return self._corrected(self.view.in_a_row(x, k, rng, spacing))

    def _corrected(self, y: Array) -> Array:
        return like(self.affine.factor, y) * y + like(self.affine.offset, y)


def is_network(model: Any) -> bool:
    """Return whether this is a torch module, without importing torch."""
    return hasattr(model, "named_modules")


def cores_of(model: Any) -> tuple[Core, ...]:
    """Return the cores of a core, a matrix or a torch model, always in the same order.

    Raises
    ------
    TypeError
        If it is something else.
    UnprogrammedError
        If a core holds no weights.
    """
    if isinstance(model, Programmed):
        cores = model.cores
    elif is_network(model):
        from aimc.nn import analog_layers

        cores = tuple(core for layer in analog_layers(model).values() for core in layer.cores)
    else:
        raise TypeError(
            "model must be a Core, a Matrix or a torch model from aimc.nn.convert, got "
            f"{type(model).__name__}"
        )
    for core in cores:
        _ = core.held  # raises where nothing has been programmed
    return cores


def go_to(model: Any, t: float, corrections: Sequence[float | Affine]) -> Any:
    """Let the model compute as at ``t`` (s), with one correction for each core; return it.

    A torch model is changed and returned itself, of a core or a matrix a view at that time.
    """
    gains = [1.0 if isinstance(each, Affine) else each for each in corrections]
    if isinstance(model, Programmed):
        now = at_time(model.cores, t, gains)
        views = [_corrected(*each) for each in zip(now, corrections, strict=True)]
        return MatrixAtTime(model, views) if isinstance(model, Matrix) else views[0]
    from aimc.nn import analog_layers

    wanted = {
        id(core): (gain, correction)
        for core, gain, correction in zip(cores_of(model), gains, corrections, strict=True)
    }
    for layer in analog_layers(model).values():
        layer.at(t, lambda core, _: wanted[id(core)][0])
        for matrix in layer.matrices:
            matrix.replace_views([_corrected(v, wanted[id(v.core)][1]) for v in matrix.views])
    return model


def outputs_of(core: Core, t: float, x: np.ndarray) -> np.ndarray:
    """Return what the core measures for inputs (n, in) at ``t`` (s), as float64 (n, out)."""
    inputs = like(x, core.sample.g_programmed)
    return np.asarray(to_numpy(core.at(t).forward(inputs)), dtype=np.float64)


def _corrected(view: Any, correction: float | Affine) -> Any:
    return CorrectedCore(view, correction) if isinstance(correction, Affine) else view
