"""What recovery asks of a core, a matrix, a chip or a torch model, alike for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from aimc.backend import like, to_numpy
from aimc.cores import Core, Programmed
from aimc.cores.programmed import is_network
from aimc.cores.views import Affine

__all__ = ["cores_of", "go_to", "is_network", "outputs_of", "programmed"]


def programmed(model: Any) -> Any:
    """Return what keeps `aimc.cores.Programmed`: the model, or what stands for a torch model.

    Raises
    ------
    TypeError
        If it is something else.
    """
    if is_network(model):
        from aimc.nn import AnalogModel

        return AnalogModel(model)
    if isinstance(model, Programmed):
        return model
    raise TypeError(
        "model must be a Core, a Matrix, a Chip or a torch model from aimc.nn.convert, got "
        f"{type(model).__name__}"
    )


def cores_of(model: Any) -> tuple[Core, ...]:
    """Return the cores of what holds weights, always in the same order.

    Raises
    ------
    TypeError
        If it is something else.
    UnprogrammedError
        If a core holds no weights.
    """
    cores: tuple[Core, ...] = programmed(model).cores
    for core in cores:
        _ = core.held  # raises where nothing has been programmed
    return cores


def go_to(model: Any, t: float, corrections: Sequence[float | Affine]) -> Any:
    """Let the model compute as at ``t`` (s), with one correction for each core; return it.

    A torch model and a chip are changed and returned themselves, of a core or a matrix a view at
    that time.
    """
    known = {id(c): each for c, each in zip(cores_of(model), corrections, strict=True)}
    found = programmed(model).at(t, lambda core, _: known[id(core)])
    return model if is_network(model) else found


def outputs_of(core: Core, t: float, x: np.ndarray) -> np.ndarray:
    """Return what the core measures for inputs (n, in) at ``t`` (s), as float64 (n, out)."""
    inputs = like(x, core.sample.g_programmed)
    return np.asarray(to_numpy(core.at(t).forward(inputs)), dtype=np.float64)
