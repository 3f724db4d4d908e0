"""Which layers of a model go on cores, which stay digital, and which are refused."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.modules.linear import NonDynamicallyQuantizableLinear
from torch.nn.utils.parametrize import is_parametrized
from torch.utils._pytree import tree_leaves

from aimc.nn.attention import AnalogMultiheadAttention, AnalogOutputProjection, is_open
from aimc.nn.conv_transpose import AnalogConvTranspose1d, AnalogConvTranspose2d
from aimc.nn.convolution import AnalogConv1d, AnalogConv2d, AnalogConv3d
from aimc.nn.foreign_layers import analog_class, digital_matrices, uses_of
from aimc.nn.layer import AnalogLayer, NotConvertibleError
from aimc.nn.linear import AnalogLinear
from aimc.nn.recurrent import AnalogGRU, AnalogLSTM
from aimc.nn.tables import TABLES, is_multiplied

__all__ = [
    "DigitalModule",
    "Selection",
    "counterpart_of",
    "digital_module",
    "holders",
    "is_convertible",
    "is_plain",
    "matrices_left",
    "select",
]

COUNTERPARTS: dict[type[nn.Module], type[AnalogLayer]] = {
    nn.Linear: AnalogLinear,
    nn.Conv1d: AnalogConv1d,
    nn.Conv2d: AnalogConv2d,
    nn.Conv3d: AnalogConv3d,
    nn.ConvTranspose1d: AnalogConvTranspose1d,
    nn.ConvTranspose2d: AnalogConvTranspose2d,
    nn.LSTM: AnalogLSTM,
    nn.GRU: AnalogGRU,
    nn.MultiheadAttention: AnalogMultiheadAttention,
    NonDynamicallyQuantizableLinear: AnalogOutputProjection,
}

# These compute with the weights of their parts without calling the parts: a converted part would
# be passed by in silence.
CLOSED = (nn.MultiheadAttention, nn.TransformerEncoderLayer)

# Their parameters may have several axes and are no matrices for all that.
ELEMENTWISE = (nn.LayerNorm, nn.RMSNorm)

PARAMETERS = "_parameters"
LOOKED_UP = "looked up, not multiplied with"
MULTIPLIED = "looked up, and multiplied with outside of all layers"
ON_REQUEST = "left digital on request"
OTHERWISE = "its layer computes in another way with it than to multiply its inputs"
OUTSIDE = "kept in a list or a dictionary, past the tree of modules"


@dataclass(frozen=True, slots=True)
class DigitalModule:
    """A module with parameters that computes in floating point."""

    path: str
    """Name of the module in its model; of the parameter, where the rest of a module is on cores."""
    kind: str
    """Name of its class."""
    reason: str
    """Why it is digital."""
    parameters: int
    """Number of its own parameters."""
    loud: bool
    """Whether it holds weight matrices that nobody asked to leave digital."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What `convert` does with a model."""

    analog: tuple[str, ...]
    """Names of the layers that go on cores, in the order of their cores."""
    digital: tuple[DigitalModule, ...]
    """The other modules with parameters."""
    tables: tuple[str, ...]
    """Names of the tables that nobody asked to leave digital."""
    twins: Mapping[str, str]
    """Names of layers that are one with a layer on cores, each with the name of that."""


def select(
    model: nn.Module, skip: Sequence[str] = (), only: Sequence[str] | None = None
) -> Selection:
    """Return which layers of a digital model go on cores.

    Parameters
    ----------
    model : torch.nn.Module
        The model.
    skip : sequence of str
        Names of modules that stay digital, with all that is in them, and of parameters of layers
        that are not on cores.
    only : sequence of str, optional
        Names of modules outside which all stays digital.

    Raises
    ------
    ValueError
        If ``skip`` or ``only`` names none, or a parameter of a layer on cores, or no layer is left
        to convert.
    NotConvertibleError
        If a layer that is meant to be converted cannot be; the message lists all of them.
    """
    modules = dict(model.named_modules(remove_duplicate=False))
    parameters = dict(model.named_parameters(remove_duplicate=False))
    _check_names("skip", skip, modules, parameters)
    _check_names("only", () if only is None else only, modules)

    called: dict[int, list[str]] = {}  # a module that several others hold has several names
    for path, module in modules.items():
        called.setdefault(id(module), []).append(path)

    def chosen(path: str) -> bool:
        known = called[id(modules[path])]
        left = any(_under(name, skip) for name in known)
        return not left and (only is None or any(_under(name, only) for name in known))

    analog: list[str] = []
    digital: list[DigitalModule] = []
    refused: dict[str, str] = {}
    with_parameters = {path for path, _ in holders(model)}
    for path, module in model.named_modules():
        if _inside(path, refused):
            continue
        if not chosen(path):
            if path in with_parameters and not isinstance(module, AnalogLayer):
                digital.append(digital_module(path, module, on_request=True))
            # A part of a closed module may still be meant to go on cores.
            parts = [name for name in modules if _under(name, [path]) and name != path]
            if not (_is_closed(module) and any(chosen(part) for part in parts)):
                continue
        counterpart = COUNTERPARTS.get(type(module))
        if counterpart is None and path in with_parameters and not _is_closed(module):
            counterpart = counterpart_of(module)
        if isinstance(module, AnalogLayer):
            refused[path] = "it is on cores already; convert the digital model"
        elif counterpart is not None and "forward" in vars(module):
            refused[path] = (
                "a forward was set on the object, past that of its class, as hooks of accelerate "
                "are, and would go on with the digital weights; take it off before, for example by "
                "accelerate.hooks.remove_hook_from_submodules"
            )
        elif _is_closed(module) and not (chosen(path) and is_convertible(module)):
            refused[path] = (
                f"{type(module).__name__} computes with the weights of its parts without calling "
                "them; convert it as a whole, or, if it is a class of your own or its weights are "
                "computed from others, write it with torch.nn.Linear layers"
            )
        elif counterpart is not None and is_plain(module):
            reason = counterpart.refusal(module)
            if any(parameter.is_complex() for parameter in _own_parameters(module)):
                reason = "its weights are complex, and a conductance is one real number"
            if reason:
                refused[path] = reason
            else:
                analog.append(path)
                if len(digital_matrices(module, ())) > 1 and type(module) not in COUNTERPARTS:
                    left = digital_matrices(module, uses_of(module))
                    digital += matrices_left(path, module, left, skip)
        elif path in with_parameters:
            digital.append(digital_module(path, module, skip=skip))
    digital += [stray for holder, stray in strays(model) if chosen(holder)]
    twins = _twins(modules, analog)
    analog = [path for path in analog if path not in twins]
    refused |= _tied(model, analog)
    known = {each.path for each in digital}
    for name in skip:
        if name in parameters and name not in known and name.rpartition(".")[0] in analog:
            raise ValueError(
                f"skip names {name!r}, a parameter of a layer that goes on cores: name the layer"
            )
    if refused:
        lines = [f"  {path or '(the model itself)'}: {why}" for path, why in refused.items()]
        names = ", ".join(repr(path) for path in refused if path)
        if names:
            lines.append(f"or leave them digital with skip=({names},)")
        raise NotConvertibleError("these layers cannot be put on cores:\n" + "\n".join(lines))
    if not analog:
        kinds = ", ".join(kind.__name__ for kind in COUNTERPARTS)
        first = {each.kind: each.path for each in reversed(digital) if each.loud}
        others = ", ".join(f"{kind} ({path or 'the model itself'})" for kind, path in first.items())
        rest = f"; other layers with weight matrices stay digital: {others}"
        raise ValueError(
            f"model holds no layer to convert: none of {kinds} was chosen in it"
            + (rest if others else "")
        )
    tables = [p for p, module in model.named_modules() if isinstance(module, TABLES) and chosen(p)]
    return Selection(tuple(analog), tuple(digital), tuple(tables), twins)


def counterpart_of(module: nn.Module) -> type[AnalogLayer] | None:
    """Return what a digital layer becomes on cores; ``None`` if it cannot be there."""
    known = COUNTERPARTS.get(type(module))
    if known is not None or isinstance(module, (AnalogLayer, *ELEMENTWISE, *TABLES)):
        return known
    return analog_class(type(module)) if uses_of(module) else None


def digital_module(
    path: str, module: nn.Module, *, on_request: bool = False, skip: Sequence[str] = ()
) -> DigitalModule:
    """Describe a module with parameters that stays digital; ``skip`` may name these."""
    own = _own_parameters(module)
    table = isinstance(module, TABLES)
    matrices = any(parameter.ndim > 1 for parameter in own) and not isinstance(module, ELEMENTWISE)
    named = [
        _joined(path, n) for n, p in module._parameters.items() if p is not None and p.ndim > 1
    ]
    on_request = on_request or (bool(named) and all(name in skip for name in named))
    if on_request:
        reason = ON_REQUEST
    elif is_parametrized(module) or (type(module) in COUNTERPARTS and not is_plain(module)):
        reason = "its weights are computed from others"
    else:
        reason = "no analog counterpart" if matrices else "works element by element"
    if table and not on_request:
        reason = MULTIPLIED if is_multiplied(module) else LOOKED_UP
    count = sum(parameter.numel() for parameter in own)
    return DigitalModule(
        path, type(module).__name__, reason, count, loud=matrices and not (table or on_request)
    )


def matrices_left(
    path: str, module: nn.Module, names: Sequence[str], skip: Sequence[str] = ()
) -> Iterator[DigitalModule]:
    """Describe matrices of a layer on cores that are digital; ``skip`` may name them."""
    kind = next(base for base in type(module).__mro__ if not issubclass(base, AnalogLayer))
    for name in names:
        whole, parameter = _joined(path, name), module._parameters[name]
        assert parameter is not None
        meant = whole in skip
        yield DigitalModule(
            whole,
            f"parameter of {kind.__name__}",
            ON_REQUEST if meant else OTHERWISE,
            parameter.numel(),
            loud=not meant,
        )


def holders(model: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """Yield the names and modules that have parameters of their own.

    What a layer's weights are computed from counts for the layer, wherever torch keeps it.
    """
    inner: list[str] = []
    for path, module in model.named_modules():
        if is_parametrized(module):
            inner.append(f"{path}.parametrizations" if path else "parametrizations")
        if _own_parameters(module) and not _under(path, inner):
            yield path, module


def strays(model: nn.Module) -> Iterator[tuple[str, DigitalModule]]:
    """Yield layers with weight matrices that torch does not know of, after the names of holders.

    A module that keeps its parts in a list finds them itself; ``parameters()`` and ``to`` of the
    model pass them by, and so does all that goes through its modules.
    """
    known = {id(module) for module in model.modules()}
    for holder, module in model.named_modules():
        for name, value in vars(module).items():
            for path, part in _kept(f"{holder}.{name}" if holder else name, value, set()):
                for inner, layer in part.named_modules():
                    if id(layer) not in known and not isinstance(layer, AnalogLayer):
                        known.add(id(layer))
                        found = digital_module(f"{path}.{inner}" if inner else path, layer)
                        if found.loud:
                            yield holder, replace(found, reason=OUTSIDE)


def _kept(path: str, value: Any, seen: set[int]) -> Iterator[tuple[str, nn.Module]]:
    """Yield the modules in nested lists, tuples and dictionaries, with where they are."""
    if not isinstance(value, list | tuple | dict) or id(value) in seen:
        return
    seen.add(id(value))
    for key, each in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(each, nn.Module):
            yield f"{path}[{key!r}]", each
        else:
            yield from _kept(f"{path}[{key!r}]", each, seen)


def is_convertible(module: nn.Module) -> bool:
    """Tell whether a layer could be on cores, were it asked for."""
    return is_plain(module) and counterpart_of(module) is not None


def _is_closed(module: nn.Module) -> bool:
    """Tell whether a module would pass its parts by, were they on cores and it not."""
    return isinstance(module, CLOSED) and not (isinstance(module, AnalogLayer) or is_open(module))


def is_plain(module: nn.Module) -> bool:
    """Tell whether the weights of a layer are parameters, not computed from others."""
    counterpart = COUNTERPARTS.get(type(module))
    if counterpart is None:  # what was tried holds what it multiplies with
        return not is_parametrized(module)
    return all(name in module._parameters for name in counterpart.parameters_of(module))


def _own_parameters(module: nn.Module) -> list[nn.Parameter]:
    own = [parameter for parameter in module._parameters.values() if parameter is not None]
    if is_parametrized(module):
        own += module.get_submodule("parametrizations").parameters()
    return own


def _twins(modules: Mapping[str, nn.Module], analog: Sequence[str]) -> dict[str, str]:
    """Return the layers that share all parameters and options with another one, each with that.

    Such a layer computes the same whichever name it is called by.
    """
    first: dict[tuple[Any, ...], list[str]] = {}
    twins: dict[str, str] = {}
    for path in analog:
        module = modules[path]
        own = tuple((name, id(p)) for name, p in module._parameters.items() if p is not None)
        known = first.setdefault((type(module), own), [])
        same = next((other for other in known if _alike(modules[other], module)), None)
        if same is None:
            known.append(path)
        else:
            twins[path] = same
    return twins


def _alike(first: nn.Module, second: nn.Module) -> bool:
    """Tell whether two layers with the same parameters have the same options and hooks as well."""
    options, others = vars(first), vars(second)
    if first._modules or second._modules or options.keys() != others.keys():
        return False
    return all(_same(options[name], others[name]) for name in options if name != PARAMETERS)


def _same(first: Any, second: Any) -> bool:
    if first is second:
        return True
    kinds = (torch.Tensor, np.ndarray)  # of which two equal ones may be changed one by one
    held = any(isinstance(each, kinds) for each in tree_leaves((first, second)))
    return not held and bool(first == second)


def _tied(model: nn.Module, analog: Sequence[str]) -> dict[str, str]:
    """Return the layers that share a matrix with another one on cores.

    What a digital module shares with one layer on cores, as embeddings do with the output of a
    language model, is the parameter: the cores are programmed with what it holds.
    """
    owners: dict[int, list[str]] = {}
    for path, module in model.named_modules():  # one that several others hold is one layer
        for name, parameter in module._parameters.items():
            if parameter is not None and parameter.ndim > 1:  # biases are digital, may be shared
                owners.setdefault(id(parameter), []).append(_joined(path, name))
    tied: dict[str, str] = {}
    for names in owners.values():
        for name in names:
            path, others = name.rpartition(".")[0], [other for other in names if other != name]
            others = [other for other in others if other.rpartition(".")[0] in analog]
            if others and path in analog:
                tied[path] = (
                    f"its parameter {name!r} is also {', '.join(map(repr, others))}; devices hold "
                    "one copy each, so give each layer a parameter of its own"
                )
    return tied


def _check_names(
    argument: str,
    names: Sequence[str],
    modules: Mapping[str, nn.Module],
    parameters: Collection[str] = (),
) -> None:
    if isinstance(names, str):
        raise TypeError(f"{argument} must be a sequence of names, got the string {names!r}")
    for name in names:
        if name not in parameters and (name not in modules or not name):
            known = ", ".join(repr(path) for path in modules if path)
            raise ValueError(f"{argument} names {name!r}, which is no module of the model: {known}")


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _under(path: str, names: Sequence[str]) -> bool:
    return any(path == name or path.startswith(f"{name}.") for name in names)


def _inside(path: str, refused: dict[str, str]) -> bool:
    return any(name == "" or path.startswith(f"{name}.") for name in refused)
