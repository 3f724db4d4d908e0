"""From a digital model to the same model on analog cores, and to a moment in its life."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, TypeAlias

from torch import nn

from aimc.cores import Core, Gain, Noises
from aimc.cores.matrix import KEPT
from aimc.cores.read_outs import refuse_momentary
from aimc.nn.attention import open_encoders
from aimc.nn.detached_copy import copy_of
from aimc.nn.gathered_warnings import gather_at
from aimc.nn.layer import AnalogLayer
from aimc.nn.matrix import Setup
from aimc.nn.report import analog_layers, check_cores
from aimc.nn.selection import OUTSIDE, DigitalModule, counterpart_of, select
from aimc.nn.tables import watch_products
from aimc.validation import warn_caller

__all__ = ["LeftDigitalWarning", "at", "convert", "program", "set_time"]


Preset: TypeAlias = Callable[..., Core] | str
"""``preset(serial=..., index=..., **options)`` returns an unprogrammed core; or its name."""

ALL = "*"


class LeftDigitalWarning(UserWarning):
    """Layers with matrices, or products with tables, stay digital, though nobody asked for it."""


def convert(
    model: nn.Module,
    preset: Preset | None = None,
    *,
    presets: Mapping[str, Preset] | None = None,
    serial: int = 0,
    skip: Sequence[str] = (),
    only: Sequence[str] | None = None,
    weight_range: str = "core",
    output_bits: int | None = None,
    **options: Any,
) -> nn.Module:
    """Return a copy of a model whose layers with weight matrices are on analog cores.

    These are torch's dense, convolutional, LSTM, GRU and attention layers, also inside of its
    transformers, those that `aimc.nn.register` was told of, and layers of other classes that do
    nothing with a parameter but multiply: each is tried once on random numbers. Hugging Face's
    ``Conv1D`` is one of them, and so is a block of experts whose matrices are one parameter of
    three axes, each of which goes on cores of its own. Products that other modules compute with
    the weights of a layer (``layer.weight @ x``) run on its cores, too, in all that a forward of
    the model or of one of its modules runs; other methods that are called by themselves compute
    these products digitally.

    A layer may share its parameter with a digital module, as the output of a language model does
    with the embedding. It stays one parameter: the lookup reads it, `program` writes it to the
    cores. Training with noise changes it for both; the devices follow when they are programmed. A
    layer that several modules hold and call is one, on one set of cores, under its first name; and
    so are layers that share all of their parameters.

    Cores are numbered from 0, or after those that the model has on this chip already, in the order
    in which the model names its layers. They are not programmed yet: call `program`. What is in the
    copy, and what stayed digital, says `report`.

    Parameters
    ----------
    model : torch.nn.Module
        A digital model; it is left as it is.
    preset : callable or str
        ``preset(serial=..., index=..., **options)`` returns an unprogrammed core, for example
        `aimc.presets.hermes`; or its name, ``"hermes"``. ``None`` if ``presets`` has one for
        each layer.
    presets : mapping of str to callable, optional
        Presets of single layers by name, or by pattern with ``*``, ``?`` and ``[...]``; a pattern
        that fits a module is for all layers in it. The first that fits a layer counts, so the
        particular ones stand in front: ``{"conv1": a, "block*.fc": b, "*": c}``. Layers that none
        of them fits have ``preset``. Options are bound to each: ``partial(a, devices=1)``.
    serial : int
        Serial number of the chip: same serial, same devices.
    skip : sequence of str
        Names of modules that stay digital, with all that is in them; also of parameters that no
        layer on cores multiplies with, such as a table of positions, which are then no surprise.
    only : sequence of str, optional
        Names of modules outside which all stays digital.
    weight_range : {"core", "output"}
        Whether the largest weight of each core or of each output becomes a fully SET cell.
    output_bits : int or None
        Resolution of the numbers that the digital unit of each core sends, partial sums included:
        8 on the 64-core chip. Ranges come from `calibrate`. ``None`` is floating point.
    **options
        Further arguments of ``preset``, for example ``devices=2``.

    Returns
    -------
    torch.nn.Module
        The analog model, with parameters of its own.

    Warns
    -----
    LeftDigitalWarning
        If layers with weight matrices have no analog counterpart, or one for a part of these, or
        are kept in a plain list or dictionary, where torch does not know of them; it lists them.
        The first forward warns, too, if the model multiplies past all layers with the table of an
        embedding, or with weights on cores that it got at by ``parameters()``, for example.

    Raises
    ------
    NotConvertibleError
        If a layer that was not skipped cannot be converted: subclasses of torch's attention and
        encoder layers, which may compute with the weights of their parts, layers on cores that
        share a parameter and differ otherwise. The message lists all of them. A forward raises it,
        too, if a module does anything with the weights of a layer on cores but multiply with them.
    TypeError
        If ``model`` is no module, or one that torch has compiled; if there is no preset.
    ValueError
        If ``skip`` or ``only`` names none of these, if a pattern of ``presets`` is that of no
        layer, or a layer has no preset, if no layer is left to convert, or if parameters have no
        shape yet.

    Examples
    --------
    >>> import torch, aimc, aimc.nn
    >>> digital = torch.nn.Sequential(torch.nn.Linear(300, 20), torch.nn.ReLU())
    >>> analog = aimc.nn.convert(digital, "hermes", serial=7, devices=2)
    >>> analog = aimc.nn.program(analog)
    >>> analog(torch.ones(5, 300)).shape
    torch.Size([5, 20])
    """
    analog = copy_of(model)
    selection = select(analog, skip, only)
    chosen = presets_of(selection.analog, preset, presets, options)
    there = [module for module in analog.modules() if isinstance(module, AnalogLayer)]
    taken = [core.index for layer in there for core in layer.cores if core.serial == serial]
    first = 1 + max(taken, default=-1)
    for path in selection.analog:
        module = analog.get_submodule(path)
        made_by, its_options = chosen[path]
        setup = Setup(made_by, serial, its_options, weight_range, output_bits)
        counterpart = counterpart_of(module)
        assert counterpart is not None
        layer = counterpart.take_over(module, setup, first, path)
        first += len(layer.cores)
    _unite(analog, selection.twins)
    open_encoders(analog)
    gather_at(analog)
    watch_products(analog, selection.tables, selection.analog, LeftDigitalWarning)
    loud = [module for module in selection.digital if module.loud]
    if loud:
        warn_caller(_left_digital(loud, model), LeftDigitalWarning)
    return analog


def _unite(model: nn.Module, twins: Mapping[str, str]) -> None:
    """Put a layer on cores in place of those that are one with it."""
    modules = dict(model.named_modules())
    instead = {id(modules[path]): modules[other] for path, other in twins.items()}
    for module in modules.values():
        for name, part in module._modules.items():
            module._modules[name] = instead.get(id(part), part)
    for path, other in twins.items():  # for whoever holds it outside of the tree of modules
        twin: Any = modules[path]
        twin.__class__, twin.__dict__ = type(modules[other]), modules[other].__dict__


def presets_of(
    layers: Sequence[str],
    preset: Preset | None,
    presets: Mapping[str, Preset] | None,
    options: Mapping[str, Any],
) -> dict[str, tuple[Preset, Mapping[str, Any]]]:
    """Return the preset of each layer with its options.

    Parameters
    ----------
    layers : sequence of str
        Names of the layers that go on cores.
    preset : callable, optional
        For layers that no pattern names.
    presets : mapping of str to callable, optional
        By pattern, as in `aimc.nn.convert`; the first that fits a layer is its preset.
    options : mapping
        Further arguments of ``preset``.

    Raises
    ------
    TypeError
        If neither is given, ``presets`` is no mapping, or there are options without ``preset``.
    ValueError
        If a pattern is the preset of no layer, or a layer has no preset.
    """
    if preset is None and presets is None:
        raise TypeError("preset=None: pass a preset, or presets for each layer")
    if presets is not None and not isinstance(presets, Mapping):
        raise TypeError(
            f"presets must map names of layers to presets, got {type(presets).__name__}"
        )
    if preset is None and options:
        raise TypeError(
            f"options {sorted(options)} have no preset to go to: give each of presets its own, for "
            "example with functools.partial(preset, devices=1)"
        )
    patterns = {} if presets is None else dict(presets)
    first = {path: next((p for p in patterns if _fits(path, p)), None) for path in layers}
    known = ", ".join(repr(path) for path in layers)
    for pattern in patterns:
        if pattern in first.values() or pattern == ALL:
            continue
        if any(_fits(path, pattern) for path in layers):
            raise ValueError(
                f"presets: {pattern!r} is the preset of no layer, since patterns before it fit all "
                "of its layers: put it in front of them"
            )
        raise ValueError(f"presets names {pattern!r}, which fits no layer on cores: {known}")
    left = [path for path, pattern in first.items() if pattern is None]
    if left and preset is None:
        raise ValueError(
            f"presets has no pattern for {', '.join(map(repr, left))}: add one, or a preset for "
            f"all others, {ALL!r}"
        )
    made_by: dict[str | None, tuple[Preset, Mapping[str, Any]]]
    made_by = {pattern: (each, {}) for pattern, each in patterns.items()}
    if preset is not None:
        made_by[None] = preset, options
    return {path: made_by[pattern] for path, pattern in first.items()}


def _fits(path: str, pattern: str) -> bool:
    """Tell whether a pattern names a layer, or a module that it is in."""
    parts = path.split(".")
    names = [".".join(parts[: k + 1]) for k in range(len(parts))]
    return any(fnmatchcase(name, pattern) for name in names)


def _left_digital(modules: Sequence[DigitalModule], model: nn.Module) -> str:
    listed = ", ".join(f"{m.path or '(the model itself)'} ({m.kind})" for m in modules)
    meant = [m.path for m in modules if m.path and m.reason != OUTSIDE]
    if any(not m.path for m in modules):  # which has no name
        meant += [n for n, p in model._parameters.items() if p is not None and p.ndim > 1]
    names = ", ".join(map(repr, meant))
    advice = f"; to say that this is meant, name {names} in skip" if names else ""
    outside = ", ".join(m.path for m in modules if m.reason == OUTSIDE)
    if outside:
        advice += (
            f"; {outside}: {OUTSIDE}, where torch neither trains nor moves them: hold them in a "
            "torch.nn.ModuleList or ModuleDict"
        )
    return f"layers with weight matrices stay digital: {listed}{advice}"


def program(
    model: nn.Module,
    serial: int | None = None,
    *,
    gradients: bool = False,
    keep: bool | None = None,
) -> nn.Module:
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
        of one programming serves one backward pass. Otherwise a backward pass trains biases and
        digital layers, and leaves the weights on devices as they are.
    keep : bool, optional
        Whether the state of the devices is kept in memory, three numbers for each device; see
        `aimc.Matrix.program`. Otherwise it is drawn again from the parameters when the first
        vector comes at a time, which needs them unchanged. By default models of up to eight
        million weights on cores keep it.

    Returns
    -------
    torch.nn.Module
        The model itself.

    Raises
    ------
    ValueError
        If the model holds no analog layer, or two matrices would be on the same core.
    """
    layers = analog_layers(model)
    check_cores(layers, serial)
    if keep is None:
        matrices = [matrix for layer in layers.values() for matrix in layer.matrices]
        keep = sum(math.prod(matrix.shape) for matrix in matrices) <= KEPT
    for layer in layers.values():
        layer.program(serial, gradients, keep)
    return model


def at(
    model: nn.Module,
    t: float | str,
    gain: Gain = 1.0,
    *,
    noise: Noises = "split",
    momentary: bool | None = None,
) -> nn.Module:
    """Let a programmed model drift: it then computes as at a time after programming.

    Parameters
    ----------
    model : torch.nn.Module
        A programmed model.
    t : float or str
        Time since the first read after programming, s, or in words such as ``"1 d"``.
    gain : float or callable
        Digital factor on the outputs of all cores, or ``gain(core, t)`` for each, for example a
        drift compensation: ``lambda core, t: 1 / drift_factor(core, t)`` with
        `aimc.recovery.compensation.drift_factor`.
    noise : {"split", "fresh", "momentary"}, or callable
        How the read noise divides. By default all vectors that are read at ``t`` meet the same
        slow part of it, and each meets the fast rest anew; ``"fresh"`` is all new for each vector,
        ``"momentary"`` all common. Or ``noise(core)``, a process of each core for example; see
        `aimc.cores.Core.at`.
    momentary : None
        The former name of two of these; not allowed.

    Returns
    -------
    torch.nn.Module
        The model itself, which is at that time until it is taken to another.

    Raises
    ------
    UnprogrammedError
        If the model has not been programmed.
    TypeError
        If ``momentary`` is given.
    ValueError
        If ``t`` is negative, or the noise is not known.
    """
    refuse_momentary(momentary)
    layers = analog_layers(model).values()
    for layer in layers:
        layer._require_programmed()  # before the first of them goes to another time
    for layer in layers:
        layer.at(t, gain, noise)
    return model


def set_time(
    model: nn.Module, t: float | str, gain: Gain = 1.0, *, noise: Noises = "split"
) -> None:
    """Do what `at` does; its former name, kept for programs that have it."""
    warnings.warn("set_time is called aimc.nn.at now", DeprecationWarning, stacklevel=2)
    at(model, t, gain, noise=noise)
