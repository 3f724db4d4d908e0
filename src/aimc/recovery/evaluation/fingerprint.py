"""What a sweep was made of, in words and digests, so that results of two are never mixed."""

from __future__ import annotations

import hashlib
import re
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn

from aimc.nn import analog_layers

__all__ = ["describe", "describe_model", "digest"]

DEEPEST = 12
OF_THE_RUN = frozenset({"training", "path", "compiled_number", "compiled_kind", "observer"})
"""Attributes that do not say what a module computes."""
OF_THE_PLACE = frozenset({"_name_or_path", "name_or_path", "transformers_version"})
"""Where a model lay, and who wrote it."""


def digest(thing: Any) -> str:
    """Return 16 hexadecimal digits that stand for a description."""
    return hashlib.sha256(describe(thing).encode()).hexdigest()[:16]


def describe(thing: Any, depth: int = 0) -> str:
    """Return a text that is the same for the same content, in every process.

    Parameters
    ----------
    thing : object
        Numbers, texts, arrays, functions, records, and objects made of them.
    depth : int
        How deep it stands in the one that was asked for.
    """
    if depth > DEEPEST:
        return f"<{type(thing).__qualname__}>"
    if thing is None or isinstance(thing, bool | int | float | complex | str | bytes):
        return repr(thing)
    if isinstance(thing, torch.Tensor):
        tensor = thing.detach().cpu().contiguous()
        if tensor.dtype == torch.bfloat16:
            tensor = tensor.float()
        return _array(tensor.numpy(), str(thing.dtype))
    if isinstance(thing, np.ndarray | np.generic):
        return _array(np.asarray(thing), str(thing.dtype))
    if isinstance(thing, partial):
        return _named("partial", [thing.func, thing.args, thing.keywords], depth)
    if isinstance(thing, types.FunctionType):
        code = hashlib.sha256(_code(thing.__code__)).hexdigest()[:16]
        bound = [cell.cell_contents for cell in thing.__closure__ or ()]
        bound += [each for each in (thing.__defaults__, thing.__kwdefaults__) if each]
        return _named(f"{thing.__module__}.{thing.__qualname__}:{code}", bound, depth)
    if isinstance(thing, types.MethodType):
        return _named(thing.__func__.__qualname__, [thing.__self__], depth)
    if isinstance(thing, type | types.BuiltinFunctionType):
        return f"{thing.__module__}.{thing.__qualname__}"
    if isinstance(thing, Mapping):
        rows = sorted((str(key), describe(value, depth + 1)) for key, value in thing.items())
        return "{" + ", ".join(f"{key}: {value}" for key, value in rows) + "}"
    if isinstance(thing, list | tuple | range):
        return _named("", list(thing), depth)
    if isinstance(thing, set | frozenset):
        return "{" + ", ".join(sorted(describe(each, depth + 1) for each in thing)) + "}"
    return _named(_kind(thing), _contents(thing), depth)


def describe_model(
    model: nn.Module, parameters: Mapping[str, torch.Tensor] | None = None
) -> dict[str, Any]:
    """Return the parameters, the modules and the cores of a converted model, as texts.

    Parameters
    ----------
    model : torch.nn.Module
        The model.
    parameters : mapping of str to tensor, optional
        Its state where that is not in the model, but in files; one tensor is read at a time.
    """
    matrices = {
        f"{path}.{matrix.name}": [
            matrix.shape,
            matrix.setup.preset,
            matrix.setup.options,
            matrix.setup.weight_range,
            matrix.setup.output_bits,
            matrix.input_range,
            matrix.sums,
            [core.index for core in matrix.cores],
        ]
        for path, layer in analog_layers(model).items()
        for matrix in layer.matrices
    }
    ranges = [total.output_range for layer in analog_layers(model).values() for total in layer.sums]
    return {
        "parameters": digest(dict(model.state_dict()) if parameters is None else parameters),
        "modules": digest(_modules(model)),
        "cores": digest([matrices, ranges]),
    }


def _modules(model: nn.Module) -> list[tuple[str, str]]:
    """Return name, kind, options and code of each module, whether or not it is programmed."""
    found: list[tuple[str, str]] = []
    configs: list[Any] = []
    kept = set(model.state_dict(keep_vars=True))
    for name, module in model.named_modules():
        options = re.sub(r"(, )?cores=\d+ \((un)?programmed\)", "", module.extra_repr())
        own = not _kind(module).startswith(("torch.", "aimc."))
        code = describe(type(module).forward) if own else ""
        told = describe([_told(module), _methods(type(module)), _hooks(module)])
        found.append((name, f"{_kind(module)}({options}){code}{told}"))
        for key, buffer in module.named_buffers(name, recurse=False):
            if key not in kept and not buffer.is_meta:  # a state has no such one
                found.append((key, describe(buffer)))
        for key in ("config", "generation_config"):
            value: Any = getattr(module, key, None)
            if callable(getattr(value, "to_dict", None)) and not any(value is c for c in configs):
                configs.append(value)  # submodules have the same
                said = dict(value.to_dict())
                said = {each: said[each] for each in said if each not in OF_THE_PLACE}
                found.append((f"{name}.{type(value).__name__}", describe(said)))
    return found


def _told(thing: Any) -> dict[str, Any]:
    """Return the plain values and the functions among the attributes of an object."""
    return {
        name: value
        for name, value in getattr(thing, "__dict__", {}).items()
        if not name.startswith("_") and name not in OF_THE_RUN | OF_THE_PLACE and _is_plain(value)
    }


def _is_plain(value: Any) -> bool:
    if isinstance(value, torch.Tensor):
        return value.layout == torch.strided and not value.is_meta
    if isinstance(value, Mapping):
        return all(map(_is_plain, value.values()))
    if isinstance(value, list | tuple | set | frozenset):
        return all(map(_is_plain, value))
    functions = types.FunctionType | types.BuiltinFunctionType
    numbers = bool | int | float | complex | np.ndarray | np.generic
    return value is None or isinstance(value, numbers | str | bytes | torch.dtype | functions)


def _methods(kind: type) -> list[str]:
    """Return what the functions of a class do that is of no library."""
    return [
        f"{each.__qualname__}.{name}:{hashlib.sha256(_code(value.__code__)).hexdigest()[:16]}"
        for each in kind.__mro__
        if not each.__module__.startswith(("torch.", "aimc.", "transformers.", "builtins"))
        for name, value in vars(each).items()
        if isinstance(value, types.FunctionType)
    ]


def _hooks(module: nn.Module) -> list[str]:
    """Return what is called before and after a module, but for the watchers of this library."""
    hooks = [*module._forward_pre_hooks.values(), *module._forward_hooks.values()]
    found = []
    for hook in hooks:
        function = getattr(hook, "__func__", hook)
        if (getattr(function, "__module__", None) or "").startswith("aimc."):
            continue
        if isinstance(function, types.FunctionType):
            code = hashlib.sha256(_code(function.__code__)).hexdigest()[:16]
            cells = [cell.cell_contents for cell in function.__closure__ or ()]
            bound = [each for each in [*cells, function.__defaults__] if _is_plain(each)]
            found.append(describe([function.__qualname__, code, bound]))
        found.append(describe(_told(getattr(hook, "__self__", hook))))
    return found


def _code(code: types.CodeType) -> bytes:
    """Return what a function does, without where it stands."""
    inner = [c for c in code.co_consts if isinstance(c, types.CodeType)]
    plain = [repr(c) for c in code.co_consts if not isinstance(c, types.CodeType | frozenset)]
    parts = [code.co_code, repr((code.co_names, plain)).encode(), *map(_code, inner)]
    return b"|".join(parts)


def _array(values: np.ndarray, dtype: str) -> str:
    content = hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()[:16]
    return f"{dtype}{values.shape}:{content}"


def _contents(thing: Any) -> Any:
    if is_dataclass(thing):
        return {field.name: getattr(thing, field.name) for field in fields(thing)}
    return getattr(thing, "__dict__", {})


def _named(name: str, parts: Any, depth: int) -> str:
    inside = describe(parts, depth + 1) if isinstance(parts, Mapping) else None
    if inside is None:
        inside = "[" + ", ".join(describe(part, depth + 1) for part in parts) + "]"
    return name + inside


def _kind(thing: Any) -> str:
    return f"{type(thing).__module__}.{type(thing).__qualname__}"
