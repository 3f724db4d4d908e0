"""From a digital model to the same model on analog cores, and to a moment in its life."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

from torch import nn

from aimc.core import Core
from aimc.nn.matrix import Gain, Setup
from aimc.nn.report import analog_layers
from aimc.nn.selection import COUNTERPARTS, select
from aimc.validation import warn_caller

__all__ = ["LeftDigitalWarning", "convert", "program", "set_time"]


class LeftDigitalWarning(UserWarning):
    """Layers with weight matrices stay digital, though nobody asked for it."""


def convert(
    model: nn.Module,
    preset: Callable[..., Core],
    *,
    serial: int = 0,
    skip: Sequence[str] = (),
    only: Sequence[str] | None = None,
    weight_range: str = "core",
    output_bits: int | None = None,
    **options: Any,
) -> nn.Module:
    """Return a copy of a model whose dense, convolutional and LSTM layers are on analog cores.

    Cores are numbered from 0 in the order in which the model names its layers. They are not
    programmed yet: call `program`. What is in the copy, and what stayed digital, says `report`.

    Parameters
    ----------
    model : torch.nn.Module
        A digital model; it is left as it is.
    preset : callable
        ``preset(serial=..., index=..., **options)`` returns an unprogrammed core, for example
        `aimc.presets.hermes_core`.
    serial : int
        Serial number of the chip: same serial, same devices.
    skip : sequence of str
        Names of modules that stay digital, with all that is in them.
    only : sequence of str, optional
        Names of modules outside which all stays digital.
    weight_range : {"core", "output"}
        Whether the largest weight of each core or of each output becomes a fully SET cell.
    output_bits : int or None
        Resolution of the numbers that the digital unit of each core sends, partial sums included:
        8 on the 64-core chip. Ranges come from `calibrate`. ``None`` is floating point.
    **options
        Further arguments of the preset, for example ``devices=2``.

    Returns
    -------
    torch.nn.Module
        The analog model, with parameters of its own.

    Warns
    -----
    LeftDigitalWarning
        If layers with weight matrices have no analog counterpart; it lists them.

    Raises
    ------
    NotConvertibleError
        If a layer that was not skipped cannot be converted: attention modules that compute with
        the weights of their parts, grouped convolutions, bidirectional LSTMs, layers that share
        parameters. The message lists all of them.
    ValueError
        If ``skip`` or ``only`` names no module, or no layer is left to convert.

    Examples
    --------
    >>> import torch, aimc, aimc.nn
    >>> digital = torch.nn.Sequential(torch.nn.Linear(300, 20), torch.nn.ReLU())
    >>> analog = aimc.nn.convert(digital, aimc.presets.hermes_core, serial=7, devices=2)
    >>> aimc.nn.program(analog)
    >>> analog(torch.ones(5, 300)).shape
    torch.Size([5, 20])
    """
    if not isinstance(model, nn.Module):
        raise TypeError(f"model must be a torch.nn.Module, got {type(model).__name__}")
    setup = Setup(preset, serial, options, weight_range, output_bits)
    selection = select(model, skip, only)
    analog = copy.deepcopy(model)
    cores = 0
    for path in selection.analog:
        module = analog.get_submodule(path)
        layer = COUNTERPARTS[type(module)].from_torch(module, setup, cores, path)
        cores += len(layer.cores)
        if not path:
            return layer
        parent, _, name = path.rpartition(".")
        setattr(analog.get_submodule(parent), name, layer)
    loud = [f"{module.path} ({module.kind})" for module in selection.digital if module.loud]
    if loud:
        warn_caller(
            f"layers with weight matrices stay digital: {', '.join(loud)}; name them in skip to "
            "say that this is meant",
            LeftDigitalWarning,
        )
    return analog


def program(model: nn.Module, serial: int | None = None, *, gradients: bool = False) -> None:
    """Write the weights of all analog layers to their devices; time starts again at 0 s.

    Parameters
    ----------
    model : torch.nn.Module
        A model from `convert`, or an analog layer.
    serial : int, optional
        Take new cores, those of the chip with this serial number: the same number gives the same
        devices and the same errors each time. By default the cores at hand are programmed; once
        more if they were before, with fresh programming errors.
    gradients : bool
        Whether gradients flow from the outputs through the devices to the parameters. The graph
        of one programming serves one backward pass.

    Raises
    ------
    ValueError
        If the model holds no analog layer.
    """
    for layer in analog_layers(model).values():
        layer.program(serial, gradients)


def set_time(model: nn.Module, t: float, gain: Gain = 1.0, *, momentary: bool = False) -> None:
    """Let a programmed model drift: it then computes as ``t`` seconds after programming.

    Parameters
    ----------
    model : torch.nn.Module
        A programmed model.
    t : float
        Time since programming ended, s.
    gain : float or callable
        Digital factor on the outputs of all cores, or ``gain(core, t)`` for each, for example a
        drift compensation: ``lambda core, t: 1 / drift_factor(core, t)`` with
        `aimc.recovery.compensation.drift_factor`.
    momentary : bool
        By default each input vector meets fresh reading noise. If true, all of them meet the same
        momentary conductances, from one reading noise that runs on in time.

    Raises
    ------
    UnprogrammedError
        If the model has not been programmed.
    ValueError
        If ``t`` is negative, or if momentary noise has been read at a later time.
    """
    for layer in analog_layers(model).values():
        layer.set_time(t, gain, momentary)
