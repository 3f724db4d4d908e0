"""What is done to weights and to models alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aimc.backend import Array, as_array
from aimc.cores import Core, Matrix, spread
from aimc.presets import make_core, preset_of
from aimc.validation import check_array, check_serial

__all__ = ["program"]


def program(
    weights: Array | Any,
    preset: Callable[..., Core] | str | None = None,
    *,
    serial: int | None = None,
    gradients: bool = False,
    keep: bool | None = None,
    **options: Any,
) -> Any:
    """Write weights to devices: those of a matrix to new cores, those of a model to its own.

    Parameters
    ----------
    weights : array of shape (out, in), or torch.nn.Module
        A matrix; or a model from `aimc.convert`, see `aimc.nn.program`.
    preset : callable or str
        For a matrix: ``preset(serial=..., index=..., **options)`` returns an unprogrammed core; or
        its name, such as ``"hermes"``.
    serial : int, optional
        Serial number of the chip; 0 for a matrix, that of its cores for a model.
    gradients : bool
        For a model: whether gradients are to reach its parameters through the devices.
    keep : bool, optional
        Whether the state of the devices is kept, or drawn again when they are read; by the size of
        each matrix by default, see `aimc.Matrix.program`.
    **options
        For a matrix: further arguments of the preset.

    Returns
    -------
    Core, aimc.Matrix or torch.nn.Module
        A core where the matrix fits one, and several as one matrix where it does not; both can be
        programmed again. A model itself, which is changed.

    Raises
    ------
    TypeError
        If a matrix comes without a preset, or a model with one.
    ValueError
        If ``weights`` has another number of axes, or no preset has this name.

    Examples
    --------
    >>> import numpy as np, aimc
    >>> aimc.program(np.eye(3), "ideal") @ np.ones(3)
    array([1., 1., 1.])
    >>> aimc.program(np.ones((300, 500)), "hermes", serial=7)
    <Matrix of 300x500 weights on 4 cores>
    """
    if hasattr(weights, "named_modules"):
        if preset is not None or options:
            raise TypeError("preset and its options are not allowed: a model has its cores already")
        from aimc.nn import program as program_model

        return program_model(weights, serial, gradients=gradients, keep=keep)
    if preset is None:
        raise TypeError(
            "preset=None: weights are programmed to the cores of a preset, for example "
            'aimc.program(weights, "hermes")'
        )
    if gradients:
        raise TypeError("gradients is not allowed: a matrix whose entries need them has them")
    w = as_array("weights", weights)
    check_array("weights", w, ndim=2)
    chip, made_by = check_serial("serial", serial or 0), preset_of(preset)
    cores, parts = spread(
        (int(w.shape[0]), int(w.shape[1])),
        lambda index: make_core(made_by, chip, index, **options),
    )
    matrix = Matrix(cores, parts).program(w, keep=keep)
    return cores[0] if len(cores) == 1 else matrix
